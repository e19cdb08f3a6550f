"""A small run on sentences whose spans are known."""

from itertools import product
from pathlib import Path

import pytest

import seqkit

NAMES, PLACES = ("Ada", "Tim", "Nora", "Lee Kim", "Sam Poe"), ("Paris", "Rome", "New York")
OPTIONS = {"units": 8, "embedding": 8, "character_filters": 4, "epochs": 2, "learning_rate": 2e-2}


def columns(words: str, label: str) -> str:
    first, *rest = words.split()
    return f"{first} B-{label}\n" + "".join(f"{word} I-{label}\n" for word in rest)


@pytest.fixture(scope="session")
def people_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """75 sentences in CoNLL columns: who met whom, and where."""
    path = tmp_path_factory.mktemp("people") / "people.conll"
    sentences = (
        f"{columns(one, 'person')}met O\n{columns(other, 'person')}in O\n{columns(place, 'place')}. O\n\n"
        for one, other, place in product(NAMES, NAMES, PLACES)
    )
    path.write_text("".join(sentences))
    return path


@pytest.fixture(scope="session")
def people_run(people_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run that finds all these names; tests may read it."""
    path = tmp_path_factory.mktemp("people-run") / "run"
    seqkit.train("bidirectional_gru", people_file, out=path, **OPTIONS)
    return path
