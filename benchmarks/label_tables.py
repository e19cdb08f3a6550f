"""Tables of runs that label: recipes beside the baselines that every run is scored beside."""

from collections.abc import Sequence
from typing import Any

from benchmarks.report import markdown_table, number


def label_text(data: str, rows: Sequence[dict[str, Any]]) -> str:
    """Returns a dataset's heading and table.

    Args:
        data: Name of the dataset.
        rows: Of each recipe its name, parameters, seconds, and its scores by part; at least one.
    """
    test = rows[0]["test"]
    classes = len(test["models"][0]["classes"])
    return f"**{data}**: {test['examples']:,} test examples, {classes} classes\n\n{label_table(rows)}"


def label_table(rows: Sequence[dict[str, Any]]) -> str:
    """Returns the recipes, best on validation first, and under them the baselines, as a Markdown table.

    Args:
        rows: As in `label_text`.
    """
    headings = ["", "parameters", "seconds", "val. accuracy", "test accuracy", "macro F1", "log loss", "p"]
    cells = []
    for row in sorted(rows, key=lambda row: -row["validation"]["models"][0]["accuracy"]):
        cost = [f"{row['parameters']:,}", number(row["seconds"])]
        p_value = row["test"]["models"][1]["against_model"]["p_value"]
        shown = "<.001" if p_value < 0.001 else f"{p_value:.3f}"
        cells.append([f"`{row['recipe']}`", *cost, *_figures(row, 0), shown])
    for position, baseline in list(enumerate(rows[0]["test"]["models"]))[1:]:
        cells.append([baseline["name"], "", "", *_figures(rows[0], position), ""])
    return markdown_table(headings, cells)


def _figures(row: dict[str, Any], position: int) -> list[str]:
    """Returns the figures of what stands at a position among a run's scores: the model, then the baselines."""
    validation, test = row["validation"]["models"][position], row["test"]["models"][position]
    figures = (validation["accuracy"], test["accuracy"], test["macro_f1"], test["log_loss"])
    return ["–" if figure is None else f"{figure:.4f}" for figure in figures]
