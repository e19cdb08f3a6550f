"""Features of a causal recurrent model at every step of long chunks of a series: one pass instead of one a window.

With windows of 120 steps, every row of a series lies in 120 windows. A model that remembers by its state reads it once
here: a chunk is a window long and several hundred steps more, and each of these gives the features of one window. The
state then comes from at least the window's steps, and from some before.
"""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.data.series.chunks import find_chunks
from seqkit.data.series.windows import Windows
from seqkit.errors import UsageError
from seqkit.progress import Progress
from seqkit.stats.ridge import NormalEquations, RidgeSolution, choose_penalty
from seqkit.stopwatch import compiled_first
from seqkit.training.feeds.windows import WindowFeed

MIN_WINDOWS = 256
"""Windows a chunk, at least; three times the steps of a window, if these are more."""

CHUNKS_A_BATCH = 16


def chunk_rows(feed: WindowFeed, build_sequence: Callable[[int], keras.Model]) -> "ChunkRows | None":
    """Returns a reader of chunks, or None where the model is not causal and has to read window by window."""
    try:
        return ChunkRows(feed, build_sequence)
    except UsageError:
        return None


class ChunkRows:
    """Reads the features of a readout, and its targets, from chunks.

    Args:
        feed: Training and validation windows.
        build_sequence: Returns the model with an output at each of some steps, or raises UsageError.
    """

    def __init__(self, feed: WindowFeed, build_sequence: Callable[[int], keras.Model]) -> None:
        self._parts = [feed.train, feed.validation]
        self._chunks = [
            find_chunks(part, warmup=part.steps - 1, length=max(MIN_WINDOWS, 3 * part.steps)) for part in self._parts
        ]
        length = max(chunks.steps for chunks in self._chunks)
        model = build_sequence(length)
        features = keras.Model(model.input, model.get_layer("readout").input)
        self._width, self._outputs = features.output.shape[-1], feed.train.horizon * len(feed.targets)
        offsets = feed.train.sampling_rate * np.arange(length)

        @compiled_first
        @tf.function(input_signature=[tf.TensorSpec((None, 3), tf.int64)])
        def compute_features(chunks: tf.Tensor) -> tuple[Any, Any]:
            rows = chunks[:, :1] + offsets
            is_read = (rows >= chunks[:, 1:2]) & (rows <= chunks[:, 2:])
            rows = tf.minimum(rows, chunks[:, 2:])  # Later rows may belong to another series or part.
            outputs = features(tf.gather(feed.series, rows), training=False)
            return tf.boolean_mask(outputs, is_read), feed.changes(tf.boolean_mask(rows, is_read))

        self._compute_features = compute_features

    def solve(self, on_progress: Callable[[Progress], None]) -> RidgeSolution:
        """Returns the readout with the penalty that has the lowest error on the validation windows.

        Args:
            on_progress: Called with the progress.
        """
        equations, done = [], 0
        for part in self._parts:
            equations.append(NormalEquations(self._width, self._outputs))
            for x, y in self.read(part):
                equations[-1].add(x, y)
                done += 1
                on_progress(Progress(1, 1, done, self.batches))
        train, validation = equations
        return choose_penalty(train, validation)

    @property
    def batches(self) -> int:
        """Number of batches of all parts."""
        return sum(-(-len(chunks) // CHUNKS_A_BATCH) for chunks in self._chunks)

    def read(self, part: Windows) -> Iterator[list[np.ndarray]]:
        """Yields the features (rows, width) and outputs (rows, outputs) of all windows of a part."""
        position = next(number for number, windows in enumerate(self._parts) if windows is part)
        drawn = self._chunks[position].draw(np.random.default_rng(0))
        for first in range(0, len(drawn), CHUNKS_A_BATCH):
            x, y = self._compute_features(tf.constant(drawn[first : first + CHUNKS_A_BATCH]))
            yield [x.numpy(), y.numpy().reshape(len(x), -1)]
