"""The fused loss and its gradients equal those of TensorFlow's own functions."""

import numpy as np
import pytest
import tensorflow as tf

from seqkit.training.fused_cross_entropy import fused_cross_entropy


@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
def test_loss_and_gradients_equal_those_of_separate_layers(label_smoothing):
    rng = np.random.default_rng(0)
    weights = [tf.Variable(rng.normal(size=shape).astype(np.float32)) for shape in ((7, 4), (4, 9), (9,))]
    labels = tf.constant(rng.integers(0, 9, 7), tf.int32)
    upstream = tf.constant(rng.normal(size=7).astype(np.float32))

    def separate(x, kernel, bias):
        smooth = tf.one_hot(labels, 9) * (1 - label_smoothing) + label_smoothing / 9
        return tf.nn.softmax_cross_entropy_with_logits(smooth, tf.matmul(x, kernel) + bias)

    def fused(x, kernel, bias):
        return fused_cross_entropy(x, kernel, bias, labels, label_smoothing=label_smoothing)

    results = []
    for function in (separate, fused):
        with tf.GradientTape() as tape:
            nats = function(*weights)
            total = tf.reduce_sum(nats * upstream)
        results.append([nats, *tape.gradient(total, weights)])
    for expected, found in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_large_logits_do_not_overflow():
    x, kernel = tf.constant([[1000.0]]), tf.constant([[1.0, -1.0]])
    nats = fused_cross_entropy(x, kernel, tf.zeros(2), tf.constant([0]))
    assert float(nats[0]) == 0
