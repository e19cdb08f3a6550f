"""Attention to the last steps against its formula, computed step by step in NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from seqkit.layers import WindowedAttention

HEADS, WIDTH, CONTEXT = 2, 4, 3
X = np.random.default_rng(0).normal(size=(2, 8, 5)).astype("float32")


@pytest.fixture
def layer():
    layer = WindowedAttention(HEADS, WIDTH, CONTEXT)
    layer.build(X.shape)
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(0, 0.5, weight.shape).astype("float32") for weight in layer.weights])
    return layer


def rotated(x: np.ndarray, step: int) -> np.ndarray:
    """Returns a vector whose pairs (i, i + half) are multiplied as complex numbers by a rotation of the step."""
    half = len(x) // 2
    turned = (x[:half] + 1j * x[half:]) * np.exp(1j * step * 1e4 ** (-np.arange(half) / half))
    return np.concatenate([turned.real, turned.imag])


def expected(layer, x: np.ndarray) -> np.ndarray:
    kernel, bias, out_kernel, out_bias = (weight.astype(float) for weight in layer.get_weights())
    query, key, value = np.split(x.astype(float) @ kernel + bias, 3, axis=-1)
    mixed = np.zeros_like(query)
    for step in range(len(x)):
        window = range(max(0, step - CONTEXT + 1), step + 1)
        for head in range(HEADS):
            part = slice(head * WIDTH, (head + 1) * WIDTH)
            turned = rotated(query[step, part], step)
            scores = [turned @ rotated(key[before, part], before) / np.sqrt(WIDTH) for before in window]
            weights = np.exp(scores) / np.exp(scores).sum()
            mixed[step, part] = weights @ value[window.start : window.stop, part]
    return mixed @ out_kernel + out_bias


def test_step_attends_to_itself_and_the_steps_just_before(layer):
    np.testing.assert_allclose(layer(X).numpy(), [expected(layer, x) for x in X], rtol=1e-4, atol=1e-5)


def test_output_depends_on_the_distance_of_steps_and_not_on_their_number(layer):
    repeated = np.tile(X[:, :1], (1, 500, 1))
    outputs = layer(repeated).numpy()
    np.testing.assert_allclose(outputs[:, CONTEXT:], np.repeat(outputs[:, -1:], 500 - CONTEXT, axis=1), atol=1e-4)
    later = layer(np.concatenate([repeated[:, :300], X], axis=1)).numpy()
    np.testing.assert_allclose(later[:, 300 + CONTEXT :], layer(X).numpy()[:, CONTEXT:], atol=1e-4)


def test_attention_weights_are_dropped_in_training_only():
    layer = WindowedAttention(HEADS, WIDTH, CONTEXT, dropout=0.5)
    np.testing.assert_array_equal(layer(X).numpy(), layer(X, training=False).numpy())
    assert np.abs(layer(X, training=True).numpy() - layer(X).numpy()).max() > 1e-3


def test_gradients_reach_every_weight(layer):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(X) ** 2)
    assert all(np.abs(g.numpy()).max() > 0 for g in tape.gradient(loss, [v.value for v in layer.trainable_variables]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2, 3, 4), "`key_dim`, expected a positive even number, got 3"),
        ((2, 4, 1), "`context`, expected an integer of at least 2"),
    ],
)
def test_odd_width_and_no_context_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        WindowedAttention(*arguments)
