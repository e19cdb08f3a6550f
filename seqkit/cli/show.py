"""Prints scores of runs of any task, as tables by the task or as JSON."""

from typing import Any

from seqkit.console.tables import show_json
from seqkit.files.atomic import finite
from seqkit.runs.run import Run
from seqkit.tasks import task_of_run, tasks


def show_run(run: Run, *, as_json: bool = False, quiet: bool = False) -> None:
    """Prints the stored scores of a run and its path; if `quiet`, only the table."""
    metrics = run.read_json("metrics.json")
    if as_json:
        show_json({"run": str(run.path), **metrics})
    else:
        task_of_run(run).module("show").show_run(run, finite(metrics), quiet=quiet)


def show_evaluation(scores: dict[str, Any], *, as_json: bool = False) -> None:
    """Prints the scores of `seqkit.evaluate`."""
    if as_json:
        show_json(scores)
    else:
        tasks()[scores["task"]].module("show").show_evaluation(finite(scores))


def show_comparison(comparison: dict[str, Any], *, as_json: bool = False) -> None:
    """Prints a comparison of runs, from `seqkit.workflows.compare.compare`."""
    if as_json:
        show_json(finite(comparison))
    else:
        tasks()[comparison["task"]].module("show").show_comparison(finite(comparison))
