"""What word vectors are learned by: telling the words that stand nearby from words that are drawn at random."""

from abc import abstractmethod
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.layers.rows import spread

CHUNK = 16
"""Words that are compared with their surroundings in one small matrix product, where the window is no wider than 8."""


TINY = 1e-7
"""What is added to a probability before its logarithm is taken: a term of the loss is 16.1 at most."""


@keras.saving.register_keras_serializable(package="seqkit")
class NegativeSampling(keras.layers.Layer):
    """Gives the words' vectors on as they are, and adds the loss of a prediction by them while training.

    Every word has a second vector, its row in `context`, for the part of the one that is predicted. A word's window
    reaches 1 to `window` words to either side, drawn anew each time, and ends where the line does. The words drawn at
    random are shared by some consecutive words, 64 in skip-gram and 256 in CBOW, so that their scores are one matrix
    product: each counts `negative / pool` times, which is in expectation as if `negative` had been drawn for each pair.
    Runs on TensorFlow.

    Args:
        vocabulary: Words there are, numbered from 1, at least 2.
        window: Farthest neighbour that is looked at, [1, inf).
        negative: Words drawn at random that weigh against each true one, (0, vocabulary].
        pool: Words that are drawn for these words to share, [1, inf).
        power: Of the words' counts, in proportion to which they are drawn.
        seed: Of the draws.
        **kwargs: As for any layer.

    Call arguments:
        tokens: Word numbers of shape (batch, time); 0 ends a line, and so does the end of a row.
        vectors: The words' vectors (batch, time, dim).
        training: Whether the loss is added: per word, of the mean over the batch.

    Returns:
        The vectors, unchanged.

    Papers: Mikolov, Sutskever, Chen, Corrado & Dean (2013), Distributed Representations of Words and Phrases and their
    Compositionality, https://arxiv.org/abs/1310.4546; Ji, Satish, Li & Dubey (2016), Parallelizing Word2Vec in Shared
    and Distributed Memory, https://arxiv.org/abs/1604.04661 (words drawn at random are shared)
    """

    GROUP = 256
    """Words that share the words drawn at random."""

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
        words = f"a number above 0 and at most {vocabulary:,}, the number of words"
        _check(0 < negative <= vocabulary, "negative", words, negative)
        _check(pool >= 1, "pool", "an integer of at least 1", pool)
        self.vocabulary, self.window, self.negative, self.pool = vocabulary, window, negative, pool
        self.power, self.seed = power, seed
        self.chunk = max(CHUNK, 1 << (2 * window - 1).bit_length())
        self.group = max(self.GROUP, self.chunk)
        self.generator = keras.random.SeedGenerator(seed)
        self.supports_jit = False  # Which rows a step looks up is known only when it runs.

    def build(self, tokens_shape: tuple[int | None, ...], vectors_shape: tuple[int | None, ...]) -> None:  # noqa: D102
        self.context = self.add_weight((self.vocabulary + 1, vectors_shape[-1]), initializer="zeros", name="context")
        even = np.arange(1, self.vocabulary + 1) / self.vocabulary
        self.noise = self.add_weight(
            (self.vocabulary,), initializer="zeros", dtype="float64", trainable=False, autocast=False, name="noise"
        )
        self.noise.assign(even)

    def adapt(self, counts: np.ndarray) -> None:
        """Sets how often each word is drawn at random; before, all are drawn equally often.

        Args:
            counts: How often each word occurs, word number 1 first, of shape (vocabulary,).
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
        own = ("vocabulary", "window", "negative", "pool", "power", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}

    @abstractmethod
    def predict_words(self, near: Any, vectors: Any, second: Any, drawn: Any) -> Any:
        """Returns the summed loss of a prediction.

        Args:
            near: 1 where the second word stands in the window of the first, else 0: (chunks, chunk, chunk + 2 ×
                window).
            vectors: The words' vectors, chunk by chunk (chunks, chunk, dim).
            second: Their second vectors (chunks, chunk, dim).
            drawn: Second vectors of words drawn at random (groups, pool, dim).
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
        near = self._near(chunks, around)
        # One look-up for both, so that its gradient holds each row once.
        drawn = self._draw(tf.size(tokens) // self.group)
        rows, place = tf.unique(tf.concat([tf.reshape(tokens, (-1,)), tf.reshape(drawn, (-1,))], axis=0))
        found = tf.gather(self.context.value, rows)
        second = tf.reshape(spread(found, place[: tf.size(tokens)]), (-1, self.chunk, vectors.shape[-1]))
        drawn = tf.gather(found, tf.reshape(place[tf.size(tokens) :], (-1, self.pool)))
        vectors = tf.reshape(vectors, (-1, self.chunk, vectors.shape[-1]))
        words = tf.math.count_nonzero(tokens, dtype=tf.float32)
        return self.predict_words(near, vectors, second, drawn) / tf.maximum(words, 1.0)

    def _near(self, tokens: Any, around: Any) -> Any:
        """Returns which words stand in whose window, as floats: in the same line, and near enough for this draw."""
        length = around.shape[1]
        ends = tf.cast(around == 0, tf.float32)
        line = tf.matmul(ends, np.triu(np.ones((length, length), np.float32)))  # lines that ended up to here
        seed = tf.cast(self.generator.next(), tf.int32)
        reach = tf.random.stateless_uniform(tf.shape(tokens), seed, 1, self.window + 1, tf.int32)
        reach = tf.where(tokens == 0, 0, reach)
        own = line[:, self.window : -self.window, None]
        line = tf.where(around == 0, -1.0, line)[:, None, :]
        apart = np.abs(np.arange(self.chunk)[:, None] + self.window - np.arange(length))
        apart[apart == 0] = length  # No word is its own neighbour.
        return tf.cast((own == line) & (apart.astype(np.int32) <= reach[:, :, None]), tf.float32)

    def _draw(self, groups: Any) -> Any:
        """Returns word numbers drawn in proportion to the powers of their counts, of shape (groups, pool)."""
        seed = tf.cast(self.generator.next(), tf.int32)
        point = tf.random.stateless_uniform((groups * self.pool,), seed, dtype=tf.float64)
        word = tf.searchsorted(self.noise.value, point, side="right")
        return tf.reshape(tf.minimum(word, self.vocabulary - 1) + 1, (-1, self.pool))


def weighed(weight: Any, values: Any) -> Any:
    """Returns the sum of values times their weights; where a row has one weight, the row is summed first.

    Args:
        weight: Of shape (..., columns) or (..., 1).
        values: Of shape (..., columns).
    """
    if weight.shape[-1] == 1:
        values = tf.reduce_sum(values, axis=-1)
    return tf.tensordot(tf.reshape(weight, (-1,)), tf.reshape(values, (-1,)), 1)


def with_neighbours(vectors: Any, window: int) -> Any:
    """Returns each chunk between the last vectors of the one before and the first of the one after.

    Args:
        vectors: (chunks, chunk, dim), where a chunk is at least two windows long.
        window: How many are added at either end.
    """

    @tf.custom_gradient
    def widened(vectors: Any) -> Any:
        none = tf.zeros_like(vectors[:1, :window])
        before = tf.concat([none, vectors[:-1, -window:]], axis=0)
        after = tf.concat([vectors[1:, :window], none], axis=0)

        def gradient(upstream: Any) -> Any:
            to_first = tf.concat([none, upstream[:-1, -window:]], axis=0)
            to_last = tf.concat([upstream[1:, :window], none], axis=0)
            between = tf.zeros_like(vectors[:, 2 * window :])
            return upstream[:, window:-window] + tf.concat([to_first, between, to_last], axis=1)

        return tf.concat([before, vectors, after], axis=1), gradient

    return widened(vectors)


def _check(right: bool, name: str, expected: str, value: object) -> None:
    if not right:
        raise ValueError(f"Received an invalid value for argument `{name}`, expected {expected}, got {value!r}.")
