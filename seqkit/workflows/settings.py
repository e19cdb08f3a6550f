"""What training asks of a task: one job for each kind of data, and the options that each has.

A job has read and prepared its data; training builds and fits a model to it without knowing what it is about.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from seqkit.errors import UsageError, nearest
from seqkit.options import Option, module_options, resolve
from seqkit.registry import Source
from seqkit.runs.run import Task
from seqkit.sources import DataSource
from seqkit.stopwatch import spent
from seqkit.tasks.contract import Chosen, Job
from seqkit.training.model_building import is_causal

if TYPE_CHECKING:
    from pathlib import Path

    from seqkit.progress import Callbacks
    from seqkit.sources import DataSource


class Kind(NamedTuple):
    """A kind of data, and where its options are.

    Attributes:
        task: The task that is put to it.
        sections: Title of a section of options, and module and name of the functions whose signatures they are.
    """

    task: Task
    sections: dict[str, tuple[str, str]]


KINDS = {
    "table": Kind(
        "forecast",
        {"Table": ("seqkit.data.tables.table", "regularise"), "Forecast": ("seqkit.tasks.forecast.prepare", "prepare")},
    ),
    "texts": Kind(
        "classify",
        {
            "Examples": ("seqkit.data.labelled.examples", "find_examples"),
            "Classify": ("seqkit.tasks.classify.texts", "prepare_texts"),
        },
    ),
    "series": Kind(
        "classify",
        {
            "Examples": ("seqkit.data.labelled.examples", "find_examples"),
            "Classify": ("seqkit.tasks.classify.series", "prepare_series"),
        },
    ),
    "corpus": Kind("embed", {"Embed": ("seqkit.tasks.embed.prepare", "prepare")}),
}

PER_STEP_DEFAULTS = {"supervise": "every", "batch_size": 32}
"""Defaults of training a forecast where the recipe allows for supervision at every step."""

NOT_OFFERED = {("table", "interval"), ("series", "text")}
"""Options of those functions that a kind of data has no use for, or that are found and not chosen."""


def kind_options(kind: str, *, closed_form: bool) -> dict[str, list[Option]]:
    """Returns the options that a kind of data brings, by section, the training's last.

    Args:
        kind: One of `KINDS`.
        closed_form: Whether the readout is solved for instead of descended to.
    """
    sections = {
        title: [option for option in module_options(*where) if (kind, option.name) not in NOT_OFFERED]
        for title, where in KINDS[kind].sections.items()
    }
    if closed_form:
        return {**sections, "Training": module_options("seqkit.training.ridge_readout", "solve_readout")}
    if KINDS[kind].task == "embed":
        return {**sections, "Training": module_options("seqkit.tasks.embed.loop", "fit_vectors")}
    if KINDS[kind].task == "forecast":
        sections["Supervision"] = module_options("seqkit.training.feeds.chunks", "supervised")
        sections["Combination"] = module_options("seqkit.tasks.forecast.combination", "combined")
    objective = module_options(f"seqkit.tasks.{KINDS[kind].task}.objective", f"{KINDS[kind].task}_objective")
    return {**sections, "Objective": objective, "Training": module_options("seqkit.training.loop", "fit")}


def make_job(
    kind: str, source: "DataSource", chosen: Chosen, test: Any, callbacks: "Callbacks", *, beside: "Path"
) -> Job:
    """Reads and prepares the data, and returns the job.

    Args:
        kind: One of `KINDS`.
        source: The data.
        chosen: The values of all options.
        test: Data to test on, where it is given on its own; else None.
        callbacks: Told what was found.
        beside: Where the run will stand. What is too large for memory lies beside it meanwhile.
    """
    if kind == "table":
        with spent("importing libraries"):
            from seqkit.tasks.forecast.job import ForecastJob

        return ForecastJob(source, chosen, test, callbacks)
    if kind == "corpus":
        with spent("importing libraries"):
            from seqkit.tasks.embed.job import EmbedJob

        return EmbedJob(source, chosen, test, callbacks, beside)
    with spent("importing libraries"):
        from seqkit.tasks.classify.job import SeriesJob, TextJob

    return (TextJob if kind == "texts" else SeriesJob)(source, chosen, test, callbacks)


DEMONSTRATIONS = {"forecast": "demo_weather", "classify": "demo_reviews", "embed": "demo_royalty"}
"""What a recipe is trained on where no data is named, by the first of its tasks."""


def default_data(recipe: Source) -> str:
    """Returns the dataset that a recipe is trained on where none is named."""
    tasks = tasks_of(recipe)
    return next((DEMONSTRATIONS[task] for task in tasks if task in DEMONSTRATIONS), DEMONSTRATIONS["forecast"])


def kind_of_recipe(recipe: Source) -> str | None:
    """Returns the kind of data that a recipe reads, where it can read one only: the data is then read as that."""
    return "corpus" if tasks_of(recipe) == ("embed",) else None


def tasks_of(recipe: Source) -> tuple[str, ...]:
    """Returns the tasks that a recipe says it answers; one that says nothing forecasts.

    Raises:
        UsageError: `TASKS` is no tuple of names.
    """
    tasks = recipe.constants.get("TASKS", ("forecast",))
    if not isinstance(tasks, (tuple, list)):
        raise UsageError(f"TASKS in {recipe.path} must be a tuple of names, got {tasks!r}.")
    return tuple(tasks)


def train_options(recipe: Source, source: DataSource) -> dict[str, list[Option]]:
    """Returns every option of training a recipe on data, by section.

    Raises:
        UsageError: The recipe does not answer the task that the data puts, or two options have the same name.
    """
    tasks, task = tasks_of(recipe), KINDS[source.kind].task
    if task not in tasks:
        raise UsageError(
            f"{source.name} asks for the task '{task}', which the recipe {recipe.name} does not answer: TASKS in "
            f"{recipe.path} is {tasks!r}."
        )
    closed_form = recipe.constants.get("READOUT") == "ridge"
    sections = {
        "Recipe": recipe.options("build_model"),
        "Data": source.options,
        **kind_options(source.kind, closed_form=closed_form),
    }
    seen: dict[str, str] = {}
    for title, options in sections.items():
        for option in options:
            if option.name in seen:
                raise UsageError(
                    f"The option `{option.name}` stands under {seen[option.name]} and under {title}. "
                    f"Rename it in {recipe.path}."
                )
            seen[option.name] = title
    return sections


def choose(sections: dict[str, list[Option]], given: Mapping[str, Any]) -> Chosen:
    """Returns the values of all options, by section; see `resolve`."""
    settings = resolve([option for section in sections.values() for option in section], given)
    return {title: {option.name: settings[option.name] for option in section} for title, section in sections.items()}


def defaults(
    recipe: Source, source: DataSource, options: list[Option], given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Returns what stands when nothing is said.

    The dataset's protocol goes before what the recipe's `TRAINING` says: of the kind of data ("texts"), of the task
    ("classify"), of all, in this order.

    Args:
        recipe: The recipe.
        source: The data.
        options: All options there are.
        given: What is said: a forecast that is not to be supervised at every step has other defaults.
    """
    names = {option.name for option in options}
    training = recipe.constants.get("TRAINING", {})
    if not isinstance(training, dict):
        raise UsageError(f"TRAINING in {recipe.path} must be a dictionary of options, got {training!r}.")
    own = {**training.get(KINDS[source.kind].task, {}), **training.get(source.kind, {})}
    narrower = {*KINDS, *(kind.task for kind in KINDS.values())}
    everywhere = {name: value for name, value in training.items() if name not in narrower}
    for name in (*everywhere, *own):
        if name not in names:
            raise UsageError(f"TRAINING in {recipe.path} has an unknown option `{name}`. {nearest(str(name), names)}")
    every = is_causal(recipe) and (given or {}).get("supervise", "every") == "every"
    standing = {**(PER_STEP_DEFAULTS if every and "supervise" in names else {}), **everywhere, **own, **source.protocol}
    return {name: value for name, value in standing.items() if name in names}
