"""Forecasts: changes of the targets relative to their last values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from seqkit.spec.checks import check_count

if TYPE_CHECKING:
    import keras
    from keras import KerasTensor

SCALE = "window_scale"
"""Name of the layer that computes the scale of each window."""


@dataclass(frozen=True)
class Forecast:
    """Changes of the targets over the next steps.

    Attributes:
        horizon: Forecast steps, at least 1.
        targets: Indices of the target columns among the features, in the order of the outputs.
        normalise: How the targets of each window are scaled before the recipe reads them: `none`, by the `last` value,
            or by mean and deviation of the `window`. The outputs of the recipe are scaled alike; `restore` undoes it.
        name: Name of the output in ONNX.
    """

    horizon: int
    targets: tuple[int, ...]
    normalise: Literal["none", "last", "window"] = "none"
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

    def normalised(self, window: KerasTensor) -> KerasTensor:
        """Returns the window with its targets scaled, of the same shape."""
        if self.normalise == "none":
            return window
        from seqkit.layers import WindowScale

        centre, deviation = WindowScale(self.targets, self.normalise, name=SCALE)(window)
        return (window - centre) / deviation

    def restored(self, model: keras.Model) -> keras.Model:
        """Returns a recipe's model whose outputs are changes of the targets relative to their last value, not scaled.

        Args:
            model: Model that reads what `normalised` returns.
        """
        if self.normalise == "none":
            return model
        import keras

        shift, deviation = scale_tensors(model, self.targets)
        return keras.Model(model.input, model.output * deviation + shift, name=model.name)

    def outputs(self, x: KerasTensor, *, per_step: bool) -> KerasTensor:
        """Returns forecasts, a dense layer on `x`.

        Args:
            x: Tensor of shape (batch, width); or (batch, targets, width), where the targets share the weights of the
                dense layer; or (batch, targets, segments, width), where the segments of the horizon share them, too;
                with `per_step`, (batch, steps, width).
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
        if len(x.shape) == 4 and x.shape[1] == len(self.targets):
            steps = -(-self.horizon // x.shape[2])
            by_segment = keras.layers.Dense(steps, kernel_initializer=near_zero, name="readout")(x)
            by_target = keras.layers.Reshape((len(self.targets), x.shape[2] * steps), name="horizon")(by_segment)
            return keras.layers.Permute((2, 1), name=self.name)(by_target[:, :, : self.horizon])
        raise ValueError(
            "Received an invalid shape for argument `x`, expected (batch, width), "
            f"(batch, {len(self.targets)}, width) or (batch, {len(self.targets)}, segments, width), "
            f"got {tuple(x.shape)}."
        )


def scale_tensors(model: keras.Model, targets: tuple[int, ...]) -> tuple[KerasTensor, KerasTensor]:
    """Returns what maps a normalised output to a change of the targets relative to their last value.

    Args:
        model: Model built on the window that `Forecast.normalised` returns.
        targets: Indices of the target columns.

    Returns:
        Shift and factor, each of shape (batch, 1, targets): the change is output · factor + shift.
    """
    import keras

    centre, deviation = model.get_layer(SCALE).output
    shift = centre - model.input[:, -1:]
    return keras.ops.take(shift, targets, axis=2), keras.ops.take(deviation, targets, axis=2)
