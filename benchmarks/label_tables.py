"""Tables of classification runs: recipes and the baselines of every run."""

from collections.abc import Sequence
from typing import Any

from benchmarks.report import markdown_table, number


def label_text(data: str, rows: Sequence[dict[str, Any]]) -> str:
    """Returns the heading and the table of a dataset.

    Args:
        data: Name of the dataset.
        rows: Name, parameters, seconds and scores by part of each recipe; at least one.
    """
    test = rows[0]["test"]
    classes = len(test["models"][0]["classes"])
    return f"**{data}**: {test['examples']:,} test examples, {classes} classes\n\n{label_table(rows)}"


def label_table(rows: Sequence[dict[str, Any]]) -> str:
    """Returns a Markdown table of the recipes, best on validation first, and the baselines.

    Args:
        rows: As in `label_text`.
    """
    headings = ["", "parameters", "seconds", "val. accuracy", "test accuracy", "macro F1", "log loss", "p"]
    cells = []
    for row in sorted(rows, key=lambda row: -row["validation"]["models"][0]["accuracy"]):
        cost = [f"{row['parameters']:,}", number(row["seconds"])]
        p_value = row["test"]["models"][1]["against_model"]["p_value"]
        p_text = "<.001" if p_value < 0.001 else f"{p_value:.3f}"
        cells.append([f"`{row['recipe']}`", *cost, *_figures(row, 0), p_text])
    for position, baseline in list(enumerate(rows[0]["test"]["models"]))[1:]:
        cells.append([baseline["name"], "", "", *_figures(rows[0], position), ""])
    return markdown_table(headings, cells)


def _figures(row: dict[str, Any], position: int) -> list[str]:
    """Returns the figures of the model (position 0) or a baseline of a run."""
    validation, test = row["validation"]["models"][position], row["test"]["models"][position]
    figures = (validation["accuracy"], test["accuracy"], test["macro_f1"], test["log_loss"])
    return ["–" if figure is None else f"{figure:.4f}" for figure in figures]
