"""What training asks of a task: one job for each kind of data, and the options that each has.

A job has read and prepared its data; training builds and fits a model to it without knowing what it is about.
"""

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from seqkit.options import Option, module_options
from seqkit.runs.run import Task
from seqkit.stopwatch import spent

if TYPE_CHECKING:
    from pathlib import Path

    import keras

    from seqkit.runs.run import Run
    from seqkit.sources import DataSource
    from seqkit.spec import Spec
    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.listener import Listener
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

Chosen = dict[str, dict[str, Any]]
"""The values of all options, by section."""


class Job(Protocol):
    """One question, with the data it is put to.

    Attributes:
        task: Name of the task.
        spec: What a model for it takes in and gives out.
    """

    task: Task
    spec: "Spec"

    def facts(self) -> dict[str, Any]:
        """Returns what `run.json` says of task and data: task_state, reading, data and units."""

    def begin_meanwhile(self) -> None:
        """Begins what can be done at the side, without Keras, while it is imported."""

    def begin(self, model: "keras.Model") -> None:
        """Sets weights that are known before training, such as pretrained vectors."""

    def fit(
        self,
        model: "keras.Model",
        build: "Build",
        chosen: Chosen,
        listener: "Listener",
        checkpoints: "Checkpoints",
        *,
        solved: bool,
    ) -> "History":
        """Fits the model in place, from where it was cut off.

        Args:
            model: To be fitted.
            build: Builds the recipe for another spec.
            chosen: The values of all options.
            listener: Told of the progress.
            checkpoints: Where it goes on from.
            solved: Whether the readout is solved for instead of descended to.
        """

    def keep(self, run: "Run", model: "keras.Model") -> dict[str, Any]:
        """Writes what inference needs, and returns what `run.json` says of it under `model`."""

    def record(self, run: "Run", history: "History", *, test: bool) -> None:
        """Writes scores, baselines and plots."""


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

EVERY_STEP = {"supervise": "every", "batch_size": 32}
"""Defaults of training a forecast where the recipe allows for supervision at every step."""

NOT_OFFERED = {("table", "interval"), ("series", "text")}
"""Options of those functions that a kind of data has no use for, or that are found and not chosen."""


def kind_options(kind: str, *, solved: bool) -> dict[str, list[Option]]:
    """Returns the options that a kind of data brings, by section, the training's last.

    Args:
        kind: One of `KINDS`.
        solved: Whether the readout is solved for instead of descended to.
    """
    sections = {
        title: [option for option in module_options(*where) if (kind, option.name) not in NOT_OFFERED]
        for title, where in KINDS[kind].sections.items()
    }
    if solved:
        return {**sections, "Training": module_options("seqkit.training.ridge_readout", "solve_readout")}
    if KINDS[kind].task == "embed":
        return {**sections, "Training": module_options("seqkit.tasks.embed.loop", "fit_vectors")}
    if KINDS[kind].task == "forecast":
        sections["Supervision"] = module_options("seqkit.training.feeds.chunks", "supervised")
        sections["Combination"] = module_options("seqkit.tasks.forecast.combination", "combined")
    objective = module_options("seqkit.training.objective", KINDS[kind].task)
    return {**sections, "Objective": objective, "Training": module_options("seqkit.training.loop", "fit")}


def make_job(
    kind: str, source: "DataSource", chosen: Chosen, test: Any, listener: "Listener", *, beside: "Path"
) -> Job:
    """Reads and prepares the data, and returns the job.

    Args:
        kind: One of `KINDS`.
        source: The data.
        chosen: The values of all options.
        test: Data to test on, where it is given on its own; else None.
        listener: Told what was found.
        beside: Where the run will stand. What is too large for memory lies beside it meanwhile.
    """
    if kind == "table":
        with spent("importing libraries"):
            from seqkit.tasks.forecast.job import ForecastJob

        return ForecastJob(source, chosen, test, listener)
    if kind == "corpus":
        with spent("importing libraries"):
            from seqkit.tasks.embed.job import EmbedJob

        return EmbedJob(source, chosen, test, listener, beside)
    with spent("importing libraries"):
        from seqkit.tasks.classify.job import SeriesJob, TextJob

    return (TextJob if kind == "texts" else SeriesJob)(source, chosen, test, listener)
