"""Prints scores of taggers of series as tables."""

from typing import Any

import click

from seqkit.console.tables import format_score, p_value, print_table, verdict

MAX_LABELS = 20
"""Maximum number of labels for which the scores of each label are printed."""

_COLUMNS = (
    *(("F1@50", "f1_50"), ("F1@25", "f1_25"), ("F1@10", "f1_10"), ("accuracy", "accuracy"), ("macro F1", "macro_f1")),
)


def show_series(
    scores: dict[str, Any], part: str, *, validation: dict[str, Any] | None = None, quiet: bool = False
) -> None:
    """Prints the scores of one part, with those of validation if they are given."""
    model = scores["models"][0]
    items = f"{scores['items']:,} {scores['item']}{'s' * (scores['items'] != 1)}"
    segments = f"{scores['segments']:,} segment{'s' * (scores['segments'] != 1)}"
    click.echo(f"\n{part.capitalize()}: {scores['rows']:,} rows with a label, {segments}, {items}")
    before = {row["name"]: row["f1_50"] for row in validation["models"]} if validation else {}
    headings = [heading for heading, _ in _COLUMNS] + (["val. F1@50"] if validation else [])
    rows = []
    for row in scores["models"]:
        cells = [format_score(row[key]) for _, key in _COLUMNS]
        if validation:
            cells.append(format_score(before.get(row["name"])))
        rows.append((row["name"], [*cells, p_value(row["against_model"]["p_value"]) if "against_model" in row else ""]))
    print_table([*headings, "p"], rows)
    if quiet:
        return
    if len(model["types"]) <= MAX_LABELS:
        click.echo()
        keys = ("precision", "recall", "f1", "row_f1")
        labels = [
            (row["label"], [*(format_score(row[key]) for key in keys), f"{row['segments']:,}", f"{row['rows']:,}"])
            for row in model["types"]
        ]
        print_table(["precision@50", "recall@50", "F1@50", "F1 of rows", "segments", "rows"], labels)
    click.echo()
    for other in scores["models"][1:]:
        click.echo(verdict(model, other, "f1_50", larger_is_better=True))


def show_series_comparison(comparison: dict[str, Any]) -> None:
    """Prints a comparison of runs, from `compare_series`."""
    columns = ("validation_f1_50", "test_f1_50", "accuracy", "macro_f1")
    rows = []
    for row in comparison["runs"]:
        cells = [row["recipe"], f"{row['parameters']:,}", f"{row['seconds']:.1f}"]
        cells += [format_score(row[column]) for column in columns]
        rows.append((row["run"], [*cells, p_value(row["p_value"]) if "p_value" in row else ""]))
    headings = ["recipe", "parameters", "seconds", "val. F1@50", "test F1@50", "accuracy", "macro F1", "p"]
    print_table(headings, rows)
    click.echo(
        "\nSorted by validation F1 of segments; p: paired bootstrap of the difference to the first run on the "
        f"{comparison['part']} part."
    )
