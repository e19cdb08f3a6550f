"""Fixtures of the tests of reading."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Path]:
    """Returns a function that writes content to a file, which `FILE` of the module names by default, and its path."""

    def write(content: str | bytes, name: str = request.module.FILE) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
