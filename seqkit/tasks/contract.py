"""What a task is to the rest of the package."""

from typing import TYPE_CHECKING, Any, Protocol

from seqkit.runs.run import Task

if TYPE_CHECKING:
    import keras

    from seqkit.progress import Callbacks
    from seqkit.runs.run import Run
    from seqkit.spec import Spec
    from seqkit.training.checkpoints import Checkpoints
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

    def start_background(self) -> None:
        """Begins what can be done at the side, without Keras, while it is imported."""

    def begin(self, model: "keras.Model") -> None:
        """Sets weights that are known before training, such as pretrained vectors."""

    def fit(
        self,
        model: "keras.Model",
        build: "Build",
        chosen: Chosen,
        callbacks: "Callbacks",
        checkpoints: "Checkpoints",
        *,
        closed_form: bool,
    ) -> "History":
        """Fits the model in place, from where it was cut off.

        Args:
            model: To be fitted.
            build: Builds the recipe for another spec.
            chosen: The values of all options.
            callbacks: Told of the progress.
            checkpoints: Where it goes on from.
            closed_form: Whether the readout is solved for instead of descended to.
        """

    def keep(self, run: "Run", model: "keras.Model") -> dict[str, Any]:
        """Writes what inference needs, and returns what `run.json` says of it under `model`."""

    def record(self, run: "Run", history: "History", *, test: bool) -> None:
        """Writes scores, baselines and plots."""
