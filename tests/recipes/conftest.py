"""What the tests of recipes share."""

import numpy as np
import pytest


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
