"""Max pooling over time that heeds a mask."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class MaskedMaxPooling1D(keras.layers.Layer):
    """The largest of every few neighbouring steps, for sequences of unequal length: masked steps are left out.

    Keras' own `MaxPooling1D` drops the mask, and with `padding="same"` it lets the length decide where its groups of
    steps begin. Here the first group begins with the first step, and the last may have fewer steps, so that a
    sequence gives the same however far it is padded.

    Args:
        pool_size: Steps in a group, [1, inf).
        **kwargs: As for any layer.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).
        mask: Tensor of shape (batch, steps), false at the steps to leave out; by default the one `inputs` carries.

    Returns:
        Tensor of shape (batch, ⌈steps / pool_size⌉, features). A group is masked, and zero, where all its steps were
        masked.
    """

    def __init__(self, pool_size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool_size = pool_size

    def call(self, inputs: Any, mask: Any = None) -> Any:  # noqa: D102
        if mask is None:
            return self._largest(inputs, float("-inf"))
        largest = self._largest(keras.ops.where(mask[:, :, None], inputs, float("-inf")), float("-inf"))
        return keras.ops.where(self.compute_mask(inputs, mask)[:, :, None], largest, 0.0)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # noqa: D102
        if mask is None:
            return None
        there = keras.ops.cast(mask, self.compute_dtype)[:, :, None]
        return self._largest(there, 0.0)[:, :, 0] > 0

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "pool_size": self.pool_size}

    def _largest(self, x: Any, beyond: float) -> Any:
        # Filled up by one step less than a group has: whatever the length, the last group is complete.
        filled = keras.ops.pad(x, ((0, 0), (0, self.pool_size - 1), (0, 0)), constant_values=beyond)
        return keras.ops.max_pool(filled, self.pool_size, strides=self.pool_size, padding="valid")
