"""Centre and deviation of each window."""

from typing import Any, Literal

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class WindowScale(keras.layers.Layer):
    """Centre and deviation of some columns of each window; 0 and 1 for the other columns.

    Args:
        columns: Indices of the columns to scale.
        by: `last`: the centre is the last value, the deviation 1. `window`: mean and standard deviation of the window.
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).

    Returns:
        Centre and deviation, each of shape (batch, 1, features). The deviation is at least `MIN_DEVIATION`, so that a
        window of equal values stays finite.

    Paper: Kim, Kim, Tae, Park, Choi & Choo (2022), Reversible Instance Normalization for Accurate Time-Series
    Forecasting against Distribution Shift, https://openreview.net/forum?id=cGDAkQo1C0p
    """

    def __init__(self, columns: tuple[int, ...], by: Literal["last", "window"], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.columns = tuple(columns)
        self.by = by

    def call(self, inputs: Any) -> Any:  # noqa: D102
        ops = keras.ops
        is_scaled = ops.convert_to_tensor([float(i in self.columns) for i in range(inputs.shape[-1])])
        if self.by == "last":
            centre = inputs[:, -1:]
            deviation = ops.ones_like(centre)
        else:
            centre = ops.mean(inputs, axis=1, keepdims=True)
            variance = ops.mean(ops.square(inputs - centre), axis=1, keepdims=True)
            deviation = ops.sqrt(variance + MIN_DEVIATION**2)
        return centre * is_scaled, deviation * is_scaled + (1 - is_scaled)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "columns": self.columns, "by": self.by}


MIN_DEVIATION = 1e-3
"""Least deviation of a window, in deviations of the training rows."""
