"""`seqkit inspect`: how far back a finished run remembers, and what it reads."""

from typing import Any

import click

from seqkit.console.completion import complete_data, complete_run
from seqkit.console.flags import OptionType, option
from seqkit.options import Interval, Option

EXAMPLES = Option("examples", int, 1024, interval=Interval(2.0, float("inf"), low_open=False, high_open=True))

MAX_COLUMNS = 8
"""Columns to print, those that matter most."""


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("texts", nargs=-1)
@option(
    "--data",
    shell_complete=complete_data,
    help="Newer rows or other series.  [default: validation part of the training data]",
)
@option(
    "--examples",
    type=OptionType(EXAMPLES),
    default="1024",
    show_default=True,
    help="Most windows or series to read.",
)
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def inspect(run: str, texts: tuple[str, ...], data: str | None, examples: int, as_json: bool) -> None:
    """Measure how far back a run remembers, and which columns it reads; or which words of TEXTS decide.

    What lies more than some steps back is replaced by that of other examples, and so are whole columns. The picture is
    plots/memory.png of the run. In a text, each word is replaced by an unknown one.
    """
    from seqkit.console.tables import show_json
    from seqkit.workflows.inspect import inspect as inspect_run
    from seqkit.workflows.inspect import inspect_texts

    if texts and data:
        raise click.UsageError("Give one of: texts, or --data.")
    result: Any = (
        inspect_texts(run, texts)
        if texts
        else inspect_run(run, data, examples=examples, note=lambda line: click.echo(line, err=True))
    )
    if as_json:
        show_json(result)
    elif texts:
        _show_texts(result)
    else:
        _show_memory(result)


def _show_memory(result: dict[str, Any]) -> None:
    from seqkit.console.tables import print_table

    click.echo(f"{result['sentence']}.\n")
    norms, first = result["gradient_norms"], result["gradient_norms"][0] or 1.0
    rows = [
        (f"last {kept}", [f"{error:.4f}", f"{norms[kept - 1] / first:.1e}"])
        for kept, error in zip(result["kept"], result["errors"], strict=True)
    ]
    print_table([result["score"], "gradient there"], rows)
    click.echo()
    ranked = sorted(result["columns"].items(), key=lambda item: -item[1])[:MAX_COLUMNS]
    print_table(["share"], [(name, [f"{share:.1%}"]) for name, share in ranked])
    click.echo(f"\n{result['examples']:,} examples; picture: {result['run']}/plots/memory.png")


def _show_texts(results: list[dict[str, Any]]) -> None:
    from seqkit.console.tables import print_table

    for number, result in enumerate(results):
        click.echo(
            ("\n" if number else "") + f"{result['predicted']} ({result['probability']:.4f}): {result['text']}\n"
        )
        print_table(["effect"], [(token, [f"{effect:+.4f}"]) for token, effect in result["tokens"]])
