"""What the tests of recipes share."""

import numpy as np
import pytest

from seqkit.spec import SERIES_PAD


@pytest.fixture(scope="session")
def randomise():
    """Returns a function that draws every trainable weight of a model anew, biases too, and returns the model.

    A fresh model has biases of zero and may have a readout near zero: what is wrong with them would not show.
    """

    def draw(model, seed: int = 0):
        rng = np.random.default_rng(seed)
        for variable in model.trainable_variables:
            variable.assign(rng.normal(0, 0.3, variable.shape).astype("float32"))
        return model

    return draw


@pytest.fixture(scope="session")
def windows():
    """Returns a function that makes random windows of a shape."""

    def make(*shape: int, seed: int = 0) -> np.ndarray:
        return np.random.default_rng(seed).normal(size=shape).astype("float32")

    return make


@pytest.fixture(scope="session")
def sequences():
    """Returns a function that makes random sequences of given lengths for a spec that labels, padded side by side."""

    def make(spec, lengths, time: int = 0, seed: int = 0) -> np.ndarray:
        rng = np.random.default_rng(seed)
        longest = max(time, *lengths)
        if spec.vocabulary:
            side_by_side = np.zeros((len(lengths), longest), "int32")
        else:
            side_by_side = np.full((len(lengths), longest, spec.features), SERIES_PAD, "float32")
        for row, length in zip(side_by_side, lengths, strict=True):
            shape = row[:length].shape
            row[:length] = rng.integers(1, spec.vocabulary, shape) if spec.vocabulary else rng.normal(size=shape)
        return side_by_side

    return make
