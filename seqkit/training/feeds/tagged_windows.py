"""Feed of windows of series with a label in every row."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from seqkit.data.tagged_series.windows import covering_windows, drawn_windows
from seqkit.spec import SERIES_PAD
from seqkit.training.feeds.batches import as_tensor, passes_per_epoch, split_batches, steps_per_epoch

PADDING, CONTEXT = -1, -2
"""Labels of the rows after the end of a window, and of rows that the model reads but that are no targets."""


class TaggedWindowFeed:
    """Windows of rows, with the label of each row.

    The training windows of every pass start at other places. Each validation row is a target once.

    Args:
        values: Scaled columns, float32 of shape (rows, features).
        labels: Label of each row, int64 of shape (rows,); negative without one.
        train: Ranges of training rows [first, end), of shape (pieces, 2).
        validation: Ranges of validation rows.
        window: Rows of a window.

    Attributes:
        example_shape, validation_shape: See `Feed`; an example is a row of `covering_windows`.
    """

    example_shape: tuple[int, ...] = (4,)
    validation_shape: tuple[int, ...] = (4,)

    def __init__(
        self, values: np.ndarray, labels: np.ndarray, train: np.ndarray, validation: np.ndarray, window: int
    ) -> None:
        self._train, self._window = train, window
        self._validation = covering_windows(validation, window)
        self._examples = len(drawn_windows(train, window, np.random.default_rng(0)))
        self._values = as_tensor(values)
        self._labels = tf.constant(np.where(labels >= 0, labels, CONTEXT).astype(np.int32))

    def gather(self, batch: Any) -> tuple[Any, Any]:
        """Returns padded windows and their labels.

        Args:
            batch: Rows of `covering_windows`, int64, of shape (batch, 4).

        Returns:
            Windows (batch, time, features), and labels (batch, time): `PADDING` after the end, `CONTEXT` for a row
            that is no target.
        """
        first, lengths, answered, end = tf.unstack(batch, axis=1)
        steps = tf.range(tf.reduce_max(lengths))
        is_step = steps < lengths[:, None]  # (batch, time)
        rows = tf.where(is_step, first[:, None] + steps, 0)
        is_target = (rows >= answered[:, None]) & (rows < end[:, None])
        labels = tf.where(is_target, tf.gather(self._labels, rows), CONTEXT)
        values = tf.where(is_step[:, :, None], tf.gather(self._values, rows), SERIES_PAD)
        return values, tf.where(is_step, labels, PADDING)

    gather_validation = gather

    def steps(self, batch_size: int) -> int:
        """Returns the number of batches per epoch."""
        return steps_per_epoch(self._examples, batch_size)

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns an epoch's batches, of shape (batches, batch_size, 4), and the last one; see `Feed`."""
        rng = np.random.Generator(np.random.Philox(key=[seed, epoch]))
        drawn = []
        for _ in range(passes_per_epoch(self._examples, batch_size)):
            windows = drawn_windows(self._train, self._window, rng)
            drawn.append(windows[rng.permutation(len(windows))])
        return split_batches(np.concatenate(drawn), batch_size)

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the windows that cover the validation rows."""
        for first in range(0, len(self._validation), batch_size):
            yield self._validation[first : first + batch_size]
