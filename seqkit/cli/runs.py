"""What is done with finished runs: `evaluate`, `forecast`, `compare`."""

from typing import Any

import click

from seqkit.console.flags import OutputFile, given_on_command_line


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
    from seqkit.cli.show import show_evaluation, show_json
    from seqkit.workflows.evaluate import evaluate as score

    scores = score(
        run, data, analogies=analogies, pairs=pairs, method=method, note=lambda line: click.echo(line, err=True)
    )
    if as_json:
        show_json(scores)
    else:
        show_evaluation(scores, "test")


@click.command()
@click.argument("run")
@click.option("--data", help="A file with newer rows, or - for standard input.  [default: the newest rows of training]")
@click.option("--output", "-o", type=OutputFile(), help="Write the forecast there as CSV.  [default: standard output]")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of a text file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one record for each value.")
def forecast(run: str, data: str | None, output: str | None, encoding: str, as_json: bool) -> None:
    """Forecast what comes after the newest rows, from the run directory alone."""
    from pathlib import Path

    from seqkit.errors import UsageError
    from seqkit.files.atomic import write_bytes
    from seqkit.tasks.forecast.inference import Forecaster
    from seqkit.tasks.forecast.prepare import what_lacks
    from seqkit.workflows.load import load, says

    if data is None and "encoding" in given_on_command_line():
        raise click.UsageError("--encoding says how --data is written; the newest rows of training need none.")
    forecaster = load(run)
    if not isinstance(forecaster, Forecaster):
        what, command = says(forecaster)
        raise UsageError(f"The run {run} {what}; it forecasts nothing. See `seqkit {command} {run}`.")
    if data is None:
        table = forecaster.context()
    else:
        from seqkit.sources import find_source

        source = find_source(data, kind="table")
        if source.dataset and "encoding" in given_on_command_line():
            raise click.UsageError(f"--encoding says how a file is written; {data} is a dataset.")
        options = {o.name: o.default for o in source.options} | ({} if source.dataset else {"encoding": encoding})
        table = forecaster.table(source.read(options))
        for line in table.notes:
            click.echo(line, err=True)
    result = forecaster.forecast_table(table)
    for line in what_lacks(forecaster.state, table).values():
        click.echo(f"{line} It is left out.", err=True)
    if as_json:
        text = result.to_json(orient="records", date_format="iso", indent=2, double_precision=15) + "\n"
    else:
        text = result.to_csv(index=False)
    if output in (None, "-"):
        click.echo(text, nl=False)
    else:
        write_bytes(Path(output), text.encode())
        click.echo(f"{len(result)} value{'s' * (len(result) != 1)} written to {output}", err=True)


@click.command()
@click.argument("runs", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(runs: tuple[str, ...], as_json: bool) -> None:
    """Compare runs that answer the same question, the best on validation first."""
    from seqkit.cli.show import show_comparison
    from seqkit.workflows.compare import compare as compare_runs

    show_comparison(compare_runs(runs), as_json=as_json)
