"""Classifies texts or series with a finished run, on ONNX Runtime."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
from pydantic import BaseModel

from seqkit.data.labelled.ragged import Ragged, batches_by_length
from seqkit.data.labelled.series_frames import as_series
from seqkit.data.text.tokenizer import PAD, UNKNOWN, TextTokenizer
from seqkit.errors import DataError, UsageError
from seqkit.inference.sessions import open_session, run_batches
from seqkit.runs.files import BYTES_PER_VALUE, check_value_count
from seqkit.runs.run import Run, validated
from seqkit.spec import SERIES_PAD
from seqkit.tasks import check_task
from seqkit.tasks.classify import prepare as classify
from seqkit.tasks.classify.answer_columns import distinct_columns

BATCH, STEPS = 256, 1 << 13
"""Maximum number of examples, and of their steps in total, per batch."""

MAX_TOKENIZER_BYTES = 64 << 20
"""Maximum size of `tokenizer.json` in bytes: a million words with their ids take half of it."""

MULTIPLE = 8
"""Batches are padded to a multiple of this length."""


class Classifier:
    """Classifies texts or series with a finished run. Created by `seqkit.load`.

    Attributes:
        run: The run.
        state: State fitted on the training examples.
        tokenizer: Tokenizer for texts; None for series.
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
        """Class names, in the order of the probabilities."""
        return self.state.classes

    def predict(self, examples: Sequence[Any]) -> pd.DataFrame:
        """Predicts the labels of examples.

        Args:
            examples: Texts, or series of shape (steps, channels) or, of one channel, (steps,), whichever the run was
                trained on.

        Returns:
            One row per example: the `predicted` label and its `probability`. If an example may have several labels,
            `predicted` lists them separated by "|", and each class has a column with its probability, which is called
            `predicted_2` for a class called predicted.

        Raises:
            DataError: The examples are not of the kind the run was trained on.
        """
        return self.answers(self.predict_proba(examples))

    def answers(self, probabilities: np.ndarray) -> pd.DataFrame:
        """Returns the frame of `predict` from class probabilities of shape (examples, classes)."""
        labels = classify.predicted_labels(self.state, probabilities)
        frame = pd.DataFrame({"predicted": ["|".join(names) for names in labels]}, dtype=str)
        if self.state.multi_label:
            columns = distinct_columns(self.classes, ["predicted"])
            return frame.assign(**dict(zip(columns, probabilities.T, strict=True)))
        return frame.assign(probability=probabilities.max(axis=1, initial=0.0))

    def predict_proba(self, examples: Sequence[Any]) -> np.ndarray:
        """Returns the class probabilities, float64, of shape (examples, classes)."""
        if not len(examples):
            return np.zeros((0, len(self.classes)))
        return self.probabilities(self.encode(examples))

    def encode(self, examples: Sequence[Any]) -> Ragged:
        """Encodes examples as model inputs: token ids, or standardised steps.

        Raises:
            DataError: The examples are not of the kind the run was trained on.
        """
        examples = _examples(examples)
        is_text = [isinstance(example, str) for example in examples]
        if isinstance(self.state, classify.SeriesState):
            if any(is_text):
                raise DataError(
                    f"The run {self.run.path} classifies series, but got texts. Give arrays of shape (steps, channels)."
                )
            return classify.encode_series(self.state, list(map(_series, examples, range(1, len(examples) + 1))))
        if not all(is_text):
            first = is_text.index(False)
            raise DataError(
                f"The run {self.run.path} classifies texts, but example {first + 1} is of type "
                f"{type(examples[first]).__name__}. Leave it out."
            )
        assert self.tokenizer is not None
        return self.tokenizer.encode(examples, length=self.state.length, keep=self.state.keep).ragged

    def unknown_texts(self, inputs: Ragged) -> np.ndarray:
        """Returns the positions of encoded texts without a single token of the vocabulary; none for series."""
        if self.tokenizer is None:
            return np.zeros(0, np.int64)
        return np.flatnonzero(np.logical_and.reduceat(inputs.values == UNKNOWN, inputs.offsets[:-1]))

    def probabilities(self, inputs: Ragged) -> np.ndarray:
        """Returns the class probabilities of encoded examples, float64, of shape (examples, classes)."""
        fixed = self.state.spec.steps is not None
        pad, multiple = (SERIES_PAD, 1 if fixed else MULTIPLE) if self.tokenizer is None else (PAD, MULTIPLE)
        batches = list(batches_by_length(inputs.lengths, sequences=BATCH, steps=STEPS))
        outputs = run_batches(self._session, batches, lambda batch: inputs.padded(batch, pad, multiple))
        logits = np.empty((len(inputs), len(self.classes)), np.float32)
        logits[np.concatenate(batches)] = np.concatenate(outputs)
        return classify.decode(self.state, logits)


def open_run(run: Run) -> Classifier:
    """Returns the classifier of a run, finished or not."""
    state = read_state(run)
    tokenizer = None if isinstance(state, classify.SeriesState) else _read_tokenizer(run, state)
    return Classifier(run, state, tokenizer, open_session(run, state.spec.ends))


def read_state(run: Run) -> classify.State:
    """Returns the fitted state of a run.

    Raises:
        UsageError: The run is of another task.
        DataError: `run.json` is damaged.
    """
    check_task(run, "classify")
    file = run.path / "run.json"
    validated(_Manifest, {"recipe": run.manifest.recipe, "model": run.manifest.model}, file)
    stored = run.manifest.task_state
    state: classify.State
    if stored.get("kind") == "series":
        state = validated(classify.SeriesState, stored, file, "task_state")
        if not len(state.mean) == len(state.deviation) == len(state.channels) or not min(state.deviation) > 0:
            raise DataError(f"{file} is damaged: mean and deviation do not match the channels. Train the run again.")
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
        raise DataError(f"{path} is damaged: its hash differs from that in run.json. Train the run again.")
    tokenizer = TextTokenizer.from_json(content)
    if tokenizer.size != state.vocabulary:
        raise DataError(
            f"{path} has {tokenizer.size} tokens, but run.json has {state.vocabulary}. Train the run again."
        )
    return tokenizer


def _examples(examples: Any) -> list[Any]:
    """Returns examples as a list, after refusing what iterates over something else: letters, columns or steps."""
    if isinstance(examples, str):
        raise UsageError("Expected a list of texts, got a single text. Put it in a list.")
    if isinstance(examples, (pd.DataFrame, dict)):
        raise UsageError(
            f"Expected a list of texts or series, got {type(examples).__name__}. Pass one column, as in frame['text']."
        )
    if isinstance(examples, np.ndarray) and examples.ndim == 2 and examples.shape[1] == 1 and len(examples) > 1:
        raise UsageError("Expected a list of series, got a single series of one channel. Put it in a list.")
    return list(examples)


def _series(values: Any, number: int) -> np.ndarray:
    try:
        return as_series(values)
    except (TypeError, ValueError) as error:
        raise DataError(f"Series {number} is not an array of numbers: {error}. Fix it or leave it out.") from error


class _Recipe(BaseModel):
    name: str


class _Model(BaseModel):
    parameters: int


class _Manifest(BaseModel):
    """The other entries of `run.json` that inference reads."""

    recipe: _Recipe
    model: _Model
