"""What a model is fed that forecasts at every step: stretches of a series, gathered inside the compiled step.

Of `--window` 120, neighbouring windows share 119 steps, and each is trained for one forecast at its end. A model that
looks back only has made the others' forecasts on its way; here it is trained for all of them at once.
"""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import tensorflow as tf

from seqkit.data.series.chunks import find_chunks
from seqkit.training.feeds.batches import Feed, in_batches, passes_over
from seqkit.training.feeds.windows import WindowFeed


class ChunkFeed:
    """The windows of a forecast, those to learn from taken together in stretches.

    Args:
        windows: What is learned from and chosen by.
        warmup: Steps that are read before the first one that counts.
        chunk: Most steps that count.

    Attributes:
        example_shape: See `Feed`.
        length: Steps of a stretch, warm-up included.
    """

    example_shape: tuple[int, ...] = (3,)

    def __init__(self, windows: WindowFeed, warmup: int, chunk: int) -> None:
        self._windows = windows
        self._chunks = find_chunks(windows.train, warmup=warmup, length=chunk)
        self.length = self._chunks.steps

    def gather(self, chunks: Any) -> tuple[Any, Any]:
        """Returns what stretches read and what is to be predicted at each of their steps.

        Args:
            chunks: The first row to be read and the first and the last that count, int64, of shape (batch, 3).

        Returns:
            Inputs (batch, steps, features); and changes of the targets against their value at each step (batch, steps,
            horizon, targets), with which of the steps count (batch, steps).
        """
        train = self._windows.train
        first, last = chunks[:, 1:2], chunks[:, 2:]
        rows = chunks[:, :1] + train.sampling_rate * np.arange(self.length)
        counts = (rows >= first) & (rows <= last)
        rows = tf.minimum(rows, last)  # What follows may be another series, or rows that are not for training.
        return tf.gather(self._windows.series, rows), (self._windows.changes(rows), counts)

    def gather_validation(self, starts: Any) -> tuple[Any, Any]:
        """Returns plain windows; see `WindowFeed.gather`."""
        return self._windows.gather(starts)

    def steps(self, batch_size: int) -> int:
        """Returns the batches of an epoch."""
        count = len(self._chunks)
        return -(-count * passes_over(count, batch_size) // batch_size)

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns an epoch's stretches, cut anew for each pass over the series, a pure function of seed and epoch.

        Every training window has its newest row in one stretch of a pass.

        Returns:
            The whole batches, of shape (batches, batch_size, 3), and what is left, of shape (1, rest, 3) or empty.
        """
        rng = np.random.Generator(np.random.Philox(key=[seed, epoch]))
        passes = passes_over(len(self._chunks), batch_size)
        drawn = np.concatenate([rng.permutation(self._chunks.drawn(rng)) for _ in range(passes)])
        return in_batches(drawn, batch_size)

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the first rows of the validation windows."""
        return self._windows.validation_batches(batch_size)


def supervised(
    windows: WindowFeed, *, supervise: Literal["last", "every"] = "last", warmup: int = 48, chunk: int = 96
) -> Feed:
    """Returns what a model is fed that forecasts at the last step of a window, or at every step.

    Args:
        windows: What is learned from and chosen by.
        supervise: At which steps of training the model is told what came. `last`: at the end of each window, as it is
            used later. `every`: at each step of longer stretches, which costs far less for as much; only for recipes
            that look back alone (`CAUSAL`), of which it is the default. Scores are those of windows either way.
        warmup: Steps that a stretch reads before its first forecast that counts, with `every`, [0, inf).
        chunk: Most forecasts that count in a stretch, with `every`, [1, inf).
    """
    return windows if supervise == "last" else ChunkFeed(windows, warmup, chunk)
