"""What is done with finished runs: `evaluate`, `forecast`, `compare`."""

import json

import click


@click.command()
@click.argument("run")
@click.option(
    "--data",
    help="Newer data to score, all that lies after the validation part.  [default: the training data's test part]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(run: str, data: str | None, as_json: bool) -> None:
    """Score a finished run on its test part, beside the baselines."""
    from seqkit.cli.show import show_scores
    from seqkit.evaluation import evaluate as score

    scores = score(run, data)
    if as_json:
        click.echo(json.dumps(scores, indent=2, ensure_ascii=False))
    else:
        show_scores(scores, "test")


@click.command()
@click.argument("run")
@click.option("--data", help="A file with newer rows, or - for standard input.  [default: the newest rows of training]")
@click.option("--output", "-o", help="Write the forecast there as CSV.  [default: standard output]")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of a text file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one record for each value.")
def forecast(run: str, data: str | None, output: str | None, encoding: str, as_json: bool) -> None:
    """Forecast what comes after the newest rows, from the run directory alone."""
    from pathlib import Path

    from seqkit.inference import load
    from seqkit.runs import write_bytes

    frame = None
    if data is not None:
        from seqkit.sources import find_source

        source = find_source(data)
        options = {o.name: o.default for o in source.options} | ({} if source.dataset else {"encoding": encoding})
        forecaster = load(run)
        frame = source.read(options)
    else:
        forecaster = load(run)
    result = forecaster.forecast(frame)
    if as_json:
        text = result.to_json(orient="records", date_format="iso", indent=2) + "\n"
    else:
        text = result.to_csv(index=False)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_bytes(Path(output), text.encode())
        click.echo(f"{len(result)} values written to {output}", err=True)


@click.command()
@click.argument("runs", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(runs: tuple[str, ...], as_json: bool) -> None:
    """Compare runs that answer the same question, the best on validation first."""
    from seqkit.cli.show import show_comparison
    from seqkit.comparison import compare as compare_runs

    show_comparison(compare_runs(runs), as_json=as_json)
