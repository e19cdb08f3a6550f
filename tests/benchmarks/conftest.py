"""What the tests of benchmarks share."""

import importlib
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from tests.paths import ROOT


@pytest.fixture(scope="session")
def load() -> Iterator[Callable[[str], ModuleType]]:
    """Returns a function that imports a module of the benchmarks, which are not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        yield lambda name: importlib.import_module(f"benchmarks.{name}")
