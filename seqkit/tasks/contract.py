"""What a task is to the rest of the package: a card of literals, and modules that are imported by name when needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from seqkit.options import Option, module_options

if TYPE_CHECKING:
    import keras

    from seqkit.progress import Callbacks
    from seqkit.runs.run import Run
    from seqkit.spec import Spec
    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

Sections = Mapping[str, tuple[str, str]]
"""Sections of options by key: the module and the name of the function whose signature they are."""

Chosen = dict[str, dict[str, Any]]
"""The values of all options, by section."""

CLOSED_FORM: Sections = {"training": ("seqkit.training.ridge_readout", "solve_readout")}
"""Options of a training whose last layer is solved in closed form."""


@dataclass(frozen=True)
class Task:
    """The card of a task: what it reads, offers and answers.

    Attributes:
        name: Name of its folder in `seqkit.tasks`.
        summary: What it does, in a line.
        reads: The kinds of data it reads, each with the sections of options that it brings.
        training: Sections of options of training by gradient descent, in the order of help.
        demo: The dataset that recipes are trained on where none is named.
        answers: What a finished run does, and the command that asks it.
        commands: Its commands, each with its summary, so that `seqkit --help` imports none of them.
        defaults: Defaults of options that differ from those of the signatures; those of a recipe take precedence.
        causal_defaults: Defaults of training for recipes that declare `CAUSAL`. The first one is the switch: where it
            is given another value, none of them holds, and a recipe that is not causal cannot have its value.
        causal_needs: Options without whose values the switch and these defaults do not hold.
        settled: Options that another one settles, as the vectors to start from settle their dimension. Where that one
            is given, the defaults of recipe and dataset do not hold for them.
        hidden: Pairs of kind and option that the sections have and the task sets itself.
        opens_files: Whether it also answers from a file that is no run, by `inference.open_file`.
        kind_training: Sections of options of training by gradient descent for the kinds that have other ones.
    """

    name: str
    summary: str
    reads: Mapping[str, Sections]
    training: Sections
    demo: str
    answers: tuple[str, str]
    commands: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    causal_defaults: Mapping[str, Any] = field(default_factory=dict)
    causal_needs: Mapping[str, Any] = field(default_factory=dict)
    settled: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[tuple[str, str]] = frozenset()
    opens_files: bool = False
    kind_training: Mapping[str, Sections] = field(default_factory=dict)

    def module(self, name: str) -> ModuleType:
        """Returns one of its modules, such as prepare, job, inference, evaluate, show, commands or defaults."""
        return import_module(f"seqkit.tasks.{self.name}.{name}")

    def has(self, module: str) -> bool:
        """Whether it has a module of that name."""
        return find_spec(f"seqkit.tasks.{self.name}.{module}") is not None

    def options(self, kind: str, *, closed_form: bool = False) -> dict[str, list[Option]]:
        """Returns its options for a kind of data, by section, those of training last.

        Args:
            kind: One of `reads`.
            closed_form: Whether the last layer is solved in closed form instead of by gradient descent.
        """
        sections = {
            key: [option for option in module_options(*function) if (kind, option.name) not in self.hidden]
            for key, function in self.reads[kind].items()
        }
        training = CLOSED_FORM if closed_form else self.kind_training.get(kind, self.training)
        return sections | {key: module_options(*function) for key, function in training.items()}

    def evaluate_options(self) -> list[Option]:
        """Returns the options of scoring one of its runs."""
        return module_options(f"seqkit.tasks.{self.name}.evaluate", "evaluate")


class Job(Protocol):
    """One training: its data, read and prepared, and what a run keeps of it.

    The module `job` of a task defines a class `Job` with this constructor:

        Job(source, chosen, test, callbacks, folder)

    Args:
        source: The data.
        chosen: The values of all options, by section.
        test: Data to test on where it is given on its own, else None.
        callbacks: Called with what is found in the data.
        folder: The run directory; data too large for memory is spooled next to it.

    Attributes:
        task: Name of the task.
        spec: What the model reads and gives.
    """

    task: str
    spec: Spec

    def describe(self) -> dict[str, Any]:
        """Returns the entries of `run.json` about task and data: task_state, reading, data and units."""

    def start_background(self) -> None:
        """Starts NumPy work in a thread while Keras is imported."""

    def initialise(self, model: keras.Model) -> None:
        """Sets weights that are known before training, such as pretrained vectors."""

    def fit(
        self,
        model: keras.Model,
        build: Build,
        chosen: Chosen,
        callbacks: Callbacks,
        checkpoints: Checkpoints,
        *,
        closed_form: bool,
    ) -> History:
        """Fits the model in place, from the newest checkpoint if there is one.

        Args:
            model: The model.
            build: Builds the recipe for another spec.
            chosen: The values of all options, by section.
            callbacks: Called with the progress.
            checkpoints: Where the state of the training is saved and restored.
            closed_form: Whether the last layer is solved in closed form instead of by gradient descent.
        """

    def export(self, run: Run, model: keras.Model) -> dict[str, Any]:
        """Writes what inference needs, and returns the entries of `run.json` under `model`."""

    def evaluate(self, run: Run, history: History, *, test: bool) -> None:
        """Writes scores, baselines and plots.

        Args:
            run: The run.
            history: Of the training.
            test: Whether the test part is scored beside validation.
        """
