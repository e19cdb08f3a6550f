"""Compares runs of the same data and protocol."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqkit.errors import UsageError
from seqkit.runs.run import read_run
from seqkit.tasks import task_of_run


def compare(paths: Sequence[str | Path]) -> dict[str, Any]:
    """Returns the scores of runs, ranked by validation score, with a paired test of each against the best.

    The paired test uses the test part if all runs are scored on it, else the validation part.

    Args:
        paths: Two or more run directories, of the same task, data and protocol.

    Returns:
        `task`, `part`, and under `runs` for each run: path, recipe, parameters, seconds of training, validation and
        test scores, and the p-value of its difference to the first run; for forecasts also `unit`.

    Raises:
        UsageError: There is only one run, the runs have different protocols, or their task has no comparison.
        NotFoundError: A directory contains no run.
        DataError: A run is unfinished or damaged.
    """
    if len(paths) < 2:
        raise UsageError("Comparing needs at least two runs. For the scores of one run, use `seqkit evaluate RUN`.")
    runs = [read_run(path) for path in paths]
    tasks = {task.name: task for task in map(task_of_run, runs)}
    if len(tasks) > 1:
        raise UsageError(f"The runs are of different tasks ({', '.join(sorted(tasks))}). Compare runs of one task.")
    (task,) = tasks.values()
    if not task.has("compare"):
        raise UsageError(
            f"Runs of the task '{task.name}' cannot be compared. Use `seqkit evaluate RUN` to score each of them."
        )
    comparison: dict[str, Any] = task.module("compare").compare(runs)
    return comparison
