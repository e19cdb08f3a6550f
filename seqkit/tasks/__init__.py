"""The tasks, one folder each: a question put to a sequence, from raw data to arrays, scores and answers.

A folder with a card `TASK` is a task; there is no list to add it to. Looking the tasks up imports their cards alone.
"""

import os
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from seqkit.errors import DataError, UsageError
from seqkit.tasks.contract import Task

if TYPE_CHECKING:
    from seqkit.runs.run import Run

__all__ = ["Task", "check_task", "open_source", "task_of_file", "task_of_run", "tasks", "tasks_that_read"]


@cache
def tasks() -> dict[str, Task]:
    """Returns the tasks by name."""
    names = sorted(module.name for module in iter_modules(__path__) if module.ispkg)
    return {name: import_module(f"seqkit.tasks.{name}").TASK for name in names}


def tasks_that_read(kind: str) -> list[Task]:
    """Returns the tasks that read a kind of data."""
    return [task for task in tasks().values() if kind in task.reads]


def task_of_run(run: "Run") -> Task:
    """Returns the task that a run answers.

    Raises:
        DataError: There is no such task.
    """
    name = run.manifest.task
    if name not in tasks():
        raise DataError(
            f"{run.path / 'run.json'} is damaged or of a later version: there is no task {name!r}. "
            f"Known: {', '.join(tasks())}."
        )
    return tasks()[name]


def check_task(run: "Run", task: str) -> None:
    """Raises UsageError if a run answers another task."""
    if run.manifest.task != task:
        raise _refusal(run.path, task_of_run(run), task)


def task_of_file(path: str | Path) -> Task | None:
    """Returns the task that opens a file which is not a run, such as one of word vectors; None if there is no file."""
    is_file = os.path.isfile(path)  # also False for a path that is too long
    return next(card for card in tasks().values() if card.opens_files) if is_file else None


def open_source(path: str | Path, task: str | None = None) -> Any:
    """Opens a finished run, or a file that a task opens, such as one of word vectors.

    Args:
        path: The run directory or the file.
        task: The task that it must answer; any by default.

    Raises:
        NotFoundError: There is no run, or there is a file where a run is needed.
        UsageError: The run answers another task.
        DataError: It is unfinished or damaged.
    """
    from seqkit.runs.run import read_run

    opener = task_of_file(path)
    if opener is not None and task in (None, opener.name):
        return opener.module("inference").open_file(path)
    run = read_run(path)
    if task is not None:
        check_task(run, task)
    return task_of_run(run).module("inference").open_run(run)


def _refusal(path: Path, found: Task, expected: str) -> UsageError:
    does, command = found.answers
    return UsageError(
        f"The run {path} {does} (task '{found.name}'), but a run of the task '{expected}' is needed. "
        f"See `seqkit {command} {path}`."
    )
