"""`MaskedGlobalMaxPooling1D` against NumPy."""

import keras
import numpy as np

from seqkit.layers.masked_global_max_pooling1d import MaskedGlobalMaxPooling1D

X = np.random.default_rng(0).normal(size=(3, 5, 2)).astype("float32") - 3  # all below zero
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 1, 0, 0, 1]], bool)


def test_maximum_ignores_masked_steps():
    expected = np.stack([row[kept].max(axis=0) for row, kept in zip(X, MASK, strict=True)])
    np.testing.assert_array_equal(MaskedGlobalMaxPooling1D()(X, mask=MASK).numpy(), expected)


def test_without_a_mask_it_is_the_maximum_of_all_steps():
    np.testing.assert_array_equal(MaskedGlobalMaxPooling1D()(X).numpy(), X.max(axis=1))


def test_output_has_no_mask():
    x = keras.layers.Masking(0.0)(X * MASK[:, :, None])
    assert keras.src.backend.get_keras_mask(MaskedGlobalMaxPooling1D()(x)) is None
