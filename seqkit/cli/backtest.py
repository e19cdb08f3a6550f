"""`seqkit backtest`: forecasts of a run at several past times, beside the baselines."""

from typing import Any

import click
from click.core import ParameterSource

from seqkit.console.completion import complete_data, complete_run
from seqkit.console.flags import OptionType, option
from seqkit.console.levels import LEVELS
from seqkit.console.output_files import output_options, refuse_existing
from seqkit.options import Interval, Option

COUNT = Interval(1.0, float("inf"), low_open=False, high_open=True)


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.pass_context
@click.argument("run", metavar="RUN|RECIPE", shell_complete=complete_run)
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
@option("--adaptive", is_flag=True, help="Let the intervals follow the coverage observed up to each cutoff.")
@option(
    "--data",
    shell_complete=complete_data,
    help="Dataset or file with the training rows and newer ones.  [default: the training data]",
)
@output_options("File to write all forecasts to, as CSV.  [default: none]")
@option("--json", "as_json", is_flag=True, help="Print the scores as JSON.")
def backtest(
    ctx: click.Context,
    run: str,
    windows: int,
    step: int | None,
    refit: bool,
    levels: tuple[int, ...] | None,
    adaptive: bool,
    data: str | None,
    output: str | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Forecast at several past times, and score the forecasts beside the baselines.

    Without --refit, all cutoffs lie after the validation part of the run. A recipe, or auto, is trained on the rows
    before the first cutoff; it takes the options of `seqkit train RECIPE`, such as --horizon.
    """
    from pathlib import Path

    from seqkit.console.tables import show_json
    from seqkit.files.atomic import finite, write_bytes
    from seqkit.progress import Callbacks
    from seqkit.tasks import tasks
    from seqkit.workflows.backtest import backtest as run_backtest

    refuse_existing(output, overwrite=overwrite)
    options = _recipe_options(ctx, run, data)
    callbacks = Callbacks(on_message=lambda line: click.echo(line, err=True))
    result = run_backtest(
        run,
        data,
        windows=windows,
        step=step,
        refit=refit,
        levels=levels or (),
        adaptive=adaptive,
        callbacks=callbacks,
        **options,
    )
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


def _recipe_options(ctx: click.Context, run: str, data: str | None) -> dict[str, Any]:
    """Returns the options of a recipe that follow those of the backtest.

    Raises:
        click.UsageError: An option is unknown, or the run, which has its options, is given some.
    """
    from seqkit.cli.auto import AutoCommand
    from seqkit.cli.recipe_command import AUTO, RecipeCommand
    from seqkit.registry import find_recipe
    from seqkit.workflows.backtest import names_recipe

    if not ctx.args:
        return {}
    if not names_recipe(run):
        raise click.UsageError(
            f"{run} is not a recipe, and a run keeps the options it was trained with. Leave out {' '.join(ctx.args)}."
        )
    command = AutoCommand() if run == AUTO else RecipeCommand(find_recipe(run))
    arguments = [*ctx.args, *(["--data", data] if data else [])]
    with command.make_context(run, arguments) as recipe:
        given = {
            name: value
            for name, value in recipe.params.items()
            if recipe.get_parameter_source(name) == ParameterSource.COMMANDLINE
        }
    given.pop("data", None)
    return given
