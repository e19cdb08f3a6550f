"""Dilated convolutions with fixed kernels: responses at every step, and which steps count.

A convolution is one matrix product over shifted copies of the input, so that kernels of any dilation cost the same.
"""

from typing import Any

import keras


def responses(inputs: Any, mask: Any, kernel: Any, length: int, dilation: int) -> Any:
    """Returns the response of each kernel around each step; steps beyond the ends and masked ones count as zeros.

    Args:
        inputs: Tensor of shape (batch, steps, channels).
        mask: Tensor of shape (batch, steps), False for steps to ignore, or None.
        kernel: Tensor of shape (length · channels, kernels); the channels of a tap are adjacent.
        length: Taps of a kernel, odd.
        dilation: Steps between two taps, [1, inf).

    Returns:
        Tensor of shape (batch, steps, kernels).
    """
    ops = keras.ops
    if mask is not None:
        inputs = ops.where(mask[:, :, None], inputs, 0.0)
    steps, reach = ops.shape(inputs)[1], dilation * (length // 2)
    padded = ops.pad(inputs, ((0, 0), (reach, reach), (0, 0)))
    taps = [padded[:, tap * dilation : tap * dilation + steps] for tap in range(length)]
    return ops.matmul(ops.concatenate(taps, axis=2), kernel)


def counted_steps(inputs: Any, mask: Any, reach: int) -> tuple[Any, Any]:
    """Returns which steps count without and with padding: all, and those at least `reach` steps from both ends.

    In a sequence too short for the latter, all steps count.

    Args:
        inputs: Tensor of shape (batch, steps, channels).
        mask: Tensor of shape (batch, steps), True at the first steps of each sequence, or None.
        reach: Steps that a kernel reads on each side.

    Returns:
        Two tensors of shape (batch, steps), of ones and zeros.
    """
    ops = keras.ops
    position = ops.arange(ops.shape(inputs)[1], dtype="int32")[None]
    counted = ops.ones_like(inputs[:, :, 0]) if mask is None else ops.cast(mask, inputs.dtype)
    length = ops.cast(ops.sum(counted, axis=1, keepdims=True), "int32")
    is_inner = (position >= reach) & (position < length - reach)
    inner = ops.where(length > 2 * reach, ops.cast(is_inner, inputs.dtype), counted)
    return counted, inner


def shares(flags: Any, counted: Any) -> Any:
    """Returns the share of counted steps at which each flag is set, of shape (batch, features).

    Args:
        flags: Booleans of shape (batch, steps, features).
        counted: Ones and zeros of shape (batch, steps).
    """
    ops = keras.ops
    weights = counted / ops.sum(counted, axis=1, keepdims=True)
    return ops.matmul(weights[:, None], ops.cast(flags, counted.dtype))[:, 0]


def channel_choices(rng: Any, kernels: int, channels: int, most: int) -> Any:
    """Returns which channels each kernel reads, booleans of shape (kernels, channels): few are likelier than many.

    Args:
        rng: NumPy random generator.
        kernels: Number of kernels.
        channels: Number of channels.
        most: Maximum number of channels of a kernel.
    """
    import numpy as np

    counts = np.floor(2 ** rng.uniform(0, np.log2(min(channels, most) + 1), kernels)).astype(int)
    ranks = rng.permuted(np.tile(np.arange(channels), (kernels, 1)), axis=1)
    return ranks < counts[:, None]
