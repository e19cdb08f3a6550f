"""What a model that labels is fed: whole texts or series, side by side with others of about their length.

All of them stand in memory once, end to end; a batch is a handful of their numbers.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.ragged import Ragged, batches_by_length
from seqkit.training.feeds.batches import as_tensor, in_batches, shuffled, steps_of

BUCKET = 50
"""Batches' worth of examples, drawn at random, that are sorted by length among themselves."""

MULTIPLE = 8
"""The length of a batch is rounded up to a multiple of this, so that fewer different ones occur."""

VALIDATION_STEPS = 1 << 16
"""Steps of a validation batch at most, padding included."""


class ExampleFeed:
    """Labelled texts or series.

    Args:
        train: The examples to learn from.
        validation: The examples that choose the best epoch.
        pad: What stands where an example has ended.
        steps: Length of all examples; None where lengths differ.

    Attributes:
        example_shape: See `Feed`.
    """

    example_shape: tuple[int, ...] = ()

    def __init__(self, train: Part, validation: Part, pad: float, steps: int | None = None) -> None:
        self._examples = len(train)
        self._steps = steps
        inputs = Ragged(
            np.concatenate([train.inputs.values, validation.inputs.values]),
            np.concatenate([train.inputs.offsets, validation.inputs.offsets[1:] + train.inputs.offsets[-1]]),
        )
        self._lengths = inputs.lengths
        self._values = as_tensor(inputs.values)
        self._offsets = tf.constant(inputs.offsets)
        self._truth = tf.constant(np.concatenate([train.y_true, validation.y_true]))
        self._pad = tf.constant(pad, self._values.dtype)

    def gather(self, batch: Any) -> tuple[Any, Any]:
        """Returns examples side by side, filled up at their ends, and what they carry.

        Args:
            batch: Numbers of the examples, int64, of shape (batch,); validation's come after training's.

        Returns:
            Inputs (batch, time) or (batch, time, channels), and truth (batch,) or (batch, classes).
        """
        first = tf.gather(self._offsets, batch)
        lengths = tf.gather(self._offsets, batch + 1) - first
        longest = self._steps or -(-tf.reduce_max(lengths) // MULTIPLE) * MULTIPLE
        steps = tf.range(longest, dtype=tf.int64)
        there = steps < lengths[:, None]  # (batch, time)
        values = tf.gather(self._values, tf.where(there, first[:, None] + steps, 0))
        if len(values.shape) == 3:
            there = there[:, :, None]
        return tf.where(there, values, self._pad), tf.gather(self._truth, batch)

    gather_validation = gather

    def steps(self, batch_size: int) -> int:
        """Returns the batches of an epoch."""
        return steps_of(self._examples, batch_size)

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns an epoch's batches, each of examples of about the same length, a pure function of seed and epoch.

        Returns:
            The whole batches, of shape (batches, batch_size), and what is left, of shape (1, rest) or (0, 0).
        """
        order = shuffled(self._examples, batch_size, seed, epoch)
        for first in range(0, len(order), BUCKET * batch_size):
            bucket = order[first : first + BUCKET * batch_size]
            order[first : first + len(bucket)] = bucket[np.argsort(self._lengths[bucket], kind="stable")]
        whole, rest = in_batches(order, batch_size)
        rng = np.random.Generator(np.random.Philox(key=[seed, (1 << 32) + epoch]))  # not the draw of the examples
        return whole[rng.permutation(len(whole))], rest

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the validation examples, short ones first."""
        lengths = self._lengths[self._examples :]
        for batch in batches_by_length(lengths, sequences=batch_size, steps=VALIDATION_STEPS):
            yield self._examples + batch
