"""Runs side by side: those that answer the same question, the best on validation first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqkit.errors import UsageError
from seqkit.runs.run import read_run
from seqkit.tasks import task_of_run


def compare(paths: Sequence[str | Path]) -> dict[str, Any]:
    """Returns the scores of runs and, for each, whether its difference to the best is significant.

    The order is by validation score, which is what may be chosen by; the paired test is on the part that all of
    them were scored on: test, or validation where one has not been tested.

    Args:
        paths: Run directories, two or more, all of the same data and the same question.

    Returns:
        `task`, `part`, and under `runs` for each: name, recipe, parameters, seconds of training, validation and test
        scores, and the p-value of its difference to the first; for forecasts also `unit`.

    Raises:
        UsageError: There is only one run, the runs answer different questions, or their task compares none.
        NotFoundError: There is no run in one of the directories.
        DataError: A run is unfinished or damaged.
    """
    if len(paths) < 2:
        raise UsageError("There is one run, and it takes two to compare. The scores of one: seqkit evaluate RUN.")
    runs = [read_run(path) for path in paths]
    tasks = {task.name: task for task in map(task_of_run, runs)}
    if len(tasks) > 1:
        raise UsageError(f"The runs answer different tasks ({', '.join(sorted(tasks))}): compare those of one.")
    (task,) = tasks.values()
    if not task.has("compare"):
        raise UsageError(
            f"Runs of the task '{task.name}' are not compared in pairs: `seqkit evaluate RUN` scores each of them."
        )
    comparison: dict[str, Any] = task.module("compare").compare(runs)
    return comparison
