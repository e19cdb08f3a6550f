"""Max pooling over all of time that heeds a mask."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class MaskedGlobalMaxPooling1D(keras.layers.Layer):
    """The largest value of each feature over a whole sequence; masked steps are left out.

    Keras' own `GlobalMaxPooling1D` knows of no mask. At least one step of each sequence must not be masked.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).
        mask: Tensor of shape (batch, steps), false at the steps to leave out; by default the one `inputs` carries.

    Returns:
        Tensor of shape (batch, features).
    """

    def call(self, inputs: Any, mask: Any = None) -> Any:  # noqa: D102
        if mask is not None:
            inputs = keras.ops.where(mask[:, :, None], inputs, float("-inf"))
        return keras.ops.max(inputs, axis=1)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Returns None: no steps are left that could be masked."""
