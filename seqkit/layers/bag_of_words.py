"""CBOW: from the words around, which word stands in their middle."""

from typing import Any

import keras
import tensorflow as tf

from seqkit.layers.negative_sampling import TINY, NegativeSampling, weighed, with_neighbours


@keras.saving.register_keras_serializable(package="seqkit")
class BagOfWords(NegativeSampling):
    """Predicts each word from the mean of those in its window; see `NegativeSampling` for its arguments.

    Paper: Mikolov, Chen, Corrado & Dean (2013), Efficient Estimation of Word Representations in Vector Space,
    https://arxiv.org/abs/1301.3781
    """

    def predict_words(self, near: Any, vectors: Any, second: Any, drawn: Any) -> Any:
        """Returns the summed loss; see the base class."""
        count = tf.reduce_sum(near, axis=2, keepdims=True)
        mean = tf.matmul(near / tf.maximum(count, 1.0), with_neighbours(vectors, self.window))
        there = tf.cast(count > 0, tf.float32)
        return _loss(mean, second, drawn, there, self.negative / self.pool)


@tf.custom_gradient
def _loss(mean: Any, targets: Any, drawn: Any, there: Any, weight: Any) -> Any:
    """Returns the cross-entropy of telling targets from words drawn at random, with its gradient.

    Args:
        mean: What is predicted from (chunks, chunk, dim).
        targets: (chunks, chunk, dim).
        drawn: (groups, pool, dim).
        there: 1 where there is something to predict from, else 0 (chunks, chunk, 1).
        weight: Of each word drawn.
    """
    groups, dim = tf.shape(drawn)[0], tf.shape(drawn)[2]
    grouped = tf.reshape(mean, (groups, -1, dim))
    each = tf.reshape(there, (groups, -1, 1)) * weight
    true = tf.sigmoid(tf.reduce_sum(mean * targets, axis=2, keepdims=True))
    false = tf.sigmoid(-tf.matmul(grouped, drawn, transpose_b=True))
    loss = -weighed(there, tf.math.log(true + TINY)) - weighed(each, tf.math.log(false + TINY))

    def gradient(upstream: Any) -> tuple[Any, ...]:
        to_true = (true - 1.0) * (there * upstream)
        to_false = (1.0 - false) * (each * upstream)
        to_mean = to_true * targets + tf.reshape(tf.matmul(to_false, drawn), tf.shape(mean))
        return to_mean, to_true * mean, tf.matmul(to_false, grouped, transpose_a=True), None, None

    return loss, gradient
