"""Prints tables, p-values and JSON, in the same form for all commands."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.cells import cell_len, set_cell_size

from seqkit.files.atomic import finite
from seqkit.stopwatch import Phase


def show_json(content: Any) -> None:
    """Prints JSON; NaN and infinity, which JSON lacks, become null."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    click.echo(json.dumps(finite(content), indent=2, ensure_ascii=not encoding.startswith("utf")))


def show_where(path: Path, command: str) -> None:
    """Prints the path of a finished run, and a command that uses it."""
    click.echo(f"\nRun: {path}   plots: {path / 'plots'}   {command}")


def show_seconds(seconds: Mapping[Phase, float]) -> None:
    """Prints the seconds of a training by phase, on standard error."""
    total = sum(seconds.values())
    phases: dict[str, float] = {name: value for name, value in seconds.items() if value}
    width = max(map(len, phases)) + 2
    lines = [f"{'':<{width}}{'seconds':>8}{'share':>9}"]
    lines += [
        f"{name:<{width}}{value:>8.2f}{value / total:>7.1%}" for name, value in {**phases, "total": total}.items()
    ]
    click.echo("\n" + "\n".join(lines).replace("%", " %"), err=True)


def print_table(headings: list[str], rows: list[tuple[str, list[str]]]) -> None:
    """Prints a table: row names aligned left, columns under their headings aligned right."""
    name_width = max([cell_len(name) for name, _ in rows]) + 2
    widths = [max([len(heading), *(cell_len(cells[i]) for _, cells in rows)]) + 2 for i, heading in enumerate(headings)]
    for name, cells in [("", headings), *rows]:
        columns = (" " * (width - cell_len(cell)) + cell for cell, width in zip(cells, widths, strict=True))
        click.echo((set_cell_size(name, name_width) + "".join(columns)).rstrip())


def format_score(value: float | None) -> str:
    """Formats a score with four decimals, an undefined one as a dash."""
    return "–" if value is None else f"{value:.4f}"


SIGNIFICANT = 0.05
"""Significance level: a difference with a smaller p-value is significant."""


def p_value(value: float | None) -> str:
    """Formats a p-value with three digits, an undefined one as a dash."""
    return "–" if value is None else "<.001" if value < 0.001 else f"{value:.3f}".lstrip("0") if value < 1 else "1"


def verdict(model: dict[str, Any], other: dict[str, Any], score: str, *, larger_is_better: bool) -> str:
    """Returns a sentence on whether the model is better than another one.

    Args:
        model: The model's `name` and its score.
        other: The other model's `name` and score, and under `against_model` the `p_value` of the difference, or the
            `reason` why it was not tested; of McNemar's test also the number of `disagreements`.
        score: The key of the score.
        larger_is_better: Whether the score is, for example, an accuracy and not an error.
    """
    p, reason = other["against_model"]["p_value"], other["against_model"].get("reason")
    if p is None and reason:
        return f"no paired test of {model['name']} and {other['name']}: {reason}"
    text = p_value(p)
    level = text.replace("<", "< ") if text.startswith("<") else f"= {text}"
    if model[score] == other[score] or p is None or p >= SIGNIFICANT:
        few = other["against_model"].get("disagreements", 0)
        if few and 2.0 ** (1 - few) >= SIGNIFICANT:  # McNemar's p if they all were in favour of one model
            examples = "1 example" if few == 1 else f"{few} examples"
            level += f"; only one of them is right in {examples}, too few for a significant difference"
        return f"no significant difference between {model['name']} and {other['name']} (p {level})"
    is_better = (model[score] > other[score]) == larger_is_better
    return f"{model['name']} is {'better' if is_better else 'worse'} than {other['name']} (p {level})"
