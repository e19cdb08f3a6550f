"""What a training is about and how: the recipe, the task, the data, and the value of every option."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from seqkit.data.kinds import kinds
from seqkit.errors import UsageError, listed, nearest
from seqkit.options import Option, resolve, with_current_names
from seqkit.registry import Source
from seqkit.sources import DataSource, find_source
from seqkit.tasks import tasks, tasks_that_read
from seqkit.tasks.contract import Chosen, Task
from seqkit.training.model_building import is_causal


@dataclass(frozen=True)
class Plan:
    """A training that has been named: which recipe learns which task from which data.

    Attributes:
        recipe: The recipe.
        task: The task.
        source: The data.
    """

    recipe: Source
    task: Task
    source: DataSource

    @property
    def closed_form(self) -> bool:
        """Whether the last layer is solved in closed form instead of by gradient descent."""
        return self.recipe.constants.get("READOUT") == "ridge"

    @cached_property
    def sections(self) -> dict[str, list[Option]]:
        """Every option of the training, by section: the recipe's, the data's, the task's, those of training.

        Raises:
            UsageError: Two options have the same name.
        """
        sections = {
            "recipe": self.recipe.options("build_model"),
            "data": self.source.options,
            **self.task.options(self.source.kind, closed_form=self.closed_form),
        }
        section_of: dict[str, str] = {}
        for section, options in sections.items():
            for option in options:
                if option.name in section_of:
                    raise UsageError(
                        f"The option `{option.name}` stands under {section_of[option.name]} and under {section}. "
                        f"Rename it in {self.recipe.path}."
                    )
                section_of[option.name] = section
        return sections

    @property
    def options(self) -> list[Option]:
        """Every option, in one list."""
        return [option for section in self.sections.values() for option in section]

    def defaults(self, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Returns the defaults that differ from those in the signatures, by option.

        The dataset's protocol goes before the recipe's `TRAINING`, of which what it says for the kind of data
        ("texts") goes before what it says for the task ("classify") and for all.

        Args:
            given: The options that are given: the task's defaults for causal recipes hold unless they rule them out.

        Raises:
            UsageError: `TRAINING` of the recipe is no dictionary, or names an option that there is not.
        """
        names = {option.name for option in self.options}
        training = self.recipe.constants.get("TRAINING", {})
        if not isinstance(training, dict):
            raise UsageError(f"TRAINING in {self.recipe.path} must be a dictionary of options, got {training!r}.")
        scopes = {*tasks(), *kinds()}
        general = {name: value for name, value in training.items() if name not in scopes}
        special = {**training.get(self.task.name, {}), **training.get(self.source.kind, {})}
        for name in (*general, *special):
            if name not in names:
                raise UsageError(
                    f"TRAINING in {self.recipe.path} has an unknown option `{name}`. {nearest(str(name), names)}"
                )
        values = {**self._causal_defaults(given or {}), **general, **special, **self.source.protocol}
        return {name: value for name, value in values.items() if name in names}

    def choose(self, given: Mapping[str, Any]) -> Chosen:
        """Returns the value of every option, by section: the given one, else the default.

        Raises:
            UsageError: An option is unknown or wrong, or asks of the recipe what it does not offer.
        """
        given = with_current_names(given)
        values = resolve(self.options, {**self.defaults(given), **given})
        switch, value = next(iter(self.task.causal_defaults.items()), ("", None))
        if switch in values and values[switch] == value and not is_causal(self.recipe):
            raise UsageError(
                f"--{switch} {value} needs a recipe whose output at each step depends on the steps up to it alone: "
                f"{self.recipe.path} does not declare `CAUSAL = True`. Leave the option out."
            )
        return {key: {option.name: values[option.name] for option in options} for key, options in self.sections.items()}

    def _causal_defaults(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        switch, value = next(iter(self.task.causal_defaults.items()), ("", None))
        names = {option.name for option in self.options}
        if not is_causal(self.recipe) or switch not in names or given.get(switch, value) != value:
            return {}
        return self.task.causal_defaults


def plan_training(recipe: Source, data: Any = None, given: Iterable[str] = (), task: str | None = None) -> Plan:
    """Returns the plan of training a recipe on data.

    The task is the first of the recipe's that reads this kind of data.

    Args:
        recipe: The recipe.
        data: A dataset's name, a path, several of them, or a frame. Default: the demonstration of the recipe's task.
        given: Names of the options that are given; some say what a file is meant to hold.
        task: The task, if the recipe's first one that fits is not meant.

    Raises:
        NotFoundError: There is no such data.
        UsageError: There is no such task, or the recipe has none that reads the data.
    """
    answered = tasks_of(recipe)
    if task is not None and task not in tasks():
        raise UsageError(f"There is no task '{task}'. {nearest(task, tasks())}")
    if task is not None and task not in answered:
        raise UsageError(f"The recipe {recipe.name} does not answer the task '{task}'. Its tasks: {listed(answered)}.")
    candidates = [tasks()[name] for name in ((task,) if task else answered) if name in tasks()]
    if data is None:
        data = next(card.demo for card in (*candidates, *tasks().values()))
    unrecognised = [(card, kind) for card in candidates for kind in card.reads if kinds()[kind].reads_any_file]
    if unrecognised and isinstance(data, (list, tuple)) and len(data) > 1:
        card, kind = unrecognised[0]
        return Plan(recipe, card, find_source(data, given, kind=kind))
    source = find_source(data, given)
    for card in candidates:
        if source.kind in card.reads:
            return Plan(recipe, card, source)
    if unrecognised:
        card, kind = unrecognised[0]
        return Plan(recipe, card, find_source(data, given, kind=kind))
    asked = listed(card.name for card in tasks_that_read(source.kind))
    if not asked:
        raise UsageError(f"{source.name} holds {kinds()[source.kind].title}, which no recipe learns from.")
    raise UsageError(
        f"{source.name} asks for the task {asked}, which the recipe {recipe.name} does not answer: TASKS in "
        f"{recipe.path} is {answered!r}."
    )


def tasks_of(recipe: Source) -> tuple[str, ...]:
    """Returns the names of the tasks that a recipe answers; a recipe without `TASKS` forecasts.

    Raises:
        UsageError: `TASKS` is no tuple of names.
    """
    names = recipe.constants.get("TASKS", ("forecast",))
    if not isinstance(names, (tuple, list)):
        raise UsageError(f"TASKS in {recipe.path} must be a tuple of names, got {names!r}.")
    return tuple(names)
