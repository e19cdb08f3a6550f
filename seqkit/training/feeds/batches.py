"""What a model is fed: windows or whole sequences, gathered inside the compiled step.

The data stands in memory once; a batch is a handful of positions in it.
"""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

MIN_STEPS = 50
"""Batches of an epoch: few examples are gone over several times, so that epochs mean some progress on any series."""


class Feed(Protocol):
    """What training reads its batches from; each is an array of int64 that `gather` understands.

    Attributes:
        example_shape: Of what stands for one example in a batch to learn from.
    """

    example_shape: tuple[int, ...]

    def steps(self, batch_size: int) -> int:
        """Returns the batches of an epoch."""

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns an epoch's whole batches (batches, batch_size, …), and what is left: (1, rest, …) or empty."""

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields what chooses the best epoch."""

    def gather(self, batch: Any) -> tuple[Any, Any]:
        """Returns the inputs of a batch to learn from and what is to be predicted from them, as tensors."""

    def gather_validation(self, batch: Any) -> tuple[Any, Any]:
        """Returns the same of a batch to choose by."""


def steps_of(examples: int, batch_size: int) -> int:
    """Returns the batches of an epoch, with so many examples to learn from."""
    return -(-examples * passes_over(examples, batch_size) // batch_size)


def shuffled(examples: int, batch_size: int, seed: int, epoch: int) -> np.ndarray:
    """Returns the order in which an epoch goes over the examples, a pure function of its arguments."""
    rng = np.random.Generator(np.random.Philox(key=[seed, epoch]))
    return np.concatenate([rng.permutation(examples) for _ in range(passes_over(examples, batch_size))])


def in_batches(order: np.ndarray, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the whole batches, of shape (batches, batch_size, …), and what is left, of shape (1, rest, …) or empty.

    Args:
        order: The examples, of shape (examples, …).
        batch_size: Examples to a batch.
    """
    whole = len(order) // batch_size * batch_size
    rest = order[None, whole:] if whole < len(order) else np.empty((0, 0, *order.shape[1:]), np.int64)
    return order[:whole].reshape(-1, batch_size, *order.shape[1:]), rest


def passes_over(examples: int, batch_size: int) -> int:
    """How often an epoch goes over the examples."""
    return max(1, -(-MIN_STEPS * batch_size // examples))


def as_tensor(values: np.ndarray) -> Any:
    """Returns the array as a tensor, without a copy where it lies on the CPU as TensorFlow wants it."""
    on_cpu = not tf.config.list_logical_devices("GPU")
    if on_cpu and values.flags.c_contiguous and values.flags.writeable and values.ctypes.data % 64 == 0:
        return tf.experimental.dlpack.from_dlpack(values.__dlpack__())
    return tf.constant(values)
