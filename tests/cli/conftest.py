"""Fixtures that call the command line in this process, in an empty folder, with separate streams."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

import seqkit
from seqkit.cli import main
from seqkit.registry import find_dataset

WEATHER = find_dataset("demo_weather")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty folder in which commands run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def call() -> Callable[..., Result]:
    """Calls the command; any exception but an exit is a bug and is raised."""

    def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def contents(folder: Path) -> dict[str, bytes | None]:
    """Contents of every file below the folder; None for a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


@pytest.fixture
def refused(call: Callable[..., Result], folder: Path) -> Callable[..., str]:
    """Calls the command and checks that it fails: exit code, one message on stderr, and nothing changed on disk.

    Returns the message.
    """

    def run(*arguments: object, code: int, stdin: str | bytes | None = None) -> str:
        before = contents(folder)
        result = call(*arguments, stdin=stdin)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        assert sum(line.startswith("Error: ") for line in result.stderr.splitlines()) == 1
        assert "Traceback" not in result.stderr
        assert contents(folder) == before
        return result.stderr.partition("Error: ")[2].strip()

    return run


@pytest.fixture
def done(call: Callable[..., Result]) -> Callable[..., Result]:
    """Calls the command and checks that it succeeds."""

    def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
        result = call(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result

    return run


@pytest.fixture
def in_a_shell() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs Python as in a user's shell, without the TensorFlow settings of the tests."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
        environment["PYTHONPATH"] = str(Path(seqkit.__file__).parent.parent)
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)

    return run


@pytest.fixture
def run(small_run: Path, folder: Path) -> Path:
    """A copy of the finished run at "run", which a test may damage."""
    shutil.copytree(small_run, folder / "run")
    return Path("run")


@pytest.fixture
def manifest(run: Path) -> Callable[[Callable[[dict[str, Any]], object]], None]:
    """Modifies the content of `run.json`."""

    def change(how: Callable[[dict[str, Any]], object]) -> None:
        content = json.loads((run / "run.json").read_text(encoding="utf-8"))
        how(content)
        (run / "run.json").write_text(json.dumps(content), encoding="utf-8")

    return change


@pytest.fixture(scope="session")
def weather() -> pd.DataFrame:
    """1,700 hours of weather, of which the small run used the first 1,500; tests copy it before modifying it."""
    frame: pd.DataFrame = WEATHER.load().load(rows=1700)
    return frame


@pytest.fixture
def strict_json() -> Callable[[str], Any]:
    """Parses JSON and rejects NaN and infinity, which are not JSON."""

    def refuse(token: str) -> None:
        raise AssertionError(f"{token} is not JSON")

    return lambda text: json.loads(text, parse_constant=refuse)


@pytest.fixture
def series(folder: Path) -> Callable[..., str]:
    """Writes a small CSV file of hourly rows with columns `ds` and `y`, and returns its name."""

    def write(values: list[Any], name: str = "mine.csv", columns: Mapping[str, list[Any]] | None = None) -> str:
        times = pd.date_range("2024-01-01", periods=len(values), freq="h")
        pd.DataFrame({"ds": times, "y": values, **(columns or {})}).to_csv(folder / name, index=False)
        return name

    return write
