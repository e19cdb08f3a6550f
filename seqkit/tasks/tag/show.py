"""Prints scores of taggers as tables."""

import shlex
from typing import Any

import click

from seqkit.console.tables import format_score, p_value, print_table, show_where, verdict
from seqkit.runs.run import Run
from seqkit.tasks.tag.series.show import show_series, show_series_comparison

MAX_LABELS = 20
"""Maximum number of labels for which the scores of each label are printed."""


def show_run(run: Run, metrics: dict[str, Any], *, quiet: bool) -> None:
    """Prints the scores of a run: those of the test part if it has been scored, else those of validation."""
    part = "test" if "test" in metrics else "validation"
    _show_scores(metrics[part], part, validation=metrics["validation"] if part == "test" else None, quiet=quiet)
    if not quiet and run.manifest.state == "done":
        asks = "--data FILE" if metrics[part].get("kind") == "series" else '"…"'
        show_where(run.path, f"tag: seqkit tag {shlex.quote(str(run.path))} {asks}")


def show_evaluation(scores: dict[str, Any]) -> None:
    """Prints the scores of `seqkit.evaluate`."""
    _show_scores(scores, "test")


def _show_scores(
    scores: dict[str, Any], part: str, *, validation: dict[str, Any] | None = None, quiet: bool = False
) -> None:
    if scores.get("kind") == "series":
        show_series(scores, part, validation=validation, quiet=quiet)
        return
    model = scores["models"][0]
    spans = "" if model["f1"] is None else f", {model['spans']:,} spans"
    click.echo(f"\n{part.capitalize()}: {scores['sentences']:,} sentences, {model['words']:,} words{spans}")
    key = "token_accuracy" if model["f1"] is None else "f1"
    columns = [("F1", "f1"), ("precision", "precision"), ("recall", "recall")] if key == "f1" else []
    columns += [("accuracy", "token_accuracy")]
    before = {row["name"]: row[key] for row in validation["models"]} if validation else {}
    headings = [heading for heading, _ in columns]
    headings += ["val. F1" if key == "f1" else "val. acc."] if validation else []
    rows = []
    for row in scores["models"]:
        cells = [format_score(row[column]) for _, column in columns]
        if validation:
            cells.append(format_score(before.get(row["name"])))
        rows.append((row["name"], [*cells, p_value(row["against_model"]["p_value"]) if "against_model" in row else ""]))
    print_table([*headings, "p"], rows)
    if quiet:
        return
    if 1 < len(model["types"]) <= MAX_LABELS:
        click.echo()
        headings = ["precision", "recall", "F1", "words" if key == "token_accuracy" else "spans"]
        keys = ("precision", "recall", "f1")
        print_table(
            headings,
            [
                (row["label"], [*(format_score(row[name]) for name in keys), f"{row['spans']:,}"])
                for row in model["types"]
            ],
        )
    click.echo()
    for other in scores["models"][1:]:
        click.echo(verdict(model, other, key, larger_is_better=True))


def show_comparison(comparison: dict[str, Any]) -> None:
    """Prints a comparison of runs, from `seqkit.workflows.compare.compare`."""
    if comparison.get("kind") == "series":
        show_series_comparison(comparison)
        return
    key, name = comparison["score"], "F1" if comparison["score"] == "f1" else "acc."
    columns = [f"validation_{key}", f"test_{key}"]
    columns += ["precision", "recall", "token_accuracy"] if key == "f1" else []
    headings = [f"val. {name}", f"test {name}", "precision", "recall", "accuracy"][: len(columns)]
    rows = []
    for row in comparison["runs"]:
        cells = [row["recipe"], f"{row['parameters']:,}", f"{row['seconds']:.1f}"]
        cells += [format_score(row[column]) for column in columns]
        rows.append((row["run"], [*cells, p_value(row["p_value"]) if "p_value" in row else ""]))
    print_table(["recipe", "parameters", "seconds", *headings, "p"], rows)
    click.echo(
        f"\nSorted by validation {'F1' if key == 'f1' else 'accuracy'}; p: paired bootstrap of the difference to the "
        f"first run on the {comparison['part']} part."
    )
