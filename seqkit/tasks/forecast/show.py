"""Tables of forecast scores, as text."""

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
    """Prints the scores that a run keeps: test if it has been scored, else validation.

    Args:
        run: The run.
        metrics: What its `metrics.json` says.
        quiet: Whether to print the table alone.
    """
    part = "test" if "test" in metrics else "validation"
    show_scores(metrics[part], part, validation=metrics["validation"] if part == "test" else None, quiet=quiet)
    if not quiet and run.manifest.state == "done":
        show_where(run.path, f"forecast: seqkit forecast {shlex.quote(str(run.path))}")


def show_evaluation(scores: dict[str, Any]) -> None:
    """Prints the scores of `seqkit.evaluate`."""
    show_scores(scores, "test")


def show_scores(
    scores: dict[str, Any], part: str, *, validation: dict[str, Any] | None = None, quiet: bool = False
) -> None:
    """Prints one part's scores: the model, then what it stands beside, and what the difference is worth.

    Args:
        scores: From `seqkit.evaluate`.
        part: Name of the part.
        validation: Scores of the validation part, whose MAE is shown beside.
        quiet: Whether what the table says is not said in words, too.
    """
    scores = finite(scores)
    unit = f" {scores['unit']}" if scores.get("unit") else ""
    ends = [_moment(scores["first"]), _moment(scores["last"])]
    if all(end.endswith(" 00:00") for end in ends):
        ends = [end.removesuffix(" 00:00") for end in ends]
    span = " to ".join(ends)
    click.echo(f"\n{part.capitalize()}: {scores['windows']:,} windows, {span}")
    first = max(cell_len(row["name"]) for row in _without_twins(scores["models"])) + 2
    headings = ["MAE" + unit, "RMSE", "MSE", "MASE", "skill"] + (["val. MAE"] if validation else []) + ["p"]
    widths = [max(len(heading), 8) + 2 for heading in headings]
    click.echo(" " * first + "".join(f"{h:>{w}}" for h, w in zip(headings, widths, strict=True)))
    on_validation = {row["name"]: row["mae"] for row in validation["models"]} if validation else {}
    for row in _without_twins(scores["models"]):
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


def _without_twins(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the rows, baselines that make the same forecasts as one: a season ago may be the last value."""
    model, *others = rows
    kept: list[dict[str, Any]] = []
    for row in others:
        sequence_model = next((k for k in kept if (k["mae"], k["mse"]) == (row["mae"], row["mse"])), None)
        if sequence_model is None:
            kept.append(dict(row))
        else:
            sequence_model["name"] += f" = {row['name']}"
    return [model, *kept]


def show_comparison(comparison: dict[str, Any]) -> None:
    """Prints runs side by side, from `seqkit.workflows.compare.compare`."""
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
        f"\nBest on validation first; p: whether a run's error on the {comparison['part']} part differs from the "
        "first one's by more than chance."
    )


def verdicts(scores: dict[str, Any]) -> list[str]:
    """Returns in words how the model stands to each baseline."""
    model, *others = _without_twins(scores["models"])
    lines = [verdict(model, other, "mae", larger_is_better=False) for other in others]
    if scores["seasonal_fallbacks"]:
        lines.append(
            f"seasonal naive: {scores['seasonal_fallbacks']:,} values had no row a season before; "
            "the last value stands in"
        )
    return lines


def _number(value: float | None) -> str:
    """Returns a number with four digits that say something, so that those of a column line up."""
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
