"""The run directory: what came of a recipe, data and options. Data, never code.

Whatever stands in it under its own name is whole; `run.json` is written last and says how far the run came. Reading a
run executes nothing from it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seqkit.errors import DataError, NotFoundError, SeqkitError
from seqkit.whole_files import write_json

FORMAT = 1
"""Version of the layout that this code writes, and the newest that it reads."""


Task = Literal["forecast", "classify", "embed"]
"""The questions that can be put."""


class Manifest(BaseModel):
    """What `run.json` says.

    Attributes:
        format: Version of the layout.
        state: How far the run came.
        recipe: Name and hash of the recipe's source.
        task: The question that was put.
        options: Every option, resolved.
        task_state: The task's fitted state.
        reading: How the table was read, so that newer data is read the same way.
        data: Source, rows, series, span and fingerprint of the data.
        units: Units by column, where they are known.
        versions: Of seqkit and the libraries that made the run.
        reproducible: Whether the same seed is promised to give the same bits again, on the same machine and versions.
        model: Parameters, best epoch, hash of `model.onnx`.
        call: What was named to begin the training, so that it can go on: recipe, data, test.
        replaces: SHA-256 of the `run.json` of the run whose place it takes once it is done; empty where there is none.
        created: When training began, ISO 8601, UTC.
        seconds: How long training took.
    """

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    state: Literal["running", "done", "failed"]
    recipe: dict[str, str]
    task: Task
    options: dict[str, Any]
    task_state: dict[str, Any]
    reading: dict[str, Any]
    data: dict[str, Any]
    units: dict[str, str] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    reproducible: bool = False
    model: dict[str, Any] = Field(default_factory=dict)
    call: dict[str, Any] = Field(default_factory=dict)
    replaces: str = ""
    created: str = Field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    seconds: float = 0.0


Content = TypeVar("Content", bound=BaseModel)


@dataclass(frozen=True)
class Run:
    """A run directory and what its `run.json` says."""

    path: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The directory's own name."""
        return self.path.name

    @property
    def summary(self) -> dict[str, Any]:
        """What stands first in a row of a comparison: the run, its recipe, its parameters, seconds of training."""
        manifest = self.manifest
        return {
            "run": str(self.path),
            "recipe": manifest.recipe["name"],
            "parameters": manifest.model["parameters"],
            "seconds": manifest.seconds,
        }

    def file(self, name: str) -> Path:
        """Returns the path of a file of the run.

        Raises:
            DataError: The run has no such file.
        """
        path = self.path / name
        if not path.is_file():
            raise DataError(f"The run {self.path} is incomplete: it has no {name}. Train it again with --overwrite.")
        return path

    def read_json(self, name: str) -> Any:
        """Returns what a JSON file of the run says.

        Raises:
            DataError: The run has no such file, or it is damaged.
        """
        return _read_json(self.file(name))

    def write_manifest(self) -> None:
        """Writes `run.json`."""
        write_json(self.path / "run.json", self.manifest.model_dump(mode="json"))


def read_run(path: str | Path, *, finished: bool = True) -> Run:
    """Returns the run in a directory.

    Args:
        path: The run directory.
        finished: Whether a run whose training has not finished is refused.

    Raises:
        NotFoundError: There is no such directory, or it is no run.
        DataError: `run.json` is damaged, of a newer format, or says that training did not finish.
    """
    directory = Path(path)
    file = directory / "run.json"
    if not directory.is_dir():
        raise NotFoundError(f"There is no run directory {directory}.")
    if not file.is_file():
        raise NotFoundError(f"{directory} is not a run directory: it has no run.json.")
    content = _read_json(file)
    version = content.get("format") if isinstance(content, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise DataError(f"{file} is of format {version}; this seqkit reads up to {FORMAT}. Install a newer seqkit.")
    manifest = validated(Manifest, content, file)
    if finished and manifest.state != "done":
        remedy = f"Go on with `seqkit train --resume {directory}`." if manifest.call else "Train it again."
        raise DataError(f"The run {directory} is not finished, its state is '{manifest.state}'. {remedy}")
    return Run(directory, manifest)


def validated(kind: type[Content], content: Any, file: Path, within: str = "") -> Content:
    """Returns what a file of a run says as a value of `kind`.

    Args:
        kind: The pydantic model.
        content: What was read.
        file: Where it was read, for the message.
        within: The key of the file under which it stands, for the message.

    Raises:
        DataError: It is no such value; the first thing that is wrong is named.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, ([within] if within else []) + list(first["loc"]))) or "the file"
        reason = first["msg"].removeprefix("Value error, ").removesuffix(".")
        raise DataError(f"{file} is damaged: {where}: {reason}. Train the run again.") from error


def _read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"{file} is damaged, it is not whole JSON: {error}. Train the run again.") from error
    except OSError as error:
        raise SeqkitError(f"{file} cannot be read: {error.strerror}.") from error
