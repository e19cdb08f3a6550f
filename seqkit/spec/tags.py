"""One tag per step: named entities, parts of speech."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count, check_fraction

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class Tags:
    """One logit per tag, at every step.

    Attributes:
        count: Number of tags, at least 2.
        crf: Whether the tags of a sentence are scored together, by a conditional random field.
        slots: Features at the end of each step of the input whose weights are added to the logits; 0 for none.
        buckets: Number of feature ids, with `slots`.
        feature_dropout: Fraction of these features dropped during training, [0, 1).
        name: Name of the output in ONNX.
    """

    count: int
    crf: bool = False
    slots: int = 0
    buckets: int = 2
    feature_dropout: float = 0.0
    name: ClassVar[str] = "logits"

    def __post_init__(self) -> None:
        check_count("tags", self.count, least=2)
        check_count("slots", self.slots, least=0)
        check_count("buckets", self.buckets, least=2)
        check_fraction("feature_dropout", self.feature_dropout)

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the output at one step."""
        return (None, self.count)

    def outputs(self, x: KerasTensor, *, per_step: bool = True) -> KerasTensor:
        """Returns the logits (batch, time, tags), a dense layer on `x` (batch, time, width).

        With `slots`, the weights of the features in the model's input are added. With `crf`, the last layer is
        "transitions", which leaves the logits as they are and has the weights of pairs of consecutive tags.

        Raises:
            ValueError: `x` has another shape.
        """
        import keras

        if len(x.shape) != 3:
            raise ValueError(
                f"Received an invalid shape for argument `x`, expected (batch, time, width), got {tuple(x.shape)}: "
                "return an output at every step if `spec.per_step`."
            )
        logits = keras.layers.Dense(self.count, name="readout")(x)
        if self.slots:
            from seqkit.layers.feature_weights import FeatureWeights

            (words,) = keras.utils.get_source_inputs(x)
            weights = FeatureWeights(self.buckets, self.count, rate=self.feature_dropout, name="feature_weights")
            logits = keras.layers.Add(name="emissions")([logits, weights(words[:, :, -self.slots :])])
        if self.crf:
            from seqkit.layers.transitions import Transitions

            logits = Transitions(name="transitions")(logits)
        return keras.layers.Identity(name=self.name)(logits)
