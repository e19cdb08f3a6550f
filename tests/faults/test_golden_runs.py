"""Runs of earlier versions give the same results; other formats raise."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seqkit.errors import DataError
from seqkit.runs.run import FORMAT, read_run
from tests.paths import GOLDEN

FORMATS = sorted(GOLDEN.glob("format-*"))
TASKS = ("forecast", "classify", "embed", "generate", "tag")


def questions() -> Any:
    spec = importlib.util.spec_from_file_location("golden_make", GOLDEN / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def close(found: Any, kept: Any) -> None:
    assert type(found) is type(kept)
    if isinstance(kept, dict):
        assert list(found) == list(kept)
        for name, value in kept.items():
            close(found[name], value)
    elif isinstance(kept, list):
        assert len(found) == len(kept)
        for one, other in zip(found, kept, strict=True):
            close(one, other)
    else:
        assert found == (pytest.approx(kept, abs=1e-5) if isinstance(kept, float) else kept)


def test_golden_runs_cover_every_format():
    assert [folder.name for folder in FORMATS] == [f"format-{number}" for number in range(1, FORMAT + 1)]


@pytest.mark.parametrize("folder", FORMATS, ids=lambda folder: folder.name)
def test_runs_of_earlier_versions_give_the_same_results(folder):
    kept = json.loads((folder / "answers.json").read_text())
    assert set(kept) == {*TASKS, "scores"}
    assert set(kept["scores"]["forecast"]) >= {"dense", "linear (ridge)"}
    assert set(kept["scores"]["classify"]) >= {"dense", "TF-IDF + linear"}
    assert [len(kept["embed"][word]) for word in ("king", "kingly")] == [3, 3]
    close(questions().answers(folder), kept)


@pytest.mark.parametrize("folder", FORMATS, ids=lambda folder: folder.name)
def test_golden_runs_need_neither_keras_nor_tensorflow(folder):
    program = (
        "import sys, seqkit\n"
        f"for task in {TASKS}: seqkit.load(sys.argv[1] + '/' + task)\n"
        "assert not {'keras', 'tensorflow', 'onnx'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True)


@pytest.mark.parametrize("folder", FORMATS, ids=lambda folder: folder.name)
def test_golden_runs_are_small_and_contain_no_absolute_paths(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 500_000
    for task in TASKS:
        manifest = read_run(folder / task).manifest
        assert manifest.data["source"].startswith("demo_") and manifest.call["data"] == [manifest.data["source"]]
        assert "/" not in manifest.call["recipe"]
    places = (b"/home/", b"/Users/", b"/tmp/", b"/root/", str(GOLDEN.parent).encode())
    assert [(path, place) for path in files for place in places if place in path.read_bytes()] == []


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FORMATS[-1] / "embed", tmp_path / "run"))


def say(run: Path, **changes: Any) -> None:
    content = {**json.loads((run / "run.json").read_text()), **changes}
    (run / "run.json").write_text(json.dumps({name: value for name, value in content.items() if value != "absent"}))


def test_newer_format_asks_for_a_newer_version(run):
    say(run, format=FORMAT + 1, something_new={"of": "then"})
    with pytest.raises(
        DataError, match=rf"format {FORMAT + 1}; this seqkit reads up to {FORMAT}\. Install a newer seqkit"
    ):
        read_run(run)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("absent", "it has no format"),
        (None, "it has no format"),
        (0, "it has format 0"),
        (-3, "it has format -3"),
        (True, "it has format True"),
        (1.0, "it has format 1.0"),
        ("1", "it has format '1'"),
        ([1], "it has format [1]"),
        ("x" * 1000, "it has format 'xxx"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_invalid_format_raises_with_a_remedy(run, version, said):
    say(run, format=version)
    with pytest.raises(DataError) as refusal:
        read_run(run)
    message = str(refusal.value)
    assert said in message and "Train the run again" in message
    assert f"expected {FORMAT}." in message and len(message) < 400
