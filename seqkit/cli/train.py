"""`seqkit train RECIPE`: a sub-command for each recipe, with that recipe's own options."""

import tomllib
from pathlib import Path
from typing import Any

import click

from seqkit import registry
from seqkit.cli.flags import click_options
from seqkit.errors import SeqkitError
from seqkit.options import Option
from seqkit.training.train import DEFAULT_DATA, defaults, train_options


class Recipes(click.Group):
    """The recipes as sub-commands; a path to a file is one too."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names of the recipes."""
        return list(registry.recipes())

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Returns the command that trains a recipe."""
        try:
            return RecipeCommand(registry.find_recipe(name))
        except SeqkitError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Returns the recipe's command."""
        if args[0].startswith("-"):
            raise click.UsageError(f"Name the recipe before its options: seqkit train RECIPE {args[0]} …", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the recipes, each with its summary."""
        with formatter.section("Recipes"):
            formatter.write_dl([(name, source.summary) for name, source in registry.recipes().items()])


class RecipeCommand(click.Command):
    """Trains one recipe. Which options there are depends on the recipe and on the data."""

    def __init__(self, recipe: registry.Source) -> None:
        self.recipe = recipe
        self.sections: dict[str, list[Option]] = {}
        self.flags: dict[str, list[click.Option]] = {}
        super().__init__(
            recipe.name,
            callback=self._run,
            params=_common_options(),
            help=recipe.docstring.replace("\n\n", "\n\n\b\n"),
            short_help=recipe.summary,
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Finds out about the data first, whose options and defaults belong to the command."""
        from seqkit.sources import find_source

        given = _peek(args)
        config = _read_config(given["config"]) if given.get("config") else {}
        data = given.get("data") or config.get("data") or DEFAULT_DATA
        try:
            source = find_source(data)
            self.sections = train_options(self.recipe, source)
            everything = [option for section in self.sections.values() for option in section]
            standing = defaults(self.recipe, source, everything)
        except SeqkitError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)
        self.flags = {title: click_options(options, standing) for title, options in self.sections.items()}
        self.params = _common_options() + [flag for flags in self.flags.values() for flag in flags]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the options by section, the recipe's own first."""
        for title, flags in {**self.flags, "Run": _common_options()}.items():
            records = [record for flag in flags if (record := flag.get_help_record(ctx))]
            if records:
                with formatter.section(f"{title} options"):
                    formatter.write_dl(records)

    def _run(self, **given: Any) -> None:
        from seqkit.cli.progress import listener
        from seqkit.cli.show import show_run
        from seqkit.training.train import train

        quiet, verbose, as_json = given.pop("quiet"), given.pop("verbose"), given.pop("as_json")
        config = given.pop("config")
        settings = {name: value for name, value in given.items() if value is not None and value != ()}
        if config:
            settings = {**_read_config(config), **settings}
        settings.pop("recipe", None)
        with listener(quiet=quiet, verbose=verbose) as told:
            run = train(str(self._name), settings.pop("data", DEFAULT_DATA), listener=told, **settings)
        show_run(run, as_json=as_json)

    @property
    def _name(self) -> str:
        return self.recipe.name if self.recipe.module else str(self.recipe.path)


def _common_options() -> list[click.Option]:
    return [
        click.Option(
            ["--data"], help="A dataset's name, a CSV or Parquet file, or - for standard input.  [default demo_weather]"
        ),
        click.Option(["--out", "-o"], help="Where the run is written.  [default a free name in runs/]"),
        click.Option(["--overwrite"], is_flag=True, default=None, help="Replace the run that stands there."),
        click.Option(
            ["--test/--no-test"],
            default=None,
            help="Score the test part at the end; leave it while you are choosing.  [default --test]",
        ),
        click.Option(["--config"], help="A TOML file of options; the command line goes before it."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print the scores as JSON."),
        click.Option(["--quiet", "-q"], is_flag=True, help="Print nothing but the scores' table and errors."),
        click.Option(["--verbose", "-v"], is_flag=True, help="Print every option's value."),
    ]


def _peek(args: list[str]) -> dict[str, str]:
    """Returns the values of --data and --config, which decide what other options there are."""
    found = {}
    for i, arg in enumerate(args):
        for name in ("data", "config"):
            if arg == f"--{name}" and i + 1 < len(args):
                found[name] = args[i + 1]
            elif arg.startswith(f"--{name}="):
                found[name] = arg.partition("=")[2]
    return found


def _read_config(path: str) -> dict[str, Any]:
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"The configuration {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"The configuration {path} is not TOML: {error}.") from None
    return {name.replace("-", "_"): value for name, value in content.items()}


@click.group(cls=Recipes, subcommand_metavar="RECIPE [OPTIONS]", short_help="Train a recipe on a time series.")
def train() -> None:
    """Train a recipe on a time series: check the data, fit, score beside baselines, export.

    `seqkit train RECIPE --help` shows the recipe's options.
    """
