"""Scores a finished run on data that was used neither for training nor for validation."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.errors import UsageError, nearest
from seqkit.options import resolve
from seqkit.progress import Note
from seqkit.runs.run import Run, read_run
from seqkit.tasks import Task, task_of_file, task_of_run

if TYPE_CHECKING:
    import pandas as pd


def evaluate(
    run: "str | Path",
    data: "str | Path | pd.DataFrame | None" = None,
    *,
    note: Note = lambda line: None,
    **options: Any,
) -> dict[str, Any]:
    """Scores a finished run on data that was used neither for training nor for validation.

    Without `data`, this scores the test part of the training data and writes `metrics.json`, `predictions.csv` and
    `plots/` of the run. With `data`, it writes nothing, and scores all rows after the validation part, or all labelled
    examples. Word vectors are scored on analogies and on human similarity ratings.

    Args:
        run: The run directory, or a file of word vectors.
        data: Name of a dataset, a file or a frame. Default: the data the run was trained on.
        note: Called with one line for each correction made while reading the data.
        **options: Options of the task; for word vectors `analogies`, `pairs` and `method`.

    Returns:
        `task`, the number of scored windows, examples or questions, and the scores of each model, the run's own first.

    Raises:
        NotFoundError: The run or the data does not exist.
        UsageError: An option is unknown or has an invalid value.
        DataError: The data has changed since training, has no window after the validation part, or has a label that
            does not occur in training.
    """
    task, opened = find_evaluated(run)
    known = task.evaluate_options()
    names = [option.name for option in known]
    for name in options:
        if name not in names:
            raise UsageError(
                f"There is no option `{name}` for evaluating {run}, which {task.answers[0]} (task '{task.name}'). "
                f"{nearest(name, names)}"
            )
    scores: dict[str, Any] = task.module("evaluate").evaluate(opened, data, note, **resolve(known, options))
    return scores


def find_evaluated(run: "str | Path") -> "tuple[Task, Run | Path]":
    """Returns the task of a run or a file, and the run itself or the path of the file.

    Raises:
        NotFoundError: The directory contains no run.
        DataError: The run is unfinished or damaged.
    """
    opener = task_of_file(run)
    if opener is not None:
        return opener, Path(run)
    finished_run = read_run(run)
    return task_of_run(finished_run), finished_run
