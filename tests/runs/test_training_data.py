"""Training data of several files, as `run.json` names it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from seqkit.errors import DataError, NotFoundError
from seqkit.runs.run import Run
from seqkit.runs.training_data import training_source


def run_on(folder: Path, **data: Any) -> Run:
    return cast(Run, SimpleNamespace(path=folder, manifest=SimpleNamespace(data=data)))


@pytest.fixture
def aligned(tmp_path: Path) -> list[str]:
    """Returns the paths of two aligned files."""
    paths = [tmp_path / "a, b.de", tmp_path / "a.en"]
    for path in paths:
        path.write_text("Go.\n")
    return [str(path) for path in paths]


def test_aligned_files_are_found_again(tmp_path, aligned):
    source = training_source(run_on(tmp_path, source=", ".join(aligned), sources=aligned), "source", "pairs")
    assert source.files == tuple(aligned) and source.kind == "pairs"
    assert source.read({}).to_numpy().tolist() == [["Go.", "Go."]]


def test_a_single_file_is_found_by_its_name(tmp_path, aligned):
    for sources in ([aligned[1]], [], None):
        source = training_source(run_on(tmp_path, source=aligned[1], sources=sources), "source", "pairs")
        assert source.files == (aligned[1],)


def test_files_that_are_not_those_of_the_name_are_refused(tmp_path, aligned):
    for sources in (aligned[::-1], [*aligned, "x"], [1, 2]):
        with pytest.raises(DataError, match=r"data\.sources are not the files of data\.source"):
            training_source(run_on(tmp_path, source=", ".join(aligned), sources=sources), "source", "pairs")


def test_a_file_that_no_longer_exists_is_named(tmp_path, aligned):
    Path(aligned[0]).unlink()
    with pytest.raises(NotFoundError, match="which no longer exists"):
        training_source(run_on(tmp_path, source=", ".join(aligned), sources=aligned), "source", "pairs")


def test_devices_and_standard_input_are_refused(tmp_path, aligned):
    for first in ("-", "/dev/null"):
        names = [first, aligned[1]]
        with pytest.raises(DataError, match=r"standard input|neither a file nor a folder"):
            training_source(run_on(tmp_path, source=", ".join(names), sources=names), "source", "pairs")
