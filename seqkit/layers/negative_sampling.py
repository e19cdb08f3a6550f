"""Negative sampling: trains word vectors to distinguish context words from randomly sampled words."""

from abc import abstractmethod
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.layers.rows import gather_rows

CHUNK = 16
"""Words that one small matrix product compares with their context, for windows up to 8; wider ones need more."""

EPSILON = 1e-7
"""Added to probabilities before the logarithm; limits each term of the loss to 16.1."""


@keras.saving.register_keras_serializable(package="seqkit")
class NegativeSampling(keras.layers.Layer):
    """Base class of `SkipGram` and `BagOfWords`: returns word vectors unchanged and adds their loss during training.

    Each word has a second vector, its row in `context`, for its role as a predicted word. The window of a word extends
    1 to `window` words to either side, sampled for each word and step, and ends at line ends. Consecutive words (64 in
    skip-gram, 256 in CBOW) share their negative samples, so that one matrix product computes all scores. Each sample
    has the weight `negative / pool`; the expected loss equals that of `negative` samples per pair. Needs TensorFlow.

    Args:
        vocabulary: Number of words, at least 2; ids start at 1.
        window: Maximum distance between a word and its context words, [1, inf).
        negative: Negative samples per positive example, (0, vocabulary].
        pool: Number of shared negative samples, [1, inf).
        power: Exponent of the word counts in the sampling distribution.
        seed: Seed of the sampling.
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        tokens: Word ids of shape (batch, time); 0 ends a line, and so does the end of a row.
        vectors: Word vectors of shape (batch, time, dim).
        training: Whether to add the loss, a mean per word of the batch.

    Returns:
        The vectors, unchanged.

    Papers: Mikolov, Sutskever, Chen, Corrado & Dean (2013), Distributed Representations of Words and Phrases and their
    Compositionality, https://arxiv.org/abs/1310.4546; Ji, Satish, Li & Dubey (2016), Parallelizing Word2Vec in Shared
    and Distributed Memory, https://arxiv.org/abs/1604.04661 (shared negative samples)
    """

    GROUP = 256
    """Consecutive words that share their negative samples."""

    def __init__(
        self,
        vocabulary: int,
        window: int = 5,
        negative: float = 5.0,
        pool: int = 32,
        power: float = 0.75,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        _check(window >= 1, "window", "an integer of at least 1", window)
        at_most = f"a number above 0 and at most {vocabulary:,}, the number of words"
        _check(0 < negative <= vocabulary, "negative", at_most, negative)
        _check(pool >= 1, "pool", "an integer of at least 1", pool)
        self.vocabulary, self.window, self.negative, self.pool = vocabulary, window, negative, pool
        self.power, self.seed = power, seed
        self.chunk = max(CHUNK, 1 << (2 * window - 1).bit_length())
        self.group = max(self.GROUP, self.chunk)
        self.generator = keras.random.SeedGenerator(seed)
        self.supports_jit = False  # The number of distinct rows per step is dynamic.

    def build(self, tokens_shape: tuple[int | None, ...], vectors_shape: tuple[int | None, ...]) -> None:  # noqa: D102
        self.context = self.add_weight((self.vocabulary + 1, vectors_shape[-1]), initializer="zeros", name="context")
        self.noise = self.add_weight(
            (self.vocabulary,), initializer="zeros", dtype="float64", trainable=False, autocast=False, name="noise"
        )
        self.noise.assign(np.arange(1, self.vocabulary + 1) / self.vocabulary)

    def adapt(self, counts: np.ndarray) -> None:
        """Sets the sampling distribution of the negative samples, which is uniform by default.

        Args:
            counts: Occurrences of each word, starting with word id 1, of shape (vocabulary,).
        """
        weights = np.asarray(counts, np.float64) ** self.power
        self.noise.assign(np.cumsum(weights) / weights.sum())

    def call(self, tokens: Any, vectors: Any, training: bool = False) -> Any:  # noqa: D102
        if training:
            self.add_loss(self._loss(tokens, vectors))
        return vectors

    def compute_output_shape(self, tokens_shape: Any, vectors_shape: Any) -> Any:  # noqa: D102
        return vectors_shape

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        arguments = ("vocabulary", "window", "negative", "pool", "power", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in arguments}}

    @abstractmethod
    def summed_loss(self, in_window: Any, vectors: Any, context: Any, negatives: Any) -> Any:
        """Returns the loss of all words, summed.

        Args:
            in_window: 1 where the second word is in the window of the first, else 0, of shape (chunks, chunk, chunk +
                2 × window).
            vectors: Vectors of the words, of shape (chunks, chunk, dim).
            context: Context vectors of the words, of shape (chunks, chunk, dim).
            negatives: Context vectors of the negative samples, of shape (groups, pool, dim).
        """

    def _loss(self, tokens: Any, vectors: Any) -> Any:
        time = tokens.shape[1]
        if time is None or time % self.group:
            missing = -tf.shape(tokens)[1] % self.group
            tokens = tf.pad(tokens, [[0, 0], [0, missing]])
            vectors = tf.pad(vectors, [[0, 0], [0, missing], [0, 0]])
        length = self.chunk + 2 * self.window
        chunks = tf.reshape(tokens, (-1, self.chunk))
        first = tf.range(0, tf.shape(tokens)[1], self.chunk)
        padded = tf.pad(tokens, [[0, 0], [self.window, self.window]])
        around = tf.reshape(tf.gather(padded, first[:, None] + np.arange(length), axis=1), (-1, length))
        in_window = self._in_window(chunks, around)
        # A single lookup for words and negative samples, so that its gradient contains each row once.
        negatives = self._sample(tf.size(tokens) // self.group)
        rows, positions = tf.unique(tf.concat([tf.reshape(tokens, (-1,)), tf.reshape(negatives, (-1,))], axis=0))
        table = tf.gather(self.context.value, rows)
        context = tf.reshape(gather_rows(table, positions[: tf.size(tokens)]), (-1, self.chunk, vectors.shape[-1]))
        negatives = tf.gather(table, tf.reshape(positions[tf.size(tokens) :], (-1, self.pool)))
        vectors = tf.reshape(vectors, (-1, self.chunk, vectors.shape[-1]))
        words = tf.math.count_nonzero(tokens, dtype=tf.float32)
        return self.summed_loss(in_window, vectors, context, negatives) / tf.maximum(words, 1.0)

    def _in_window(self, tokens: Any, around: Any) -> Any:
        """Returns 1 for pairs of words on the same line within the sampled window, else 0, as floats.

        Args:
            tokens: Word ids of shape (chunks, chunk).
            around: The same with `window` words before and after, of shape (chunks, chunk + 2 × window).
        """
        length = around.shape[1]
        line_ends = tf.cast(around == 0, tf.float32)
        line = tf.matmul(line_ends, np.triu(np.ones((length, length), np.float32)))  # line number: a cumulative sum
        seed = tf.cast(self.generator.next(), tf.int32)
        reach = tf.random.stateless_uniform(tf.shape(tokens), seed, 1, self.window + 1, tf.int32)
        reach = tf.where(tokens == 0, 0, reach)
        centre_line = line[:, self.window : -self.window, None]
        context_line = tf.where(around == 0, -1.0, line)[:, None, :]
        distance = np.abs(np.arange(self.chunk)[:, None] + self.window - np.arange(length))
        distance[distance == 0] = length  # A word is not its own context.
        return tf.cast((centre_line == context_line) & (distance.astype(np.int32) <= reach[:, :, None]), tf.float32)

    def _sample(self, groups: Any) -> Any:
        """Returns word ids sampled in proportion to count^power, of shape (groups, pool)."""
        seed = tf.cast(self.generator.next(), tf.int32)
        point = tf.random.stateless_uniform((groups * self.pool,), seed, dtype=tf.float64)
        word = tf.searchsorted(self.noise.value, point, side="right")
        return tf.reshape(tf.minimum(word, self.vocabulary - 1) + 1, (-1, self.pool))


def weighted_sum(weight: Any, values: Any) -> Any:
    """Returns the sum of values times weights; with one weight per row, rows are summed first.

    Args:
        weight: Tensor of shape (..., columns) or (..., 1).
        values: Tensor of shape (..., columns).
    """
    if weight.shape[-1] == 1:
        values = tf.reduce_sum(values, axis=-1)
    return tf.tensordot(tf.reshape(weight, (-1,)), tf.reshape(values, (-1,)), 1)


def pad_with_neighbours(vectors: Any, window: int) -> Any:
    """Pads each chunk with the last vectors of the previous chunk and the first vectors of the next one.

    Args:
        vectors: Tensor of shape (chunks, chunk, dim); a chunk is at least two windows long.
        window: Vectors to add on each side.

    Returns:
        Tensor of shape (chunks, chunk + 2 × window, dim).
    """

    @tf.custom_gradient
    def pad(vectors: Any) -> Any:
        zeros = tf.zeros_like(vectors[:1, :window])
        before = tf.concat([zeros, vectors[:-1, -window:]], axis=0)
        after = tf.concat([vectors[1:, :window], zeros], axis=0)

        def gradient(upstream: Any) -> Any:
            d_first = tf.concat([zeros, upstream[:-1, -window:]], axis=0)
            d_last = tf.concat([upstream[1:, :window], zeros], axis=0)
            between = tf.zeros_like(vectors[:, 2 * window :])
            return upstream[:, window:-window] + tf.concat([d_first, between, d_last], axis=1)

        return tf.concat([before, vectors, after], axis=1), gradient

    return pad(vectors)


def _check(valid: bool, name: str, expected: str, value: object) -> None:
    if not valid:
        raise ValueError(f"Received an invalid value for argument `{name}`, expected {expected}, got {value!r}.")
