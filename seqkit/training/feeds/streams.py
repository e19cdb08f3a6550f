"""Feed of running text: parallel streams, read in chunks from start to end."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from seqkit.training.feeds.batches import as_tensor

VALIDATION_STREAMS = 16
"""Streams of the validation text: enough to use a core well, few enough that their starts hardly count."""

VALIDATION_CHUNK, VALIDATION_LOGITS = 256, 1 << 24
"""Maximum tokens per chunk and stream of validation, and maximum logits of a chunk; they do not affect the score."""


class StreamFeed:
    """Training and validation tokens of a language model.

    The text is cut into as many streams as a batch has rows. A step reads the next chunk of each, so a model that
    carries its state from step to step reads each stream as one sequence.

    Args:
        train: Training tokens, int32, of shape (tokens,).
        validation: Validation tokens, at least two.
        chunk: Tokens per chunk.
        columns: What the model reads instead of the tokens, for training and for validation: a row of integers before
            each token but the first, of shape (tokens - 1, columns). None if it reads the tokens.
        vocabulary: Number of tokens, which limits the chunks of validation.

    Attributes:
        example_shape, validation_shape: See `Feed`.
        chunk: Tokens per chunk.
        validation_streams: Streams of the validation text.
    """

    example_shape: tuple[int, ...] = ()
    validation_shape: tuple[int, ...] = (2,)

    def __init__(
        self,
        train: np.ndarray,
        validation: np.ndarray,
        chunk: int,
        columns: tuple[np.ndarray, np.ndarray] | None = None,
        vocabulary: int = 1,
    ) -> None:
        self.chunk = chunk
        self._size, self._validation_size = len(train), len(validation)
        self._train, self._validation = as_tensor(train), as_tensor(validation)
        self._columns = as_tensor(columns[0]) if columns else None
        self._validation_columns = as_tensor(columns[1]) if columns else None
        self.validation_streams = min(VALIDATION_STREAMS, len(validation) - 1)
        logits = self.validation_streams * vocabulary
        self._validation_chunk = max(1, min(VALIDATION_CHUNK, VALIDATION_LOGITS // logits))

    def steps(self, batch_size: int) -> int:
        """Returns the number of batches per epoch."""
        return max(1, (self._size - 1) // (batch_size * self.chunk))

    def batches(self, batch_size: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns the first tokens of an epoch's chunks, which depend only on the arguments.

        The streams start at a random token, so that the chunks of each epoch have other borders; fewer tokens than a
        chunk and one per stream are left out at either end.

        Returns:
            Batches of shape (steps, batch_size), and an empty array.
        """
        steps = self.steps(batch_size)
        stream = steps * self.chunk
        spare = self._size - 1 - batch_size * stream
        first = int(np.random.Generator(np.random.Philox(key=[seed, epoch])).integers(spare + 1)) if spare > 0 else 0
        starts = first + stream * np.arange(batch_size) + self.chunk * np.arange(steps)[:, None]
        return starts, np.empty((0, 0), np.int64)

    def gather(self, batch: Any) -> tuple[Any, Any]:
        """Returns the chunks that start at the given tokens, and the tokens one later, both (batch, chunk)."""
        return _read(self._train, self._columns, batch[:, None] + tf.range(self.chunk + 1, dtype=tf.int64))

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields first token and length of the chunks of the validation text, of shape (streams, 2)."""
        length = (self._validation_size - 1) // self.validation_streams
        firsts = length * np.arange(self.validation_streams)
        for done in range(0, length, self._validation_chunk):
            size = min(self._validation_chunk, length - done)
            yield np.stack([firsts + done, np.full_like(firsts, size)], axis=1)

    def gather_validation(self, batch: Any) -> tuple[Any, Any]:
        """Returns chunks of the validation text, and the tokens one later."""
        places = batch[:, :1] + tf.range(batch[0, 1] + 1)
        return _read(self._validation, self._validation_columns, places)


def _read(tokens: Any, columns: Any, places: Any) -> tuple[Any, Any]:
    """Returns what a model reads at some places, and the tokens one later."""
    found = tf.gather(tokens, places)
    read = found[:, :-1] if columns is None else tf.gather(columns, places[:, :-1])
    return read, found[:, 1:]
