"""Vectors of words from their characters, against loops in NumPy."""

import keras
import numpy as np
import pytest

from seqkit.layers import CharacterConvolution

FILTERS, DIM = 4, 3


@pytest.fixture
def layer() -> CharacterConvolution:
    keras.utils.set_random_seed(0)
    layer = CharacterConvolution(9, FILTERS, dim=DIM)
    layer.build((None, None, 6))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(size=weight.shape) for weight in layer.weights])
    return layer


def convolved(layer: CharacterConvolution, word: list[int]) -> np.ndarray:
    """The maximum of each filter over the characters of a word, at least 0; beyond its ends are zeros."""
    embeddings, kernel, bias = layer.get_weights()
    vectors = [np.zeros(DIM), *embeddings[word], np.zeros(DIM)]
    windows = [np.concatenate(vectors[i : i + 3]) @ kernel + bias for i in range(len(word))]
    return np.maximum(np.max(windows, axis=0), 0)


def test_word_has_the_largest_value_of_each_filter_whatever_its_padding(layer):
    words = [[3], [2, 5, 7], [8, 1, 1, 4, 6, 2]]
    for width in (6, 9):
        batch = np.zeros((1, 3, width), np.int32)
        for row, word in enumerate(words):
            batch[0, row, : len(word)] = word
        expected = [convolved(layer, word) for word in words]
        np.testing.assert_allclose(layer(batch)[0], expected, rtol=1e-5, atol=1e-6)


def test_word_without_characters_is_zero_and_masked(layer):
    batch = np.array([[[2, 3, 0], [0, 0, 0]]], np.int32)
    assert not layer(batch)[0, 1].numpy().any()
    np.testing.assert_array_equal(layer.compute_mask(batch), [[True, False]])
