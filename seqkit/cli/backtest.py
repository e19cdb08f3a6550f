"""`seqkit backtest`: forecasts of a run at several past times, beside the baselines."""

import click

from seqkit.console.completion import complete_data, complete_run
from seqkit.console.flags import OptionType, option
from seqkit.console.levels import LEVELS
from seqkit.console.output_files import output_options, refuse_existing
from seqkit.options import Interval, Option

COUNT = Interval(1.0, float("inf"), low_open=False, high_open=True)


@click.command()
@click.argument("run", shell_complete=complete_run)
@option(
    "--windows",
    type=OptionType(Option("windows", int, 5, interval=COUNT)),
    default="5",
    show_default=True,
    help="Number of cutoffs: past times at which a forecast is made.",
)
@option(
    "--step",
    type=OptionType(Option("step", int, None, interval=COUNT)),
    help="Rows between cutoffs.  [default: the rows that a forecast spans]",
)
@option("--refit", is_flag=True, help="Train the recipe again for each cutoff, on the rows up to it.")
@option("--levels", type=OptionType(LEVELS), help=LEVELS.help)
@option(
    "--data",
    shell_complete=complete_data,
    help="Dataset or file with the training rows and newer ones.  [default: the training data]",
)
@output_options("File to write all forecasts to, as CSV.  [default: none]")
@option("--json", "as_json", is_flag=True, help="Print the scores as JSON.")
def backtest(
    run: str,
    windows: int,
    step: int | None,
    refit: bool,
    levels: tuple[int, ...] | None,
    data: str | None,
    output: str | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Forecast at several past times, and score the forecasts beside the baselines.

    Without --refit, all cutoffs lie after the validation part of the run.
    """
    from pathlib import Path

    from seqkit.console.tables import show_json
    from seqkit.files.atomic import finite, write_bytes
    from seqkit.progress import Callbacks
    from seqkit.tasks import tasks
    from seqkit.workflows.backtest import backtest as run_backtest

    refuse_existing(output, overwrite=overwrite)
    callbacks = Callbacks(on_message=lambda line: click.echo(line, err=True))
    result = run_backtest(run, data, windows=windows, step=step, refit=refit, levels=levels or (), callbacks=callbacks)
    text = result.forecasts.to_csv(index=False)
    if output == "-":
        click.echo(text, nl=False)
    elif output is not None:
        write_bytes(Path(output), text.encode())
        click.echo(f"{len(result.forecasts):,} values written to {output}", err=True)
    if as_json:
        show_json(result.scores)
    elif output != "-":
        tasks()[result.scores["task"]].module("show").show_backtest(finite(result.scores))
