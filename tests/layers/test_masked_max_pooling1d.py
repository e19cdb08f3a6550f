"""`MaskedMaxPooling1D` against maxima computed window by window."""

import keras
import numpy as np
import pytest

from seqkit.layers.masked_max_pooling1d import MaskedMaxPooling1D

X = np.random.default_rng(0).normal(size=(3, 7, 2)).astype("float32") - 3  # all below zero
MASK = np.array([[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0, 0], [0, 1, 0, 0, 0, 1, 0]], bool)


def pool(x: np.ndarray, mask: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the maximum of the unmasked steps of each pooling window, or zeros, and the output mask."""
    starts = range(0, x.shape[1], size)
    values, unmasked = np.zeros((len(x), len(starts), x.shape[2])), np.zeros((len(x), len(starts)), bool)
    for row in range(len(x)):
        for window, first in enumerate(starts):
            kept = x[row, first : first + size][mask[row, first : first + size]]
            if len(kept):
                values[row, window], unmasked[row, window] = kept.max(axis=0), True
    return values, unmasked


@pytest.mark.parametrize("size", [1, 2, 3, 7, 9])
def test_masked_steps_are_ignored_and_fully_masked_windows_stay_masked(size):
    x = keras.ops.convert_to_tensor(X)
    keras.src.backend.set_keras_mask(x, keras.ops.convert_to_tensor(MASK))
    pooled = MaskedMaxPooling1D(size)(x)
    values, unmasked = pool(X, MASK, size)
    np.testing.assert_allclose(pooled.numpy(), values, rtol=1e-6)
    np.testing.assert_array_equal(keras.src.backend.get_keras_mask(pooled), unmasked)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 9])
def test_without_a_mask_windows_start_at_the_first_step_and_the_last_may_be_shorter(size):
    pooled = MaskedMaxPooling1D(size)(X)
    values, _ = pool(X, np.ones_like(MASK), size)
    np.testing.assert_allclose(pooled.numpy(), values, rtol=1e-6)
    assert keras.src.backend.get_keras_mask(pooled) is None


def test_gradient_reaches_only_the_maximum_of_each_window():
    import tensorflow as tf

    x = tf.Variable(X)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(MaskedMaxPooling1D(3)(x, mask=MASK))
    gradient = tape.gradient(total, x).numpy()
    assert np.isfinite(gradient).all()
    assert gradient[1, :3].sum() == 2 and gradient[1, 3].tolist() == [1, 1] and not gradient[1, 4:].any()
    assert not gradient[2][~MASK[2]].any()


def test_static_shape_is_known_without_a_length():
    steps = keras.Input((None, 2))
    assert MaskedMaxPooling1D(3)(steps).shape == (None, None, 2)
    assert MaskedMaxPooling1D(3)(keras.Input((7, 2))).shape == (None, 3, 2)
