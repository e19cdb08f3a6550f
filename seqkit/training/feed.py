"""What a model is fed: windows gathered from the series inside the compiled step.

The series stands in memory once; a batch is a handful of first rows.
"""

from typing import Any

import numpy as np
import tensorflow as tf

from seqkit.data.windows import Windows


class WindowFeed:
    """The windows of a forecast.

    Args:
        values: What windows are read from, of shape (rows, features), float32.
        targets: Positions of the targets among the features.
        train: The windows to learn from.
        validation: The windows that choose the best epoch.
        error_scale: Turns an error between scaled values into the unit of the scores, of shape (targets,).
    """

    def __init__(
        self,
        values: np.ndarray,
        targets: tuple[int, ...],
        train: Windows,
        validation: Windows,
        error_scale: np.ndarray,
    ) -> None:
        self.targets = targets
        self.train = train
        self.validation = validation
        self.error_scale = error_scale
        self._series = tf.constant(values)
        self._series_targets = tf.gather(self._series, targets, axis=1)

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
        ahead = windows.sampling_rate * (windows.lead + np.arange(windows.horizon))
        inputs = tf.gather(self._series, starts[:, None] + steps)
        last = starts + steps[-1]
        change = tf.gather(self._series_targets, last[:, None] + ahead)
        return inputs, change - tf.gather(self._series_targets, last)[:, None, :]

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns the first rows of an epoch's training windows, a pure function of seed and epoch.

        Every window stands in exactly one batch.

        Returns:
            The whole batches, of shape (batches, batch_size), and what is left, of shape (1, rest) or (0, 0).
        """
        order = np.random.Generator(np.random.Philox(key=[seed, epoch])).permutation(self.train.starts)
        whole = len(order) // batch_size * batch_size
        rest = order[None, whole:] if whole < len(order) else np.empty((0, 0), np.int64)
        return order[:whole].reshape(-1, batch_size), rest
