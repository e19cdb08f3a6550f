"""`MaskedConv1D` against sums computed in NumPy."""

import keras
import numpy as np
import pytest

from seqkit.layers.masked_conv1d import MaskedConv1D

X = np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 0, 0], [1, 0, 1, 1, 1, 0]], bool)


def randomise(layer: keras.Layer) -> keras.Layer:
    layer.build(X.shape)
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=weight.shape) for weight in layer.get_weights()])
    return layer


@pytest.mark.parametrize(("padding", "before"), [("causal", 2), ("same", 1)])
def test_masked_steps_count_as_zeros(padding, before):
    layer = randomise(MaskedConv1D(4, 3, padding=padding))
    kernel, bias = layer.get_weights()
    padded = np.pad(X * MASK[:, :, None], ((0, 0), (before, 2 - before), (0, 0)))
    expected = np.stack([sum(padded[:, t + k] @ kernel[k] for k in range(3)) + bias for t in range(6)], axis=1)
    np.testing.assert_allclose(layer(X, mask=MASK).numpy(), expected, rtol=1e-5, atol=1e-5)


def test_values_of_masked_steps_have_no_influence():
    layer = randomise(MaskedConv1D(4, 3, padding="same"))
    corrupted = np.where(MASK[:, :, None], X, np.nan)
    np.testing.assert_array_equal(layer(corrupted, mask=MASK).numpy(), layer(X, mask=MASK).numpy())


def test_without_a_mask_it_equals_conv1d():
    layer = randomise(MaskedConv1D(4, 3, activation="relu"))
    plain = randomise(keras.layers.Conv1D(4, 3, padding="causal", activation="relu"))
    np.testing.assert_array_equal(layer(X).numpy(), plain(X).numpy())


def test_mask_is_passed_on():
    x = keras.layers.Masking(0.0)(X * MASK[:, :, None])
    np.testing.assert_array_equal(keras.src.backend.get_keras_mask(MaskedConv1D(4, 3)(x)), MASK)


@pytest.mark.parametrize("options", [{"padding": "valid"}, {"strides": 2}])
def test_padding_or_strides_that_change_the_steps_raise(options):
    with pytest.raises(ValueError, match="MaskedConv1D preserves the number of steps"):
        MaskedConv1D(4, 3, **options)
