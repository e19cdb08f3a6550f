"""What the tests of layers share."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], dict[str, np.ndarray]]:
    """Returns a function of a layer that gives a dictionary in which its last neighbours and draws will stand."""

    def watch(layer: Any) -> dict[str, np.ndarray]:
        seen: dict[str, np.ndarray] = {}

        def record(name: str, method: Callable[..., Any]) -> None:
            def call(*arguments: Any) -> Any:
                result = method(*arguments)
                seen[name] = result.numpy()
                return result

            monkeypatch.setattr(layer, name, call)

        record("_near", layer._near)
        record("_draw", layer._draw)
        return seen

    return watch
