"""What a model takes in and gives out, and nothing about how.

A recipe asks its `Spec` for both ends of the model and writes only the middle. Keras is imported inside the methods
that need it, so that a spec can be made, compared and stored without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras import KerasTensor
    from keras.layers import Layer

SERIES_PAD = -1e30
"""What stands after the end of a series that is shorter than those beside it."""

MAX_ONE_HOT = 1000
"""Tokens that may have a column each: a batch of texts takes batch × time × vocabulary numbers then."""


@dataclass(frozen=True)
class Spec:
    """The ends of a model. Make one with `Spec.series`, `Spec.tokens` or `Spec.words`.

    Attributes:
        steps: Length of the window or series that is read; None where lengths differ, as they do with texts.
        features: Columns of each step, as the recipe gets them.
        horizon: Steps to predict; 0 where the model labels, or learns word vectors.
        targets: Which columns of the input are predicted, by position; the outputs stand in this order.
        classes: Labels to tell apart; 0 where the model forecasts.
        multi_label: Whether more than one label may be right at a time.
        vocabulary: Number of tokens, their ids are 0 to vocabulary - 1; 0 where the model reads a series.
        length: The longest sequence that is read, where it is known; `steps` where they are given.
        one_hot: Whether a token is a column of its own and not a learned vector.
        tune: Whether the tokens' vectors are trained.
        token_dropout: Share of the tokens that are read as unknown in training.
        buckets: Vectors that the n-grams of words share; 0 where a word's vector is its own alone.
        ngrams: N-grams of all words together.
        every: Whether a forecast is given out at every step that is read, and not at the last one alone. Recipes that
            declare `CAUSAL` are also built so, to be trained: the weights are the same.
    """

    steps: int | None
    features: int
    horizon: int = 0
    targets: tuple[int, ...] = ()
    classes: int = 0
    multi_label: bool = False
    vocabulary: int = 0
    length: int | None = None
    one_hot: bool = False
    tune: bool = True
    token_dropout: float = 0.0
    buckets: int = 0
    ngrams: int = 0
    every: bool = False

    def __post_init__(self) -> None:
        if self.length is None:
            object.__setattr__(self, "length", self.steps)

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
    ) -> Spec:
        """Returns the spec of a forecast, or, with `classes`, of labels for whole series.

        Args:
            steps: Length of the window or series, at least 1. None, with `classes`, where lengths differ: a batch is
                then filled up at the ends with `SERIES_PAD`.
            features: Columns of each step, at least 1.
            outputs: Steps to predict (the horizon), at least 1.
            targets: Positions of the predicted columns among the features. Default: all of them where there is one
                column, else the first.
            classes: Labels to tell apart, at least 2, or 1 with `multi_label`.
            multi_label: Whether more than one label may be right at a time.

        Raises:
            ValueError: A length is below 1, a target is not a position of a column, or what belongs to a forecast is
                given together with what belongs to labels.
        """
        if steps is not None or classes is None:
            _check_count("steps", steps)
        _check_count("features", features)
        _check_count("outputs", outputs)
        if classes is not None:
            if outputs != 1 or targets is not None:
                raise ValueError("`outputs` and `targets` belong to a forecast, `classes` to labels: give only either.")
            _check_classes(classes, multi_label)
            return cls(steps=steps, features=features, classes=classes, multi_label=multi_label)
        if multi_label:
            raise ValueError("`multi_label` belongs to labels: give `classes`, too.")
        chosen = (0,) if targets is None else tuple(targets)
        if not chosen or len(set(chosen)) < len(chosen) or not all(0 <= t < features for t in chosen):
            raise ValueError(
                f"Received an invalid value for argument `targets`, expected distinct positions from 0 to "
                f"{features - 1}, got {targets!r}."
            )
        return cls(steps=steps, features=features, horizon=outputs, targets=chosen)

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
        """Returns the spec of labels for texts.

        Args:
            length: Tokens of the longest text that is read, at least 1.
            vocabulary: Number of tokens, at least 2: id 0 is the padding at the end, 1 what is unknown.
            classes: Labels to tell apart, at least 2, or 1 with `multi_label`.
            multi_label: Whether more than one label may be right at a time.
            embedding: Width of the vector that stands for a token, at least 1.
            one_hot: Give each token a column of its own instead of a vector, in vocabularies of at most 1,000.
            tune: Whether the vectors are trained; not, where they come from elsewhere and are to stay as they are.
            token_dropout: Share of the tokens that are read as unknown in training, [0, 1).

        Raises:
            ValueError: A number is too small, a share is none, or the vocabulary too large for a column each.
        """
        _check_count("length", length)
        _check_count("vocabulary", vocabulary, least=2)
        _check_count("embedding", embedding)
        _check_classes(classes, multi_label)
        if not 0 <= token_dropout < 1:
            raise ValueError(
                "Received an invalid value for argument `token_dropout`, expected a number in [0, 1), got "
                f"{token_dropout!r}."
            )
        if one_hot and vocabulary > MAX_ONE_HOT:
            raise ValueError(
                f"Received an invalid value for argument `one_hot`: {vocabulary} tokens are too many for a column "
                f"each, at most {MAX_ONE_HOT} may be. Take vectors (`one_hot=False`) or a smaller vocabulary."
            )
        return cls(
            steps=None,
            features=vocabulary - 1 if one_hot else embedding,  # The padding has no column.
            classes=classes,
            multi_label=multi_label,
            vocabulary=vocabulary,
            length=length,
            one_hot=one_hot,
            tune=tune,
            token_dropout=token_dropout,
        )

    @classmethod
    def words(cls, *, vocabulary: int, dim: int = 100, buckets: int = 0, ngrams: int = 0) -> Spec:
        """Returns the spec of word vectors.

        Args:
            vocabulary: Number of words, at least 2: they are numbered from 1, and 0 ends a line.
            dim: Length of the vectors, at least 1.
            buckets: Vectors that the words' n-grams share; 0 makes a word's vector its own alone.
            ngrams: N-grams of all words together, where there are `buckets`.

        Raises:
            ValueError: A number is too small.
        """
        _check_count("vocabulary", vocabulary, least=2)
        _check_count("dim", dim)
        _check_count("buckets", buckets, least=0)
        _check_count("ngrams", ngrams, least=0)
        return cls(steps=None, features=dim, vocabulary=vocabulary, buckets=buckets, ngrams=ngrams)

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of the model's input, None where any size will do."""
        return (None, None) if self.vocabulary else (None, self.steps, self.features)

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """Shape of the model's output, None where any size will do."""
        if self.classes:
            return (None, self.classes)
        if not self.horizon:
            return (None, None, self.features)
        return (None, *([self.steps] if self.every else []), self.horizon, len(self.targets))

    def inputs(self) -> tuple[KerasTensor, KerasTensor]:
        """Returns the model's input and the tensor to build on.

        Returns:
            The input: "window" (batch, steps, features), or "tokens" (batch, time) of type int32; and what a recipe
            reads (batch, time, features). Where lengths differ, this carries a Keras mask that is false after the end
            of each sequence: a layer that knows of no mask drops it, with a warning. Words have none: 0 ends a line.
        """
        import keras

        if not self.vocabulary:
            window = keras.Input((self.steps, self.features), name="window")
            if self.steps is not None:
                return window, window
            return window, keras.layers.Masking(SERIES_PAD, name="mask")(window)  # zeros where masked
        from seqkit.layers.token_dropout import TokenDropout

        tokens = keras.Input((None,), dtype="int32", name="tokens")
        if not self.classes:
            return tokens, self._word_vectors()(tokens)
        read = TokenDropout(self.token_dropout, name="token_dropout")(tokens) if self.token_dropout else tokens
        if self.one_hot:
            columns = keras.ops.one_hot(read, self.vocabulary)[:, :, 1:]  # The padding is all zeros.
            return tokens, keras.layers.Masking(0.0, name="mask")(columns)
        embedding = keras.layers.Embedding(
            self.vocabulary, self.features, mask_zero=True, trainable=self.tune, name="embedding"
        )
        return tokens, embedding(read)

    def _word_vectors(self) -> Layer:
        if self.buckets:
            from seqkit.layers.subword_embedding import SubwordEmbedding

            return SubwordEmbedding(self.vocabulary, self.features, self.buckets, self.ngrams, name="embedding")
        from seqkit.layers.rows import NearZero
        from seqkit.layers.word_embedding import WordEmbedding

        return WordEmbedding(self.vocabulary + 1, self.features, embeddings_initializer=NearZero(), name="embedding")

    def outputs(self, x: KerasTensor) -> KerasTensor:
        """Returns the predictions, a linear readout of `x`.

        Args:
            x: Either (batch, width): one readout for everything; or, in a forecast, (batch, targets, width): one
                readout that is shared by the targets, each applied to its own row. With `every`, (batch, steps, width):
                one readout for everything, applied to each step.

        Returns:
            Tensor of shape (batch, horizon, targets), with `every` (batch, steps, horizon, targets); or the logits
            of the labels (batch, classes).

        Raises:
            ValueError: `x` has another shape.
        """
        import keras

        if self.classes:
            if len(x.shape) != 2:
                raise ValueError(
                    f"Received an invalid shape for argument `x`, expected (batch, width), got {tuple(x.shape)}."
                )
            return keras.layers.Identity(name="logits")(keras.layers.Dense(self.classes, name="readout")(x))
        # Near zero, so that training starts from "no change" and not from a random forecast.
        small = keras.initializers.VarianceScaling(1e-4, mode="fan_avg", distribution="uniform")
        if len(x.shape) == (3 if self.every else 2):
            width = self.horizon * len(self.targets)
            flat = keras.layers.Dense(width, kernel_initializer=small, name="readout")(x)
            shape = (*x.shape[1:-1], self.horizon, len(self.targets))
            return keras.layers.Reshape(shape, name="forecast")(flat)
        if self.every:
            raise ValueError(
                "Received an invalid shape for argument `x`, expected (batch, steps, width) where every step is asked "
                f"for a forecast, got {tuple(x.shape)}: let the last layer return sequences."
            )
        if len(x.shape) == 3 and x.shape[1] == len(self.targets):
            # (batch, targets, horizon)
            by_target = keras.layers.Dense(self.horizon, kernel_initializer=small, name="readout")(x)
            return keras.layers.Permute((2, 1), name="forecast")(by_target)
        raise ValueError(
            "Received an invalid shape for argument `x`, expected (batch, width) or "
            f"(batch, {len(self.targets)}, width), got {tuple(x.shape)}."
        )


def _check_classes(classes: int, multi_label: bool) -> None:
    _check_count("classes", classes, least=1 if multi_label else 2)


def _check_count(name: str, value: object, least: int = 1) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        expected = "a positive integer" if least == 1 else f"an integer of at least {least}"
        raise ValueError(f"Received an invalid value for argument `{name}`, expected {expected}, got {value!r}.")
