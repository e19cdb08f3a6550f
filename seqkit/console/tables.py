"""Tables, p-values and JSON, as every command prints them."""

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
    """Prints JSON; NaN and infinities become null, as JSON has neither."""
    written = (sys.stdout.encoding or "").lower().replace("-", "")
    click.echo(json.dumps(finite(content), indent=2, ensure_ascii=not written.startswith("utf")))


def show_where(path: Path, command: str) -> None:
    """Prints where a finished run is, and the command that uses it."""
    click.echo(f"\nRun: {path}   plots: {path / 'plots'}   {command}")


def show_seconds(seconds: Mapping[Phase, float]) -> None:
    """Prints where the seconds of a training went, on standard error: they are none of its results."""
    whole = sum(seconds.values())
    spent: dict[str, float] = {name: own for name, own in seconds.items() if own}
    first = max(map(len, spent)) + 2
    lines = [f"{'':<{first}}{'seconds':>8}{'share':>9}"]
    lines += [f"{name:<{first}}{own:>8.2f}{own / whole:>7.1%}" for name, own in {**spent, "in all": whole}.items()]
    click.echo("\n" + "\n".join(lines).replace("%", " %"), err=True)


def print_table(headings: list[str], rows: list[tuple[str, list[str]]]) -> None:
    """Prints rows, each with a name at the left, under headings at the right."""
    first = max([cell_len(name) for name, _ in rows]) + 2
    widths = [max([len(heading), *(cell_len(cells[i]) for _, cells in rows)]) + 2 for i, heading in enumerate(headings)]
    for name, cells in [("", headings), *rows]:
        line = set_cell_size(name, first)
        click.echo((line + "".join(" " * (w - cell_len(c)) + c for c, w in zip(cells, widths, strict=True))).rstrip())


def format_score(value: float | None) -> str:
    """Returns a score with four decimals; a dash where there is none."""
    return "–" if value is None else f"{value:.4f}"


SIGNIFICANT = 0.05
"""Probability below which a difference is called real."""


def p_value(value: float | None) -> str:
    """Returns a probability with three digits at most."""
    return "–" if value is None else "<.001" if value < 0.001 else f"{value:.3f}".lstrip("0") if value < 1 else "1"


def verdict(model: dict[str, Any], other: dict[str, Any], score: str, *, larger_is_better: bool) -> str:
    """Returns in words how the model stands to another.

    Args:
        model: The model's `name` and its score.
        other: The other's, and under `against_model` the `p_value` of the difference.
        score: The key of the score.
        larger_is_better: Whether it is a share of what is right and not an error.
    """
    p = other["against_model"]["p_value"]
    if model[score] == other[score] or p is None or p >= SIGNIFICANT:
        relation = "is not told apart from"
    else:
        better = (model[score] > other[score]) == larger_is_better
        relation = "is better than" if better else "is WORSE than"
    shown = p_value(p)
    told = shown.replace("<", "< ") if shown.startswith("<") else f"= {shown}"
    return f"{model['name']} {relation} {other['name']} (p {told})"
