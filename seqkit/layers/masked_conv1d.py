"""Convolution over time with mask support."""

from typing import Any, Literal

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class MaskedConv1D(keras.layers.Conv1D):
    """`keras.layers.Conv1D` that treats masked steps as zeros and passes the mask on.

    `keras.layers.Conv1D` drops the mask. Here the outputs of a sequence do not depend on the amount of padding, because
    padded steps are zeros, like the steps beyond the ends.

    Args:
        filters: Number of filters, [1, inf).
        kernel_size: Steps that each filter spans, [1, inf).
        padding: "causal" (the filter reads a step and those before it) or "same"; both preserve the number of steps.
        **kwargs: Passed to `keras.layers.Conv1D`; strides are not supported.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).
        mask: Tensor of shape (batch, steps), False for steps to ignore. Defaults to the mask of `inputs`.

    Returns:
        Tensor of shape (batch, steps, filters), with the mask of the inputs.

    Raises:
        ValueError: The padding or strides do not preserve the number of steps.
    """

    def __init__(
        self, filters: int, kernel_size: int, *, padding: Literal["causal", "same"] = "causal", **kwargs: Any
    ) -> None:
        super().__init__(filters, kernel_size, padding=padding, **kwargs)
        if self.padding not in ("causal", "same") or self.strides != (1,):
            raise ValueError(
                'MaskedConv1D preserves the number of steps: expected `padding` "causal" or "same" and `strides` 1, '
                f"got {self.padding!r} and {self.strides}."
            )
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:  # noqa: D102
        if mask is not None:
            inputs = keras.ops.where(mask[:, :, None], inputs, 0.0)
        return super().call(inputs)
