"""What a model is fed: windows or whole sequences, gathered inside the compiled step.

The data stands in memory once; a batch is a handful of positions in it.
"""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from seqkit.data.series.windows import Windows

MOST_VALIDATION = 8_000
"""Windows that tell one epoch from the next; of more, every n-th is asked. Scores in the end are of all."""

LEAST_STEPS = 50
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


class WindowFeed:
    """The windows of a forecast.

    Args:
        values: What windows are read from, of shape (rows, features), float32.
        targets: Positions of the targets among the features.
        train: The windows to learn from.
        validation: The windows that choose the best epoch.

    Attributes:
        example_shape: See `Feed`.
        series: The values, as a tensor.
    """

    example_shape: tuple[int, ...] = ()

    def __init__(
        self,
        values: np.ndarray,
        targets: tuple[int, ...],
        train: Windows,
        validation: Windows,
    ) -> None:
        self.targets = targets
        self.train = train
        self.validation = validation
        self.series = as_tensor(values)
        self._series_targets = tf.gather(self.series, targets, axis=1)

    def gather(self, starts: Any) -> tuple[Any, Any]:
        """Returns the windows that start at the given rows and what is to be predicted from them.

        Args:
            starts: First rows, int64, of shape (batch,).

        Returns:
            Inputs (batch, steps, features), and changes of the targets against their last value
            (batch, horizon, targets).
        """
        windows = self.train
        steps = windows.sampling_rate * np.arange(windows.steps)
        return tf.gather(self.series, starts[:, None] + steps), self.changes(starts + steps[-1])

    gather_validation = gather

    def changes(self, rows: Any) -> Any:
        """Returns what is to be predicted at rows of any shape, int64: changes (…, horizon, targets) against them."""
        ahead = self.train.sampling_rate * (self.train.lead + np.arange(self.train.horizon))
        change = tf.gather(self._series_targets, rows[..., None] + ahead)
        return change - tf.gather(self._series_targets, rows)[..., None, :]

    def steps(self, batch_size: int) -> int:
        """Returns the batches of an epoch."""
        return steps_of(len(self.train), batch_size)

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns the first rows of an epoch's training windows, a pure function of seed and epoch.

        Every window stands in it once; where that makes fewer than `LEAST_STEPS` batches, every window stands in it
        as often as it takes to make so many.

        Returns:
            The whole batches, of shape (batches, batch_size), and what is left, of shape (1, rest) or (0, 0).
        """
        return in_batches(self.train.starts[shuffled(len(self.train), batch_size, seed, epoch)], batch_size)

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the first rows of the validation windows, of very many every n-th."""
        for batch in self.validation.thinned(MOST_VALIDATION).batches(batch_size):
            yield batch.starts


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
    return max(1, -(-LEAST_STEPS * batch_size // examples))


def as_tensor(values: np.ndarray) -> Any:
    """Returns the array as a tensor, without a copy where it lies on the CPU as TensorFlow wants it."""
    on_cpu = not tf.config.list_logical_devices("GPU")
    if on_cpu and values.flags.c_contiguous and values.flags.writeable and values.ctypes.data % 64 == 0:
        return tf.experimental.dlpack.from_dlpack(values.__dlpack__())
    return tf.constant(values)
