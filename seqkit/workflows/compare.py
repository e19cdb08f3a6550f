"""Runs side by side: those that answer the same question, the best on validation first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqkit.errors import UsageError
from seqkit.runs.run import read_run
from seqkit.tasks.classify.compare import compare_labels
from seqkit.tasks.forecast.compare import compare as compare_forecasts


def compare(paths: Sequence[str | Path]) -> dict[str, Any]:
    """Returns the scores of runs and, of each, whether its difference to the best is real.

    The order is by validation error, which is what may be chosen by; the paired test is on the part that all of
    them were scored on: test, or validation where one has not been tested.

    Args:
        paths: Run directories, two or more, all of the same data, targets and windows' targets.

    Returns:
        `unit`, `part`, and for each run: name, recipe, parameters, seconds of training, validation and test MAE (of
        runs that label: accuracy), and the p-value of its difference to the first.

    Raises:
        UsageError: The runs answer different questions, so that their errors cannot stand beside each other; or there
            is but one.
        NotFoundError: There is no run in one of the directories.
        DataError: A run is unfinished or damaged.
    """
    if len(paths) < 2:
        raise UsageError("There is one run, and it takes two to compare. The scores of one: seqkit evaluate RUN.")
    runs = [read_run(path) for path in paths]
    tasks = {run.manifest.task for run in runs}
    if len(tasks) > 1:
        raise UsageError(f"The runs answer different tasks ({', '.join(sorted(tasks))}): compare those of one.")
    if tasks == {"embed"}:
        raise UsageError("Word vectors are not compared in pairs: `seqkit evaluate RUN` scores those of a run.")
    return compare_labels(runs) if tasks == {"classify"} else compare_forecasts(runs)
