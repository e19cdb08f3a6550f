"""What inference of a tagger reads of `run.json` besides the state of the task."""

from pydantic import BaseModel, Field

from seqkit.runs.run import Run, validated


class ModelEntry(BaseModel):
    """The entry `model` of a tagger's run.

    Attributes:
        parameters: Number of parameters.
        share: Weight of the network in the mixture with the baseline, (0, 1].
        outside_bias: Amount taken from the score of words outside of names, by the mixture.
        alone_bias: The same by the network alone.
    """

    parameters: int
    share: float = Field(default=1.0, gt=0, le=1)
    outside_bias: float = Field(default=0.0, ge=0, le=1000)
    alone_bias: float = Field(default=0.0, ge=0, le=1000)


class _Recipe(BaseModel):
    name: str


class _Manifest(BaseModel):
    recipe: _Recipe
    model: ModelEntry


def model_entry(run: Run) -> ModelEntry:
    """Returns the checked entry of a run's model.

    Raises:
        DataError: `run.json` is damaged.
    """
    content = {"recipe": run.manifest.recipe, "model": run.manifest.model}
    return validated(_Manifest, content, run.path / "run.json").model
