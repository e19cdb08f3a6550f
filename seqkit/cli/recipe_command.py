"""The command that trains a recipe: its options are those of the recipe and of the data."""

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seqkit import registry
from seqkit.cli.configuration import RUN_OPTIONS, check_value, read_config
from seqkit.cli.listing import complete_task
from seqkit.console.completion import complete_data, complete_file
from seqkit.console.flags import Flag, NonEmpty, click_options, given_on_command_line, wrappable
from seqkit.errors import InterruptedTraining, SeqkitError, UsageError, nearest
from seqkit.options import Option
from seqkit.stopwatch import BEGAN, measured
from seqkit.workflows.settings import Plan, plan_training

if TYPE_CHECKING:
    from seqkit.progress import Callbacks
    from seqkit.runs.run import Run

AUTO = "auto"
"""The word in place of the name of a recipe that chooses one."""

MAIN_OPTIONS = frozenset(
    {
        "budget",
        *("time", "id", "target", "features", "future", "missing", "window", "horizon", "season"),
        *("text", "label", "source", "tokenizer", "vocabulary", "dimensions", "decoder"),
        *("split", "epochs", "batch_size", "learning_rate", "seed"),
        *("budget", "data", "out", "overwrite", "test", "no_test", "task", "quiet"),
    }
)
"""Options that `--help` explains, besides those of the recipe; `--help-all` explains every option."""


