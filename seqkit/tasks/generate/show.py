"""Prints scores of language models as tables."""

import shlex
from typing import Any

import click

from seqkit.console.tables import format_score, p_value, print_table, show_where, verdict
from seqkit.runs.run import Run
from seqkit.tasks.generate.music.show import show_music, show_music_comparison


def show_run(run: Run, metrics: dict[str, Any], *, quiet: bool) -> None:
    """Prints the scores of a run: those of the test part if it has been scored, else those of validation."""
    part = "test" if "test" in metrics else "validation"
    _show_scores(metrics[part], part, validation=metrics["validation"] if part == "test" else None, quiet=quiet)
    if not quiet and run.manifest.state == "done":
        ending = "-o piece.mid" if "frames" in metrics[part] else '--prompt "…"'
        show_where(run.path, f"generate: seqkit generate {shlex.quote(str(run.path))} {ending}")


def show_evaluation(scores: dict[str, Any]) -> None:
    """Prints the scores of `seqkit.evaluate`."""
    _show_scores(scores, "test")


def _show_scores(
    scores: dict[str, Any], part: str, *, validation: dict[str, Any] | None = None, quiet: bool = False
) -> None:
    if "frames" in scores:
        show_music(scores, part, validation=validation, quiet=quiet)
        return
    click.echo(f"\n{part.capitalize()}: {scores['tokens']:,} tokens, {scores['characters']:,} characters")
    before = {row["name"]: row["nats"] for row in validation["models"]} if validation else {}
    headings = ["nats/token", "perplexity", "bits/char.", *(["val. nats"] if validation else []), "p"]
    rows = []
    for row in scores["models"]:
        cells = [format_score(row["nats"]), f"{row['perplexity']:.4g}", format_score(row["bits_per_character"])]
        if validation:
            cells.append(format_score(before.get(row["name"])))
        rows.append((row["name"], [*cells, p_value(row["against_model"]["p_value"]) if "against_model" in row else ""]))
    print_table(headings, rows)
    if quiet:
        return
    click.echo()
    for other in scores["models"][1:]:
        click.echo(verdict(scores["models"][0], other, "nats", larger_is_better=False))


def show_comparison(comparison: dict[str, Any]) -> None:
    """Prints a comparison of runs, from `seqkit.workflows.compare.compare`."""
    if comparison.get("kind") == "music":
        show_music_comparison(comparison)
        return
    headings = ["recipe", "parameters", "seconds", "val. nats", "test nats", "perplexity", "bits/char.", "p"]
    rows = []
    for row in comparison["runs"]:
        cells = [row["recipe"], f"{row['parameters']:,}", f"{row['seconds']:.1f}"]
        cells += [format_score(row["validation_nats"]), format_score(row["test_nats"]), f"{row['perplexity']:.4g}"]
        cells += [format_score(row["bits_per_character"]), p_value(row["p_value"]) if "p_value" in row else ""]
        rows.append((row["run"], cells))
    print_table(headings, rows)
    click.echo(
        f"\nSorted by validation cross-entropy; p: paired test of the difference to the first run on the "
        f"{comparison['part']} part."
    )
