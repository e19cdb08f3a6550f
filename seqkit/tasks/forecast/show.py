"""Prints tables of forecast scores."""

import math
import re
import shlex
from typing import Any

import click
from rich.cells import cell_len, set_cell_size

from seqkit.console.tables import p_value, print_table, show_where, verdict
from seqkit.files.atomic import finite
from seqkit.runs.run import Run

MAX_CUTOFFS = 12
"""Cutoffs that a table of a backtest shows."""

SHOWN_SERIES = 3
"""Series with the highest MASE that are named below a table."""

REFERENCES = ("seasonal naive", "last value")
"""Baselines that a series is compared with: the first that the run has."""


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
    show_intervals(finite(scores))


def show_intervals(scores: dict[str, Any]) -> None:
    """Prints coverage and scores of the prediction intervals, if the run has any.

    Args:
        scores: From `seqkit.evaluate`.
    """
    rows = [row for row in scores["models"] if row.get("levels")]
    if not rows:
        return
    levels = list(rows[0]["levels"])
    headings = [heading for level in levels for heading in (f"{level} %: covered", "width", "Winkler")] + ["CRPS"]
    first = max(cell_len(row["name"]) for row in scores["models"]) + 2
    widths = [max(len(heading), 8) + 2 for heading in headings]
    click.echo(f"\n{'intervals':<{first}}" + "".join(f"{h:>{w}}" for h, w in zip(headings, widths, strict=True)))
    for row in rows:
        cells = []
        for level in row["levels"].values():
            cells += [_percent(level["coverage"]), _number(level["width"]), _number(level["winkler"])]
        cells.append(_number(row["crps"]))
        line = set_cell_size(row["name"], first) + "".join(f"{c:>{w}}" for c, w in zip(cells, widths, strict=True))
        click.echo(line.rstrip())


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
    score = _compared_score(scores)
    validated = [f"val. {score.upper()}"] if validation else []
    headings = ["MAE" + unit, "RMSE", "MSE", "MASE", "skill", *validated, "p"]
    widths = [max(len(heading), 8) + 2 for heading in headings]
    click.echo(" " * first + "".join(f"{h:>{w}}" for h, w in zip(headings, widths, strict=True)))
    on_validation = {row["name"]: row[score] for row in validation["models"]} if validation else {}
    for row in _merge_equal_rows(scores["models"]):
        cells = [_number(row[name]) for name in ("mae", "rmse", "mse")]
        cells += [_ratio(row["mase"]), _percent(row["skill"])]
        if validation:
            value = on_validation.get(row["name"].partition(" = ")[0])
            cells.append(_number(value) if score == "mae" else _ratio(value))
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


def show_backtest(scores: dict[str, Any]) -> None:
    """Prints the scores of a backtest: a table of the model and the baselines, and one of the cutoffs.

    Args:
        scores: Scores of a `Backtest`.
    """
    unit = f" {scores['unit']}" if scores["unit"] else ""
    cutoffs = [_moment(cutoff) for cutoff in scores["cutoffs"]]
    if all(cutoff.endswith(" 00:00") for cutoff in cutoffs):
        cutoffs = [cutoff.removesuffix(" 00:00") for cutoff in cutoffs]
    click.echo(f"\nBacktest: {scores['values']:,} values, {len(cutoffs)} cutoffs, {cutoffs[0]} to {cutoffs[-1]}")
    model, *others = scores["models"]
    rows = []
    for row in scores["models"]:
        p = "" if row is model else p_value(row["against_model"]["p_value"])
        rows.append((row["name"], [_number(row["mae"]), _number(row["rmse"]), _ratio(row["mase"]), p]))
    print_table(["MAE" + unit, "RMSE", "MASE", "p"], rows)
    click.echo()
    errors = zip(*(row["mae_by_cutoff"] for row in scores["models"]), strict=True)
    by_cutoff = [(cutoff, [_number(value) for value in row]) for cutoff, row in zip(cutoffs, errors, strict=True)]
    click.echo(f"MAE{unit} by cutoff")
    print_table([row["name"] for row in scores["models"]], by_cutoff[-MAX_CUTOFFS:])
    click.echo()
    if len(cutoffs) > MAX_CUTOFFS:
        click.echo(f"the newest {MAX_CUTOFFS} of {len(cutoffs)} cutoffs are shown; --json has all")
    for level, share in scores["coverage"].items():
        fixed = scores.get("coverage_unadapted", {}).get(level)
        before = "" if fixed is None else f"; {_percent(fixed)} if they are not adapted"
        click.echo(f"{level} % intervals contain {_percent(share)} of the values{before}")
    reasons = dict.fromkeys(row["against_model"].get("reason") for row in others)
    for row in others:
        if not row["against_model"].get("reason"):
            click.echo(verdict(model, row, "mae", larger_is_better=False))
    for reason in reasons:
        if reason:
            click.echo(f"no paired test: {reason}. Use more --windows")


