"""Tables of scores of runs that label, as text."""

from typing import Any

import click
from rich.cells import cell_len, set_cell_size

from seqkit.cli.significance import p_value, verdict

MOST_CLASSES = 20
"""Classes of which each is shown on its own."""


def show_label_scores(
    scores: dict[str, Any], part: str, *, validation: dict[str, Any] | None = None, quiet: bool = False
) -> None:
    """Prints one part's scores: the model, what it stands beside, and what the difference is worth.

    Args:
        scores: From `seqkit.evaluate`, JSON with null for what is not defined.
        part: Name of the part.
        validation: Scores of the validation part, whose accuracy is shown beside.
        quiet: Whether what the table says is not said in words, and by class, too.
    """
    model = scores["models"][0]
    low, high = model["accuracy_interval"]
    click.echo(f"\n{part.capitalize()}: {scores['examples']:,} examples, accuracy {low:.3f} to {high:.3f} at 95 %")
    columns = [("accuracy", "accuracy"), ("macro F1", "macro_f1"), ("AUC", "roc_auc"), ("log loss", "log_loss")]
    columns += [("calib. error", "calibration_error")]
    columns = [(heading, key) for heading, key in columns if any(row.get(key) is not None for row in scores["models"])]
    on_validation = {row["name"]: row["accuracy"] for row in validation["models"]} if validation else {}
    headings = [heading for heading, _ in columns] + (["val. acc."] if validation else []) + ["p"]
    rows = []
    for row in scores["models"]:
        cells = [_figure(row.get(key)) for _, key in columns]
        if validation:
            cells.append(_figure(on_validation.get(row["name"])))
        cells.append(p_value(row["against_model"]["p_value"]) if "against_model" in row else "")
        rows.append((row["name"], cells))
    print_table(headings, rows)
    if quiet:
        return
    if len(model["classes"]) <= MOST_CLASSES:
        click.echo()
        print_table(
            ["precision", "recall", "F1", "examples"],
            [
                (each["name"], [*(_figure(each[key]) for key in ("precision", "recall", "f1")), f"{each['support']:,}"])
                for each in model["classes"]
            ],
        )
    click.echo()
    for other in scores["models"][1:]:
        click.echo(verdict(model, other, "accuracy", larger_is_better=True))


def show_label_comparison(comparison: dict[str, Any]) -> None:
    """Prints runs side by side, from `seqkit.workflows.compare.compare`."""
    headings = ["recipe", "parameters", "seconds", "val. acc.", "test acc.", "macro F1", "log loss", "p"]
    rows = []
    for row in comparison["runs"]:
        figures = (row[key] for key in ("validation_accuracy", "test_accuracy", "macro_f1", "log_loss"))
        cells = [row["recipe"], f"{row['parameters']:,}", f"{row['seconds']:.1f}", *map(_figure, figures)]
        rows.append((row["run"], [*cells, p_value(row["p_value"]) if "p_value" in row else ""]))
    print_table(headings, rows)
    click.echo(
        f"\nBest on validation first; p: whether a run labels the {comparison['part']} part better or worse than the "
        "first one by more than chance."
    )


def print_table(headings: list[str], rows: list[tuple[str, list[str]]]) -> None:
    """Prints rows, each with a name at the left, under headings at the right."""
    first = max([cell_len(name) for name, _ in rows]) + 2
    widths = [max([len(heading), *(cell_len(cells[i]) for _, cells in rows)]) + 2 for i, heading in enumerate(headings)]
    for name, cells in [("", headings), *rows]:
        line = set_cell_size(name, first)
        click.echo((line + "".join(" " * (w - cell_len(c)) + c for c, w in zip(cells, widths, strict=True))).rstrip())


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
