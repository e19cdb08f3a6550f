"""Feed of pairs of token sequences, batched by their number of tokens with others of similar lengths."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from seqkit.data.labelled.ragged import Ragged, batches_by_length
from seqkit.training.feeds.batches import MIN_STEPS, as_tensor

SOURCE_BUCKET = 3
"""Source lengths that differ by less than this may share a batch: fewer distinct batches would always be the same."""

VALIDATION_TOKENS = 1 << 13
"""Maximum tokens of a validation batch, including padding."""


class PairFeed:
    """Pairs of token sequences, concatenated in memory; 0 is padding.

    A batch has as many pairs as fit into a number of tokens: many short ones, or few long ones. The batches of an epoch
    have the same lengths in each epoch, but other pairs.

    Args:
        train: Source and target sequences for training.
        validation: Source and target sequences for validation.
        start: Id that the decoder reads before the first token.
        alignment: Position in its source of each target token for training, −1 for none, int32 of shape (tokens,); it
            then comes beside the targets.

    Attributes:
        example_shape, validation_shape: See `Feed`.
    """

    example_shape: tuple[int, ...] = ()
    validation_shape: tuple[int, ...] = ()

    def __init__(
        self,
        train: tuple[Ragged, Ragged],
        validation: tuple[Ragged, Ragged],
        start: int,
        alignment: np.ndarray | None = None,
    ) -> None:
        self._count = len(train[0])
        sources, targets = (_joined(one, other) for one, other in zip(train, validation, strict=True))
        self._source_lengths, self._target_lengths = sources.lengths, targets.lengths
        self._sources, self._targets = _Sequences(sources), _Sequences(targets)
        self._start = start
        self._alignment = None
        if alignment is not None:
            unknown = np.full(len(targets.values) - len(alignment), -1, np.int32)
            self._alignment = _Sequences(Ragged(np.concatenate([alignment, unknown]), targets.offsets))
        self._keys = self._target_lengths[: self._count] << 32 | self._source_lengths[: self._count] // SOURCE_BUCKET

    def steps(self, batch_size: int) -> int:
        """Returns the number of batches per epoch; see `batches`."""
        sizes = self._sizes(batch_size)
        return len(sizes) * self._passes(len(sizes))

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns an epoch's batches, which depend only on the arguments.

        Args:
            batch_size: Maximum tokens per batch, of the sources or of the targets, whichever are more, including
                padding; a pair that has more is a batch of its own.
            seed: Seed of the order.
            epoch: Number of the epoch.

        Returns:
            Positions of the pairs, of shape (batches, pairs), those of smaller batches followed by −1; and an empty
            array.
        """
        rng = np.random.Generator(np.random.Philox(key=[seed, epoch]))
        sizes = self._sizes(batch_size)
        ends = np.cumsum(sizes)
        passes = []
        for _ in range(self._passes(len(sizes))):
            order = rng.permutation(self._count)
            order = order[np.argsort(self._keys[order], kind="stable")]
            batches = np.full((len(sizes), sizes.max()), -1, np.int64)
            batches[np.arange(sizes.max()) < sizes[:, None]] = order
            passes.append(batches[rng.permutation(len(ends))])
        return np.concatenate(passes), np.empty((0, 0), np.int64)

    def gather(self, batch: Any) -> tuple[Any, Any]:
        """Returns the inputs and the targets of a batch.

        Args:
            batch: Positions of the pairs, int64, of shape (pairs,); negative ones are left out. Validation pairs
                follow training pairs.

        Returns:
            Sources (batch, source time) and targets shifted by one step (batch, target time); and the targets, with
            their alignment if there is one.
        """
        batch = tf.boolean_mask(batch, batch >= 0)
        source, target = self._sources.gather(batch), self._targets.gather(batch)
        start = tf.fill([tf.shape(target)[0], 1], tf.constant(self._start, target.dtype))
        inputs = (source, tf.concat([start, target[:, :-1]], axis=1))
        return inputs, target if self._alignment is None else (target, self._alignment.gather(batch))

    gather_validation = gather

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the validation pairs, short ones first."""
        lengths = np.maximum(self._source_lengths, self._target_lengths)[self._count :]
        for batch in batches_by_length(lengths, sequences=batch_size, steps=VALIDATION_TOKENS):
            yield self._count + batch

    def _sizes(self, tokens: int) -> np.ndarray:
        """Returns the number of pairs of each batch, in the order of lengths."""
        order = np.argsort(self._keys, kind="stable")
        sources = (self._keys[order] & 0xFFFFFFFF) * SOURCE_BUCKET + SOURCE_BUCKET - 1
        lengths = np.maximum(self._target_lengths[order], sources)
        sizes, first, longest = [], 0, 0
        for position, length in enumerate(lengths.tolist()):
            longest = max(longest, length)
            if position > first and longest * (position - first + 1) > tokens:
                sizes.append(position - first)
                first, longest = position, length
        return np.array([*sizes, len(lengths) - first])

    @staticmethod
    def _passes(batches: int) -> int:
        return max(1, -(-MIN_STEPS // batches))


class _Sequences:
    """Sequences in memory, as tensors."""

    def __init__(self, sequences: Ragged) -> None:
        self._values, self._offsets = as_tensor(sequences.values), tf.constant(sequences.offsets)

    def gather(self, batch: Any) -> Any:
        """Returns the sequences at some positions, padded with 0, of shape (batch, time)."""
        first = tf.gather(self._offsets, batch)
        lengths = tf.gather(self._offsets, batch + 1) - first
        steps = tf.range(tf.reduce_max(lengths), dtype=tf.int64)
        is_token = steps < lengths[:, None]
        tokens = tf.gather(self._values, tf.where(is_token, first[:, None] + steps, 0))
        return tf.where(is_token, tokens, 0)


def _joined(one: Ragged, other: Ragged) -> Ragged:
    return Ragged(
        np.concatenate([one.values, other.values]), np.concatenate([one.offsets, other.offsets[1:] + one.offsets[-1]])
    )
