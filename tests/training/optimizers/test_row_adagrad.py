"""`RowAdagrad` beside its rule written out in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.training.optimizers.lazy_adam import summed
from seqkit.training.optimizers.row_adagrad import RowAdagrad

RATE, START = 0.1, 0.5


def table(*shape: int) -> keras.Variable:
    return keras.Variable(np.random.default_rng(0).normal(size=shape).astype(np.float32))


@pytest.mark.parametrize("shape", [(4, 3), (5,), (3, 2, 2)])
def test_a_row_is_moved_by_its_gradient_over_the_root_of_its_mean_squares(shape):
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


def test_rows_that_were_looked_up_several_times_are_moved_by_the_sum_and_others_stay():
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


def test_a_number_is_moved_as_a_row_of_its_own():
    variable = keras.Variable(2.0)
    optimizer = RowAdagrad(RATE, START)
    optimizer.build([variable])
    optimizer.apply([tf.constant(3.0)])
    np.testing.assert_allclose(variable.numpy(), 2 - RATE / np.sqrt(START + 9) * 3, rtol=1e-6)


@pytest.mark.parametrize("row", [(2,), (2, 3)])
def test_slices_are_treated_like_the_tensor_that_they_stand_for(row):
    sparse, dense = table(4, *row), table(4, *row)
    values = np.random.default_rng(2).normal(size=(3, *row)).astype(np.float32)
    slices = tf.IndexedSlices(tf.constant(values), tf.constant([3, 0, 3]), (4, *row))
    for variable, gradient in ((sparse, slices), (dense, tf.convert_to_tensor(slices))):
        optimizer = RowAdagrad(RATE, START)
        optimizer.build([variable])
        optimizer.apply([gradient])
    np.testing.assert_allclose(sparse.numpy(), dense.numpy(), rtol=1e-6)


def test_the_first_step_is_as_long_as_the_rate_whatever_the_gradients_length():
    variable = table(2, 4)
    before = variable.numpy()
    optimizer = RowAdagrad(RATE)
    optimizer.build([variable])
    optimizer.apply([tf.constant([[0.01] * 4, [-7.0] * 4])])
    np.testing.assert_allclose(variable.numpy() - before, [[-RATE] * 4, [RATE] * 4], rtol=1e-3)


def test_it_is_made_again_from_its_settings():
    again = keras.optimizers.deserialize(keras.optimizers.serialize(RowAdagrad(0.25, 0.125)))
    assert isinstance(again, RowAdagrad)
    assert float(again.learning_rate) == 0.25
    assert again.initial_accumulator_value == 0.125


def test_each_row_of_many_looked_up_in_any_order_is_the_sum_of_its_own():
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 50, 400)
    changes = rng.normal(size=(400, 3))
    found = summed(tf.IndexedSlices(tf.constant(changes), tf.constant(rows), (60, 3)))
    assert len(found.indices) == len(set(found.indices.numpy())) == len(set(rows))
    expected = np.zeros((60, 3))
    np.add.at(expected, rows, changes)
    np.testing.assert_allclose(tf.convert_to_tensor(found), expected, rtol=1e-12)
