"""Fixtures shared by the tests of layers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], dict[str, np.ndarray]]:
    """Returns a function that records a layer's latest context masks and negative samples in a dictionary."""

    def wrap_methods(layer: Any) -> dict[str, np.ndarray]:
        recorded: dict[str, np.ndarray] = {}

        def wrap(name: str, method: Callable[..., Any]) -> None:
            def call(*arguments: Any) -> Any:
                result = method(*arguments)
                recorded[name] = result.numpy()
                return result

            monkeypatch.setattr(layer, name, call)

        wrap("_in_window", layer._in_window)
        wrap("_sample", layer._sample)
        return recorded

    return wrap_methods


@pytest.fixture(scope="session")
def windows() -> Callable[..., np.ndarray]:
    """Returns a function that generates random windows of a given shape."""

    def make(*shape: int, seed: int = 0) -> np.ndarray:
        return np.random.default_rng(seed).normal(size=shape).astype("float32")

    return make
