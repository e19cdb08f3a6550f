"""Feed of series windows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from seqkit.data.series.windows import Windows
from seqkit.training.feeds.batches import as_tensor, shuffle, split_batches, steps_per_epoch

MAX_VALIDATION = 8_000
"""Maximum validation windows per epoch; of more, every n-th is used. The final scores use all windows."""


class WindowFeed:
    """Training and validation windows of a forecast.

    Args:
        values: The series, of shape (rows, features), float32.
        targets: Indices of the target columns among the features.
        train: Training windows.
        validation: Validation windows.
        measured: Whether each value of the targets was measured, of shape (rows, targets); None if all were. Targets
            are then followed by a mask: only measured values are targets.

    Attributes:
        example_shape, validation_shape: See `Feed`.
        series: The values, as a tensor.
        measured: The mask, as a tensor; None if all targets were measured.
    """

    example_shape: tuple[int, ...] = ()
    validation_shape: tuple[int, ...] = ()

    def __init__(
        self,
        values: np.ndarray,
        targets: tuple[int, ...],
        train: Windows,
        validation: Windows,
        measured: np.ndarray | None = None,
    ) -> None:
        self.targets = targets
        self.train = train
        self.validation = validation
        self.series = as_tensor(values)
        self._series_targets = tf.gather(self.series, targets, axis=1)
        self.measured = None if measured is None else tf.constant(measured)

    def gather(self, starts: Any) -> tuple[Any, Any]:
        """Returns the windows that start at the given rows, and their targets.

        Args:
            starts: First row of each window, int64, of shape (batch,).

        Returns:
            Inputs (batch, steps, features), and changes of the targets relative to their last value (batch, horizon,
            targets). With `measured`, a pair: these changes, and whether each target was measured, of the same shape.
        """
        windows = self.train
        steps = windows.sampling_rate * np.arange(windows.steps)
        inputs, rows = tf.gather(self.series, starts[:, None] + steps), starts + steps[-1]
        if self.measured is None:
            return inputs, self.changes(rows)
        return inputs, (self.changes(rows), self.is_measured(rows))

    gather_validation = gather

    def changes(self, rows: Any) -> Any:
        """Returns the future changes of the targets relative to given rows.

        Args:
            rows: Row numbers of any shape, int64.

        Returns:
            Changes of shape (*rows.shape, horizon, targets).
        """
        future = tf.gather(self._series_targets, rows[..., None] + self._offsets)
        return future - tf.gather(self._series_targets, rows)[..., None, :]

    def is_measured(self, rows: Any) -> Any:
        """Returns whether the future targets of given rows were measured, in the shape of `changes`."""
        return tf.gather(self.measured, rows[..., None] + self._offsets)

    @property
    def _offsets(self) -> np.ndarray:
        """The distances from the last row of a window to the rows it predicts, of shape (horizon,)."""
        return self.train.sampling_rate * (self.train.lead + np.arange(self.train.horizon))

    def steps(self, batch_size: int) -> int:
        """Returns the number of batches per epoch."""
        return steps_per_epoch(len(self.train), batch_size)

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns the first rows of an epoch's training windows, which depend only on the arguments.

        Every window occurs once, or several times if the epoch would have fewer than `MIN_STEPS` batches otherwise.

        Returns:
            The full batches, of shape (batches, batch_size), and the last, smaller one, of shape (1, rest) or (0, 0).
        """
        return split_batches(self.train.starts[shuffle(len(self.train), batch_size, seed, epoch)], batch_size)

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the first rows of at most `MAX_VALIDATION` validation windows."""
        for batch in self.validation.thinned(MAX_VALIDATION).batches(batch_size):
            yield batch.starts
