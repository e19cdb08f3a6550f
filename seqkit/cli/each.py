"""Trains a model for each series with `seqkit train RECIPE --each COLUMN`, and prints a table of all."""

import sys
from contextlib import redirect_stdout
from typing import Any

import click

from seqkit.workflows.settings import Plan


def train_and_show(
    plan: Plan, data: Any, column: str, options: dict[str, Any], *, output: dict[str, bool], **run: Any
) -> None:
    """Trains a model for each series, and prints their scores."""
    from seqkit.cli.progress import callbacks
    from seqkit.console.tables import format_score, print_table, show_json
    from seqkit.workflows.each import SCORES, SUMMARY, as_json, train_each

    if not isinstance(run.get("test", True), bool):
        raise click.UsageError("--each takes the test part from the end of each series. Leave --test out.")
    with (
        callbacks(quiet=output["quiet"], verbose=output["verbose"]) as training_callbacks,
        redirect_stdout(sys.stderr),  # a user's recipe may print, and stdout is for results only
    ):
        folder, results = train_each(plan, data, column, options, callbacks=training_callbacks, **run)
    if output["as_json"]:
        show_json([as_json(result) for result in results])
        return
    rows = [
        (result.series, [*(format_score(result.scores[score]) for score in SCORES), _best(result.baselines)])
        for result in results
        if result.error is None
    ]
    print_table([*(score.upper() if score != "skill" else score for score in SCORES), "best baseline"], rows)
    for result in results:
        if result.error is not None:
            click.echo(f"\nfailed: '{result.series}': {result.error}")
    if not output["quiet"]:
        click.echo(f"\nRuns: {folder}   table: {folder / SUMMARY}   forecast: seqkit forecast {results[0].path}")


def _best(baselines: Any) -> str:
    """Returns the lowest MAE of the baselines, and its name."""
    name, mae = min(baselines.items(), key=lambda item: item[1])
    return f"{mae:.4f} ({name})"
