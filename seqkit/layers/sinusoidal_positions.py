"""Where a step stands, told by waves."""

import math
from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable(package="seqkit")
class SinusoidalPositions(keras.layers.Layer):
    """Adds to each step waves of its position, a sine and a cosine for each of many lengths.

    Nothing is learned, and any length will do.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).

    Returns:
        Tensor of the same shape: at step t, feature 2i has gained sin(t / 10000^(2i / features)), and feature 2i + 1
        the cosine of the same.

    Paper: Vaswani et al. (2017), Attention Is All You Need, https://arxiv.org/abs/1706.03762
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:  # noqa: D102
        feature = np.arange(inputs.shape[-1])
        rate = (10000.0 ** (-2 * (feature // 2) / inputs.shape[-1])).astype("float32")
        phase = (feature % 2 * math.pi / 2).astype("float32")  # A cosine is a sine a quarter ahead.
        step = keras.ops.arange(keras.ops.shape(inputs)[1], dtype="float32")
        waves = keras.ops.sin(step[:, None] * rate + phase)  # (steps, features)
        return inputs + keras.ops.cast(waves, inputs.dtype)
