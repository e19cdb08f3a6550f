"""Classification of whole sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class Classes:
    """One logit per class.

    Attributes:
        count: Number of classes, at least 2, or 1 with `multi_label`.
        multi_label: Whether a sequence may have several labels.
        name: Name of the output in ONNX.
    """

    count: int
    multi_label: bool = False
    name: ClassVar[str] = "logits"

    def __post_init__(self) -> None:
        check_count("classes", self.count, least=1 if self.multi_label else 2)

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the output."""
        return (None, self.count)

    def outputs(self, x: KerasTensor, *, per_step: bool = False) -> KerasTensor:
        """Returns the logits (batch, classes), a dense layer on `x` (batch, width).

        Raises:
            ValueError: `x` has another shape.
        """
        import keras

        if len(x.shape) != 2:
            raise ValueError(
                f"Received an invalid shape for argument `x`, expected (batch, width), got {tuple(x.shape)}."
            )
        return keras.layers.Identity(name=self.name)(keras.layers.Dense(self.count, name="readout")(x))
