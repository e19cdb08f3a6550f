"""Feed of labelled texts or series, batched with others of similar length."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.ragged import Ragged, batches_by_length
from seqkit.training.feeds.batches import as_tensor, shuffle, split_batches, steps_per_epoch

BUCKET = 50
"""Size of a bucket, in batches; each bucket of random examples is sorted by length."""

MULTIPLE = 8
"""Batch lengths are rounded up to a multiple of this, which limits the number of distinct shapes."""

VALIDATION_STEPS = 1 << 16
"""Maximum steps of a validation batch, including padding."""


class ExampleFeed:
    """Labelled texts or series, concatenated in memory.

    Args:
        train: Training examples.
        validation: Validation examples.
        pad: Padding value.
        steps: Length of all examples; None for variable lengths.

    Attributes:
        example_shape, validation_shape: See `Feed`.
    """

    example_shape: tuple[int, ...] = ()
    validation_shape: tuple[int, ...] = ()

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
        self._labels = tf.constant(np.concatenate([train.labels, validation.labels]))
        self._pad = tf.constant(pad, self._values.dtype)

    def gather(self, batch: Any) -> tuple[Any, Any]:
        """Returns padded examples and their labels.

        Args:
            batch: Indices of the examples, int64, of shape (batch,); validation examples follow training examples.

        Returns:
            Inputs (batch, time) or (batch, time, channels), and labels (batch,) or (batch, classes).
        """
        first = tf.gather(self._offsets, batch)
        lengths = tf.gather(self._offsets, batch + 1) - first
        longest = self._steps or -(-tf.reduce_max(lengths) // MULTIPLE) * MULTIPLE
        steps = tf.range(longest, dtype=tf.int64)
        is_step = steps < lengths[:, None]  # (batch, time)
        values = tf.gather(self._values, tf.where(is_step, first[:, None] + steps, 0))
        if len(values.shape) == 3:
            is_step = is_step[:, :, None]
        return tf.where(is_step, values, self._pad), tf.gather(self._labels, batch)

    gather_validation = gather

    def steps(self, batch_size: int) -> int:
        """Returns the number of batches per epoch."""
        return steps_per_epoch(self._examples, batch_size)

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns an epoch's batches, each of examples of similar length; they depend only on the arguments.

        Returns:
            The full batches, of shape (batches, batch_size), and the last, smaller one, of shape (1, rest) or (0, 0).
        """
        order = shuffle(self._examples, batch_size, seed, epoch)
        for first in range(0, len(order), BUCKET * batch_size):
            bucket = order[first : first + BUCKET * batch_size]
            order[first : first + len(bucket)] = bucket[np.argsort(self._lengths[bucket], kind="stable")]
        full, rest = split_batches(order, batch_size)
        rng = np.random.Generator(np.random.Philox(key=[seed, (1 << 32) + epoch]))  # independent of `shuffle`
        return full[rng.permutation(len(full))], rest

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the validation examples, short ones first."""
        lengths = self._lengths[self._examples :]
        for batch in batches_by_length(lengths, sequences=batch_size, steps=VALIDATION_STEPS):
            yield self._examples + batch
