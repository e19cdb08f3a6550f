"""Plans a training: recipe, task, data, and the value of every option."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from seqkit.data.files.sniffing import suitable_kind
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
    """Recipe, task and data of a training.

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
        """All options by section: those of the recipe, the data, the task and training.

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
                        f"The option `{option.name}` is defined by {section_of[option.name]} and by {section}. Rename "
                        f"it in {self.recipe.path}."
                    )
                section_of[option.name] = section
        return sections

    @property
    def options(self) -> list[Option]:
        """All options in one list."""
        return [option for section in self.sections.values() for option in section]

    def defaults(self, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Returns the defaults that override those of the signatures, by option.

        In descending precedence: the protocol of the dataset; `TRAINING` of the recipe for the kind of data ("texts"),
        for the task ("classify") and in general; the task's defaults, first those for causal recipes. None of them
        holds for an option that another one settles where that one is given.

        Args:
            given: Options given by the user, which may rule out the defaults for causal recipes, and settle others.

        Raises:
            UsageError: `TRAINING` of the recipe is not a dictionary, or names an unknown option.
        """
        names = {option.name for option in self.options}
        training = self.recipe.constants.get("TRAINING", {})
        if not isinstance(training, dict):
            raise UsageError(f"TRAINING in {self.recipe.path} must be a dictionary of options, got {training!r}.")
        scopes = {*tasks(), *kinds()}
        general = {name: value for name, value in training.items() if name not in scopes}
        specific = {**training.get(self.task.name, {}), **training.get(self.source.kind, {})}
        for name in (*general, *specific):
            if name not in names:
                raise UsageError(
                    f"TRAINING in {self.recipe.path} has an unknown option `{name}`. {nearest(str(name), names)}"
                )
        chosen = {**general, **specific, **self.source.protocol}
        of_task = {**self.task.defaults, **self._causal_defaults({**chosen, **(given or {})}, given or {}, names)}
        values = {**of_task, **chosen}
        settled = {name for name, other in self.task.settled.items() if (given or {}).get(other) is not None}
        return {name: value for name, value in values.items() if name in names - settled}

    def choose(self, given: Mapping[str, Any]) -> Chosen:
        """Returns the value of every option by section: the given one, else the default.

        Raises:
            UsageError: An option is unknown, has an invalid value, or is not supported by the recipe.
        """
        given = with_current_names(given)
        values = resolve(self.options, {**self.defaults(given), **given})
        switch, value = self._causal_switch
        if switch in values and values[switch] == value and not is_causal(self.recipe):
            raise UsageError(
                f"--{switch} {value} needs a causal recipe, but {self.recipe.path} does not declare `CAUSAL = True`. "
                "Leave the option out."
            )
        for name, needed in self.task.causal_needs.items():
            if values.get(switch) == value and values.get(name, needed) != needed:
                raise UsageError(
                    f"--{switch} {value} needs --{name} {needed}, but it is {values[name]}. Leave out one of the two."
                )
        return {key: {option.name: values[option.name] for option in options} for key, options in self.sections.items()}

    def choose_for_data(self, given: Mapping[str, Any]) -> tuple[Chosen, list[str]]:
        """Returns `choose`, with the values that the task suggests for the data where none is given; and why.

        Raises:
            UsageError: As `choose`; or the data is too small.
            DataError: The data has a fault.
        """
        chosen = self.choose(given)
        if not self.task.has("defaults"):
            return chosen, []
        fixed = {*with_current_names(given), *self.source.protocol}
        suggested, lines = self.task.module("defaults").suggest(self.source, chosen, fixed)
        return (self.choose({**suggested, **given}) if suggested else chosen), lines

    @property
    def _causal_switch(self) -> tuple[str, Any]:
        """The option, and its value, with which the task's defaults for causal recipes apply."""
        return next(iter(self.task.causal_defaults.items()), ("", None))

    def _causal_defaults(
        self, chosen: Mapping[str, Any], given: Mapping[str, Any], names: set[str]
    ) -> Mapping[str, Any]:
        """Returns the task's defaults for causal recipes, if they hold.

        Args:
            chosen: Values of options by the user, the recipe or the dataset.
            given: Values of options by the user.
            names: Names of all options.
        """
        switch, value = self._causal_switch
        if not is_causal(self.recipe) or switch not in names or given.get(switch, value) != value:
            return {}
        defaults = {option.name: option.default for option in self.options}
        if any(chosen.get(name, defaults[name]) != needed for name, needed in self.task.causal_needs.items()):
            return {}
        return self.task.causal_defaults


