"""Skip-gram: predicts the context of a word."""

from typing import Any

import keras
import tensorflow as tf

from seqkit.layers.negative_sampling import EPSILON, NegativeSampling, pad_with_neighbours, weighted_sum


@keras.saving.register_keras_serializable(package="seqkit")
class SkipGram(NegativeSampling):
    """Predicts the context words of each word; see `NegativeSampling` for the arguments.

    Paper: Mikolov, Chen, Corrado & Dean (2013), Efficient Estimation of Word Representations in Vector Space,
    https://arxiv.org/abs/1301.3781
    """

    GROUP = 64

    def summed_loss(self, in_window: Any, vectors: Any, context: Any, negatives: Any) -> Any:
        """Returns the summed loss; see the base class."""
        contexts = pad_with_neighbours(context, self.window)
        weight = tf.reduce_sum(in_window, axis=2) * (self.negative / self.pool)
        return _loss(vectors, contexts, negatives, in_window, tf.reshape(weight, (-1, self.group, 1)))


@tf.custom_gradient
def _loss(centres: Any, contexts: Any, negatives: Any, in_window: Any, weight: Any) -> Any:
    """Returns the summed cross-entropy between context words and negative samples, with its gradient.

    Args:
        centres: Vector of each centre word, of shape (chunks, chunk, dim).
        contexts: Context vectors of each chunk and its neighbours, of shape (chunks, length, dim).
        negatives: Context vectors of the negative samples, of shape (groups, pool, dim).
        in_window: 1 for pairs of centre and context word, else 0, of shape (chunks, chunk, length).
        weight: Weight of the negative samples for each centre word, of shape (groups, group, 1).
    """
    grouped = tf.reshape(centres, tf.concat([tf.shape(weight)[:2], tf.shape(centres)[2:]], axis=0))
    true = tf.sigmoid(tf.matmul(centres, contexts, transpose_b=True))
    false = tf.sigmoid(-tf.matmul(grouped, negatives, transpose_b=True))
    true_loss = -weighted_sum(in_window, tf.math.log(true + EPSILON))
    loss = true_loss - weighted_sum(weight, tf.math.log(false + EPSILON))

    def gradient(upstream: Any) -> tuple[Any, ...]:
        d_true = (true - 1.0) * (in_window * upstream)
        d_false = (1.0 - false) * (weight * upstream)
        d_centres = tf.matmul(d_true, contexts) + tf.reshape(tf.matmul(d_false, negatives), tf.shape(centres))
        d_contexts = tf.matmul(d_true, centres, transpose_a=True)
        return d_centres, d_contexts, tf.matmul(d_false, grouped, transpose_a=True), None, None

    return loss, gradient
