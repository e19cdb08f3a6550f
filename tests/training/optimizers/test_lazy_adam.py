"""`LazyAdam` against the paper's update rule in NumPy, and against `keras.optimizers.Adam`."""

import keras
import numpy as np
import tensorflow as tf

from seqkit.training.optimizers.lazy_adam import LazyAdam, merge_rows

RATE, FIRST, SECOND, TINY = 0.1, 0.9, 0.999, 1e-7


def test_only_rows_in_the_gradient_are_updated_by_adams_rule():
    table = keras.Variable(np.arange(8, dtype=np.float32).reshape(4, 2))
    optimizer = LazyAdam(RATE)
    optimizer.build([table])
    expected = table.numpy().astype(float)
    mean, square = np.zeros((4, 2)), np.zeros((4, 2))
    for step, (rows, change) in enumerate([([2, 0], [[1.0, -2.0], [3.0, 0.5]]), ([2], [[0.25, 4.0]])], start=1):
        optimizer.apply([tf.IndexedSlices(tf.constant(change), tf.constant(rows), (4, 2))])
        mean[rows] = FIRST * mean[rows] + (1 - FIRST) * np.array(change)
        square[rows] = SECOND * square[rows] + (1 - SECOND) * np.array(change) ** 2
        rate = RATE * np.sqrt(1 - SECOND**step) / (1 - FIRST**step)
        expected[rows] -= rate * mean[rows] / (np.sqrt(square[rows]) + TINY)
        np.testing.assert_allclose(table.numpy(), expected, rtol=1e-5)
    np.testing.assert_array_equal(table.numpy()[[1, 3]], [[2, 3], [6, 7]])


def test_dense_gradients_are_applied_as_in_keras():
    weights = [keras.Variable(np.ones(3, np.float32)) for _ in range(2)]
    optimizers = [LazyAdam(RATE), keras.optimizers.Adam(RATE)]
    for step in range(3):
        for optimizer, weight in zip(optimizers, weights, strict=True):
            optimizer.apply([tf.constant([1.0, -step, 0.5])], [weight])
    np.testing.assert_array_equal(weights[0].numpy(), weights[1].numpy())


def test_repeated_rows_are_summed():
    slices = tf.IndexedSlices(tf.constant([[1.0], [2.0], [4.0]]), tf.constant([3, 1, 3]), (5, 1))
    merged = merge_rows(slices)
    assert sorted(merged.indices.numpy().tolist()) == [1, 3]
    np.testing.assert_array_equal(tf.convert_to_tensor(merged)[:, 0], [0, 2, 0, 5, 0])


def test_dense_gradient_is_unchanged():
    tensor = tf.constant([1.0, 2.0])
    assert merge_rows(tensor) is tensor