def plan_training(recipe: Source, data: Any = None, given: Iterable[str] = (), task: str | None = None) -> Plan:
    """Plans the training of a recipe on data.

    Args:
        recipe: The recipe.
        data: Name of a dataset, one or several paths, or a frame. Default: the simulated data of the recipe's task.
        given: Names of the options given by the user; some of them determine the kind of data.
        task: The task. Default: the first task of the recipe that reads this kind of data.

    Raises:
        NotFoundError: The data does not exist.
        UsageError: The task does not exist, or no task of the recipe reads the data.
    """
    supported = tasks_of(recipe)
    if task is not None and task not in tasks():
        raise UsageError(f"There is no task '{task}'. {nearest(task, tasks())}")
    if task is not None and task not in supported:
        raise UsageError(
            f"The recipe {recipe.name} does not support the task '{task}'. Its tasks: {listed(supported)}."
        )
    candidates = [tasks()[name] for name in ((task,) if task else supported) if name in tasks()]
    if data is None:
        data = next(card.demo for card in (*candidates, *tasks().values()))
    unrecognised = [(card, kind) for card in candidates for kind in card.reads if kinds()[kind].reads_any_file]
    has_several_paths = isinstance(data, (list, tuple)) and len(data) > 1  # which no kind is recognised by
    if not (unrecognised and has_several_paths):
        source = find_source(data, given)
        for card in candidates:
            if source.kind in card.reads:
                return Plan(recipe, card, source)
        if kinds()[source.kind].is_exclusive:
            unrecognised = [(card, kind) for card, kind in unrecognised if kinds()[kind].recognises is None]
    if unrecognised:
        card, kind = unrecognised[0]
        return Plan(recipe, card, find_source(data, given, kind=kind))
    for card in candidates:
        for kind in card.reads:
            if source.kind in kinds()[kind].accepts:
                return Plan(recipe, card, find_source(data, given, kind=kind))
    requested = [kind for kind in candidates[0].reads if kinds()[kind].on_request] if task is not None else []
    if requested and source.dataset is None:
        kind = suitable_kind(data, requested)
        return Plan(recipe, candidates[0], find_source(data, given, kind=kind))
    title = kinds()[source.kind].title
    suitable = listed(card.name for card in tasks_that_read(source.kind))
    if not suitable:
        raise UsageError(f"{source.name} contains {title}, which no task reads. Name other data.")
    if task is not None:
        raise UsageError(
            f"{source.name} contains {title}, which needs the task {suitable}, not '{task}'. Name other data, or leave "
            "--task out."
        )
    raise UsageError(
        f"{source.name} contains {title}, which needs the task {suitable}, but the recipe {recipe.name} does not "
        f"support it: TASKS in {recipe.path} is {supported!r}. Choose another recipe: seqkit recipes."
    )


def tasks_of(recipe: Source) -> tuple[str, ...]:
    """Returns the names of the tasks that a recipe supports; without `TASKS`, forecasts only.

    Raises:
        UsageError: `TASKS` is not a tuple of names.
    """
    names = recipe.constants.get("TASKS", ("forecast",))
    if not isinstance(names, (tuple, list)):
        raise UsageError(f"TASKS in {recipe.path} must be a tuple of names, got {names!r}.")
    return tuple(names)
