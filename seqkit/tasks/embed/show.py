"""Tables of what word vectors are worth."""

import shlex
from typing import Any

import click

from seqkit.console.tables import p_value, print_table
from seqkit.runs.run import Run


def show_run(run: Run, metrics: dict[str, Any], *, quiet: bool) -> None:
    """Prints how the training went, and what may be asked of the vectors now."""
    state, training = run.manifest.task_state, metrics["training"]
    click.echo(
        f"{state['vocabulary']:,} words with vectors of {state['dim']} numbers, learned from {training['words']:,} "
        f"words of text at {training['words_per_second']:,} words/s"
    )
    if not quiet:
        path = shlex.quote(str(run.path))
        click.echo(f"\nRun: {run.path}   neighbors: seqkit neighbors {path} WORD   scores: seqkit evaluate {path}")


def show_evaluation(scores: dict[str, Any]) -> None:
    """Prints what the vectors answer, section by section, beside the baseline, from `seqkit.evaluate`."""
    models = scores["models"]
    names = [model["name"] for model in models]
    if models[0]["analogies"]:
        first = models[0]["analogies"]
        sections = [model["analogies"]["sections"] for model in models]
        rows = [
            (
                section["name"] or "(no section)",
                [f"{section['asked']:,}", *(_share(own[i]["share"]) for own in sections)],
            )
            for i, section in enumerate(sections[0])
        ]
        rows.append(("all", [f"{first['asked']:,}", *(_share(model["analogies"]["share"]) for model in models)]))
        click.echo(
            f"\nAnalogies ({scores['method']}): {first['asked']:,} of {first['all']:,} have all their words known "
            f"({_share(first['covered'])})"
        )
        print_table(["asked", *names], rows)
    if models[0]["pairs"]:
        first = models[0]["pairs"]
        click.echo(f"\nPairs of words: {first['covered']:,} of {first['pairs']:,} known")
        figures = [_correlation(model["pairs"]["spearman"]) for model in models]
        print_table(names, [("rank correlation with people's ratings", figures)])
    for other in models[1:]:
        against = other["against_model"]
        told = [f"{part} p {p_value(against[part]['p_value'])}" for part in ("analogies", "pairs") if against[part]]
        click.echo(f"\n{names[0]} against {other['name']}: {', '.join(told)} (small: a difference by more than chance)")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _correlation(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
