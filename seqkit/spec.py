"""What a model takes in and gives out, and nothing about how.

A recipe asks its `Spec` for both ends of the model and writes only the middle. Keras is imported inside the methods
that need it, so that a spec can be made, compared and stored without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class Spec:
    """The ends of a model: windows of a series in, the steps to come out. Make one with `Spec.series`.

    Attributes:
        steps: Length of the window that is read.
        features: Columns of each step.
        horizon: Steps to predict.
        targets: Which columns of the input are predicted, by position; the outputs stand in this order.
    """

    steps: int
    features: int
    horizon: int
    targets: tuple[int, ...]

    @classmethod
    def series(cls, *, steps: int, features: int, outputs: int = 1, targets: tuple[int, ...] | None = None) -> Spec:
        """Returns the spec of a forecast.

        Args:
            steps: Length of the window, at least 1.
            features: Columns of each step, at least 1.
            outputs: Steps to predict (the horizon), at least 1.
            targets: Positions of the predicted columns among the features. Default: all of them where there is one
                column, else the first.

        Raises:
            ValueError: A length is below 1, or a target is not a position of a column.
        """
        for name, value in (("steps", steps), ("features", features), ("outputs", outputs)):
            if not isinstance(value, int) or value < 1:
                raise ValueError(
                    f"Received an invalid value for argument `{name}`, expected a positive integer, got {value!r}."
                )
        chosen = (0,) if targets is None else tuple(targets)
        if not chosen or len(set(chosen)) < len(chosen) or not all(0 <= t < features for t in chosen):
            raise ValueError(
                f"Received an invalid value for argument `targets`, expected distinct positions from 0 to "
                f"{features - 1}, got {targets!r}."
            )
        return cls(steps=steps, features=features, horizon=outputs, targets=chosen)

    def inputs(self) -> tuple[KerasTensor, KerasTensor]:
        """Returns the model's input and the tensor to build on, both of shape (batch, steps, features) here."""
        import keras

        window = keras.Input((self.steps, self.features), name="window")
        return window, window

    def outputs(self, x: KerasTensor) -> KerasTensor:
        """Returns the predictions, a linear readout of `x`.

        Args:
            x: Either (batch, width): one readout for everything; or (batch, targets, width): one readout that is
                shared by the targets, each applied to its own row.

        Returns:
            Tensor of shape (batch, horizon, targets).

        Raises:
            ValueError: `x` has another shape.
        """
        import keras

        # Near zero, so that training starts from "no change" and not from a random forecast.
        small = keras.initializers.VarianceScaling(1e-4, mode="fan_avg", distribution="uniform")
        if len(x.shape) == 2:
            width = self.horizon * len(self.targets)
            flat = keras.layers.Dense(width, kernel_initializer=small, name="readout")(x)
            return keras.layers.Reshape((self.horizon, len(self.targets)), name="forecast")(flat)
        if len(x.shape) == 3 and x.shape[1] == len(self.targets):
            # (batch, targets, horizon)
            by_target = keras.layers.Dense(self.horizon, kernel_initializer=small, name="readout")(x)
            return keras.layers.Permute((2, 1), name="forecast")(by_target)
        raise ValueError(
            "Received an invalid shape for argument `x`, expected (batch, width) or "
            f"(batch, {len(self.targets)}, width), got {tuple(x.shape)}."
        )
