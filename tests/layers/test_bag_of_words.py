"""The loss of `BagOfWords` word by word; the tests of `SkipGram` cover what both share."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit

from seqkit.layers import BagOfWords

VOCABULARY, DIM, EPSILON = 7, 3, 1e-7


def build_layer(**options: Any) -> BagOfWords:
    """Returns a built layer with random context vectors."""
    layer = BagOfWords(VOCABULARY, **{"seed": 3, **options})
    layer.build((None, None), (None, None, DIM))
    context = np.random.default_rng(1).normal(size=(VOCABULARY + 1, DIM))
    layer.context.assign(context.astype(np.float32))
    return layer


def text(rows: int, time: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, VOCABULARY + 1, (rows, time)).astype(np.int32)
    tokens[rng.random((rows, time)) < 0.15] = 0
    tokens[0, :5] = [0, 4, 0, 5, 6]  # A word alone in its line has no context.
    return tokens, rng.normal(size=(rows, time, DIM)).astype(np.float32)


def context_mask(layer: Any, in_window: np.ndarray, rows: int, time: int) -> np.ndarray:
    """Returns 1 where the second position is in the window of the first, of shape (rows, time, time)."""
    full = np.zeros((rows, time, time))
    chunks = len(in_window) // rows
    for k, a, b in np.argwhere(in_window):
        first = k % chunks * layer.chunk
        full[k // chunks, first + a, first + b - layer.window] = 1
    return full


def samples_by_position(layer: Any, samples: np.ndarray, rows: int, time: int) -> np.ndarray:
    """Returns the negative samples of each position, of shape (rows, time, pool)."""
    by_row = samples.reshape(rows, -1, layer.pool)
    return by_row[:, np.arange(time) // layer.group]


@pytest.mark.parametrize(("time", "window"), [(256, 2), (300, 5), (70, 8), (512, 20)])
def test_loss_is_that_of_predicting_each_word_from_the_mean_of_its_context(time, window, record):
    layer = build_layer(window=window, negative=3.0, pool=4)
    recorded = record(layer)
    tokens, vectors = text(3, time)
    layer(tokens, vectors, training=True)
    near = context_mask(layer, recorded["_in_window"], 3, time)
    samples = samples_by_position(layer, recorded["_sample"], 3, time)
    context = layer.context.numpy().astype(float)
    expected, predicted = 0.0, 0
    for row in range(3):
        for position in range(time):
            around = np.flatnonzero(near[row, position])
            if not len(around):
                continue
            mean = vectors[row, around].astype(float).mean(axis=0)
            expected -= np.log(expit(mean @ context[tokens[row, position]]) + EPSILON)
            expected -= 3.0 / 4 * sum(np.log(expit(-mean @ context[word]) + EPSILON) for word in samples[row, position])
            predicted += 1
    assert 0 < predicted < (tokens > 0).sum()
    np.testing.assert_allclose(float(layer.losses[0]), expected / (tokens > 0).sum(), rtol=1e-5)


@pytest.mark.parametrize("window", [3, 8])
def test_gradient_equals_automatic_differentiation_of_the_formula(window, record):
    layer = build_layer(window=window, negative=2.5, pool=3)
    recorded = record(layer)
    tokens, vectors = text(2, 270)
    inputs = tf.constant(vectors)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        layer(tokens, inputs, training=True)
        loss = layer.losses[0] * 5.0
    gradients = tape.gradient(loss, [inputs, layer.context.value])
    near = context_mask(layer, recorded["_in_window"], 2, 270)
    count = near.sum(axis=2, keepdims=True)
    has_context = (count[:, :, 0] > 0).astype(float)
    samples = samples_by_position(layer, recorded["_sample"], 2, 270)
    first, second = tf.constant(vectors, tf.float64), tf.constant(layer.context.numpy(), tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([first, second])
        mean = tf.matmul(near / np.maximum(count, 1), first)
        true = tf.reduce_sum(mean * tf.gather(second, tokens), axis=2)
        false = tf.einsum("btd,btnd->btn", mean, tf.gather(second, samples))
        losses = tf.nn.softplus(-true) + 2.5 / 3 * tf.reduce_sum(tf.nn.softplus(false), axis=2)
        loss = tf.reduce_sum(has_context * losses) / (tokens > 0).sum() * 5.0
    expected = tape.gradient(loss, [first, second])
    for actual, desired in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(tf.convert_to_tensor(actual), tf.convert_to_tensor(desired), rtol=1e-4, atol=1e-6)
