"""What a model reads and what it gives, and nothing about how.

A recipe asks its `Spec` for both ends of the model and writes only the middle. Keras is imported inside the methods
that need it, so that a spec can be made, compared and stored without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seqkit.spec.checks import check_count
from seqkit.spec.classes import Classes
from seqkit.spec.forecast import Forecast
from seqkit.spec.tokens import Tokens
from seqkit.spec.vectors import Vectors
from seqkit.spec.window import SERIES_PAD, Window
from seqkit.spec.words import Words

if TYPE_CHECKING:
    from keras import KerasTensor

__all__ = ["SERIES_PAD", "Classes", "Forecast", "Spec", "Tokens", "Vectors", "Window", "Words"]


@dataclass(frozen=True)
class Spec:
    """The ends of a model. `Spec.series`, `Spec.tokens` and `Spec.words` make the usual ones.

    Attributes:
        reads: What the model reads: a `Window`, `Tokens` or `Words`.
        gives: What it gives: a `Forecast`, `Classes` or `Vectors`.
        per_step: Whether it gives an output at every step that it reads, and not at the last one alone. Recipes that
            declare `CAUSAL` are also built so, to be trained: the weights are the same.
    """

    reads: Window | Tokens | Words
    gives: Forecast | Classes | Vectors
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
    ) -> Spec:
        """Returns the spec of a forecast, or, with `classes`, of labels for whole series.

        Args:
            steps: Length of the window or series, at least 1. None, with `classes`, where lengths differ: a batch is
                then padded at the ends with `SERIES_PAD`.
            features: Columns of each step, at least 1.
            outputs: Steps to predict (the horizon), at least 1.
            targets: Positions of the predicted columns among the features. Default: the first.
            classes: Number of labels, at least 2, or 1 with `multi_label`.
            multi_label: Whether a series may carry more than one label.

        Raises:
            ValueError: A length is below 1, a target is not a position of a column, or arguments of a forecast are
                given together with arguments of labels.
        """
        if steps is not None or classes is None:
            check_count("steps", steps)
        window = Window(steps, features)
        check_count("outputs", outputs)
        if classes is not None:
            if outputs != 1 or targets is not None:
                raise ValueError("`outputs` and `targets` belong to a forecast, `classes` to labels: give only either.")
            return cls(window, Classes(classes, multi_label))
        if multi_label:
            raise ValueError("`multi_label` belongs to labels: give `classes`, too.")
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
        """Returns the spec of labels for texts.

        Args:
            length: Tokens of the longest text that is read, at least 1.
            vocabulary: Number of tokens, at least 2: id 0 is the padding at the end, 1 an unknown token.
            classes: Number of labels, at least 2, or 1 with `multi_label`.
            multi_label: Whether a text may carry more than one label.
            embedding: Width of the vector that stands for a token, at least 1.
            one_hot: Give each token a column of its own instead of a vector, in vocabularies of at most 1,000.
            tune: Whether the vectors are trained; False keeps vectors that come from elsewhere as they are.
            token_dropout: Fraction of the tokens that are read as unknown in training, [0, 1).

        Raises:
            ValueError: A number is too small, a fraction outside its interval, or the vocabulary too large for one-hot
                tokens.
        """
        reads = Tokens(length, vocabulary, embedding, one_hot, tune, token_dropout)
        return cls(reads, Classes(classes, multi_label))

    @classmethod
    def words(cls, *, vocabulary: int, dim: int = 100, buckets: int = 0, ngrams: int = 0) -> Spec:
        """Returns the spec of word vectors.

        Args:
            vocabulary: Number of words, at least 2: their ids start at 1, and 0 ends a line.
            dim: Length of the vectors, at least 1.
            buckets: Vectors that the words' n-grams share; 0 makes a word's vector its own alone.
            ngrams: N-grams of all words together, where there are `buckets`.

        Raises:
            ValueError: A number is too small.
        """
        return cls(Words(vocabulary, dim, buckets, ngrams), Vectors(dim))

    def at_each_step(self, steps: int) -> Spec:
        """Returns the spec of the same model over `steps` steps of a series, with an output at each of them."""
        assert isinstance(self.reads, Window)
        return Spec(replace(self.reads, steps=steps), self.gives, per_step=True)

    @property
    def steps(self) -> int | None:
        """Length of the window or series; None where lengths differ, as they do with texts."""
        return self.reads.steps

    @property
    def length(self) -> int | None:
        """The longest sequence that is read, where it is known."""
        return self.reads.length

    @property
    def features(self) -> int:
        """Width of each step, as the recipe gets it."""
        return self.reads.features

    @property
    def vocabulary(self) -> int:
        """Number of tokens or words; 0 where the model reads a series."""
        return 0 if isinstance(self.reads, Window) else self.reads.vocabulary

    @property
    def horizon(self) -> int:
        """Steps to predict; 0 for other tasks."""
        return self.gives.horizon if isinstance(self.gives, Forecast) else 0

    @property
    def targets(self) -> tuple[int, ...]:
        """Positions of the predicted columns among the features; none for other tasks."""
        return self.gives.targets if isinstance(self.gives, Forecast) else ()

    @property
    def classes(self) -> int:
        """Number of labels; 0 for other tasks."""
        return self.gives.count if isinstance(self.gives, Classes) else 0

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of the model's input, None where any size will do."""
        return self.reads.shape

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """Shape of the model's output, None where any size will do."""
        batch, *rest = self.gives.shape
        return (batch, *([self.steps] if self.per_step else []), *rest)

    @property
    def ends(self) -> dict[str, tuple[int | None, ...]]:
        """Input and output of the ONNX model: their shapes by name, without the batch."""
        return {self.reads.name: self.input_shape[1:], self.gives.name: self.output_shape[1:]}

    def inputs(self) -> tuple[KerasTensor, KerasTensor]:
        """Returns the model's input and the tensor to build on.

        Returns:
            The input: "window" (batch, steps, features), "tokens" or "words" (batch, time), int32; and the tensor that
            a recipe reads (batch, time, features). Where lengths differ, this carries a Keras mask that is false after
            the end of each sequence: a layer that supports no mask drops it, with a warning. Words have none.
        """
        return self.reads.inputs()

    def outputs(self, x: KerasTensor) -> KerasTensor:
        """Returns the predictions, a linear readout of `x`.

        Args:
            x: (batch, width): one readout for everything; or, in a forecast, (batch, targets, width): one readout that
                the targets share, each applied to its own row. With `per_step`, (batch, steps, width): one readout for
                everything, applied to each step.

        Returns:
            Tensor of shape (batch, horizon, targets), with `per_step` (batch, steps, horizon, targets); or the logits
            of the labels (batch, classes).

        Raises:
            ValueError: `x` has another shape.
        """
        return self.gives.outputs(x, per_step=self.per_step)
