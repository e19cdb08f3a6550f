"""The run directory: what came of a recipe, data and options. Data, never code.

Whatever stands in it under its own name is whole; `run.json` is written last and says how far the run came. Reading a
run executes nothing from it, and reads nothing that lies elsewhere.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from seqkit.errors import DataError, NotFoundError
from seqkit.files.atomic import write_json
from seqkit.options import with_current_names
from seqkit.runs.files import (
    MAX_MANIFEST_BYTES,
    MAX_METRICS_BYTES,
    check_directory,
    open_file,
    read_file,
    read_json,
    read_text,
    text_file,
)

FORMAT = 1
"""Version of the layout that this code writes, and the newest that it reads."""


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
    task: str
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

    @field_validator("options", "reading")
    @classmethod
    def _renamed(cls, values: dict[str, Any]) -> dict[str, Any]:
        return with_current_names(values)

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

    def has(self, name: str) -> bool:
        """Whether the run has a file of this name.

        Raises:
            DataError: Something else stands there.
        """
        return os.path.lexists(self.path / name) and self.file(name) is not None

    def file(self, name: str) -> Path:
        """Returns the path of a file of the run.

        Raises:
            DataError: The run has no such file, or it leads out of the run.
        """
        open_file(self.path, name).close()
        return self.path / name

    def text_file(self, name: str) -> Path:
        """Returns the path of a table or list of the run, once it is known to be text and not absurdly large.

        Raises:
            DataError: The run has no such file, or it is not.
        """
        return text_file(self.path, name)

    def open(self, name: str, most: int) -> BinaryIO:
        """Opens a file of the run that may have `most` bytes.

        Raises:
            DataError: The run has no such file, or it is larger.
        """
        return open_file(self.path, name, most)

    def read(self, name: str, most: int, *, text: bool = False) -> bytes:
        """Returns what stands in a file of the run that may have `most` bytes, and may have to be text.

        Raises:
            DataError: The run has no such file, or it is larger or no text.
        """
        return (read_text if text else read_file)(self.path, name, most)

    def read_json(self, name: str) -> Any:
        """Returns what a JSON file of the run says.

        Raises:
            DataError: The run has no such file, or it is damaged.
        """
        return read_json(self.path, name, MAX_METRICS_BYTES)

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
    if not os.path.isdir(directory):  # False, too, of what is too long to be a name
        raise NotFoundError(f"There is no run directory {directory}. Name one that `seqkit train` has written.")
    if not os.path.lexists(file):
        raise NotFoundError(
            f"{directory} is not a run directory: it has no run.json. Name one that `seqkit train` has written."
        )
    check_directory(directory)
    content = read_json(directory, "run.json", MAX_MANIFEST_BYTES)
    _check_format(content.get("format") if isinstance(content, dict) else None, file)
    manifest = validated(Manifest, content, file)
    if finished and manifest.state != "done":
        remedy = f"Go on with `seqkit train --resume {directory}`." if manifest.call else "Train it again."
        raise DataError(f"The run {directory} is not finished, its state is '{manifest.state}'. {remedy}")
    return Run(directory, manifest)


def _check_format(version: Any, file: Path) -> None:
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT:
        raise DataError(f"{file} is of format {version}; this seqkit reads up to {FORMAT}. Install a newer seqkit.")
    if type(version) is not int or version != FORMAT:
        said = "does not say of which format it is" if version is None else f"is of format {version!r:.40}"
        raise DataError(f"{file} {said}, and a run is of format {FORMAT}. It is damaged: train the run again.")


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
