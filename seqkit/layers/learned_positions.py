"""Learned position embedding."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class LearnedPositions(keras.layers.Layer):
    """Adds a learned vector to each step, one per position.

    Args:
        length: Number of positions with a vector, [1, inf). Later steps share the last vector.
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).

    Returns:
        Tensor of the same shape.

    Paper: Gehring, Auli, Grangier, Yarats & Dauphin (2017), Convolutional Sequence to Sequence Learning,
    https://arxiv.org/abs/1705.03122
    """

    def __init__(self, length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.length = length
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:  # noqa: D102
        self.vectors = self.add_weight(shape=(self.length, input_shape[-1]), initializer="uniform", name="vectors")

    def call(self, inputs: Any) -> Any:  # noqa: D102
        step = keras.ops.arange(keras.ops.shape(inputs)[1])
        position = keras.ops.minimum(step, self.length - 1)
        return inputs + keras.ops.take(self.vectors, position, axis=0)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "length": self.length}
