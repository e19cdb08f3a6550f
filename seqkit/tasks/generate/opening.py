"""Opens what language models and models of music have in common: the network, the n-gram model and their shares."""

from pydantic import BaseModel, Field

from seqkit.errors import DataError
from seqkit.inference.sessions import open_session
from seqkit.inference.stepping import Stepper
from seqkit.runs.results import read_run_arrays
from seqkit.runs.run import Run, validated
from seqkit.spec import Spec
from seqkit.tasks import check_task
from seqkit.tasks.generate.kneser_ney import KneserNey
from seqkit.tasks.generate.mixture import Shares

MAX_COUNTS_BYTES = 1 << 32
"""Maximum size of `kneser_ney.npz` in bytes."""


def open_models(run: Run, spec: Spec, vocabulary: int) -> tuple[Stepper, KneserNey, Shares, float]:
    """Returns the network and the n-gram model of a run, and the weights of their mixtures.

    The last number is the weight of the recent text in the baseline, its mixture with the n-gram model alone.

    Args:
        run: The run.
        spec: Inputs and outputs of the network.
        vocabulary: Number of tokens.

    Raises:
        DataError: A file is missing, damaged or of another run.
    """
    content = {"recipe": run.manifest.recipe, "model": run.manifest.model}
    manifest = validated(_Manifest, content, run.path / "run.json")
    session = open_session(run, spec.ends, manifest.model.states)
    stepper = Stepper(session, (spec.reads.name, spec.gives.name), manifest.model.states)
    path = run.path / "kneser_ney.npz"
    try:
        arrays = read_run_arrays(run, path.name, MAX_COUNTS_BYTES)
        kneser_ney = KneserNey.from_arrays(arrays, vocabulary, manifest.model.order)
    except DataError as error:
        raise DataError(f"{path} does not belong to this run. {error}") from error
    model = manifest.model
    return stepper, kneser_ney, Shares(model.share, model.recent_share), model.baseline_share


def is_music(run: Run) -> bool:
    """Whether a run of this task is a model of music.

    Raises:
        UsageError: The run is of another task.
    """
    check_task(run, "generate")
    return run.manifest.task_state.get("kind") == "music"


class _Recipe(BaseModel):
    name: str


class _Model(BaseModel):
    parameters: int
    states: list[int] = Field(max_length=1000)
    order: int = Field(ge=1, le=100)
    share: float = Field(gt=0, le=1)
    recent_share: float = Field(0.0, ge=0, lt=1)
    baseline_share: float = Field(0.0, ge=0, lt=1)


class _Manifest(BaseModel):
    """The entries of `run.json` that inference reads besides the state."""

    recipe: _Recipe
    model: _Model
