"""Sinusoidal and learned position encodings."""

import math

import keras
import numpy as np
import pytest

from seqkit.layers.learned_positions import LearnedPositions
from seqkit.layers.sinusoidal_positions import SinusoidalPositions

X = np.random.default_rng(0).normal(size=(2, 5, 6)).astype("float32")


def test_sinusoids_match_the_paper():
    expected = X.astype(float)
    for step in range(5):
        for pair in range(3):
            angle = step / 10000 ** (2 * pair / 6)
            expected[:, step, 2 * pair] += math.sin(angle)
            expected[:, step, 2 * pair + 1] += math.cos(angle)
    np.testing.assert_allclose(SinusoidalPositions()(X).numpy(), expected, rtol=1e-5, atol=1e-6)


def test_sinusoids_are_accurate_at_distant_positions_and_for_an_odd_width():
    encoding = SinusoidalPositions()(np.zeros((1, 2001, 3), "float32")).numpy()[0, 2000]
    angles = (2000.0, 2000.0, 2000 / 10000 ** (2 / 3))
    np.testing.assert_allclose(encoding, [math.sin(angles[0]), math.cos(angles[1]), math.sin(angles[2])], atol=3e-4)


def test_each_position_has_its_own_vector():
    layer = LearnedPositions(5)
    layer.build(X.shape)
    vectors = np.random.default_rng(1).normal(size=(5, 6)).astype("float32")
    layer.set_weights([vectors])
    np.testing.assert_allclose(layer(X).numpy(), X + vectors, rtol=1e-6)
    np.testing.assert_allclose(layer(X[:, :2]).numpy(), X[:, :2] + vectors[:2], rtol=1e-6)


def test_steps_beyond_the_last_position_share_its_vector():
    layer = LearnedPositions(3)
    layer.build(X.shape)
    vectors = layer.vectors.numpy()
    np.testing.assert_allclose(layer(X).numpy(), X + vectors[[0, 1, 2, 2, 2]], rtol=1e-6)


@pytest.mark.parametrize("layer", [SinusoidalPositions(), LearnedPositions(5)], ids=["sinusoidal", "learned"])
def test_mask_is_passed_on_and_length_may_be_unknown(layer):
    x = keras.layers.Masking(9.0)(keras.Input((None, 6)))
    y = layer(x)
    assert y.shape == (None, None, 6)
    assert keras.src.backend.get_keras_mask(y) is not None
