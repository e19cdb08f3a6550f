"""Sinusoidal position encoding."""

import math
from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable(package="seqkit")
class SinusoidalPositions(keras.layers.Layer):
    """Adds sines and cosines of the position to each step, with a different wavelength for each pair of features.

    It has no weights and accepts sequences of any length.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).

    Returns:
        Tensor of the same shape. At step t, sin(t / 10000^(2i / features)) is added to feature 2i, and the cosine of
        the same angle to feature 2i + 1.

    Paper: Vaswani et al. (2017), Attention Is All You Need, https://arxiv.org/abs/1706.03762
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:  # noqa: D102
        feature = np.arange(inputs.shape[-1])
        rate = (10000.0 ** (-2 * (feature // 2) / inputs.shape[-1])).astype("float32")
        phase = (feature % 2 * math.pi / 2).astype("float32")  # cos(x) = sin(x + π/2)
        step = keras.ops.arange(keras.ops.shape(inputs)[1], dtype="float32")
        waves = keras.ops.sin(step[:, None] * rate + phase)  # (steps, features)
        return inputs + keras.ops.cast(waves, inputs.dtype)
