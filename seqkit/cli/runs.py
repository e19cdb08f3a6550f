"""What is done with finished runs: `evaluate`, `forecast`, `compare`."""

from typing import Any

import click

from seqkit.console.tables import show_json


@click.command()
@click.argument("run")
@click.option(
    "--data",
    help="Newer data to score, all that lies after the validation part.  [default: the training data's test part]",
)
@click.option(
    "--analogies", help="A file of analogies for word vectors, four words a line.  [default Google's, with WordSim-353]"
)
@click.option("--pairs", help="A file of pairs of words and people's ratings.  [default as above]")
@click.option(
    "--method",
    type=click.Choice(["3cosadd", "3cosmul"]),
    default="3cosadd",
    show_default=True,
    help="How analogies are completed: cosines are added, or multiplied.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(run: str, data: str | None, analogies: str | None, pairs: str | None, method: Any, as_json: bool) -> None:
    """Score a finished run on its test part, beside the baselines; word vectors by analogies and pairs of words."""
    from seqkit.cli.show import show_evaluation
    from seqkit.console.tables import show_json
    from seqkit.workflows.evaluate import evaluate as score

    scores = score(
        run, data, analogies=analogies, pairs=pairs, method=method, note=lambda line: click.echo(line, err=True)
    )
    if as_json:
        show_json(scores)
    else:
        show_evaluation(scores, "test")


@click.command()
@click.argument("runs", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(runs: tuple[str, ...], as_json: bool) -> None:
    """Compare runs that answer the same question, the best on validation first."""
    from seqkit.tasks.classify.show import show_label_comparison
    from seqkit.tasks.forecast.show import show_comparison
    from seqkit.workflows.compare import compare as compare_runs

    comparison = compare_runs(runs)
    if as_json:
        show_json(comparison)
    elif comparison.get("task") == "classify":
        show_label_comparison(comparison)
    else:
        show_comparison(comparison)
