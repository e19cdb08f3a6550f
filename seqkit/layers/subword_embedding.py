"""Embedding with subword n-grams."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.layers.rows import NearZero, gather_rows


@keras.saving.register_keras_serializable(package="seqkit")
class SubwordEmbedding(keras.layers.Layer):
    """Embedding of words as the mean of a word vector and the vectors of the word's n-grams.

    Call `adapt` before training to set the n-grams of each word. Needs TensorFlow.

    Args:
        vocabulary: Number of words; ids start at 1, and 0 ends a line.
        dim: Length of the vectors, at least 1.
        buckets: Number of n-gram vectors; hashed n-grams share them, at least 1.
        ngrams: Total number of n-grams of all words, as passed to `adapt`.
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        tokens: Word ids of shape (batch, time).

    Returns:
        Tensor of shape (batch, time, dim).

    Paper: Bojanowski, Grave, Joulin & Mikolov (2017), Enriching Word Vectors with Subword Information,
    https://doi.org/10.1162/tacl_a_00051
    """

    def __init__(self, vocabulary: int, dim: int, buckets: int, ngrams: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocabulary, self.dim, self.buckets, self.ngrams = vocabulary, dim, buckets, ngrams
        self.supports_jit = False  # The number of distinct rows per step is dynamic.

    def build(self, tokens_shape: tuple[int | None, ...]) -> None:  # noqa: D102
        self.words = self.add_weight((self.vocabulary + 1, self.dim), initializer=NearZero(), name="words")
        self.parts = self.add_weight((self.buckets, self.dim), initializer=NearZero(), name="ngrams")
        constant: dict[str, Any] = {"initializer": "zeros", "trainable": False, "autocast": False}
        self.bucket = self.add_weight((self.ngrams,), dtype="int32", name="bucket", **constant)
        self.offset = self.add_weight((self.vocabulary + 2,), dtype="int64", name="offset", **constant)

    def adapt(self, buckets: np.ndarray, offsets: np.ndarray) -> None:
        """Sets the n-grams of each word.

        Args:
            buckets: Bucket of each n-gram of all words, starting with word id 1, of shape (ngrams,).
            offsets: Index of the first n-gram of each word, and the total number, of shape (vocabulary + 1,).
        """
        self.bucket.assign(buckets)
        self.offset.assign(np.concatenate([[0], offsets]))  # Id 0, a line end, has no n-grams.

    def call(self, tokens: Any) -> Any:  # noqa: D102
        words, positions = tf.unique(tf.reshape(tokens, (-1,)))
        shape = tf.concat([tf.shape(tokens), [self.dim]], axis=0)
        return tf.reshape(gather_rows(self.vectors(words), positions), shape)

    def vectors(self, words: Any) -> Any:
        """Returns the vectors of words, of shape (words, dim).

        Args:
            words: Word ids of shape (words,).
        """
        first = tf.gather(self.offset.value, words)
        count = tf.gather(self.offset.value, words + 1) - first
        ngrams = tf.ragged.range(first, first + count)
        word_vectors = tf.gather(self.words.value, words)
        buckets = tf.gather(self.bucket.value, ngrams.flat_values)
        sums = tf.math.segment_sum(tf.gather(self.parts.value, buckets), ngrams.value_rowids())
        # `segment_sum` returns no rows for trailing words without n-grams.
        sums = tf.pad(sums, [[0, tf.shape(words)[0] - tf.shape(sums)[0]], [0, 0]])
        return (word_vectors + sums) / tf.cast(count + 1, word_vectors.dtype)[:, None]

    def ngram_vectors(self, buckets: Any) -> Any:
        """Returns the vectors of n-grams, of shape (ngrams, dim).

        Args:
            buckets: Buckets of the n-grams, of shape (ngrams,).
        """
        return tf.gather(self.parts.value, buckets)

    def compute_output_shape(self, tokens_shape: Any) -> Any:  # noqa: D102
        return (*tokens_shape, self.dim)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        arguments = ("vocabulary", "dim", "buckets", "ngrams")
        return {**super().get_config(), **{name: getattr(self, name) for name in arguments}}
