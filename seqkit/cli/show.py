"""Tables of scores, as text or JSON."""

import shlex
from typing import Any

import click

from seqkit.console.tables import show_json
from seqkit.files.atomic import finite
from seqkit.runs.run import Run
from seqkit.tasks.classify.show import show_label_scores
from seqkit.tasks.embed.show import show_vector_scores, show_vectors
from seqkit.tasks.forecast.show import show_scores


def show_run(run: Run, *, as_json: bool = False, quiet: bool = False) -> None:
    """Prints the scores that a run keeps, test if it has been read, and where the run stands; the table if quiet."""
    metrics = run.read_json("metrics.json")
    if as_json:
        show_json({"run": str(run.path), **metrics})
        return
    if run.manifest.task == "embed":
        show_vectors(run, metrics, quiet=quiet)
        return
    part = "test" if "test" in metrics else "validation"
    labels = run.manifest.task == "classify"
    show = show_label_scores if labels else show_scores
    show(finite(metrics[part]), part, validation=metrics.get("validation") if part == "test" else None, quiet=quiet)
    if not quiet and run.manifest.state == "done":
        verb = "predict" if labels else "forecast"
        command = f"{verb}: seqkit {verb} {shlex.quote(str(run.path))}"
        if run.manifest.task_state.get("kind") == "texts":
            command += ' "…"'
        elif labels:
            command += " --data FILE"
        click.echo(f"\nRun: {run.path}   plots: {run.path / 'plots'}   {command}")


def show_evaluation(scores: dict[str, Any], part: str) -> None:
    """Prints one part's scores, of a forecast or of labels, or those of word vectors, from `seqkit.evaluate`."""
    if scores.get("task") == "embed":
        show_vector_scores(finite(scores))
        return
    (show_label_scores if "examples" in scores else show_scores)(finite(scores), part)
