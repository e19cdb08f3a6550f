"""Skip-gram: from a word, which words stand around it."""

from typing import Any

import keras
import tensorflow as tf

from seqkit.layers.negative_sampling import TINY, NegativeSampling, weighed, with_neighbours


@keras.saving.register_keras_serializable(package="seqkit")
class SkipGram(NegativeSampling):
    """Predicts each word of the window from the word in its middle; see `NegativeSampling` for its arguments.

    Paper: Mikolov, Chen, Corrado & Dean (2013), Efficient Estimation of Word Representations in Vector Space,
    https://arxiv.org/abs/1301.3781
    """

    GROUP = 64

    def predict_words(self, near: Any, vectors: Any, second: Any, drawn: Any) -> Any:
        """Returns the summed loss; see the base class."""
        contexts = with_neighbours(second, self.window)
        weight = tf.reduce_sum(near, axis=2) * (self.negative / self.pool)
        return _loss(vectors, contexts, drawn, near, tf.reshape(weight, (-1, self.group, 1)))


@tf.custom_gradient
def _loss(centres: Any, contexts: Any, drawn: Any, near: Any, weight: Any) -> Any:
    """Returns the cross-entropy of telling neighbours from words drawn at random, with its gradient.

    Args:
        centres: (chunks, chunk, dim).
        contexts: Around each chunk (chunks, length, dim).
        drawn: (groups, pool, dim).
        near: Which pairs are neighbours (chunks, chunk, length).
        weight: Of the words drawn, for each centre (groups, group, 1).
    """
    grouped = tf.reshape(centres, tf.concat([tf.shape(weight)[:2], tf.shape(centres)[2:]], axis=0))
    true = tf.sigmoid(tf.matmul(centres, contexts, transpose_b=True))
    false = tf.sigmoid(-tf.matmul(grouped, drawn, transpose_b=True))
    loss = -weighed(near, tf.math.log(true + TINY)) - weighed(weight, tf.math.log(false + TINY))

    def gradient(upstream: Any) -> tuple[Any, ...]:
        to_true = (true - 1.0) * (near * upstream)
        to_false = (1.0 - false) * (weight * upstream)
        to_centres = tf.matmul(to_true, contexts) + tf.reshape(tf.matmul(to_false, drawn), tf.shape(centres))
        to_contexts = tf.matmul(to_true, centres, transpose_a=True)
        return to_centres, to_contexts, tf.matmul(to_false, grouped, transpose_a=True), None, None

    return loss, gradient
