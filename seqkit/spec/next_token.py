"""The next token at every step: the output of a language model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class NextToken:
    """One logit per token of the vocabulary, at every step.

    Attributes:
        vocabulary: Number of tokens, at least 2.
        name: Name of the output in ONNX.
    """

    vocabulary: int
    name: ClassVar[str] = "logits"

    def __post_init__(self) -> None:
        check_count("vocabulary", self.vocabulary, least=2)

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the output at one step."""
        return (None, self.vocabulary)

    def outputs(self, x: KerasTensor, *, per_step: bool = True) -> KerasTensor:
        """Returns the logits (batch, time, vocabulary), a dense layer on `x` (batch, time, width).

        Raises:
            ValueError: `x` has another shape.
        """
        import keras

        if len(x.shape) != 3:
            raise ValueError(
                f"Received an invalid shape for argument `x`, expected (batch, time, width), got {tuple(x.shape)}: "
                "return an output at every step if `spec.per_step`."
            )
        return keras.layers.Identity(name=self.name)(keras.layers.Dense(self.vocabulary, name="readout")(x))
