"""`seqkit train auto`: tries a few recipes on a table, and trains the best."""

from typing import TYPE_CHECKING, Any

from seqkit.cli.recipe_command import AUTO, RecipeCommand, common_options, unwrapped
from seqkit.console.flags import Flag, Number, click_options
from seqkit.errors import UsageError
from seqkit.registry import find_recipe
from seqkit.workflows.auto import FIRST, auto_options, plan_auto, train_auto
from seqkit.workflows.settings import Plan

if TYPE_CHECKING:
    from seqkit.progress import Callbacks
    from seqkit.runs.run import Run

HELP = """Try a few recipes on a table, and train the one with the lowest validation error.

Linear recipes come first, then networks, as long as the budget lasts. Of short series, the errors are means over
several past times before the test part. Options of the data and of forecasts that are given are kept in all trials.

Ctrl-C ends the search, and trains the best recipe so far.
"""


class AutoCommand(RecipeCommand):
    """Chooses a recipe; its options are those that all recipes for tables have in common."""

    def __init__(self) -> None:
        super().__init__(find_recipe(FIRST))
        self.name, self.help, self.short_help = AUTO, HELP, HELP.partition("\n")[0]

    def _plan(self, args: list[str]) -> None:
        super()._plan(args)
        names = {option.name for option in auto_options(self.plan)}
        defaults = self.plan.defaults()
        self.flags = {
            key: click_options([option for option in options if option.name in names], defaults)
            for key, options in self.plan.sections.items()
        }
        self.flags["search"] = [
            Flag(
                ["--budget"],
                type=Number(min=0.0, min_open=True),
                help="Seconds for the search; the training of the chosen recipe comes after it.  [default 120]",
            )
        ]
        self.params = common_options() + [flag for flags in self.flags.values() for flag in flags]

    def _plan_training(self, given: list[str], task: str | None) -> Plan:
        if task not in (None, "forecast"):
            raise UsageError(f"auto chooses among recipes of the task forecast, not {task}. Leave --task out.")
        return plan_auto(unwrapped(self.data), given)

    def _run(self, **given: Any) -> None:
        if given["each"] is not None:
            raise UsageError("auto chooses one recipe for all series. Leave --each out, or name a recipe.")
        super()._run(**given)

    def _train(self, settings: dict[str, Any], run: dict[str, Any], callbacks: "Callbacks") -> "Run":
        return train_auto(unwrapped(self.data), **settings, **run, callbacks=callbacks)
