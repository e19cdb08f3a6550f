"""Restores recipe and data of an interrupted training from `run.json`, and checks them before use.

Resuming executes the recipe and reads the data that `run.json` names. Recipes of the toolkit and installed ones are
found by name. A recipe file is executed only if it is outside the run directory, at the recorded absolute path, and
unchanged: a run never supplies its own code.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from seqkit.data.kinds import kinds
from seqkit.errors import DataError, SeqkitError, UsageError
from seqkit.progress import Callbacks
from seqkit.registry import Source, find_recipe
from seqkit.runs.files import check_data_path
from seqkit.runs.run import Run, validated
from seqkit.tasks.contract import Job


class _Call(BaseModel):
    recipe: str
    data: list[str] | None
    kind: str
    test: bool | str | None


class _Recipe(BaseModel):
    sha256: str


def read_call(run: Run) -> tuple[Source, dict[str, Any]]:
    """Returns the recipe of a training, and the other arguments it was started with: data, kind and test.

    Raises:
        NotFoundError: The recipe does not exist any more.
        UsageError: The recipe has changed, or must not be executed.
        DataError: `run.json` lacks the arguments, or names data that is neither a file nor a folder.
    """
    file = run.path / "run.json"
    if not run.manifest.call:
        raise DataError(f"{file} does not record recipe and data of the training. Train the run again.")
    call = validated(_Call, run.manifest.call, file, "call")
    if call.kind not in kinds():
        raise DataError(f"{file} is damaged: call.kind: unknown kind of data {call.kind!r}. Train the run again.")
    recorded = validated(_Recipe, run.manifest.recipe, file, "recipe")
    recipe = find_recipe(call.recipe)
    if recipe.module is None:
        _check_location(call.recipe, run, file)
    if recipe.sha256 != recorded.sha256:
        raise UsageError(f"The recipe {recipe.path} has changed since the training started. Train with another --out.")
    vectors = run.manifest.options.get("vectors")
    for name in (*(call.data or ()), call.test, vectors):
        if isinstance(name, str):
            check_data_path(file, name)
    return recipe, call.model_dump()


def _check_location(recipe: str, run: Run, file: Path) -> None:
    path = Path(recipe)
    if not path.is_absolute() or ".." in path.parts:
        raise UsageError(f"{file} names the recipe {recipe!r}, expected an absolute path. The recipe is not executed.")
    if path.resolve().is_relative_to(run.path.resolve()):
        raise UsageError(
            f"{file} names a recipe inside the run directory, which is not executed. If you trust it, copy it to "
            "another folder and train again."
        )


def restore_job(run: Run | None, make: Callable[[Callbacks], Job], callbacks: Callbacks) -> tuple[Job, dict[str, Any]]:
    """Creates the job of a training, and returns it with its entries of `run.json`.

    When resuming, messages about the data are held back until it is known to be the training data: `run.json` may name
    any file, whose contents must not be shown.

    Args:
        run: The run to resume; None for a new one.
        make: Reads the data and creates the job.
        callbacks: Called with messages.

    Raises:
        DataError: The data cannot be read any more, or has changed.
    """
    if run is None:
        job = make(callbacks)
        return job, job.describe()
    held_messages: list[str] = []
    verified = False

    def on_message(line: str) -> None:
        (callbacks.on_message if verified else held_messages.append)(line)

    try:
        job = make(replace(callbacks, on_message=on_message))
    except SeqkitError as error:
        raise DataError(
            f"The data of {run.path} cannot be read as when the training started. Restore it, or train with another "
            "--out, which reports what is wrong with it."
        ) from error
    description = job.describe()
    _check_unchanged(run, description)
    verified = True
    for line in held_messages:
        callbacks.on_message(line)
    return job, description


def _check_unchanged(run: Run, description: dict[str, Any]) -> None:
    """Raises an error if data or state differ from those in `run.json`; the location of the data does not matter."""
    recorded, current = (
        json.loads(json.dumps(content)) for content in (run.manifest.model_dump(mode="json"), description)
    )
    if recorded["data"].get("rules", 1) != current["data"].get("rules", 1):
        raise UsageError(
            f"The training of {run.path} was started by another version of seqkit, which reads or splits the data "
            "differently. Resume it with that version, or train with another --out."
        )
    for name, value in current["data"].items():
        if name not in ("source", "sources", "test_source") and recorded["data"].get(name) != value:
            raise DataError(
                f"The data of {run.path} has changed: {name} is {value} and was {recorded['data'].get(name)}. Restore "
                "it, or train with another --out."
            )
    if recorded["task_state"] != current["task_state"]:
        raise DataError(
            f"{run.path / 'run.json'} is damaged, or of another version of seqkit: task_state does not match the data. "
            "Train the run again."
        )
