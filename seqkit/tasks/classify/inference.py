"""A finished run, made to label texts or series."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
from pydantic import BaseModel

from seqkit.data.labelled.ragged import Ragged, batches_by_length
from seqkit.data.text.tokenizer import PAD, TextTokenizer
from seqkit.errors import DataError, UsageError
from seqkit.inference.sessions import open_session, run_batches
from seqkit.runs.files import BYTES_PER_VALUE, check_value_count
from seqkit.runs.run import Run, validated
from seqkit.spec import SERIES_PAD
from seqkit.tasks import check_task
from seqkit.tasks.classify import prepare as classify

BATCH, STEPS = 256, 1 << 13
"""Examples, and steps of all of them together, that are labelled at a time."""

MAX_TOKENIZER_BYTES = 64 << 20
"""Bytes of `tokenizer.json`: a million words, with a number each, take half of it."""

MULTIPLE = 8
"""The length of a batch is rounded up to a multiple of this."""


class Classifier:
    """A finished run, ready to label. Made by `seqkit.load`.

    Attributes:
        run: The run directory it came from.
        state: What the classify task fitted on the training examples.
        tokenizer: Of texts; None for series.
    """

    def __init__(
        self,
        run: Run,
        state: classify.State,
        tokenizer: TextTokenizer | None,
        session: onnxruntime.InferenceSession,
    ) -> None:
        self.run = run
        self.state = state
        self.tokenizer = tokenizer
        self._session = session

    @property
    def name(self) -> str:
        """Name of the recipe."""
        return self.run.manifest.recipe["name"]

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels, in the order of the probabilities."""
        return self.state.classes

    def predict(self, examples: Sequence[Any]) -> pd.DataFrame:
        """Labels examples.

        Args:
            examples: Texts, or series of shape (steps, channels), as the run was trained on.

        Returns:
            One row an example: the `predicted` label and its `probability`. Where an example may carry several labels:
            `predicted` is all of them, separated by "|", and there is one column for each class with its probability.

        Raises:
            DataError: They are not what the run was trained on.
        """
        probabilities = self.predict_proba(examples)
        chosen = classify.chosen_labels(self.state, probabilities)
        frame = pd.DataFrame({"predicted": ["|".join(own) for own in chosen]}, dtype=str)
        if self.state.multi_label:
            return frame.assign(**dict(zip(self.classes, probabilities.T, strict=True)))
        return frame.assign(probability=probabilities.max(axis=1, initial=0.0))

    def predict_proba(self, examples: Sequence[Any]) -> np.ndarray:
        """Returns the probability of each class, float64, of shape (examples, classes)."""
        if not len(examples):
            return np.zeros((0, len(self.classes)))
        return self.probabilities(self.encode(examples))

    def encode(self, examples: Sequence[Any]) -> Ragged:
        """Returns what the model reads of each example.

        Raises:
            DataError: They are not what the run was trained on.
        """
        if isinstance(examples, str):
            raise UsageError("Give a list of texts; one text alone is a list of one.")
        texts = [isinstance(example, str) for example in examples]
        if isinstance(self.state, classify.SeriesState):
            if any(texts):
                raise DataError(
                    f"The run {self.run.path} labels series, and was given texts. Give arrays of shape (steps, "
                    "channels)."
                )
            return classify.encode_series(self.state, [np.asarray(example, np.float64) for example in examples])
        if not all(texts):
            raise DataError(
                f"The run {self.run.path} labels texts; example {texts.index(False) + 1} is none but "
                f"{type(examples[texts.index(False)]).__name__}. Leave it out."
            )
        assert self.tokenizer is not None
        return self.tokenizer.encode(examples, length=self.state.length, keep=self.state.keep).ragged

    def probabilities(self, inputs: Ragged) -> np.ndarray:
        """Returns the probability of each class for encoded examples, float64, of shape (examples, classes)."""
        fixed = self.state.spec.steps is not None
        pad, multiple = (SERIES_PAD, 1 if fixed else MULTIPLE) if self.tokenizer is None else (PAD, MULTIPLE)
        batches = list(batches_by_length(inputs.lengths, sequences=BATCH, steps=STEPS))
        outputs = run_batches(self._session, batches, lambda batch: inputs.padded(batch, pad, multiple))
        logits = np.empty((len(inputs), len(self.classes)), np.float32)
        logits[np.concatenate(batches)] = np.concatenate(outputs)
        return classify.decode(self.state, logits)


def open_run(run: Run) -> Classifier:
    """Returns the classifier of a run that has been read, finished or not."""
    state = read_state(run)
    tokenizer = None if isinstance(state, classify.SeriesState) else _read_tokenizer(run, state)
    return Classifier(run, state, tokenizer, open_session(run, state.spec.ends))


def read_state(run: Run) -> classify.State:
    """Returns what the classify task fitted.

    Raises:
        UsageError: The run is of another task.
        DataError: Its state is damaged.
    """
    check_task(run, "classify")
    file = run.path / "run.json"
    validated(_Facts, {"recipe": run.manifest.recipe, "model": run.manifest.model}, file)
    stored = run.manifest.task_state
    state: classify.State
    if stored.get("kind") == "series":
        state = validated(classify.SeriesState, stored, file, "task_state")
        if not len(state.mean) == len(state.deviation) == len(state.channels) or not min(state.deviation) > 0:
            raise DataError(f"{file} is damaged: mean and deviation do not fit the channels. Train the run again.")
    else:
        state = validated(classify.TextState, stored, file, "task_state")
    if len(set(state.classes)) < len(state.classes):
        raise DataError(f"{file} is damaged: a class is named twice. Train the run again.")
    return state


def _read_tokenizer(run: Run, state: classify.TextState) -> TextTokenizer:
    path = run.path / "tokenizer.json"
    content = run.read(path.name, MAX_TOKENIZER_BYTES, text=True)
    check_value_count(path, content, MAX_TOKENIZER_BYTES // BYTES_PER_VALUE)
    if hashlib.sha256(content).hexdigest() != state.tokenizer_sha256:
        raise DataError(f"{path} is damaged: it is not the file that training wrote. Train the run again.")
    tokenizer = TextTokenizer.from_json(content)
    if tokenizer.size != state.vocabulary:
        raise DataError(
            f"{path} has {tokenizer.size} tokens, and run.json tells of {state.vocabulary}. Train the run again."
        )
    return tokenizer


class _Recipe(BaseModel):
    name: str


class _Model(BaseModel):
    parameters: int


class _Facts(BaseModel):
    """What is read of `run.json` beside the state; there is more in it."""

    recipe: _Recipe
    model: _Model
