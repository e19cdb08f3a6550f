"""Windows of a series as batches."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from seqkit.data.series.windows import Windows
from seqkit.training.feeds.batches import as_tensor, in_batches, shuffled, steps_of

MAX_VALIDATION = 8_000
"""Windows that tell one epoch from the next; of more, every n-th is asked. Scores in the end are of all."""


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

        Every window stands in it once; where that makes fewer than `MIN_STEPS` batches, every window stands in it
        as often as it takes to make so many.

        Returns:
            The whole batches, of shape (batches, batch_size), and what is left, of shape (1, rest) or (0, 0).
        """
        return in_batches(self.train.starts[shuffled(len(self.train), batch_size, seed, epoch)], batch_size)

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the first rows of the validation windows, of very many every n-th."""
        for batch in self.validation.thinned(MAX_VALIDATION).batches(batch_size):
            yield batch.starts
