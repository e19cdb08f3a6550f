"""Run directories and files on disks that fail, at the very instant they do: who is named, and what stays."""

import fcntl
import io
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from benchmarks.broken_disk import Disk, broken
from seqkit.errors import DataError, SeqkitError, UnwritableError
from seqkit.files.atomic import write_json
from seqkit.runs import files as run_files
from seqkit.runs.files import check_directory, open_file, read_file, read_text
from seqkit.runs.lifecycle import new_run, resumed_run
from seqkit.runs.locks import locked
from seqkit.runs.run import Manifest, read_run
from tests.paths import FORMAT_1


@pytest.fixture
def run(tmp_path):
    return Path(shutil.copytree(FORMAT_1 / "forecast", tmp_path / "run"))


def manifest() -> Manifest:
    return Manifest.model_validate({**json.loads((FORMAT_1 / "forecast" / "run.json").read_text()), "state": "running"})


def exactly(message: str) -> str:
    return f"^{re.escape(message)}$"


def test_lock_in_an_unwritable_directory_raises(tmp_path):
    message = exactly(f"{tmp_path} cannot be written: No space left on device. Make it writable.")
    with broken(Disk(tmp_path, 1)), pytest.raises(UnwritableError, match=message), locked(tmp_path):
        pass


def test_failing_lock_raises(tmp_path, monkeypatch):
    def fail(file, how):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(fcntl, "flock", fail)
    message = exactly(f"{tmp_path} cannot be locked: Input/output error. Name another --out.")
    with pytest.raises(UnwritableError, match=message), locked(tmp_path):
        pass


def test_path_below_a_file_raises(tmp_path):
    (tmp_path / "file").write_text("mine")
    place = tmp_path / "file" / "out.json"
    message = exactly(f"{place} cannot be written: {place.parent} is not a directory. Choose another path.")
    with pytest.raises(UnwritableError, match=message):
        write_json(place, {})
    assert (tmp_path / "file").read_text() == "mine"


def test_run_that_cannot_be_created_leaves_nothing(tmp_path):
    place = tmp_path / "new"
    message = exactly(f"{place} cannot be written: No space left on device. Make room, or name another --out.")
    with broken(Disk(tmp_path, 1)), pytest.raises(UnwritableError, match=message), new_run(place, manifest()):
        pass
    assert not list(tmp_path.iterdir())


def test_failing_replacement_keeps_both_runs(run, monkeypatch):
    before, original_rename = (run / "run.json").read_bytes(), Path.rename

    def rename(self, target):
        if self.name == "run":
            raise OSError(5, "Input/output error")
        return original_rename(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    aside = run.with_name("run.new")
    message = exactly(f"{run} cannot be replaced: Input/output error. The new run is complete in {aside}.")
    with pytest.raises(UnwritableError, match=message), new_run(run, manifest(), overwrite=True):
        pass
    assert (run / "run.json").read_bytes() == before
    assert read_run(aside).manifest.state == "done"


def test_resuming_an_unwritable_run_raises(run, monkeypatch):
    (run / ".left").write_text("of a killed process")

    def fail(self, missing_ok=False):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", fail)
    message = exactly(f"{run} cannot be written: Read-only file system. Make it writable.")
    with pytest.raises(UnwritableError, match=message), resumed_run(read_run(run)):
        pass


def test_run_with_too_many_files_raises(run, monkeypatch):
    monkeypatch.setattr(run_files, "MAX_ENTRIES", 3)
    with pytest.raises(DataError, match=exactly(f"{run} contains more than 3 files. Move other files out of the run.")):
        check_directory(run)


@pytest.mark.parametrize(("way", "place"), [("scandir", ""), ("open", "metrics.json")])
def test_unreadable_file_is_named(run, monkeypatch, way, place):
    def fail(path, *arguments):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, way, fail)
    message = f"{run / place} cannot be read: Input/output error. {run_files.UNREADABLE}"
    with pytest.raises(SeqkitError, match=exactly(message)):
        check_directory(run) if way == "scandir" else open_file(run, place)


class Growing(io.BytesIO):
    """A file that grows after it is opened; records how far it was read."""

    def close(self) -> None:
        pass


@pytest.mark.parametrize("read", [read_file, read_text])
def test_file_that_grows_while_it_is_read_raises(run, monkeypatch, read):
    content = Growing(b"x" * (5 << 20))
    monkeypatch.setattr(run_files, "open_file", lambda directory, name, most: content)
    message = rf"^{re.escape(str(run))}/metrics\.json is damaged: it has [\d,]+ bytes, expected at most 9\. "
    with pytest.raises(DataError, match=message + r"Train the run again\.$"):
        read(run, "metrics.json", 9)
    assert content.tell() <= 3 << 20
