"""Quantiles around a forecast that never cross."""

from itertools import pairwise
from statistics import NormalDist
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class AscendingQuantiles(keras.layers.Layer):
    """Appends quantiles to a forecast: a lowest one, and positive distances between neighbours.

    The quantiles are relative to the forecast, whose gradient they do not reach. With inputs of zero they are those of
    a normal distribution with deviation 1/2 around it.

    Args:
        probabilities: Probabilities of the quantiles, ascending, (0, 1).
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        forecast: Tensor of shape (...).
        heads: Tensor of shape (..., quantiles).

    Returns:
        Tensor of shape (..., 1 + quantiles): the forecast, then the quantiles in ascending order.
    """

    def __init__(self, probabilities: tuple[float, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.probabilities = tuple(probabilities)

    def call(self, forecast: Any, heads: Any) -> Any:  # noqa: D102
        ops = keras.ops
        normal = [NormalDist(0, 0.5).inv_cdf(probability) for probability in self.probabilities]
        lowest = heads[..., :1] + normal[0]
        gaps = [upper - lower for lower, upper in pairwise(normal)]
        # softplus(0) = log 2, so a head of zero gives the gap of the normal distribution.
        distances = ops.softplus(heads[..., 1:]) * (ops.convert_to_tensor(gaps, heads.dtype) / ops.log(2.0))
        offsets = ops.concatenate([lowest, lowest + ops.cumsum(distances, axis=-1)], axis=-1)
        point = forecast[..., None]
        return ops.concatenate([point, ops.stop_gradient(point) + offsets], axis=-1)

    def compute_output_shape(self, forecast_shape: Any, heads_shape: Any) -> Any:  # noqa: D102
        return (*forecast_shape, 1 + len(self.probabilities))

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "probabilities": self.probabilities}
