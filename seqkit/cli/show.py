"""Tables of scores, as text or JSON."""

import json
from typing import Any

import click

from seqkit.results import read_metrics
from seqkit.runs import Run

SIGNIFICANT = 0.05
"""Probability below which a difference is called real."""


def show_run(run: Run, *, as_json: bool = False) -> None:
    """Prints the scores that a run keeps, test if it has been read, and where the run stands."""
    metrics = read_metrics(run)
    if as_json:
        click.echo(json.dumps({"run": str(run.path), **metrics}, indent=2, ensure_ascii=False))
        return
    part = "test" if "test" in metrics else "validation"
    show_scores(metrics[part], part, validation=metrics.get("validation") if part == "test" else None)
    click.echo(f"\nRun: {run.path}   plots: {run.path / 'plots'}   forecast: seqkit forecast {run.path}")


def show_scores(scores: dict[str, Any], part: str, *, validation: dict[str, Any] | None = None) -> None:
    """Prints one part's scores: the model, then what it stands beside, and what the difference is worth.

    Args:
        scores: From `seqkit.evaluate`.
        part: Name of the part.
        validation: Scores of the validation part, whose MAE is shown beside.
    """
    unit = f" {scores['unit']}" if scores.get("unit") else ""
    span = f"{_moment(scores['first'])} to {_moment(scores['last'])}"
    click.echo(f"\n{part.capitalize()}: {scores['windows']:,} windows, {span}")
    first = max(len(row["name"]) for row in scores["models"]) + 2
    headings = ["MAE" + unit, "RMSE", "MSE", "MASE", "skill"] + (["val. MAE"] if validation else []) + ["p"]
    widths = [max(len(heading), 8) + 2 for heading in headings]
    click.echo(" " * first + "".join(f"{h:>{w}}" for h, w in zip(headings, widths, strict=True)))
    on_validation = {row["name"]: row["mae"] for row in validation["models"]} if validation else {}
    for row in scores["models"]:
        cells = [_number(row[name]) for name in ("mae", "rmse", "mse")]
        cells += [_ratio(row["mase"]), _percent(row["skill"])]
        if validation:
            cells.append(_number(on_validation.get(row["name"])))
        cells.append(_p_value(row["against_model"]["p_value"]) if "against_model" in row else "")
        click.echo(f"{row['name']:<{first}}" + "".join(f"{c:>{w}}" for c, w in zip(cells, widths, strict=True)))
    click.echo()
    for line in verdicts(scores):
        click.echo(line)


def show_comparison(comparison: dict[str, Any], *, as_json: bool = False) -> None:
    """Prints runs side by side, from `seqkit.comparison.compare`."""
    if as_json:
        click.echo(json.dumps(comparison, indent=2, ensure_ascii=False))
        return
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
                _p_value(row["p_value"]) if "p_value" in row else "",
            ]
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        left = [f"{cell:<{w}}" for cell, w in zip(row[:2], widths[:2], strict=True)]
        right = [f"{cell:>{w}}" for cell, w in zip(row[2:], widths[2:], strict=True)]
        click.echo("  ".join(left + right).rstrip())
    if len(rows) > 2:
        click.echo(
            f"\nBest on validation first; p: whether a run's error on the {comparison['part']} part differs from the "
            "first one's by more than chance."
        )


def verdicts(scores: dict[str, Any]) -> list[str]:
    """Returns in words how the model stands to each baseline."""
    model, *others = scores["models"]
    lines = []
    for other in others:
        p_value = other["against_model"]["p_value"]
        if model["mae"] == other["mae"] or p_value is None or p_value >= SIGNIFICANT:
            relation = "is not told apart from"
        else:
            relation = "is better than" if model["mae"] < other["mae"] else "is WORSE than"
        lines.append(f"{model['name']} {relation} {other['name']} (p {_p_text(p_value)})")
    if scores["seasonal_fallbacks"]:
        lines.append(
            f"seasonal naive: {scores['seasonal_fallbacks']:,} values had no row a season before; "
            "the last value stands in"
        )
    return lines


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}" if abs(value) < 1e5 else f"{value:.3e}"


def _ratio(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _p_value(value: float | None) -> str:
    return "–" if value is None else "<.001" if value < 0.001 else f"{value:.3f}".lstrip("0") if value < 1 else "1"


def _p_text(value: float | None) -> str:
    shown = _p_value(value)
    return shown.replace("<", "< ") if shown.startswith("<") else f"= {shown}"


def _moment(text: str) -> str:
    return text.replace("T", " ").removesuffix(".000000000").removesuffix(":00").removesuffix(" 00:00")
