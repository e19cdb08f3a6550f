"""`seqkit check FILE`: finds the problems of a table before training."""

from typing import Any

import click

from seqkit.console.completion import complete_data
from seqkit.console.flags import Flag, click_options, given_on_command_line
from seqkit.console.tables import show_json
from seqkit.errors import DataError, UsageError
from seqkit.options import Option, module_options


def check_file(file: str, as_json: bool, **_: Any) -> None:
    """Print the contents of a table and its problems, with the flags that fix them.

    The exit code is 5 if a problem prevents training.
    """
    import pandas as pd

    from seqkit.data.kinds import kinds
    from seqkit.data.tables.report import check
    from seqkit.sources import find_source

    source = find_source(file)
    options = {name: value for name, value in given_on_command_line().items() if name not in ("file", "as_json")}
    reading = {option.name: options.pop(option.name, option.default) for option in source.options}
    frame = source.read(reading)
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(
            f"{source.name} contains {kinds()[source.kind].title}, which can be read; only tables are checked further. "
            "Train on it: other problems are named before the training starts."
        )
    report = check(frame, **{**_check_options(source.protocol), **options})
    if as_json:
        show_json(report.as_dict())
    else:
        click.echo(report.text())
    if report.blocking:
        click.get_current_context().exit(DataError.exit_code)


def _check_options(protocol: dict[str, Any]) -> dict[str, Any]:
    """Returns those options of a dataset's protocol that `check` takes."""
    names = {option.name for option in _options()}
    return {name: value for name, value in protocol.items() if name in names}


def _options() -> list[Option]:
    """The options of a table but for the interval, which a finished run sets."""
    options = module_options("seqkit.data.tables.regularise", "regularise")
    return [option for option in options if option.name != "interval"]


check = click.Command(
    "check",
    callback=check_file,
    help=check_file.__doc__,
    params=[
        click.Argument(["file"], shell_complete=complete_data),
        *click_options(module_options("seqkit.data.tables.reading", "read_frame"), {}),
        *click_options(_options(), {}),
        Flag(["--json", "as_json"], is_flag=True, help="Print JSON."),
    ],
)
