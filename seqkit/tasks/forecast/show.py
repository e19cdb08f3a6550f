"""Prints tables of forecast scores."""

import math
import re
import shlex
from typing import Any

import click
from rich.cells import cell_len, set_cell_size

from seqkit.console.tables import p_value, show_where, verdict
from seqkit.files.atomic import finite
from seqkit.runs.run import Run


def show_run(run: Run, metrics: dict[str, Any], *, quiet: bool) -> None:
    """Prints the scores of a run on the test part, or on validation if test was not scored.

    Args:
        run: The run.
        metrics: Content of `metrics.json`.
        quiet: Whether to print the table only.
    """
    part = "test" if "test" in metrics else "validation"
    show_scores(metrics[part], part, validation=metrics["validation"] if part == "test" else None, quiet=quiet)
    if not quiet and run.manifest.state == "done":
        show_where(run.path, f"forecast: seqkit forecast {shlex.quote(str(run.path))}")


def show_evaluation(scores: dict[str, Any]) -> None:
    """Prints the scores returned by `seqkit.evaluate`."""
    show_scores(scores, "test")


def show_scores(
    scores: dict[str, Any], part: str, *, validation: dict[str, Any] | None = None, quiet: bool = False
) -> None:
    """Prints the scores of one part: a row for the model and each baseline, then the results of the paired tests.

    Args:
        scores: From `seqkit.evaluate`.
        part: Name of the part.
        validation: Scores of the validation part, for the column "val. MAE". Default: no such column.
        quiet: Whether to print the table only.
    """
    scores = finite(scores)
    unit = f" {scores['unit']}" if scores.get("unit") else ""
    ends = [_moment(scores["first"]), _moment(scores["last"])]
    if all(end.endswith(" 00:00") for end in ends):
        ends = [end.removesuffix(" 00:00") for end in ends]
    span = " to ".join(ends)
    click.echo(f"\n{part.capitalize()}: {scores['windows']:,} windows, {span}")
    first = max(cell_len(row["name"]) for row in _merge_equal_rows(scores["models"])) + 2
    headings = ["MAE" + unit, "RMSE", "MSE", "MASE", "skill"] + (["val. MAE"] if validation else []) + ["p"]
    widths = [max(len(heading), 8) + 2 for heading in headings]
    click.echo(" " * first + "".join(f"{h:>{w}}" for h, w in zip(headings, widths, strict=True)))
    on_validation = {row["name"]: row["mae"] for row in validation["models"]} if validation else {}
    for row in _merge_equal_rows(scores["models"]):
        cells = [_number(row[name]) for name in ("mae", "rmse", "mse")]
        cells += [_ratio(row["mase"]), _percent(row["skill"])]
        if validation:
            cells.append(_number(on_validation.get(row["name"].partition(" = ")[0])))
        cells.append(p_value(row["against_model"]["p_value"]) if "against_model" in row else "")
        line = set_cell_size(row["name"], first) + "".join(f"{c:>{w}}" for c, w in zip(cells, widths, strict=True))
        click.echo(line.rstrip())
    if not quiet:
        click.echo()
        for line in verdicts(scores):
            click.echo(line)


def _merge_equal_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Merges baselines with equal errors into one row: the value one season earlier may be the last value."""
    model, *baselines = rows
    merged: list[dict[str, Any]] = []
    for row in baselines:
        equal = next((other for other in merged if (other["mae"], other["mse"]) == (row["mae"], row["mse"])), None)
        if equal is None:
            merged.append(dict(row))
        else:
            equal["name"] += f" = {row['name']}"
    return [model, *merged]


def show_comparison(comparison: dict[str, Any]) -> None:
    """Prints a table of runs, as returned by `seqkit.workflows.compare.compare`."""
    comparison = finite(comparison)
    unit = f" {comparison['unit']}" if comparison["unit"] else ""
    headings = ["recipe", "parameters", "seconds", f"val. MAE{unit}", f"test MAE{unit}", "skill", "p"]
    rows = [["run", *headings]]
    for row in comparison["runs"]:
        rows.append(
            [
                row["run"],
                row["recipe"],
                f"{row['parameters']:,}",
                f"{row['seconds']:.1f}",
                _number(row["validation_mae"]),
                _number(row["test_mae"]),
                _percent(row["skill"]),
                p_value(row["p_value"]) if "p_value" in row else "",
            ]
        )
    widths = [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        left = [set_cell_size(cell, w) for cell, w in zip(row[:2], widths[:2], strict=True)]
        right = [f"{cell:>{w}}" for cell, w in zip(row[2:], widths[2:], strict=True)]
        click.echo("  ".join(left + right).rstrip())
    click.echo(
        "\nSorted by validation MAE. p: paired test of a run's errors against those of the first run, on the "
        f"{comparison['part']} part."
    )


def verdicts(scores: dict[str, Any]) -> list[str]:
    """Returns one sentence for each baseline that compares the model with it."""
    model, *baselines = _merge_equal_rows(scores["models"])
    lines = [verdict(model, baseline, "mae", larger_is_better=False) for baseline in baselines]
    if scores["seasonal_fallbacks"]:
        lines.append(
            f"seasonal naive: {scores['seasonal_fallbacks']:,} values have no row one season earlier; the last value "
            "replaces it"
        )
    return lines


def _number(value: float | None) -> str:
    """Returns a number with four significant digits, or in scientific notation if it is very small or large."""
    if value is None:
        return "–"
    if value and not 1e-4 <= abs(value) < 1e6:
        return f"{value:.3e}"
    return f"{value:.{max(3 - math.floor(math.log10(abs(value))), 0) if value else 3}f}"


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _moment(text: str) -> str:
    return re.sub(r"(\d\d:\d\d):00\b", r"\1", text.replace("T", " ").removesuffix(".000000000"))
