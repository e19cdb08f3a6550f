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
        quantiles: Probabilities of the quantiles that the model gives beside the forecast, ascending, (0, 1).
        name: Name of the output in ONNX.
    """

    horizon: int
    targets: tuple[int, ...]
    normalise: Literal["none", "last", "window"] = "none"
    quantiles: tuple[float, ...] = ()
    name: ClassVar[str] = "forecast"

    def __post_init__(self) -> None:
        check_count("horizon", self.horizon)
        if not self.targets or len(set(self.targets)) < len(self.targets) or min(self.targets) < 0:
            raise ValueError(
                f"Received an invalid value for argument `targets`, expected distinct positions, got {self.targets!r}."
            )
        distinct = sorted(set(self.quantiles))
        if any(not 0 < each < 1 for each in distinct) or list(self.quantiles) != distinct:
            raise ValueError(
                "Received an invalid value for argument `quantiles`, expected ascending numbers in (0, 1), "
                f"got {self.quantiles!r}."
            )

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the output at one step."""
        return (None, self.horizon, len(self.targets), *([1 + len(self.quantiles)] if self.quantiles else []))

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
        if self.quantiles:
            shift, deviation = shift[..., None], deviation[..., None]
        return keras.Model(model.input, model.output * deviation + shift, name=model.name)

    def outputs(self, x: KerasTensor, *, per_step: bool) -> KerasTensor:
        """Returns forecasts, a dense layer on `x`; with `quantiles`, these beside them.

        The heads of the quantiles read `x` without changing what it is trained for, which is the forecast.

        Args:
            x: Tensor of shape (batch, width); or (batch, targets, width), where the targets share the weights of the
                dense layer; or (batch, targets, segments, width), where the segments of the horizon share them, too;
                with `per_step`, (batch, steps, width).
            per_step: Whether each step has a forecast.

        Returns:
            Tensor of shape (batch, horizon, targets), with `per_step` (batch, steps, horizon, targets); with
            `quantiles`, one more axis of the forecast and its quantiles.

        Raises:
            ValueError: `x` has another shape.
        """
        if not self.quantiles:
            return self._point(x, self.name, per_step=per_step)
        import keras

        from seqkit.layers import AscendingQuantiles

        forecast = self._point(x, "point", per_step=per_step)
        width, features = len(self.quantiles), keras.ops.stop_gradient(x)
        targets = len(self.targets)
        if len(x.shape) == (3 if per_step else 2):
            flat = keras.layers.Dense(self.horizon * targets * width, name="quantile_readout")(features)
            heads = keras.layers.Reshape((*x.shape[1:-1], self.horizon, targets, width), name="heads")(flat)
        else:
            segments = x.shape[2] if len(x.shape) == 4 else 1
            steps = -(-self.horizon // segments)
            by_target = keras.layers.Dense(steps * width, name="quantile_readout")(features)
            by_target = keras.layers.Reshape((targets, segments * steps, width), name="quantile_horizon")(by_target)
            heads = keras.layers.Permute((2, 1, 3), name="heads")(by_target[:, :, : self.horizon])
        return AscendingQuantiles(self.quantiles, name=self.name)(forecast, heads)

    def _point(self, x: KerasTensor, name: str, *, per_step: bool) -> KerasTensor:
        """Returns the forecasts without quantiles."""
        import keras

        # Near zero, so that the initial forecast is "no change" instead of noise.
        near_zero = keras.initializers.VarianceScaling(1e-4, mode="fan_avg", distribution="uniform")
        if len(x.shape) == (3 if per_step else 2):
            width = self.horizon * len(self.targets)
            flat = keras.layers.Dense(width, kernel_initializer=near_zero, name="readout")(x)
            shape = (*x.shape[1:-1], self.horizon, len(self.targets))
            return keras.layers.Reshape(shape, name=name)(flat)
        if per_step:
            raise ValueError(
                "Received an invalid shape for argument `x`, expected (batch, steps, width) with `per_step`, "
                f"got {tuple(x.shape)}: set `return_sequences` of the last layer."
            )
        if len(x.shape) == 3 and x.shape[1] == len(self.targets):
            # (batch, targets, horizon)
            by_target = keras.layers.Dense(self.horizon, kernel_initializer=near_zero, name="readout")(x)
            return keras.layers.Permute((2, 1), name=name)(by_target)
        if len(x.shape) == 4 and x.shape[1] == len(self.targets):
            steps = -(-self.horizon // x.shape[2])
            by_segment = keras.layers.Dense(steps, kernel_initializer=near_zero, name="readout")(x)
            by_target = keras.layers.Reshape((len(self.targets), x.shape[2] * steps), name="horizon")(by_segment)
            return keras.layers.Permute((2, 1), name=name)(by_target[:, :, : self.horizon])
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
