"""Fixtures shared by the tests of recipes."""

import numpy as np
import pytest

from seqkit.spec import SERIES_PAD


@pytest.fixture(scope="session")
def randomise():
    """Returns a function that randomises all trainable weights of a model, including biases, and returns the model.

    A new model has zero biases and possibly a near-zero readout, which would hide faults in them.
    """

    def draw(model, seed: int = 0):
        rng = np.random.default_rng(seed)
        for variable in model.trainable_variables:
            variable.assign(rng.normal(0, 0.3, variable.shape).astype("float32"))
        return model

    return draw


@pytest.fixture(scope="session")
def windows():
    """Returns a function that generates random windows of a given shape."""

    def make(*shape: int, seed: int = 0) -> np.ndarray:
        return np.random.default_rng(seed).normal(size=shape).astype("float32")

    return make


@pytest.fixture(scope="session")
def sequences():
    """Returns a function that generates a padded batch of random sequences of the given lengths for a spec."""

    def make(spec, lengths, time: int = 0, seed: int = 0) -> np.ndarray:
        rng = np.random.default_rng(seed)
        longest = max(time, *lengths)
        if spec.vocabulary:
            batch = np.zeros((len(lengths), longest), "int32")
        else:
            batch = np.full((len(lengths), longest, spec.features), SERIES_PAD, "float32")
        for row, length in zip(batch, lengths, strict=True):
            shape = row[:length].shape
            row[:length] = rng.integers(1, spec.vocabulary, shape) if spec.vocabulary else rng.normal(size=shape)
        return batch

    return make
