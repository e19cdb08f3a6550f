"""Scores of any run, as text or JSON: the run's task has the tables."""

from typing import Any

from seqkit.console.tables import show_json
from seqkit.files.atomic import finite
from seqkit.runs.run import Run
from seqkit.tasks import task_of_run, tasks


def show_run(run: Run, *, as_json: bool = False, quiet: bool = False) -> None:
    """Prints the scores that a run keeps, and where the run is; if quiet, the table alone."""
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
    """Prints runs side by side, from `seqkit.workflows.compare.compare`."""
    if as_json:
        show_json(finite(comparison))
    else:
        tasks()[comparison["task"]].module("show").show_comparison(finite(comparison))
