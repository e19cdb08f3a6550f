"""`BagOfWords` word by word; what it shares with `SkipGram` is tested there."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit

from seqkit.layers import BagOfWords

VOCABULARY, DIM, TINY = 7, 3, 1e-7


def made(**options: Any) -> BagOfWords:
    """Returns a built layer whose second vectors are random numbers."""
    layer = BagOfWords(VOCABULARY, **{"seed": 3, **options})
    layer.build((None, None), (None, None, DIM))
    context = np.random.default_rng(1).normal(size=(VOCABULARY + 1, DIM))
    layer.context.assign(context.astype(np.float32))
    return layer


def text(rows: int, time: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, VOCABULARY + 1, (rows, time)).astype(np.int32)
    tokens[rng.random((rows, time)) < 0.15] = 0
    tokens[0, :5] = [0, 4, 0, 5, 6]  # A word alone in its line has nothing around it.
    return tokens, rng.normal(size=(rows, time, DIM)).astype(np.float32)


def shares(layer: Any, near: np.ndarray, rows: int, time: int) -> np.ndarray:
    """Returns 1 where the last place stands in the window of the one before: (rows, time, time)."""
    full = np.zeros((rows, time, time))
    chunks = len(near) // rows
    for k, a, b in np.argwhere(near):
        first = k % chunks * layer.chunk
        full[k // chunks, first + a, first + b - layer.window] = 1
    return full


def draws_of_places(layer: Any, draws: np.ndarray, rows: int, time: int) -> np.ndarray:
    """Returns the words drawn for each place (rows, time, pool)."""
    by_row = draws.reshape(rows, -1, layer.pool)
    return by_row[:, np.arange(time) // layer.group]


@pytest.mark.parametrize(("time", "window"), [(256, 2), (300, 5), (70, 8), (512, 20)])
def test_loss_is_that_of_each_word_predicted_from_the_mean_of_its_window(time, window, watched):
    layer = made(window=window, negative=3.0, pool=4)
    seen = watched(layer)
    tokens, vectors = text(3, time)
    layer(tokens, vectors, training=True)
    near = shares(layer, seen["_near"], 3, time)
    draws = draws_of_places(layer, seen["_draw"], 3, time)
    context = layer.context.numpy().astype(float)
    expected, predicted = 0.0, 0
    for row in range(3):
        for place in range(time):
            around = np.flatnonzero(near[row, place])
            if not len(around):
                continue
            mean = vectors[row, around].astype(float).mean(axis=0)
            expected -= np.log(expit(mean @ context[tokens[row, place]]) + TINY)
            expected -= 3.0 / 4 * sum(np.log(expit(-mean @ context[word]) + TINY) for word in draws[row, place])
            predicted += 1
    assert 0 < predicted < (tokens > 0).sum()
    np.testing.assert_allclose(float(layer.losses[0]), expected / (tokens > 0).sum(), rtol=1e-5)


@pytest.mark.parametrize("window", [3, 8])
def test_gradient_is_that_of_the_formula_by_automatic_differentiation(window, watched):
    layer = made(window=window, negative=2.5, pool=3)
    seen = watched(layer)
    tokens, vectors = text(2, 270)
    given = tf.constant(vectors)
    with tf.GradientTape() as tape:
        tape.watch(given)
        layer(tokens, given, training=True)
        loss = layer.losses[0] * 5.0
    to_vectors, to_context = tape.gradient(loss, [given, layer.context.value])
    near = shares(layer, seen["_near"], 2, 270)
    count = near.sum(axis=2, keepdims=True)
    there = (count[:, :, 0] > 0).astype(float)
    draws = draws_of_places(layer, seen["_draw"], 2, 270)
    first, second = tf.constant(vectors, tf.float64), tf.constant(layer.context.numpy(), tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([first, second])
        mean = tf.matmul(near / np.maximum(count, 1), first)
        true = tf.reduce_sum(mean * tf.gather(second, tokens), axis=2)
        false = tf.einsum("btd,btnd->btn", mean, tf.gather(second, draws))
        each = tf.nn.softplus(-true) + 2.5 / 3 * tf.reduce_sum(tf.nn.softplus(false), axis=2)
        loss = tf.reduce_sum(there * each) / (tokens > 0).sum() * 5.0
    expected = tape.gradient(loss, [first, second])
    for found, wanted in zip((to_vectors, to_context), expected, strict=True):
        np.testing.assert_allclose(tf.convert_to_tensor(found), tf.convert_to_tensor(wanted), rtol=1e-4, atol=1e-6)
