"""CBOW: predicts a word from its context."""

from typing import Any

import keras
import tensorflow as tf

from seqkit.layers.negative_sampling import EPSILON, NegativeSampling, pad_with_neighbours, weighted_sum


@keras.saving.register_keras_serializable(package="seqkit")
class BagOfWords(NegativeSampling):
    """Predicts each word from the mean of its context words; see `NegativeSampling` for the arguments.

    Paper: Mikolov, Chen, Corrado & Dean (2013), Efficient Estimation of Word Representations in Vector Space,
    https://arxiv.org/abs/1301.3781
    """

    def summed_loss(self, in_window: Any, vectors: Any, context: Any, negatives: Any) -> Any:
        """Returns the summed loss; see the base class."""
        count = tf.reduce_sum(in_window, axis=2, keepdims=True)
        mean = tf.matmul(in_window / tf.maximum(count, 1.0), pad_with_neighbours(vectors, self.window))
        has_context = tf.cast(count > 0, tf.float32)
        return _loss(mean, context, negatives, has_context, self.negative / self.pool)


@tf.custom_gradient
def _loss(mean: Any, targets: Any, negatives: Any, has_context: Any, weight: Any) -> Any:
    """Returns the summed cross-entropy between target words and negative samples, with its gradient.

    Args:
        mean: Mean vector of each word's context, of shape (chunks, chunk, dim).
        targets: Context vector of each word, of shape (chunks, chunk, dim).
        negatives: Context vectors of the negative samples, of shape (groups, pool, dim).
        has_context: 1 for words with context words, else 0, of shape (chunks, chunk, 1).
        weight: Weight of each negative sample.
    """
    groups, dim = tf.shape(negatives)[0], tf.shape(negatives)[2]
    grouped = tf.reshape(mean, (groups, -1, dim))
    negative_weight = tf.reshape(has_context, (groups, -1, 1)) * weight
    true = tf.sigmoid(tf.reduce_sum(mean * targets, axis=2, keepdims=True))
    false = tf.sigmoid(-tf.matmul(grouped, negatives, transpose_b=True))
    true_loss = -weighted_sum(has_context, tf.math.log(true + EPSILON))
    loss = true_loss - weighted_sum(negative_weight, tf.math.log(false + EPSILON))

    def gradient(upstream: Any) -> tuple[Any, ...]:
        d_true = (true - 1.0) * (has_context * upstream)
        d_false = (1.0 - false) * (negative_weight * upstream)
        d_mean = d_true * targets + tf.reshape(tf.matmul(d_false, negatives), tf.shape(mean))
        return d_mean, d_true * mean, tf.matmul(d_false, grouped, transpose_a=True), None, None

    return loss, gradient