class RecipeCommand(click.Command):
    """Trains one recipe; its options depend on the recipe and on the data."""

    def __init__(self, recipe: registry.Source) -> None:
        self.recipe = recipe
        self.config: dict[str, Any] = {}
        self.data: Any = None
        self.flags: dict[str, list[click.Parameter]] = {}
        self.explains_all = False
        super().__init__(
            recipe.name,
            callback=self._run,
            params=common_options(),
            help=wrappable(recipe.docstring),
            short_help=recipe.summary,
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Finds the data first, as it determines options and defaults."""
        try:
            self._plan(args)
        except SeqkitError:
            if not ctx.resilient_parsing:  # set during shell completion
                raise
        return super().parse_args(ctx, args)

    def _plan(self, args: list[str]) -> None:
        given = _peek(args)
        self.config = read_config(given["config"], self.recipe) if "config" in given else {}
        self.data = given.get("data", self.config.get("data"))
        task = given.get("task", self.config.get("task"))
        self.plan = self._plan_training([*_flags(args), *self.config], task)
        self._check_names(self.plan.options)
        defaults = self.plan.defaults()
        self.flags = {key: click_options(options, defaults) for key, options in self.plan.sections.items()}
        self.params = common_options() + [flag for flags in self.flags.values() for flag in flags]

    def _plan_training(self, given: list[str], task: str | None) -> Plan:
        """Returns the plan of the training, from the names of the given options."""
        return plan_training(self.recipe, unwrapped(self.data), given, task)

    def column_names(self) -> list[str]:
        """Returns the columns of the file to train on, from its first line; none of several files or a pipe."""
        from seqkit.data.files.sniffing import look_at

        data = unwrapped(self.data)
        return look_at(data).names if isinstance(data, str) and Path(data).is_file() else []

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the options by section, the recipe's own first; of the others the main ones, unless all are wanted."""
        left_out = 0
        for key, flags in {**self.flags, "run": common_options()}.items():
            explained = [flag for flag in flags if self.explains_all or key == "recipe" or flag.name in MAIN_OPTIONS]
            left_out += len(flags) - len(explained)
            records = [record for flag in explained if (record := flag.get_help_record(ctx))]
            if records:
                with formatter.section(f"{key.capitalize()} options"):
                    formatter.write_dl(records)
        if left_out:
            formatter.write(f"\n--help-all explains {left_out} more options.\n")

    def _run(self, **given: Any) -> None:
        from seqkit.cli.each import train_and_show as train_each

        if given["quiet"] and given["verbose"]:
            raise click.UsageError("--quiet and --verbose exclude each other. Leave one of them out.")
        if given["test"] is not None and given["no_test"]:
            raise click.UsageError("--test and --no-test exclude each other. Leave one of them out.")
        settings = given_on_command_line()
        config = settings.pop("config", "")
        for name in ("quiet", "verbose", "as_json", "profile"):
            settings.pop(name, None)
        settings = {**self._checked_config(config), **settings}
        if settings.pop("no_test", False):
            settings["test"] = False
        for name in ("data", "task"):  # part of the plan
            settings.pop(name, None)
        run: dict[str, Any] = {name: settings.pop(name) for name in ("out", "overwrite", "test") if name in settings}
        output = {name: given[name] for name in ("as_json", "quiet", "verbose", "profile")}
        if column := settings.pop("each", None):
            train_each(self.plan, unwrapped(self.data), column, settings, output=output, **run)
            return
        call = partial(self._train, settings, run)
        train_and_show(call, **output)

    def _train(self, settings: dict[str, Any], run: dict[str, Any], callbacks: "Callbacks") -> "Run":
        """Trains with the given options; `run` has those of the run directory."""
        from seqkit.workflows.train import train_plan

        return train_plan(self.plan, unwrapped(self.data), settings, **run, callbacks=callbacks)

    def _check_names(self, options: list[Option]) -> None:
        """Raises an error if an option of the recipe has the name of a common option."""
        common = {name for flag in common_options() for name in (*flag.opts, *flag.secondary_opts)} | {"--help"}
        for recipe_option in options:
            if recipe_option.flag in common:
                raise UsageError(
                    f"The option `{recipe_option.name}` of {self.recipe.path} has the name of an option of every run. "
                    "Rename it."
                )

    def _checked_config(self, path: str) -> dict[str, Any]:
        """Returns the checked values of the configuration file; "none" means None, which TOML lacks."""
        options = {option.name: option for section in (*self.plan.sections.values(), RUN_OPTIONS) for option in section}
        checked = {}
        for name, value in self.config.items():
            if name not in options:
                raise UsageError(f"The configuration {path} has an unknown option `{name}`. {nearest(name, options)}")
            none = options[name].optional and value == "none"
            checked[name] = None if none else check_value(options[name], value, path)
        return checked


def unwrapped(data: Any) -> Any:
    """Returns the only element of a sequence of length one, else `data`."""
    return data[0] if isinstance(data, (list, tuple)) and len(data) == 1 else data


def _explain_all(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Prints help with every option, and exits."""
    if value and not ctx.resilient_parsing:
        assert isinstance(ctx.command, RecipeCommand)
        ctx.command.explains_all = True
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def common_options() -> list[click.Parameter]:
    """Returns the options of every training."""
    return [
        Flag(
            ["--data"],
            multiple=True,
            shell_complete=complete_data,
            help="Name of a dataset, a file, a folder or archive of texts, or - for standard input; repeat it for "
            "several text files, or for two aligned ones.  [default simulated data for the task]",
        ),
        Flag(["--out", "-o"], type=NonEmpty(), help="Run directory.  [default a free name in runs/]"),
        Flag(["--overwrite"], is_flag=True, default=None, help="Replace an existing run."),
        Flag(
            ["--test"],
            type=NonEmpty(),
            shell_complete=complete_data,
            help="File of test examples, if they are separate.  [default a share of --data]",
        ),
        Flag(
            ["--no-test"],
            is_flag=True,
            default=None,
            help="Do not score the test part; for model selection.",
        ),
        Flag(
            ["--task"],
            type=NonEmpty(),
            shell_complete=complete_task,
            help="Task to train.  [default the recipe's first task that reads the data]",
        ),
        Flag(["--each"], type=NonEmpty(), help="Column of series: train a forecast for each, in a folder of runs."),
        Flag(
            ["--config"],
            shell_complete=complete_file,
            help="TOML file of options; command-line options take precedence.",
        ),
        Flag(["--json", "as_json"], is_flag=True, help="Print the scores as JSON."),
        Flag(["--quiet", "-q"], is_flag=True, help="Print only the table of scores, and error messages."),
        Flag(["--verbose", "-v"], is_flag=True, help="Print the value of every option."),
        Flag(["--profile"], is_flag=True, help="Print the seconds of each phase at the end."),
        Flag(
            ["--help-all"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_explain_all,
            help="Explain every option, and exit.",
        ),
    ]


def _peek(args: list[str]) -> dict[str, Any]:
    """Returns the values of --data (a list), --config and --task, which determine the other options."""
    values: dict[str, Any] = {}
    data: list[str] = []
    for i, arg in enumerate(args):
        for name in ("data", "config", "task"):
            if arg == f"--{name}" and i + 1 < len(args):
                values[name] = args[i + 1]
            elif arg.startswith(f"--{name}="):
                values[name] = arg.partition("=")[2]
            else:
                continue
            if name == "data":
                data.append(values[name])
    return {**values, "data": data} if data else values


def _flags(args: list[str]) -> list[str]:
    """Returns the names of the given options, some of which determine the kind of data."""
    flags = [arg.partition("=")[0] for arg in args if arg.startswith("--")]
    return [flag[2:].replace("-", "_") for flag in flags]


def train_and_show(call: "Callable[..., Run]", *, as_json: bool, quiet: bool, verbose: bool, profile: bool) -> None:
    """Trains and prints the scores, also those of an interrupted training."""
    from seqkit.cli.progress import callbacks
    from seqkit.cli.show import show_run
    from seqkit.console.tables import show_seconds

    with measured(since=BEGAN) as watch:
        try:
            with (
                callbacks(quiet=quiet, verbose=verbose) as training_callbacks,
                redirect_stdout(sys.stderr),  # a user's recipe may print, and stdout is for results only
            ):
                run = call(callbacks=training_callbacks)
        except InterruptedTraining as error:
            if error.run is not None:
                show_run(error.run, as_json=as_json, quiet=quiet)
            raise
        show_run(run, as_json=as_json, quiet=quiet)
    if profile:
        show_seconds(watch.seconds)
