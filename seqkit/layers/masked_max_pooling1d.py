"""Max pooling over time with mask support."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class MaskedMaxPooling1D(keras.layers.Layer):
    """Maximum over each pooling window of `pool_size` steps, ignoring masked steps.

    `keras.layers.MaxPooling1D` drops the mask, and with `padding="same"` the length decides where its windows start.
    Here the first window starts at the first step and the last window may be shorter, so the outputs of a sequence do
    not depend on the amount of padding.

    Args:
        pool_size: Steps per pooling window, [1, inf).
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).
        mask: Tensor of shape (batch, steps), False for steps to ignore. Defaults to the mask of `inputs`.

    Returns:
        Tensor of shape (batch, ⌈steps / pool_size⌉, features). Windows with only masked steps are zero and masked.
    """

    def __init__(self, pool_size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool_size = pool_size

    def call(self, inputs: Any, mask: Any = None) -> Any:  # noqa: D102
        if mask is None:
            return self._pool(inputs, float("-inf"))
        pooled = self._pool(keras.ops.where(mask[:, :, None], inputs, float("-inf")), float("-inf"))
        return keras.ops.where(self.compute_mask(inputs, mask)[:, :, None], pooled, 0.0)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # noqa: D102
        if mask is None:
            return None
        unmasked = keras.ops.cast(mask, self.compute_dtype)[:, :, None]
        return self._pool(unmasked, 0.0)[:, :, 0] > 0

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "pool_size": self.pool_size}

    def _pool(self, x: Any, padding_value: float) -> Any:
        # Padding by `pool_size - 1` steps completes the last window of a sequence of any length.
        padded = keras.ops.pad(x, ((0, 0), (0, self.pool_size - 1), (0, 0)), constant_values=padding_value)
        return keras.ops.max_pool(padded, self.pool_size, strides=self.pool_size, padding="valid")
