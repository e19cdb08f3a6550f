"""Manipulated runs, and fixtures that check that nothing outside of them is read or changed."""

import json
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from seqkit.cli import main
from tests.paths import FORMAT_1

SECONDS, BYTES = 2.0, 300e6
"""Maximum time and memory of a command that rejects a run."""

HANGS = 60
"""Seconds after which the process is killed: reading a pipe would block forever."""

MARK = "xyzzy-4711"
"""Content of every file outside of the runs."""

_opened: list[str] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        _opened.append(os.fsdecode(arguments[0]))


sys.addaudithook(_watch)  # It cannot be taken away again, and costs next to nothing.


@pytest.fixture
def opened() -> list[str]:
    """The paths that have been opened since the test began."""
    _opened.clear()
    return _opened


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with a secret, a treasure and a canary's cage, none of which a run may read or change."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for name in ("secret", "secret.csv", "forecast.png", ".hidden"):
        (folder / name).write_text(f"{MARK},b\n{MARK},1\n{MARK},2\n")
    return folder


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of a finished run of each task, and of the first a second one, in which commands are run."""
    for task in ("forecast", "classify", "embed"):
        shutil.copytree(FORMAT_1 / task, tmp_path / "runs" / task)
    shutil.copytree(FORMAT_1 / "forecast", tmp_path / "runs" / "other")
    shutil.copytree(FORMAT_1 / "classify", tmp_path / "runs" / "another")
    for name in ("rows.csv", "reviews.csv"):
        shutil.copy(FORMAT_1 / name, tmp_path / "runs" / name)
    (tmp_path / "runs" / "pairs.csv").write_text("king,queen,9\nman,woman,8\nbread,king,1\ngirl,boy,7\n")
    monkeypatch.chdir(tmp_path / "runs")
    return tmp_path / "runs"


COMMANDS: dict[str, list[tuple[str, ...]]] = {
    "forecast": [
        ("forecast", "forecast"),
        ("evaluate", "forecast"),
        ("evaluate", "forecast", "--data", "rows.csv"),
        ("compare", "forecast", "other"),
    ],
    "classify": [
        ("predict", "classify", "not bad"),
        ("evaluate", "classify"),
        ("evaluate", "classify", "--data", "reviews.csv"),
        ("compare", "classify", "another"),
    ],
    "embed": [
        ("neighbors", "embed", "king"),
        ("similarity", "embed", "king", "kingly"),
        ("evaluate", "embed", "--pairs", "pairs.csv"),
        ("plot", "embed", "--words", "king,queen,man", "--output", "map.png"),
    ],
}


@pytest.fixture
def commands() -> dict[str, list[tuple[str, ...]]]:
    """Commands that read a finished run, by task."""
    return COMMANDS


@pytest.fixture
def ask() -> Callable[..., tuple[int, str]]:
    """Runs a command; returns exit code and output, and raises for bugs and for commands that take too long."""

    def call(*arguments: object, code: int | None = None) -> tuple[int, str]:
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        signal.alarm(HANGS)
        try:
            result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        finally:
            signal.alarm(0)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert MARK not in result.output, "what stands in a file outside of the run was printed"
        if result.exit_code:
            assert time.process_time() - began < SECONDS
            assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < BYTES
            assert len(result.stderr) < 2000 and "\x1b" not in result.stderr
        assert code in (None, result.exit_code), result.output
        return result.exit_code, result.output

    return call


@pytest.fixture
def refused(ask: Callable[..., tuple[int, str]]) -> Callable[..., str]:
    """Calls every command that reads runs of a task until one refuses, which it does with exit code 5.

    Returns its message. What answers although a file was tampered with does not read that file: so all commands that
    come after have to.
    """

    def run(task: str, *, at_once: bool = True) -> str:
        outcomes = [ask(*arguments) for arguments in COMMANDS[task]]
        codes = [code for code, _ in outcomes]
        assert set(codes) <= {0, 5} and 5 in codes, outcomes
        assert not at_once or set(codes) == {5}, outcomes
        messages = {text.partition("Error: ")[2].strip() for code, text in outcomes if code}
        assert all(messages)
        return min(messages, key=len)

    return run


def rewrite(file: Path, change: Callable[[Any], object]) -> None:
    """Changes what a file of JSON says."""
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def say() -> Callable[[Path, Callable[[Any], object]], None]:
    """Changes what a file of JSON says."""
    return rewrite
