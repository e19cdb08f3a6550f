"""Run directories: the results of training a recipe on data with options.

Files are written atomically, `run.json` last. Reading a run executes no code from it and reads no files outside of it.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeVar

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

if TYPE_CHECKING:
    import pandas

FORMAT = 1
"""Format version that this code writes, and the newest that it reads."""


class Manifest(BaseModel):
    """Content of `run.json`.

    Attributes:
        format: Format version.
        state: State of the training.
        recipe: Name and hash of the recipe's source.
        task: Task of the model.
        options: All options, resolved.
        task_state: Fitted state of the task.
        reading: How the table was read, so that newer data is read in the same way.
        data: Source, rows, series, span and fingerprint of the data.
        units: Known units by column.
        versions: Versions of seqkit and the libraries that created the run.
        reproducible: Whether the same seed gives the same bits, on the same machine and with the same versions.
        model: Number of parameters, best epoch, hash of `model.onnx`.
        call: Arguments that started the training, for resuming: recipe, data, test.
        replaces: SHA-256 of the `run.json` of the run that this one replaces when done; empty if none.
        created: Start of the training, ISO 8601, UTC.
        seconds: Duration of the training.
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
    """A run directory and the content of its `run.json`."""

    path: Path
    manifest: Manifest

    def __repr__(self) -> str:
        """Path, recipe, task and state, in one line."""
        manifest = self.manifest
        return f"Run({str(self.path)!r}, {manifest.recipe['name']}, {manifest.task}, {manifest.state})"

    def _repr_html_(self) -> str:
        """Name and scores, for notebooks."""
        shown = (
            self.scores.to_html(index=False, float_format="{:.4g}".format, na_rep="")
            if self.has("metrics.json")
            else ""
        )
        return f"<p>{escape(repr(self))}</p>{shown}"

    @property
    def name(self) -> str:
        """Name of the directory."""
        return self.path.name

    @property
    def scores(self) -> "pandas.DataFrame":
        """Scores of the model and its baselines: `part`, `model`, and a column for each score.

        Word vectors have no scores; their row is that of the training.

        Raises:
            DataError: The run has not been scored, or the file of its scores is damaged.
        """
        import pandas

        content = self.read_json("metrics.json")
        try:
            rows = [
                {"part": part, "model": model.get("name", self.manifest.recipe["name"]), **_numbers(model)}
                for part, scores in content.items()
                for model in scores.get("models", [scores])
            ]
        except (AttributeError, TypeError) as error:
            raise DataError(
                f"{self.path / 'metrics.json'} is damaged. Score the run with `seqkit evaluate`."
            ) from error
        return pandas.DataFrame(rows)

    @property
    def plots(self) -> dict[str, Path]:
        """Paths of the plots, by name."""
        return {path.stem: path for path in sorted((self.path / "plots").glob("*.png"))}

    @property
    def summary(self) -> dict[str, Any]:
        """First columns of a comparison: run, recipe, parameters, seconds of training."""
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
            DataError: It exists and is not a regular file of the run.
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
        """Returns the path of a table or word list of the run, after checking that it is text and not too large.

        Raises:
            DataError: The run has no such file, or the check fails.
        """
        return text_file(self.path, name)

    def open(self, name: str, max_bytes: int) -> BinaryIO:
        """Opens a file of the run.

        Raises:
            DataError: The run has no such file, or it is larger than `max_bytes`.
        """
        return open_file(self.path, name, max_bytes)

    def read(self, name: str, max_bytes: int, *, text: bool = False) -> bytes:
        """Returns the content of a file of the run.

        Raises:
            DataError: The run has no such file, it is larger than `max_bytes`, or it is not text and `text` is set.
        """
        return (read_text if text else read_file)(self.path, name, max_bytes)

    def read_json(self, name: str) -> Any:
        """Returns the content of a JSON file of the run.

        Raises:
            DataError: The run has no such file, or it is damaged.
        """
        return read_json(self.path, name, MAX_METRICS_BYTES)

    def write_manifest(self) -> None:
        """Writes `run.json`."""
        write_json(self.path / "run.json", self.manifest.model_dump(mode="json"))


def _numbers(scores: dict[str, Any]) -> dict[str, float]:
    """Returns the entries of a dictionary that are numbers."""
    return {key: value for key, value in scores.items() if isinstance(value, (int, float))}


def read_run(path: str | Path, *, finished: bool = True) -> Run:
    """Reads a run directory.

    Args:
        path: The run directory.
        finished: Whether to require that training has finished.

    Raises:
        NotFoundError: The directory does not exist, or is not a run.
        DataError: `run.json` is damaged or has a newer format, or training has not finished.
    """
    directory = Path(path)
    file = directory / "run.json"
    if not os.path.isdir(directory):  # also False for a name that is too long
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
        remedy = f"Resume it with `seqkit train --resume {directory}`." if manifest.call else "Train it again."
        raise DataError(f"The run {directory} is not finished, its state is '{manifest.state}'. {remedy}")
    return Run(directory, manifest)


def _check_format(version: Any, file: Path) -> None:
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT:
        raise DataError(f"{file} has format {version}; this seqkit reads up to {FORMAT}. Install a newer seqkit.")
    if type(version) is not int or version != FORMAT:
        found = "it has no format" if version is None else f"it has format {version!r:.40}"
        raise DataError(f"{file} is damaged: {found}, expected {FORMAT}. Train the run again.")


def validated(kind: type[Content], content: Any, file: Path, within: str = "") -> Content:
    """Validates the content of a file of a run.

    Args:
        kind: The pydantic model.
        content: Content of the file.
        file: Path of the file, for the message.
        within: Key of the content in the file, for the message.

    Raises:
        DataError: The content is invalid; the message names the first error.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, ([within] if within else []) + list(first["loc"]))) or "the file"
        reason = first["msg"].removeprefix("Value error, ").removesuffix(".")
        raise DataError(f"{file} is damaged: {where}: {reason}. Train the run again.") from error
