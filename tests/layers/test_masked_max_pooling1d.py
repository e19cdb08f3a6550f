"""Max pooling that heeds a mask, against maxima taken one by one."""

import keras
import numpy as np
import pytest

from seqkit.layers.masked_max_pooling1d import MaskedMaxPooling1D

X = np.random.default_rng(0).normal(size=(3, 7, 2)).astype("float32") - 3  # all below zero
MASK = np.array([[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0, 0], [0, 1, 0, 0, 0, 1, 0]], bool)


def largest(x: np.ndarray, mask: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the largest of the steps left in each group, zeros where none is, and whether any is."""
    groups = range(0, x.shape[1], size)
    values, left = np.zeros((len(x), len(groups), x.shape[2])), np.zeros((len(x), len(groups)), bool)
    for row in range(len(x)):
        for group, first in enumerate(groups):
            kept = x[row, first : first + size][mask[row, first : first + size]]
            if len(kept):
                values[row, group], left[row, group] = kept.max(axis=0), True
    return values, left


@pytest.mark.parametrize("size", [1, 2, 3, 7, 9])
def test_masked_steps_are_left_out_and_groups_of_none_but_these_stay_masked(size):
    x = keras.ops.convert_to_tensor(X)
    keras.src.backend.set_keras_mask(x, keras.ops.convert_to_tensor(MASK))
    pooled = MaskedMaxPooling1D(size)(x)
    values, left = largest(X, MASK, size)
    np.testing.assert_allclose(pooled.numpy(), values, rtol=1e-6)
    np.testing.assert_array_equal(keras.src.backend.get_keras_mask(pooled), left)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 9])
def test_without_a_mask_groups_begin_with_the_first_step_and_the_last_may_be_shorter(size):
    pooled = MaskedMaxPooling1D(size)(X)
    values, _ = largest(X, np.ones_like(MASK), size)
    np.testing.assert_allclose(pooled.numpy(), values, rtol=1e-6)
    assert keras.src.backend.get_keras_mask(pooled) is None


def test_only_the_largest_step_of_a_group_is_learned_from():
    import tensorflow as tf

    x = tf.Variable(X)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(MaskedMaxPooling1D(3)(x, mask=MASK))
    found = tape.gradient(total, x).numpy()
    assert np.isfinite(found).all()
    assert found[1, :3].sum() == 2 and found[1, 3].tolist() == [1, 1] and not found[1, 4:].any()
    assert not found[2][~MASK[2]].any()


def test_shape_is_known_before_any_length_is():
    steps = keras.Input((None, 2))
    assert MaskedMaxPooling1D(3)(steps).shape == (None, None, 2)
    assert MaskedMaxPooling1D(3)(keras.Input((7, 2))).shape == (None, 3, 2)
