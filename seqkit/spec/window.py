"""Windows of a series, or whole series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count

if TYPE_CHECKING:
    from keras import KerasTensor

SERIES_PAD = -1e30
"""Padding value at the end of series that are shorter than others of their batch."""


@dataclass(frozen=True)
class Window:
    """Consecutive steps of a series.

    Attributes:
        steps: Length of the window or series, at least 1; None for variable lengths. Batches are then padded at the
            end with `SERIES_PAD`.
        features: Columns of each step, at least 1.
        longest: For variable lengths, the steps of the longest series in training, if known.
        name: Name of the input in ONNX.
    """

    steps: int | None
    features: int
    longest: int | None = None
    name: ClassVar[str] = "window"

    def __post_init__(self) -> None:
        if self.steps is not None:
            check_count("steps", self.steps)
        check_count("features", self.features)
        if self.longest is not None:
            check_count("longest", self.longest)

    @property
    def length(self) -> int | None:
        """Maximum length of a sequence, if known."""
        return self.longest if self.steps is None else self.steps

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the input, None for dynamic dimensions."""
        return (None, self.steps, self.features)

    def inputs(self) -> tuple[KerasTensor, KerasTensor]:
        """Returns the input and the tensor to build on, both (batch, steps, features).

        For variable lengths, the tensor has a Keras mask that is False after the end of each series, and is zero
        there.
        """
        import keras

        window = keras.Input((self.steps, self.features), name=self.name)
        if self.steps is not None:
            return window, window
        return window, keras.layers.Masking(SERIES_PAD, name="mask")(window)
