"""The value `Spec`: what a model reads and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seqkit.spec.checks import check_count
from seqkit.spec.classes import Classes
from seqkit.spec.forecast import Forecast
from seqkit.spec.next_token import NextToken
from seqkit.spec.notes import Notes
from seqkit.spec.sentences import Sentences
from seqkit.spec.tags import Tags
from seqkit.spec.target_tokens import TargetTokens
from seqkit.spec.tokens import Tokens
from seqkit.spec.vectors import Vectors
from seqkit.spec.window import Window
from seqkit.spec.words import Words

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class Spec:
    """Inputs and outputs of a model.

    Create common ones with `Spec.series`, `Spec.tokens`, `Spec.sentences`, `Spec.next_token`, `Spec.translation` and
    `Spec.words`.

    Attributes:
        reads: Inputs: a `Window`, `Tokens`, `Sentences`, `Words` or `Notes`.
        gives: Outputs: a `Forecast`, `Classes`, `Tags`, `NextToken`, `TargetTokens` or
            `Vectors`.
        per_step: Whether the model has an output at every step instead of the last one only. Recipes that declare
            `CAUSAL` are also built this way for training, with the same weights.
    """

    reads: Window | Tokens | Sentences | Words | Notes
    gives: Forecast | Classes | Tags | NextToken | TargetTokens | Vectors
    per_step: bool = False

    @classmethod
    def series(
        cls,
        *,
        steps: int | None,
        features: int,
        outputs: int = 1,
        targets: tuple[int, ...] | None = None,
        classes: int | None = None,
        multi_label: bool = False,
        longest: int | None = None,
    ) -> Spec:
        """Returns the spec of a forecast or, with `classes`, of a classification of series.

        Args:
            steps: Length of the window or series, at least 1. None, with `classes`, for variable lengths: batches are
                then padded at the end with `SERIES_PAD`.
            features: Columns of each step, at least 1.
            outputs: Forecast steps (the horizon), at least 1.
            targets: Indices of the target columns among the features. Default: the first.
            classes: Number of classes, at least 2, or 1 with `multi_label`.
            multi_label: Whether a series may have several labels.
            longest: For variable lengths, the steps of the longest series in training, if known.

        Raises:
            ValueError: A length is below 1, a target is not a column, or arguments of a forecast are combined with
                `classes`.
        """
        if steps is not None or classes is None:
            check_count("steps", steps)
        window = Window(steps, features, longest)
        check_count("outputs", outputs)
        if classes is not None:
            if outputs != 1 or targets is not None:
                raise ValueError("`outputs` and `targets` define a forecast, `classes` a classification: use only one.")
            return cls(window, Classes(classes, multi_label))
        if multi_label:
            raise ValueError("`multi_label` needs a classification: set `classes`, too.")
        chosen = (0,) if targets is None else tuple(targets)
        if not chosen or len(set(chosen)) < len(chosen) or not all(0 <= t < features for t in chosen):
            raise ValueError(
                f"Received an invalid value for argument `targets`, expected distinct positions from 0 to "
                f"{features - 1}, got {targets!r}."
            )
        return cls(window, Forecast(outputs, chosen))

    @classmethod
    def tokens(
        cls,
        *,
        length: int,
        vocabulary: int,
        classes: int,
        multi_label: bool = False,
        embedding: int = 64,
        one_hot: bool = False,
        tune: bool = True,
        token_dropout: float = 0.0,
    ) -> Spec:
        """Returns the spec of a classification of texts.

        Args:
            length: Maximum number of tokens per text, at least 1.
            vocabulary: Number of tokens, at least 2; id 0 is padding, 1 the unknown token.
            classes: Number of classes, at least 2, or 1 with `multi_label`.
            multi_label: Whether a text may have several labels.
            embedding: Dimensions of the token embedding, at least 1.
            one_hot: Whether to use one-hot tokens instead of an embedding, for vocabularies of at most 1,000.
            tune: Whether to train the embedding; False freezes pretrained vectors.
            token_dropout: Fraction of the tokens replaced with the unknown token during training, [0, 1).

        Raises:
            ValueError: A number is too small, a fraction is outside its interval, or the vocabulary is too large for
                one-hot tokens.
        """
        reads = Tokens(length, vocabulary, embedding, one_hot, tune, token_dropout)
        return cls(reads, Classes(classes, multi_label))

    @classmethod
    def sentences(
        cls,
        *,
        vocabulary: int,
        tags: int,
        crf: bool = False,
        embedding: int = 64,
        alphabet: int = 2,
        characters: int = 20,
        character_filters: int = 0,
        slots: int = 0,
        buckets: int = 2,
        tune: bool = True,
        token_dropout: float = 0.0,
        input_dropout: float = 0.0,
        feature_dropout: float = 0.0,
    ) -> Spec:
        """Returns the spec of a tagger: at every word of a sentence, a tag.

        Args:
            vocabulary: Number of word ids, at least 2; id 0 is padding, 1 the unknown word.
            tags: Number of tags, at least 2.
            crf: Whether the tags of a sentence are scored together, by a conditional random field.
            embedding: Dimensions of the word embedding, at least 1.
            alphabet: Number of character ids, at least 2; id 0 is padding, 1 the unknown character.
            characters: Characters that are read of a word, at least 1.
            character_filters: Filters of the convolution over the characters of a word; 0 for none.
            slots: Features of a word whose weights are added to the logits, at least 0.
            buckets: Number of feature ids, at least 2; id 0 is no feature.
            tune: Whether to train the word embedding; False freezes pretrained vectors.
            token_dropout: Fraction of the words replaced with the unknown word during training, [0, 1).
            input_dropout: Fraction of the values of words dropped during training, [0, 1).
            feature_dropout: Fraction of the features dropped during training, [0, 1).

        Raises:
            ValueError: A number is too small, or a fraction is outside its interval.
        """
        reads = Sentences(
            vocabulary, embedding, alphabet, characters, character_filters, slots, tune, token_dropout, input_dropout
        )
        return cls(reads, Tags(tags, crf, slots, buckets, feature_dropout), per_step=True)

    @classmethod
    def next_token(cls, *, vocabulary: int, embedding: int = 64, one_hot: bool = False, tied: bool = False) -> Spec:
        """Returns the spec of a language model: at every step of running text, the next token.

        Args:
            vocabulary: Number of tokens, at least 2.
            embedding: Dimensions of the token embedding, at least 1.
            one_hot: Whether to use one-hot tokens instead of an embedding, for vocabularies of at most 1,000.
            tied: Whether the embedding is the output layer, too.

        Raises:
            ValueError: A number is too small, the vocabulary is too large for one-hot tokens, or these are `tied`.
        """
        if one_hot and tied:
            raise ValueError("`one_hot` tokens have no embedding that could be `tied`: use only one of them.")
        reads = Tokens(None, vocabulary, embedding, one_hot, tied=tied, padded=False)
        return cls(reads, NextToken(vocabulary, tied), per_step=True)

    @classmethod
    def translation(cls, *, source_vocabulary: int, target_vocabulary: int, embedding: int = 64) -> Spec:
        """Returns the spec of a translation: from a sequence of tokens to one with a length of its own.

        Args:
            source_vocabulary: Number of source tokens, at least 2; id 0 is padding.
            target_vocabulary: Number of target tokens, at least 2; id 0 is padding.
            embedding: Dimensions of the embeddings of both sides, at least 1.

        Raises:
            ValueError: A number is too small.
        """
        return cls(Tokens(None, source_vocabulary, embedding), TargetTokens(target_vocabulary, embedding))

    @classmethod
    def next_note(cls, *, vocabulary: int, voices: int, places: int, embedding: int = 48) -> Spec:
        """Returns the spec of a model of music: at every step, the next note.

        Args:
            vocabulary: Number of notes, at least 2.
            voices: Number of voices, at least 1; they take turns.
            places: Places in a bar: its frames times the voices, at least 1.
            embedding: Dimensions of the embeddings of notes and places, at least 1.

        Raises:
            ValueError: A number is too small.
        """
        return cls(Notes(vocabulary, voices, places, embedding), NextToken(vocabulary), per_step=True)

    @classmethod
    def words(cls, *, vocabulary: int, dim: int = 100, buckets: int = 0, ngrams: int = 0) -> Spec:
        """Returns the spec of word vectors.

        Args:
            vocabulary: Number of words, at least 2; ids start at 1, and 0 ends a line.
            dim: Length of the vectors, at least 1.
            buckets: Number of n-gram vectors; 0 for word vectors without n-grams.
            ngrams: Total number of n-grams of all words, with `buckets`.

        Raises:
            ValueError: A number is too small.
        """
        return cls(Words(vocabulary, dim, buckets, ngrams), Vectors(dim))

    def at_each_step(self, steps: int) -> Spec:
        """Returns the spec of the same model over `steps` steps of a series, with an output at each of them."""
        assert isinstance(self.reads, Window)
        return Spec(replace(self.reads, steps=steps), self.gives, per_step=True)

    @property
    def causal(self) -> bool:
        """Whether an output may depend on its own step and earlier ones only, so that attention must look back."""
        return self.per_step and isinstance(self.gives, (NextToken, Forecast))

    @property
    def steps(self) -> int | None:
        """Length of the window or series; None for variable lengths."""
        return self.reads.steps

    @property
    def length(self) -> int | None:
        """Maximum length of a sequence, if known."""
        return self.reads.length

    @property
    def features(self) -> int:
        """Features of each step, as the recipe receives it."""
        return self.reads.features

    @property
    def vocabulary(self) -> int:
        """Number of tokens or words; 0 for series."""
        return 0 if isinstance(self.reads, Window) else self.reads.vocabulary

    @property
    def horizon(self) -> int:
        """Forecast steps; 0 for other tasks."""
        return self.gives.horizon if isinstance(self.gives, Forecast) else 0

    @property
    def targets(self) -> tuple[int, ...]:
        """Indices of the target columns among the features; empty for other tasks."""
        return self.gives.targets if isinstance(self.gives, Forecast) else ()

    @property
    def classes(self) -> int:
        """Number of classes; 0 for other tasks."""
        return self.gives.count if isinstance(self.gives, Classes) else 0

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of the model's input, None for dynamic dimensions."""
        return self.reads.shape

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """Shape of the model's output, None for dynamic dimensions."""
        if isinstance(self.gives, TargetTokens):
            return self.gives.shape
        batch, *rest = self.gives.shape
        return (batch, *([self.steps] if self.per_step else []), *rest)

    @property
    def ends(self) -> dict[str, tuple[int | None, ...]]:
        """Input and output of the ONNX model: their shapes by name, without the batch."""
        return {self.reads.name: self.input_shape[1:], self.gives.name: self.output_shape[1:]}

    def inputs(self) -> tuple[KerasTensor, KerasTensor]:
        """Returns the model's input and the tensor to build on.

        Returns:
            The input: "window" (batch, steps, features), "tokens" or "words" (batch, time), "notes" (batch, time,
            voices + 1) or "sentences" (batch, time, columns), all of these int32; and the tensor that a recipe reads
            (batch, time, features). For variable lengths, this has a Keras mask that is False after the end of each
            sequence; layers without mask support drop it, with a warning. Words have no mask.
        """
        inputs, x = self.reads.inputs()
        return inputs, self.gives.normalised(x) if isinstance(self.gives, Forecast) else x

    def decoder_inputs(self) -> tuple[KerasTensor, KerasTensor]:
        """Returns the decoder's input "previous" and the tensor that the decoder reads.

        The input, int32 (batch, target time), is the target shifted by one step: at every step, the token before the
        one to predict. The tensor has its embeddings (batch, target time, features).

        Raises:
            ValueError: The spec gives no sequence of its own length.
        """
        if not isinstance(self.gives, TargetTokens):
            raise ValueError(f"A model that gives {type(self.gives).__name__} has no decoder.")
        return self.gives.decoder_inputs()

    def outputs(self, x: KerasTensor, attention: KerasTensor | None = None) -> Any:
        """Returns the predictions, a dense layer on `x`.

        Args:
            x: Tensor of shape (batch, width). For forecasts also (batch, targets, width), where the targets share the
                weights of the dense layer. With `per_step`, (batch, steps, width).
            attention: With a decoder, weights of the source tokens (batch, target time, source time), if any.

        Returns:
            Tensor of shape (batch, horizon, targets), with `per_step` (batch, steps, horizon, targets); or logits
            (batch, classes); or logits of the tags (batch, time, tags) or the next token (batch, time, vocabulary); or
            with `attention`, a list of both.

        Raises:
            ValueError: `x` has another shape.
        """
        if isinstance(self.gives, TargetTokens):
            return self.gives.outputs(x, attention)
        return self.gives.outputs(x, per_step=self.per_step)
