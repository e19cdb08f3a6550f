"""Word vectors that are made of their n-grams' vectors."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.layers.rows import NearZero, spread


@keras.saving.register_keras_serializable(package="seqkit")
class SubwordEmbedding(keras.layers.Layer):
    """Looks up words whose vector is the mean of their own and those of their n-grams.

    Call `adapt` before training: it says which n-grams each word has. Runs on TensorFlow.

    Args:
        vocabulary: Words there are, numbered from 1; 0 ends a line.
        dim: Length of the vectors, at least 1.
        buckets: Vectors that the n-grams share, at least 1.
        ngrams: N-grams of all words together; set by `adapt`.
        **kwargs: As for any layer.

    Call arguments:
        tokens: Word numbers of shape (batch, time).

    Returns:
        Vectors of shape (batch, time, dim).

    Paper: Bojanowski, Grave, Joulin & Mikolov (2017), Enriching Word Vectors with Subword Information,
    https://doi.org/10.1162/tacl_a_00051
    """

    def __init__(self, vocabulary: int, dim: int, buckets: int, ngrams: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocabulary, self.dim, self.buckets, self.ngrams = vocabulary, dim, buckets, ngrams
        self.supports_jit = False  # Which rows a step looks up is known only when it runs.

    def build(self, tokens_shape: tuple[int | None, ...]) -> None:  # noqa: D102
        self.words = self.add_weight((self.vocabulary + 1, self.dim), initializer=NearZero(), name="words")
        self.parts = self.add_weight((self.buckets, self.dim), initializer=NearZero(), name="ngrams")
        own = {"initializer": "zeros", "trainable": False, "autocast": False}
        self.bucket = self.add_weight((self.ngrams,), dtype="int32", name="bucket", **own)
        self.offset = self.add_weight((self.vocabulary + 2,), dtype="int64", name="offset", **own)

    def adapt(self, buckets: np.ndarray, offsets: np.ndarray) -> None:
        """Sets which n-grams each word has.

        Args:
            buckets: Of the n-grams of all words, word number 1 first, of shape (ngrams,).
            offsets: Where each word's begin, and where the last one's end, of shape (vocabulary + 1,).
        """
        self.bucket.assign(buckets)
        self.offset.assign(np.concatenate([[0], offsets]))  # The end of a line has none.

    def call(self, tokens: Any) -> Any:  # noqa: D102
        words, place = tf.unique(tf.reshape(tokens, (-1,)))
        shape = tf.concat([tf.shape(tokens), [self.dim]], axis=0)
        return tf.reshape(spread(self.vectors(words), place), shape)

    def vectors(self, words: Any) -> Any:
        """Returns the vectors of words.

        Args:
            words: Word numbers of shape (words,).
        """
        first = tf.gather(self.offset.value, words)
        count = tf.gather(self.offset.value, words + 1) - first
        parts = tf.ragged.range(first, first + count)
        own = tf.gather(self.words.value, words)
        buckets = tf.gather(self.bucket.value, parts.flat_values)
        sums = tf.math.segment_sum(tf.gather(self.parts.value, buckets), parts.value_rowids())
        sums = tf.pad(sums, [[0, tf.shape(words)[0] - tf.shape(sums)[0]], [0, 0]])  # Trailing words without n-grams.
        return (own + sums) / tf.cast(count + 1, own.dtype)[:, None]

    def ngram_vectors(self, buckets: Any) -> Any:
        """Returns the vectors of n-grams.

        Args:
            buckets: Of shape (ngrams,).
        """
        return tf.gather(self.parts.value, buckets)

    def compute_output_shape(self, tokens_shape: Any) -> Any:  # noqa: D102
        return (*tokens_shape, self.dim)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        own = ("vocabulary", "dim", "buckets", "ngrams")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}
