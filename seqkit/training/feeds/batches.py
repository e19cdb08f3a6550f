"""Feeds: training and validation batches, gathered inside the compiled step.

The data is in memory once, and a batch is an array of indices into it.
"""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

MIN_STEPS = 50
"""Minimum steps per epoch: with few examples, an epoch has several passes over them."""


class Feed(Protocol):
    """Source of training and validation batches: int64 arrays that the `gather` methods convert to tensors.

    Attributes:
        example_shape: Shape of one example in a training batch.
        validation_shape: Shape of one example in a validation batch.
    """

    example_shape: tuple[int, ...]
    validation_shape: tuple[int, ...]

    def steps(self, batch_size: int) -> int:
        """Returns the number of batches per epoch."""

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns an epoch's full batches (batches, batch_size, …) and the last, smaller one (1, rest, …), or empty."""

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the validation batches."""

    def gather(self, batch: Any) -> tuple[Any, Any]:
        """Returns the inputs and targets of a training batch, as tensors."""

    def gather_validation(self, batch: Any) -> tuple[Any, Any]:
        """Returns the inputs and targets of a validation batch, as tensors."""


def steps_per_epoch(examples: int, batch_size: int) -> int:
    """Returns the number of batches per epoch."""
    return -(-examples * passes_per_epoch(examples, batch_size) // batch_size)


def shuffle(examples: int, batch_size: int, seed: int, epoch: int) -> np.ndarray:
    """Returns the order of the examples in an epoch, which depends only on the arguments."""
    rng = np.random.Generator(np.random.Philox(key=[seed, epoch]))
    return np.concatenate([rng.permutation(examples) for _ in range(passes_per_epoch(examples, batch_size))])


def split_batches(order: np.ndarray, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the full batches (batches, batch_size, …) and the last, smaller one (1, rest, …), or empty.

    Args:
        order: The examples, of shape (examples, …).
        batch_size: Examples per batch.
    """
    full = len(order) // batch_size * batch_size
    rest = order[None, full:] if full < len(order) else np.empty((0, 0, *order.shape[1:]), np.int64)
    return order[:full].reshape(-1, batch_size, *order.shape[1:]), rest


def passes_per_epoch(examples: int, batch_size: int) -> int:
    """Returns the number of passes over the examples in an epoch."""
    return max(1, -(-MIN_STEPS * batch_size // examples))


def as_tensor(values: np.ndarray) -> Any:
    """Returns an array as a tensor, without a copy if it is aligned and TensorFlow runs on the CPU."""
    on_cpu = not tf.config.list_logical_devices("GPU")
    if on_cpu and values.flags.c_contiguous and values.flags.writeable and values.ctypes.data % 64 == 0:
        return tf.experimental.dlpack.from_dlpack(values.__dlpack__())
    return tf.constant(values)
