"""Prints scores of classification runs as tables."""

import shlex
from typing import Any

import click

from seqkit.console.tables import format_score, p_value, print_table, show_where, verdict
from seqkit.runs.run import Run

MAX_CLASSES = 20
"""Maximum number of classes for which the scores of each class are printed."""


def show_run(run: Run, metrics: dict[str, Any], *, quiet: bool) -> None:
    """Prints the scores of a run: those of the test part if it has been scored, else those of validation.

    Args:
        run: The run.
        metrics: The content of `metrics.json`.
        quiet: Whether to print only the table.
    """
    part = "test" if "test" in metrics else "validation"
    show_label_scores(metrics[part], part, validation=metrics["validation"] if part == "test" else None, quiet=quiet)
    if not quiet and run.manifest.state == "done":
        data = '"…"' if run.manifest.task_state["kind"] == "texts" else "--data FILE"
        show_where(run.path, f"predict: seqkit predict {shlex.quote(str(run.path))} {data}")


def show_evaluation(scores: dict[str, Any]) -> None:
    """Prints the scores of `seqkit.evaluate`."""
    show_label_scores(scores, "test")


def show_label_scores(
    scores: dict[str, Any], part: str, *, validation: dict[str, Any] | None = None, quiet: bool = False
) -> None:
    """Prints the scores of model and baselines on one part, the scores by class, and the verdicts.

    Args:
        scores: Scores from `seqkit.evaluate`, with None for undefined ones.
        part: Name of the part.
        validation: Scores of the validation part, to add its accuracy as a column.
        quiet: Whether to print only the first table.
    """
    model = scores["models"][0]
    low, high = model["accuracy_interval"]
    click.echo(
        f"\n{part.capitalize()}: {scores['examples']:,} examples, accuracy {low:.3f} to {high:.3f} (95 % interval)"
    )
    columns = [("accuracy", "accuracy"), ("macro F1", "macro_f1"), ("AUC", "roc_auc"), ("log loss", "log_loss")]
    columns += [("calib. error", "calibration_error")]
    columns = [(heading, key) for heading, key in columns if any(row.get(key) is not None for row in scores["models"])]
    validation_accuracy = {row["name"]: row["accuracy"] for row in validation["models"]} if validation else {}
    headings = [heading for heading, _ in columns] + (["val. acc."] if validation else []) + ["p"]
    rows = []
    for row in scores["models"]:
        cells = [format_score(row.get(key)) for _, key in columns]
        if validation:
            cells.append(format_score(validation_accuracy.get(row["name"])))
        cells.append(p_value(row["against_model"]["p_value"]) if "against_model" in row else "")
        rows.append((row["name"], cells))
    print_table(headings, rows)
    if quiet:
        return
    if len(model["classes"]) <= MAX_CLASSES:
        click.echo()
        print_table(
            ["precision", "recall", "F1", "examples"],
            [
                (
                    row["name"],
                    [*(format_score(row[key]) for key in ("precision", "recall", "f1")), f"{row['support']:,}"],
                )
                for row in model["classes"]
            ],
        )
    click.echo()
    for baseline in scores["models"][1:]:
        click.echo(verdict(model, baseline, "accuracy", larger_is_better=True))


def show_comparison(comparison: dict[str, Any]) -> None:
    """Prints a comparison of runs, from `seqkit.workflows.compare.compare`."""
    headings = ["recipe", "parameters", "seconds", "val. acc.", "test acc.", "macro F1", "log loss", "p"]
    rows = []
    for row in comparison["runs"]:
        values = (row[key] for key in ("validation_accuracy", "test_accuracy", "macro_f1", "log_loss"))
        cells = [row["recipe"], f"{row['parameters']:,}", f"{row['seconds']:.1f}", *map(format_score, values)]
        rows.append((row["run"], [*cells, p_value(row["p_value"]) if "p_value" in row else ""]))
    print_table(headings, rows)
    click.echo(
        f"\nSorted by validation accuracy; p: paired test of the difference to the first run on the "
        f"{comparison['part']} part."
    )
