"""The command `seqkit forecast RUN`."""

from typing import TYPE_CHECKING

import click

from seqkit.console.completion import complete_data, complete_run
from seqkit.console.flags import OptionType, given_on_command_line, option
from seqkit.console.levels import LEVELS
from seqkit.console.output_files import output_options, refuse_existing
from seqkit.tasks import open_source

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@click.argument("run", shell_complete=complete_run)
@option(
    "--data",
    shell_complete=complete_data,
    help="Dataset or file with newer rows, or - for standard input.  [default: rows in the run]",
)
@option(
    "--future",
    type=click.Path(),
    help="File with the features that the model reads ahead, for the times after the newest rows.",
)
@output_options("File to write the forecast to.  [default: standard output]")
@option("--levels", type=OptionType(LEVELS), help=LEVELS.help)
@option("--encoding", default="utf-8", show_default=True, help="Encoding of the files given with --data and --future.")
@option("--json", "as_json", is_flag=True, help="Write JSON instead of CSV, one record per value.")
def forecast(
    run: str,
    data: str | None,
    future: str | None,
    levels: tuple[int, ...] | None,
    output: str | None,
    overwrite: bool,
    encoding: str,
    as_json: bool,
) -> None:
    """Forecast the steps after the newest rows; needs only the run directory."""
    from pathlib import Path

    from seqkit.files.atomic import write_bytes
    from seqkit.tasks.forecast.categories import category_notes
    from seqkit.tasks.forecast.series_notes import forecast_notes

    if data is None and future is None and "encoding" in given_on_command_line():
        raise click.UsageError(
            "--encoding needs --data or --future: the rows stored in the run are UTF-8. Leave out --encoding."
        )
    refuse_existing(output, overwrite=overwrite)
    forecaster = open_source(run, "forecast")
    if data is None:
        table = forecaster.context()
    else:
        from seqkit.sources import find_source

        source = find_source(data, kind="table")
        if source.dataset and future is None and "encoding" in given_on_command_line():
            raise click.UsageError(f"--encoding applies to files, but {data} is a dataset. Leave out --encoding.")
        options = {o.name: o.default for o in source.options} | ({} if source.dataset else {"encoding": encoding})
        table = forecaster.table(source.read(options))
        for line in table.notes:
            click.echo(line, err=True)
    ahead = forecaster.future_table(None if future is None else _read_future(future, encoding), table)
    if as_json:
        result = forecaster.forecast_table(table, levels or (), ahead)
        text = result.to_json(orient="records", date_format="iso", indent=2, double_precision=15) + "\n"
        count = len(result)
    else:
        text, count = forecaster.forecast_csv(table, levels or (), ahead)
    notes = forecast_notes(forecaster.state, table, stored=data is None)
    for line in [*notes, *(category_notes(ahead) if ahead else ())]:
        click.echo(line, err=True)
    if output in (None, "-"):
        click.echo(text, nl=False)
    else:
        write_bytes(Path(output), text.encode())
        click.echo(f"{count} value{'s' * (count != 1)} written to {output}", err=True)


def _read_future(file: str, encoding: str) -> "pd.DataFrame":
    """Returns the table in a file of features that are known ahead."""
    from seqkit.sources import find_source

    source = find_source(file, kind="table")
    options = {o.name: o.default for o in source.options}
    frame: pd.DataFrame = source.read({**options, "encoding": encoding} if source.dataset is None else options)
    return frame
