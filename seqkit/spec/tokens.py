"""Texts as token ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count, check_fraction

if TYPE_CHECKING:
    from keras import KerasTensor

MAX_ONE_HOT = 1000
"""Maximum vocabulary of one-hot tokens: a batch has batch × time × vocabulary values."""


@dataclass(frozen=True)
class Tokens:
    """Token ids. In padded batches, 0 is padding and 1 the unknown token.

    Attributes:
        length: Maximum number of tokens per text, at least 1; None if it is not limited.
        vocabulary: Number of tokens, at least 2.
        embedding: Dimensions of the token embedding, at least 1.
        one_hot: Whether to use one-hot tokens instead of an embedding, for vocabularies of at most 1,000.
        tune: Whether to train the embedding.
        token_dropout: Fraction of the tokens replaced with the unknown token during training, [0, 1).
        tied: Whether the embedding is the output layer of the model, too.
        padded: Whether batches are padded with id 0; a mask then ends each text. Running text has no padding.
        name: Name of the input in ONNX.
        steps: None: texts have any length.
    """

    length: int | None
    vocabulary: int
    embedding: int = 64
    one_hot: bool = False
    tune: bool = True
    token_dropout: float = 0.0
    tied: bool = False
    padded: bool = True
    name: ClassVar[str] = "tokens"
    steps: ClassVar[None] = None

    def __post_init__(self) -> None:
        if self.length is not None:
            check_count("length", self.length)
        check_count("vocabulary", self.vocabulary, least=2)
        check_count("embedding", self.embedding)
        check_fraction("token_dropout", self.token_dropout)
        if self.one_hot and self.vocabulary > MAX_ONE_HOT:
            raise ValueError(
                f"Received an invalid value for argument `one_hot`: {self.vocabulary} tokens are too many for one-hot "
                f"tokens, expected at most {MAX_ONE_HOT}. Use `one_hot=False` or a smaller vocabulary."
            )

    @property
    def features(self) -> int:
        """Features of each step, as a recipe receives it; padding has no one-hot column."""
        return self.vocabulary - self.padded if self.one_hot else self.embedding

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the input, None for dynamic dimensions."""
        return (None, None)

    def inputs(self) -> tuple[KerasTensor, KerasTensor]:
        """Returns the input (batch, time), int32, and the tensor to build on (batch, time, features).

        If batches are padded, the tensor has a Keras mask that is False after the end of each text.
        """
        import keras

        from seqkit.layers.token_dropout import TokenDropout

        tokens = keras.Input((None,), dtype="int32", name=self.name)
        read = TokenDropout(self.token_dropout, name="token_dropout")(tokens) if self.token_dropout else tokens
        if self.one_hot:
            columns = keras.ops.one_hot(read, self.vocabulary)
            if not self.padded:
                return tokens, columns
            return tokens, keras.layers.Masking(0.0, name="mask")(columns[:, :, 1:])  # Padding becomes all zeros.
        if self.tied:
            from seqkit.layers.tied_embedding import TiedEmbedding

            return tokens, TiedEmbedding(self.vocabulary, self.embedding, name="embedding")(read)
        embedding = keras.layers.Embedding(
            self.vocabulary, self.embedding, mask_zero=self.padded, trainable=self.tune, name="embedding"
        )
        return tokens, embedding(read)
