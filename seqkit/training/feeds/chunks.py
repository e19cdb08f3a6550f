"""Feed of series chunks, for models that forecast at every step.

With `--window 120`, neighbouring windows share 119 steps, yet each trains a single forecast at its end. A causal model
computes the forecasts of all the others on the way; with chunks it is trained on all of them at once.
"""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import tensorflow as tf

from seqkit.data.series.chunks import find_chunks
from seqkit.data.series.measured import with_skipped
from seqkit.training.feeds.batches import Feed, passes_per_epoch, split_batches, steps_per_epoch
from seqkit.training.feeds.windows import WindowFeed


class ChunkFeed:
    """Training chunks, each covering many windows of a forecast, and plain validation windows.

    Args:
        windows: Training and validation windows.
        warmup: Steps at the start of a chunk whose forecasts are not trained.
        chunk: Maximum number of steps whose forecasts are trained.

    Attributes:
        example_shape, validation_shape: See `Feed`.
        length: Steps per chunk, including the warm-up.
    """

    example_shape: tuple[int, ...] = (3,)
    validation_shape: tuple[int, ...] = ()

    def __init__(self, windows: WindowFeed, warmup: int, chunk: int) -> None:
        self._windows = windows
        # Windows that were left out of a run of others are masked: a cut at each would cost another warm-up.
        train, self._is_last_row = with_skipped(windows.train), None
        if len(train) > len(windows.train):
            is_last_row = np.zeros(len(windows.series), bool)
            is_last_row[windows.train.last_rows] = True
            self._is_last_row = tf.constant(is_last_row)
        self._chunks = find_chunks(train, warmup=warmup, length=chunk)
        self.length = self._chunks.steps

    def gather(self, chunks: Any) -> tuple[Any, Any]:
        """Returns the inputs of chunks, and the targets at each of their steps.

        Args:
            chunks: First row of each chunk, and the first and last row to train on, int64, of shape (batch, 3).

        Returns:
            Inputs (batch, steps, features), and a pair: changes of the targets relative to each step (batch, steps,
            horizon, targets), and whether to train on the step (batch, steps). If some targets were not measured, the
            mask has the shape of the changes.
        """
        train = self._windows.train
        first, last = chunks[:, 1:2], chunks[:, 2:]
        rows = chunks[:, :1] + train.sampling_rate * np.arange(self.length)
        is_trained = (rows >= first) & (rows <= last)
        rows = tf.minimum(rows, last)  # Later rows may belong to another series or to another part.
        if self._is_last_row is not None:
            is_trained &= tf.gather(self._is_last_row, rows)
        if self._windows.measured is not None:
            is_trained = is_trained[:, :, None, None] & self._windows.is_measured(rows)
        return tf.gather(self._windows.series, rows), (self._windows.changes(rows), is_trained)

    def gather_validation(self, starts: Any) -> tuple[Any, Any]:
        """Returns plain windows; see `WindowFeed.gather`."""
        return self._windows.gather(starts)

    def steps(self, batch_size: int) -> int:
        """Returns the number of batches per epoch."""
        return steps_per_epoch(len(self._chunks), batch_size)

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns an epoch's chunks, with random boundaries in each pass; they depend only on the arguments.

        In each pass, the last row of every training window is in exactly one chunk.

        Returns:
            The full batches, of shape (batches, batch_size, 3), and the last, smaller one, of shape (1, rest, 3) or
            empty.
        """
        rng = np.random.Generator(np.random.Philox(key=[seed, epoch]))
        passes = passes_per_epoch(len(self._chunks), batch_size)
        chunks = np.concatenate([rng.permutation(self._chunks.draw(rng)) for _ in range(passes)])
        return split_batches(chunks, batch_size)

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the first rows of the validation windows."""
        return self._windows.validation_batches(batch_size)


def supervised(
    windows: WindowFeed, *, supervise: Literal["last", "every"] = "last", warmup: int = 48, chunk: int = 96
) -> Feed:
    """Returns the feed for a model that is trained at the last step of a window, or at every step.

    Args:
        windows: Training and validation windows.
        supervise: Steps with a training target. `last`: the last step of each window, as in inference. `every`: every
            step of longer chunks, which is much faster; only for causal recipes (`CAUSAL`), where it is the default.
            Validation and test use windows either way.
        warmup: Steps at the start of a chunk whose forecasts are not trained, with `every`, [0, inf).
        chunk: Maximum number of forecasts to train per chunk, with `every`, [1, inf).
    """
    return windows if supervise == "last" else ChunkFeed(windows, warmup, chunk)