def show_comparison(comparison: dict[str, Any]) -> None:
    """Prints a table of runs, as returned by `seqkit.workflows.compare.compare`."""
    comparison = finite(comparison)
    unit = f" {comparison['unit']}" if comparison["unit"] else ""
    score = "mase" if any("validation_mase" in row for row in comparison["runs"]) else "mae"
    scored = ["val. MASE", "test MASE"] if score == "mase" else [f"val. MAE{unit}", f"test MAE{unit}"]
    headings = ["recipe", "parameters", "seconds", *scored, "skill", "p"]
    rows = [["run", *headings]]
    for row in comparison["runs"]:
        rows.append(
            [
                row["run"],
                row["recipe"],
                f"{row['parameters']:,}",
                f"{row['seconds']:.1f}",
                *(_number(row[f"{part}_{score}"]) for part in ("validation", "test")),
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
        f"\nSorted by validation {score.upper()}. p: paired test of a run's errors against those of the first run, on "
        f"the {comparison['part']} part."
    )
    for reason in dict.fromkeys(row["reason"] for row in comparison["runs"] if row.get("reason")):
        click.echo(f"{_untested_line(reason)}.")
    if comparison.get("filled_values"):
        click.echo(f"{comparison['part'].capitalize()}: {_filled_line(comparison)}.")


def verdicts(scores: dict[str, Any]) -> list[str]:
    """Returns one sentence for each baseline that compares the model with it."""
    model, *baselines = _merge_equal_rows(scores["models"])
    score = _compared_score(scores)
    reasons = [baseline["against_model"].get("reason") for baseline in baselines]
    lines = [
        verdict(model, baseline, score, larger_is_better=False)
        for baseline, reason in zip(baselines, reasons, strict=True)
        if not reason
    ]
    lines += [_untested_line(reason) for reason in dict.fromkeys(reasons) if reason]
    if by_series := scores.get("by_series"):
        lines += _series_lines(by_series, model["name"])
    if scores["seasonal_fallbacks"]:
        lines.append(
            f"seasonal naive: {scores['seasonal_fallbacks']:,} values have no row one season earlier; the last value "
            "replaces it"
        )
    if scores.get("filled_values"):
        lines.append(_filled_line(scores))
    return lines


def _untested_line(reason: str) -> str:
    """Returns why there is no paired test, and what would allow one."""
    return f"no paired test: {reason}. Score a longer part: --split in training, or --data with more rows"


def _compared_score(scores: dict[str, Any]) -> str:
    """Returns the score by which models are compared: MASE for several series, of which at least one has it."""
    return "mase" if "by_series" in scores and scores["models"][0]["mase"] is not None else "mae"


def _series_lines(by_series: dict[str, Any], model: str) -> list[str]:
    """Returns how several series are compared, and which are the worst."""
    count, without = by_series["scored"], by_series["without_mase"]
    lines = []
    if without:
        lines.append(
            f"{without:,} of {count:,} series have no MASE: their training rows span no whole season, or repeat it "
            "exactly; they count in MAE, RMSE and MSE only"
        )
    if not by_series["worst"]:
        return [*lines, "no series has a MASE: models are compared by MAE, which series of a high level decide"]
    scored = count - without
    lines.append(
        f"skill and p compare MASE: the mean over {scored:,} series of errors relative to each one's naive error in "
        "training, so that none decides by its level"
    )
    reference = next((name for name in REFERENCES if name in by_series["better_than"]), None)
    worst = [
        f"'{row['series']}' {_ratio(row['mase'][model])}"
        + (f" ({reference} {_ratio(row['mase'][reference])})" if reference else "")
        for row in by_series["worst"][:SHOWN_SERIES]
    ]
    lines.append(f"highest MASE: {', '.join(worst)}")
    if reference:
        better = by_series["better_than"][reference]
        lines.append(f"MASE below that of {reference} in {better:,} of {scored:,} series")
    return lines


def _filled_line(scores: dict[str, Any]) -> str:
    """Returns how many target values of a part are not scored."""
    return (
        f"{scores['filled_values']:,} of the {scores['target_values']:,} values to predict were filled, not measured: "
        "they are not scored"
    )


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
