"""`RowAdagrad` against its update rule in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.training.optimizers.lazy_adam import merge_rows
from seqkit.training.optimizers.row_adagrad import RowAdagrad

RATE, START = 0.1, 0.5


def table(*shape: int) -> keras.Variable:
    return keras.Variable(np.random.default_rng(0).normal(size=shape).astype(np.float32))


@pytest.mark.parametrize("shape", [(4, 3), (5,), (3, 2, 2)])
def test_row_moves_by_its_gradient_over_the_root_of_accumulated_mean_squares(shape):
    variable = table(*shape)
    optimizer = RowAdagrad(RATE, START)
    optimizer.build([variable])
    expected, sums = variable.numpy().astype(float), np.full(shape[0], START)
    rng = np.random.default_rng(1)
    for _ in range(3):
        gradient = rng.normal(size=shape).astype(np.float32)
        optimizer.apply([tf.constant(gradient)])
        for row, change in enumerate(gradient):
            sums[row] += np.mean(change.astype(float) ** 2)
            expected[row] -= RATE / np.sqrt(sums[row]) * change
        np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-5)


def test_repeated_rows_move_by_the_summed_gradient_and_others_stay():
    variable = table(6, 2)
    before = variable.numpy()
    optimizer = RowAdagrad(RATE, START)
    optimizer.build([variable])
    expected, sums = before.astype(float), np.full(6, START)
    for rows, changes in (
        ([4, 1, 4, 4], [[1.0, 2.0], [3.0, -1.0], [0.5, 0.5], [-2.0, 1.0]]),
        ([1, 0, 1], [[2.0, 2.0], [1.0, 0.0], [2.0, -2.0]]),
    ):
        optimizer.apply([tf.IndexedSlices(tf.constant(changes), tf.constant(rows), (6, 2))])
        for row in set(rows):
            change = sum(np.array(c) for r, c in zip(rows, changes, strict=True) if r == row)
            sums[row] += np.mean(change**2)
            expected[row] -= RATE / np.sqrt(sums[row]) * change
        np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-5)
    np.testing.assert_array_equal(variable.numpy()[[2, 3, 5]], before[[2, 3, 5]])


def test_scalar_is_updated_as_a_single_row():
    variable = keras.Variable(2.0)
    optimizer = RowAdagrad(RATE, START)
    optimizer.build([variable])
    optimizer.apply([tf.constant(3.0)])
    np.testing.assert_allclose(variable.numpy(), 2 - RATE / np.sqrt(START + 9) * 3, rtol=1e-6)


@pytest.mark.parametrize("row", [(2,), (2, 3)])
def test_sparse_and_dense_gradients_give_the_same_update(row):
    sparse, dense = table(4, *row), table(4, *row)
    values = np.random.default_rng(2).normal(size=(3, *row)).astype(np.float32)
    slices = tf.IndexedSlices(tf.constant(values), tf.constant([3, 0, 3]), (4, *row))
    for variable, gradient in ((sparse, slices), (dense, tf.convert_to_tensor(slices))):
        optimizer = RowAdagrad(RATE, START)
        optimizer.build([variable])
        optimizer.apply([gradient])
    np.testing.assert_allclose(sparse.numpy(), dense.numpy(), rtol=1e-6)


def test_first_step_has_the_length_of_the_learning_rate():
    variable = table(2, 4)
    before = variable.numpy()
    optimizer = RowAdagrad(RATE)
    optimizer.build([variable])
    optimizer.apply([tf.constant([[0.01] * 4, [-7.0] * 4])])
    np.testing.assert_allclose(variable.numpy() - before, [[-RATE] * 4, [RATE] * 4], rtol=1e-3)


def test_optimizer_is_restored_from_its_config():
    again = keras.optimizers.deserialize(keras.optimizers.serialize(RowAdagrad(0.25, 0.125)))
    assert isinstance(again, RowAdagrad)
    assert float(again.learning_rate) == 0.25
    assert again.initial_accumulator_value == 0.125


def test_merged_rows_are_sums_in_any_order():
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 50, 400)
    changes = rng.normal(size=(400, 3))
    merged = merge_rows(tf.IndexedSlices(tf.constant(changes), tf.constant(rows), (60, 3)))
    assert len(merged.indices) == len(set(merged.indices.numpy())) == len(set(rows))
    expected = np.zeros((60, 3))
    np.add.at(expected, rows, changes)
    np.testing.assert_allclose(tf.convert_to_tensor(merged), expected, rtol=1e-12)
