"""Scores of a finished run on rows or examples that neither training nor validation has seen."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.errors import UsageError, nearest
from seqkit.options import resolve
from seqkit.progress import Note
from seqkit.runs.run import Run, read_run
from seqkit.tasks import Task, task_of_run, tasks

if TYPE_CHECKING:
    import pandas as pd


def evaluate(
    run: "str | Path",
    data: "str | Path | pd.DataFrame | None" = None,
    *,
    note: Note = lambda line: None,
    **options: Any,
) -> dict[str, Any]:
    """Scores a finished run on what neither training nor validation has seen.

    Without `data`, the test part of the data it was trained on is scored, and the run keeps the result:
    `metrics.json`, `predictions.csv` and `plots/`. With newer data, nothing is written, and all that lies after the
    validation part is scored; of labelled texts and series, all. Word vectors are scored by analogies and by how people
    rate pairs of words.

    Args:
        run: The run directory; or a file that a task opens, such as one of word vectors.
        data: A dataset's name, a file or a frame. Default: the data the run was trained on.
        note: Called with one line for each thing that was mended in reading the data.
        **options: Those of the run's task; of word vectors `analogies`, `pairs` and `method`.

    Returns:
        `task`, how much was scored, and for each model compared its scores, the run's own first.

    Raises:
        NotFoundError: The run or the data is not there.
        UsageError: The task has no such option, or its value is wrong.
        DataError: The data has changed since training, has no window after the validation part, or has a label that
            training never saw.
    """
    task, opened = find_evaluated(run)
    known = task.evaluate_options()
    for name in options:
        if name not in {option.name for option in known}:
            raise UsageError(
                f"Evaluating {run} knows no option `{name}`: it {task.answers[0]} (task '{task.name}'). "
                f"{nearest(name, [option.name for option in known])}"
            )
    scores: dict[str, Any] = task.module("evaluate").evaluate(opened, data, note, **resolve(known, options))
    return scores


def find_evaluated(run: "str | Path") -> "tuple[Task, Run | Path]":
    """Returns the task that a run or a file answers, and the run that was read, or the file's path.

    Raises:
        NotFoundError: There is no run there.
        DataError: The run is unfinished or damaged.
    """
    if os.path.isfile(run):  # False, too, for what is too long to be a name
        return next(card for card in tasks().values() if card.opens_files), Path(run)
    read = read_run(run)
    return task_of_run(read), read
