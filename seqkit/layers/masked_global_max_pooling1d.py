"""Global max pooling over time with mask support."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class MaskedGlobalMaxPooling1D(keras.layers.Layer):
    """Maximum of each feature over all unmasked steps.

    `keras.layers.GlobalMaxPooling1D` ignores the mask. Each sequence needs at least one unmasked step.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).
        mask: Tensor of shape (batch, steps), False for steps to ignore. Defaults to the mask of `inputs`.

    Returns:
        Tensor of shape (batch, features).
    """

    def call(self, inputs: Any, mask: Any = None) -> Any:  # noqa: D102
        if mask is not None:
            inputs = keras.ops.where(mask[:, :, None], inputs, float("-inf"))
        return keras.ops.max(inputs, axis=1)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Returns None: the output has no steps to mask."""
