"""Prints scores of models of music as tables."""

from typing import Any

import click

from seqkit.console.tables import format_score, p_value, print_table, verdict


def show_music(
    scores: dict[str, Any], part: str, *, validation: dict[str, Any] | None = None, quiet: bool = False
) -> None:
    """Prints the scores of one part, with those of validation if they are given."""
    pieces = f"{scores['pieces']:,} piece{'s' * (scores['pieces'] != 1)}"
    counts = f"{pieces}, {scores['frames']:,} frames, {scores['notes']:,} notes"
    click.echo(f"\n{part.capitalize()}: {counts}")
    before = {row["name"]: row["nats_per_frame"] for row in validation["models"]} if validation else {}
    rows = []
    for row in scores["models"]:
        cells = [format_score(row["nats_per_frame"]), format_score(row["nats"]), f"{row['perplexity']:.4g}"]
        if validation:
            cells.append(format_score(before.get(row["name"])))
        rows.append((row["name"], [*cells, p_value(row["against_model"]["p_value"]) if "against_model" in row else ""]))
    print_table(["nats/frame", "nats/note", "perplexity", *(["val. nats/frame"] if validation else []), "p"], rows)
    if quiet:
        return
    click.echo()
    for other in scores["models"][1:]:
        click.echo(verdict(scores["models"][0], other, "nats_per_frame", larger_is_better=False))


def show_music_comparison(comparison: dict[str, Any]) -> None:
    """Prints a comparison of runs, from `compare_music`."""
    rows = []
    for row in comparison["runs"]:
        cells = [row["recipe"], f"{row['parameters']:,}", f"{row['seconds']:.1f}"]
        cells += [format_score(row[f"{part}_nats_per_frame"]) for part in ("validation", "test")]
        rows.append((row["run"], [*cells, p_value(row["p_value"]) if "p_value" in row else ""]))
    print_table(["recipe", "parameters", "seconds", "val. nats/frame", "test nats/frame", "p"], rows)
    click.echo(
        "\nSorted by validation cross-entropy per frame; p: paired test of the difference to the first run on the "
        f"{comparison['part']} part."
    )
