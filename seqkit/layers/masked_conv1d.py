"""Convolution over time that heeds a mask."""

from typing import Any, Literal

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class MaskedConv1D(keras.layers.Conv1D):
    """Convolution over time for sequences of unequal length: what is masked counts as zeros, and stays masked.

    Keras' own `Conv1D` drops the mask. Here a sequence gives the same at each of its steps however far it is padded:
    padding is zeros, like everything beyond the ends.

    Args:
        filters: Filters, [1, inf).
        kernel_size: Steps that a filter spans, [1, inf).
        padding: Whether a filter looks back only ("causal") or to both sides ("same"); either keeps the steps.
        **kwargs: As for `keras.layers.Conv1D`; no strides.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).
        mask: Tensor of shape (batch, steps), false at the steps to leave out; by default the one `inputs` carries.

    Returns:
        Tensor of shape (batch, steps, filters), with the mask of the inputs.

    Raises:
        ValueError: The padding or strides would not keep the steps.
    """

    def __init__(
        self, filters: int, kernel_size: int, *, padding: Literal["causal", "same"] = "causal", **kwargs: Any
    ) -> None:
        super().__init__(filters, kernel_size, padding=padding, **kwargs)
        if self.padding not in ("causal", "same") or self.strides != (1,):
            raise ValueError(
                'MaskedConv1D keeps the steps: expected `padding` "causal" or "same" and `strides` 1, '
                f"got {self.padding!r} and {self.strides}."
            )
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:  # noqa: D102
        if mask is not None:
            inputs = keras.ops.where(mask[:, :, None], inputs, 0.0)
        return super().call(inputs)
