"""Sentences as words: their ids, their characters and their features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count, check_fraction

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class Sentences:
    """Words of sentences, each with its characters and with the features of a linear model.

    A word is a row of integers: its id, then `characters` character ids, then `slots` feature ids. An id of 0 is
    padding, and 1 is the unknown word or character.

    Attributes:
        vocabulary: Number of word ids, at least 2.
        embedding: Dimensions of the word embedding, at least 1.
        alphabet: Number of character ids, at least 2.
        characters: Characters that are read of a word, at least 1.
        character_filters: Filters of the convolution over the characters of a word; 0 for none.
        slots: Features of a word, at least 0; the output layer reads them, see `Tags`.
        tune: Whether to train the word embedding.
        token_dropout: Fraction of the words replaced with the unknown word during training, [0, 1).
        input_dropout: Fraction of the values of words dropped during training, [0, 1).
        name: Name of the input in ONNX.
        steps: None: sentences have any length.
        length: None: sentences have any length.
    """

    vocabulary: int
    embedding: int = 64
    alphabet: int = 2
    characters: int = 20
    character_filters: int = 0
    slots: int = 0
    tune: bool = True
    token_dropout: float = 0.0
    input_dropout: float = 0.0
    name: ClassVar[str] = "sentences"
    steps: ClassVar[None] = None
    length: ClassVar[None] = None

    def __post_init__(self) -> None:
        for name, least in (("vocabulary", 2), ("embedding", 1), ("alphabet", 2), ("characters", 1)):
            check_count(name, getattr(self, name), least=least)
        for name in ("character_filters", "slots"):
            check_count(name, getattr(self, name), least=0)
        for name in ("token_dropout", "input_dropout"):
            check_fraction(name, getattr(self, name))

    @property
    def columns(self) -> int:
        """Integers of a word."""
        return 1 + self.characters + self.slots

    @property
    def features(self) -> int:
        """Features of each step, as a recipe receives it."""
        return self.embedding + self.character_filters

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the input, None for dynamic dimensions."""
        return (None, None, self.columns)

    def inputs(self) -> tuple[KerasTensor, KerasTensor]:
        """Returns the input (batch, time, columns), int32, and the tensor to build on (batch, time, features).

        The tensor has a Keras mask that is False after the end of each sentence.
        """
        import keras

        from seqkit.layers.character_convolution import CharacterConvolution
        from seqkit.layers.token_dropout import TokenDropout

        sentences = keras.Input((None, self.columns), dtype="int32", name=self.name)
        words = sentences[:, :, 0]  # (batch, time)
        if self.token_dropout:
            words = TokenDropout(self.token_dropout, name="token_dropout")(words)
        embedding = keras.layers.Embedding(
            self.vocabulary, self.embedding, mask_zero=True, trainable=self.tune, name="embedding"
        )
        x = embedding(words)
        if self.character_filters:
            spelling = sentences[:, :, 1 : 1 + self.characters]  # (batch, time, characters)
            convolution = CharacterConvolution(self.alphabet, self.character_filters, name="characters")
            x = keras.layers.Concatenate(name="words")([x, convolution(spelling)])
        if self.input_dropout:
            x = keras.layers.Dropout(self.input_dropout, name="input_dropout")(x)
        return sentences, x
