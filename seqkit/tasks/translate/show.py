"""Prints scores of translations as tables."""

import shlex
from typing import Any

import click

from seqkit.console.tables import p_value, print_table, show_where, verdict
from seqkit.runs.run import Run


def show_run(run: Run, metrics: dict[str, Any], *, quiet: bool) -> None:
    """Prints the scores of a run: those of the test part if it has been scored, else those of validation."""
    part = "test" if "test" in metrics else "validation"
    _show_scores(metrics[part], part, validation=metrics["validation"] if part == "test" else None, quiet=quiet)
    if not quiet and run.manifest.state == "done":
        show_where(run.path, f'translate: seqkit translate {shlex.quote(str(run.path))} "…"')


def show_evaluation(scores: dict[str, Any]) -> None:
    """Prints the scores of `seqkit.evaluate`."""
    _show_scores(scores, "test")


def _show_scores(
    scores: dict[str, Any], part: str, *, validation: dict[str, Any] | None = None, quiet: bool = False
) -> None:
    click.echo(f"\n{part.capitalize()}: {_count(scores)}")
    before = {row["name"]: row["bleu"] for row in validation["models"]} if validation else {}
    rows = []
    for row in scores["models"]:
        cells = [_points(row["bleu"]), _points(row["chrf"])]
        cells += [_points(before.get(row["name"]))] if validation else []
        cells.append(p_value(row["against_model"]["p_value"]) if "against_model" in row else "")
        rows.append((row["name"], cells))
    print_table(["BLEU", "chrF", *(["val. BLEU"] if validation else []), "p"], rows)
    if quiet:
        return
    click.echo()
    if validation and validation["scored"] < validation["pairs"]:
        click.echo(f"validation BLEU: {_count(validation)}")
    for other in scores["models"][1:]:
        click.echo(verdict(scores["models"][0], other, "bleu", larger_is_better=True))
    click.echo(f"BLEU {scores['signature']}, chrF {scores['chrf_signature']}; p: paired bootstrap of BLEU")


def _count(scores: dict[str, Any]) -> str:
    if scores["scored"] == scores["pairs"]:
        return f"{scores['pairs']:,} pairs"
    return f"a sample of {scores['scored']:,} of {scores['pairs']:,} pairs"


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def show_comparison(comparison: dict[str, Any]) -> None:
    """Prints a comparison of runs, from `seqkit.workflows.compare.compare`."""
    rows = []
    for row in comparison["runs"]:
        cells = [row["recipe"], f"{row['parameters']:,}", f"{row['seconds']:.1f}"]
        cells += [_points(row["validation_bleu"]), _points(row["test_bleu"]), _points(row["chrf"])]
        rows.append((row["run"], [*cells, p_value(row["p_value"]) if "p_value" in row else ""]))
    print_table(["recipe", "parameters", "seconds", "val. BLEU", "test BLEU", "chrF", "p"], rows)
    click.echo(
        f"\nSorted by validation BLEU; p: paired bootstrap of the difference in BLEU to the first run on the "
        f"{comparison['part']} part."
    )
