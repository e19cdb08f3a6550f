"""Forecasts: changes of the targets relative to their last values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class Forecast:
    """Changes of the targets over the next steps.

    Attributes:
        horizon: Forecast steps, at least 1.
        targets: Indices of the target columns among the features, in the order of the outputs.
        name: Name of the output in ONNX.
    """

    horizon: int
    targets: tuple[int, ...]
    name: ClassVar[str] = "forecast"

    def __post_init__(self) -> None:
        check_count("horizon", self.horizon)
        if not self.targets or len(set(self.targets)) < len(self.targets) or min(self.targets) < 0:
            raise ValueError(
                f"Received an invalid value for argument `targets`, expected distinct positions, got {self.targets!r}."
            )

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the output at one step."""
        return (None, self.horizon, len(self.targets))

    def outputs(self, x: KerasTensor, *, per_step: bool) -> KerasTensor:
        """Returns forecasts, a dense layer on `x`.

        Args:
            x: Tensor of shape (batch, width); or (batch, targets, width), where the targets share the weights of the
                dense layer; with `per_step`, (batch, steps, width).
            per_step: Whether each step has a forecast.

        Returns:
            Tensor of shape (batch, horizon, targets), with `per_step` (batch, steps, horizon, targets).

        Raises:
            ValueError: `x` has another shape.
        """
        import keras

        # Near zero, so that the initial forecast is "no change" instead of noise.
        near_zero = keras.initializers.VarianceScaling(1e-4, mode="fan_avg", distribution="uniform")
        if len(x.shape) == (3 if per_step else 2):
            width = self.horizon * len(self.targets)
            flat = keras.layers.Dense(width, kernel_initializer=near_zero, name="readout")(x)
            shape = (*x.shape[1:-1], self.horizon, len(self.targets))
            return keras.layers.Reshape(shape, name=self.name)(flat)
        if per_step:
            raise ValueError(
                "Received an invalid shape for argument `x`, expected (batch, steps, width) with `per_step`, "
                f"got {tuple(x.shape)}: set `return_sequences` of the last layer."
            )
        if len(x.shape) == 3 and x.shape[1] == len(self.targets):
            # (batch, targets, horizon)
            by_target = keras.layers.Dense(self.horizon, kernel_initializer=near_zero, name="readout")(x)
            return keras.layers.Permute((2, 1), name=self.name)(by_target)
        raise ValueError(
            "Received an invalid shape for argument `x`, expected (batch, width) or "
            f"(batch, {len(self.targets)}, width), got {tuple(x.shape)}."
        )
