"""Prints scores of word vectors as tables."""

import shlex
from typing import Any

import click

from seqkit.console.tables import p_value, print_table
from seqkit.runs.run import Run


def show_run(run: Run, metrics: dict[str, Any], *, quiet: bool) -> None:
    """Prints a summary of the training, and commands that use the vectors."""
    state, training = run.manifest.task_state, metrics["training"]
    unit = {"bpe": "subword", "char": "character"}.get(state["tokenizer"], "word")
    click.echo(
        f"{state['vocabulary']:,} {unit} vectors of dimension {state['dim']}, trained on {training['words']:,} {unit}s "
        f"of text at {training['words_per_second']:,} {unit}s/s"
    )
    if not quiet:
        path = shlex.quote(str(run.path))
        click.echo(f"\nRun: {run.path}   neighbors: seqkit neighbors {path} WORD   scores: seqkit evaluate {path}")


def show_evaluation(scores: dict[str, Any]) -> None:
    """Prints the scores of `seqkit.evaluate` by section, next to the baseline."""
    models = scores["models"]
    names = [model["name"] for model in models]
    if models[0]["analogies"]:
        first = models[0]["analogies"]
        sections = [model["analogies"]["sections"] for model in models]
        rows = [
            (
                section["name"] or "(no section)",
                [f"{section['asked']:,}", *(_percent(model_sections[i]["share"]) for model_sections in sections)],
            )
            for i, section in enumerate(sections[0])
        ]
        rows.append(("all", [f"{first['asked']:,}", *(_percent(model["analogies"]["share"]) for model in models)]))
        click.echo(
            f"\nAnalogies ({scores['method']}): the vocabulary covers {first['asked']:,} of {first['all']:,} questions "
            f"({_percent(first['covered'])})"
        )
        print_table(["questions", *names], rows)
    if models[0]["pairs"]:
        first = models[0]["pairs"]
        click.echo(f"\nWord similarity: the vocabulary covers {first['covered']:,} of {first['pairs']:,} pairs")
        correlations = [_correlation(model["pairs"]["spearman"]) for model in models]
        print_table(names, [("rank correlation with human ratings", correlations)])
    for baseline in models[1:]:
        tests = baseline["against_model"]
        p_values = [_outcome(part, tests[part]) for part in ("analogies", "pairs") if tests[part]]
        click.echo(f"\nPaired tests of {names[0]} against {baseline['name']}: {', '.join(p_values)}")


def _outcome(part: str, test: dict[str, Any]) -> str:
    """Returns the p-value of a paired test, or why there is none."""
    reason = test.get("reason")
    return f"{part} not tested ({reason})" if reason else f"{part} p {p_value(test['p_value'])}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _correlation(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
