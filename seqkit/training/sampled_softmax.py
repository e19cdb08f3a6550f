"""Cross-entropy over a sample of a large vocabulary: training of word models whose output layer would take most time.

Each step compares the right tokens with the same wrong ones, drawn anew from the frequencies of the training text. Each
is weighted by how often it is drawn, so that the sum over the sample estimates that over the vocabulary. Scores always
use the whole vocabulary.

Y. Bengio and J.-S. Senécal, "Adaptive Importance Sampling to Accelerate Training of a Neural Probabilistic Language
Model", 2008, https://doi.org/10.1109/TNN.2007.912312; S. Jean et al., "On Using Very Large Target Vocabulary for Neural
Machine Translation", 2015, https://arxiv.org/abs/1412.2007
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.layers import TiedEmbedding
from seqkit.training.objective import Measure

IMPOSSIBLE_LOGIT = -1e9
"""Logit of a drawn token that is the right one."""


def hidden_model(model: keras.Model) -> keras.Model:
    """Returns the part of a model with a tied output layer before that layer; both share their layers."""
    return keras.Model(model.input, model.get_layer("hidden").output, name=f"{model.name}_hidden")


def sampled_cross_entropy(model: keras.Model, train: np.ndarray, samples: int, step: Any, seed: int) -> Measure:
    """Returns a loss of the outputs of `hidden_model`, in nats for each token; for logits it is the cross-entropy.

    Args:
        model: The whole model, with a `TiedEmbedding`.
        train: Training tokens.
        samples: Wrong tokens for each step, [1, inf).
        step: Variable that counts the steps, int32: with `seed`, it determines the sample.
        seed: Seed of the samples.
    """
    table = model.get_layer("embedding")
    assert isinstance(table, TiedEmbedding)
    counts = np.bincount(train, minlength=table.input_dim) + 1.0
    cumulative = tf.constant((counts / counts.sum()).cumsum().astype(np.float32))
    log_expected = tf.constant(np.log(samples * counts / counts.sum()).astype(np.float32))

    def loss(y_true: Any, hidden: Any) -> Any:
        if hidden.shape[-1] != table.output_dim:
            return tf.nn.sparse_softmax_cross_entropy_with_logits(y_true, hidden)
        draw = tf.random.stateless_uniform((samples,), seed=tf.stack([seed, step.value]))
        drawn = tf.minimum(tf.searchsorted(cumulative, draw, side="right"), table.input_dim - 1)
        labels, vectors = tf.reshape(y_true, (-1,)), tf.reshape(hidden, (-1, table.output_dim))  # (tokens, width)
        right = tf.reduce_sum(vectors * tf.gather(table.embeddings.value, labels), axis=1)
        right += tf.gather(table.bias.value, labels)
        wrong = tf.matmul(vectors, tf.gather(table.embeddings.value, drawn), transpose_b=True)  # (tokens, samples)
        wrong += tf.gather(table.bias.value, drawn) - tf.gather(log_expected, drawn)
        wrong = tf.where(labels[:, None] == tf.cast(drawn, labels.dtype), IMPOSSIBLE_LOGIT, wrong)
        logits = tf.concat([right[:, None], wrong], axis=1)
        return tf.reshape(tf.reduce_logsumexp(logits, axis=1) - right, tf.shape(y_true))

    return loss
