"""`seqkit train RECIPE`: one subcommand per recipe."""

from functools import partial

import click
from click.shell_completion import CompletionItem

from seqkit import registry
from seqkit.cli.recipe_command import AUTO, RecipeCommand, train_and_show
from seqkit.console.completion import complete_run
from seqkit.console.flags import NonEmpty, option
from seqkit.errors import SeqkitError


class Recipes(click.Group):
    """The recipes as subcommands, by name or by the path of a recipe file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names of the recipes."""
        return [*registry.recipes(), AUTO]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Returns the command that trains a recipe, or that chooses one."""
        if name == AUTO:
            from seqkit.cli.auto import AutoCommand

            return AutoCommand()
        try:
            return RecipeCommand(registry.find_recipe(name))
        except SeqkitError:
            if not ctx.resilient_parsing:
                raise
            return None  # a name that is still being typed

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Completes the name of a recipe, else its file."""
        offered = super().shell_complete(ctx, incomplete)
        return offered or ([] if incomplete.startswith("-") else [CompletionItem(incomplete, type="file")])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Requires the name of the recipe before its options."""
        resumes = args and args[0].partition("=")[0] == "--resume"
        if args and args[0].startswith("-") and args[0] not in ctx.help_option_names and not resumes:
            raise click.UsageError(f"Name the recipe before its options: seqkit train RECIPE {args[0]} …", ctx)
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the recipes with their summaries."""
        with formatter.section("Recipes"):
            formatter.write_dl([(name, source.summary) for name, source in registry.recipes().items()])
        with formatter.section("Instead of a recipe"):
            formatter.write_dl([(AUTO, "Try a few recipes on a table, and keep the best.")])


@click.group(
    cls=Recipes,
    subcommand_metavar="RECIPE [OPTIONS]",
    short_help="Train a recipe on time series, texts or labelled series.",
    invoke_without_command=True,
    no_args_is_help=True,
)
@option(
    "--resume",
    type=NonEmpty(),
    metavar="RUN",
    shell_complete=complete_run,
    help="Resume an interrupted training.",
)
@option("--json", "as_json", is_flag=True, help="With --resume: print the scores as JSON.")
@option("--quiet", "-q", is_flag=True, help="With --resume: print only the table of scores, and error messages.")
@option("--profile", is_flag=True, help="With --resume: print the seconds of each phase at the end.")
@click.pass_context
def train(ctx: click.Context, resume: str | None, as_json: bool, quiet: bool, profile: bool) -> None:
    """Train a recipe: check the data, fit the model, score it next to baselines, and export it.

    The data determines the task: a table over time is forecast, labelled texts or series are classified, words with
    tags are tagged, pairs of sentences are translated, and running text or music is continued, or gives word vectors.

    `seqkit train RECIPE --help` shows the main options of a recipe, `--help-all` all of them.
    """
    if ctx.invoked_subcommand is not None:
        if resume is not None:
            raise click.UsageError("--resume takes recipe, data and options from the run. Leave the recipe out.")
        return
    from seqkit.workflows.train import resume as resume_training

    train_and_show(partial(resume_training, str(resume)), as_json=as_json, quiet=quiet, verbose=False, profile=profile)
