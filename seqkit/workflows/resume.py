"""A training that was cut off, taken up again: what `run.json` names is looked at before any of it is used.

Going on means to execute a recipe and to read data, and which ones the run says. A recipe of the toolkit, or one that
is installed, is found by its name. A recipe file is executed only if it lies outside of the run, at the full path that
was noted when the training began, and has not changed: a run never brings its own.
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
    """Returns the recipe that a training began with, and what else was named then: data, its kind, and test.

    Raises:
        NotFoundError: There is no such recipe any more.
        UsageError: The recipe has changed or is not one to be executed.
        DataError: `run.json` does not tell, or names as data what is neither a file nor a folder.
    """
    file = run.path / "run.json"
    if not run.manifest.call:
        raise DataError(f"{file} does not say what was trained on what. Train the run again.")
    call = validated(_Call, run.manifest.call, file, "call")
    if call.kind not in kinds():
        raise DataError(f"{file} is damaged: call.kind: there is no kind {call.kind!r} of data. Train the run again.")
    told = validated(_Recipe, run.manifest.recipe, file, "recipe")
    recipe = find_recipe(call.recipe)
    if recipe.module is None:
        _check_place(call.recipe, run, file)
    if recipe.sha256 != told.sha256:
        raise UsageError(f"The recipe {recipe.path} has changed since: train anew into another --out.")
    vectors = run.manifest.options.get("vectors")
    for name in (*(call.data or ()), call.test, vectors):
        if isinstance(name, str):
            check_data_path(file, name)
    return recipe, call.model_dump()


def _check_place(recipe: str, run: Run, file: Path) -> None:
    path = Path(recipe)
    if not path.is_absolute() or ".." in path.parts:
        raise UsageError(f"{file} names the recipe {recipe!r}, which is no full path; it is not executed.")
    if path.resolve().is_relative_to(run.path.resolve()):
        raise UsageError(
            f"{file} names a recipe inside of the run itself; it is not executed. If you know what it does, copy it to "
            "another folder and train anew."
        )


def restore_job(run: Run | None, make: Callable[[Callbacks], Job], callbacks: Callbacks) -> tuple[Job, dict[str, Any]]:
    """Returns the job of a training, and what is noted of its data: if it was cut off, what was noted then.

    What is told of the data waits until that is known: it may be another file than was meant, and nobody's business.

    Args:
        run: The run that has begun; None for a new one, whose data a person has named and is told of at once.
        make: Reads the data.
        callbacks: Told what happens.

    Raises:
        DataError: The data cannot be read as it was, or is not what it was.
    """
    if run is None:
        job = make(callbacks)
        return job, job.describe()
    held: list[str] = []
    known = False

    def note(line: str) -> None:
        (callbacks.on_message if known else held.append)(line)

    try:
        job = make(replace(callbacks, on_message=note))
    except SeqkitError as error:
        raise DataError(
            f"The data of {run.path} cannot be read as it was when the training began. Bring it back, or train anew "
            "into another --out, where what is wrong in it is told."
        ) from error
    description = job.describe()
    _check_same(run, description)
    known = True
    for line in held:
        callbacks.on_message(line)
    return job, description


def _check_same(run: Run, description: dict[str, Any]) -> None:
    """Refuses data that is not what it was, by what was noted of it; where it lies does not matter."""
    then, now = (json.loads(json.dumps(each)) for each in (run.manifest.model_dump(mode="json"), description))
    for name, value in now["data"].items():
        if name not in ("source", "sources", "test_source") and then["data"].get(name) != value:
            raise DataError(
                f"The data of {run.path} is not what it was: {name} is {value} and was {then['data'].get(name)}. "
                "Bring it back, or train anew into another --out."
            )
    if then["task_state"] != now["task_state"]:
        raise DataError(f"{run.path / 'run.json'} is damaged: the task's state is not that of the data. Train anew.")
