"""Tags words with a finished run, on ONNX Runtime and NumPy."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
from pydantic import BaseModel, Field

from seqkit.data.labelled.ragged import Ragged, batches_by_length
from seqkit.data.tagged.schemes import spans_of
from seqkit.data.tagged.words import word_offsets
from seqkit.errors import DataError, UsageError
from seqkit.inference.linear_chain import marginals, most_likely
from seqkit.inference.sessions import open_session, run_batches
from seqkit.runs.results import read_run_arrays
from seqkit.runs.run import Run, validated
from seqkit.tasks import check_task
from seqkit.tasks.tag.decoding import lowered
from seqkit.tasks.tag.metrics import span_counts
from seqkit.tasks.tag.prepare import PLAIN, TagState, decode, encode
from seqkit.tasks.tag.vocabulary import Vocabulary

BATCH, STEPS = 256, 1 << 13
"""Maximum number of sentences, and of their words in total, per batch."""

MAX_VOCABULARY_BYTES = 256 << 20
"""Maximum size of `words.json` in bytes."""

MULTIPLE = 8
"""Batches are padded to a multiple of this length."""

COLUMNS = ("text", "start", "end", "label", "span", "probability")
"""Columns of the answers."""


class Tagger:
    """Tags words with a finished run. Created by `seqkit.load`.

    Attributes:
        run: The run.
        state: State fitted on the training sentences.
        vocabulary: Words and characters of the training sentences.
        transitions: Weights of pairs of tags; see `seqkit.inference.linear_chain.most_likely`.
        bias: Amount by which the score of O is lowered, in nats.
    """

    def __init__(
        self,
        run: Run,
        state: TagState,
        vocabulary: Vocabulary,
        transitions: np.ndarray,
        session: onnxruntime.InferenceSession,
        bias: float,
    ) -> None:
        self.run, self.state, self.vocabulary, self.transitions, self.bias = run, state, vocabulary, transitions, bias
        self._session = session

    @property
    def name(self) -> str:
        """Name of the recipe."""
        return str(self.run.manifest.recipe["name"])

    def tag(self, texts: Sequence[str]) -> pd.DataFrame:
        """Finds the spans of texts, such as the names in them; or the tag of every word.

        Args:
            texts: The texts. A line of a text is a sentence.

        Returns:
            One row for each span, in the order of the texts: `text` (position in `texts`), `start` and `end` in its
            characters (from 0, the end exclusive), its `label`, the `span` itself and its `probability`: the smallest
            of the probabilities of the tags of its words.

        Raises:
            UsageError: `texts` is a single string.
            DataError: A text is no string.
        """
        if isinstance(texts, str):
            raise UsageError("Expected a list of texts, got a single text. Put it in a list.")
        for number, text in enumerate(texts, start=1):
            if not isinstance(text, str):
                raise DataError(f"Text {number} is of type {type(text).__name__}, expected a string. Leave it out.")
        lines = [(number, *line) for number, text in enumerate(texts) for line in _lines(text)]
        offsets = [word_offsets(line, self.state.tokenizer) for _, _, line in lines]
        words = [[line[start:end] for start, end in at] for (_, _, line), at in zip(lines, offsets, strict=True)]
        rows: list[tuple[Any, ...]] = []
        for (number, before, line), at, tags, certain in zip(lines, offsets, *self.tag_words(words), strict=True):
            for start, end, label in self._spans(tags):
                first, last = at[start][0], at[end - 1][1]
                probability = float(np.min(certain[start:end]))
                rows.append((number, before + first, before + last, label, line[first:last], probability))
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"text": int, "start": int, "end": int})

    def tag_words(self, sentences: Sequence[Sequence[str]]) -> tuple[list[list[str]], list[np.ndarray]]:
        """Returns the tags of the words of sentences, in the scheme of the training data, and their probabilities."""
        return self.tag_encoded(encode(self.state, self.vocabulary, sentences), [len(words) for words in sentences])

    def tag_encoded(self, inputs: Ragged, lengths: Sequence[int]) -> tuple[list[list[str]], list[np.ndarray]]:
        """Tags encoded sentences; see `tag_words`.

        Args:
            inputs: Sentences in pieces, from `encode`.
            lengths: Number of words of each sentence.
        """
        count = len(inputs)
        numbers: list[np.ndarray] = [np.zeros(0, np.int64)] * count
        probabilities: list[np.ndarray] = [np.zeros(0)] * count
        for rows, sizes, logits in self._logits(inputs):
            tags = most_likely(lowered(logits, self.bias), sizes, self.transitions)
            by_tag = marginals(logits, sizes, self.transitions)
            of_tags = np.take_along_axis(by_tag, np.maximum(tags, 0)[:, :, None], axis=2)[:, :, 0]
            for row, size, path, values in zip(rows, sizes, tags, of_tags, strict=True):
                numbers[row], probabilities[row] = path[:size], values[:size]
        flat = np.concatenate([*probabilities, np.zeros(0)])
        by_sentence = np.split(flat, np.cumsum(lengths, dtype=np.int64))[: len(lengths)]
        return decode(self.state, numbers, lengths), by_sentence

    def span_counts(self, inputs: Ragged, true: Sequence[Sequence[str]], amounts: Sequence[float]) -> np.ndarray:
        """Returns the correct, predicted and true spans of encoded sentences if O is lowered by some amounts.

        Args:
            inputs: Sentences in pieces, from `encode`.
            true: True tags of each sentence, in the scheme of the training data.
            amounts: Amounts instead of `bias`.

        Returns:
            Counts of shape (amounts, 3).
        """
        lengths, batches = [len(tags) for tags in true], list(self._logits(inputs))
        counts = []
        for bias in amounts:
            numbers: list[np.ndarray] = [np.zeros(0, np.int64)] * len(inputs)
            for rows, sizes, logits in batches:
                tags = most_likely(lowered(logits, bias), sizes, self.transitions)
                for row, size, path in zip(rows, sizes, tags, strict=True):
                    numbers[row] = path[:size]
            found = decode(self.state, numbers, lengths)
            counts.append(span_counts(true, found, self.state.scheme).sum(axis=0))
        return np.array(counts)

    def _logits(self, inputs: Ragged) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Yields positions, lengths and logits of sentences of similar length that have words."""
        filled = np.flatnonzero(inputs.lengths)
        batches = [filled[rows] for rows in batches_by_length(inputs.lengths[filled], sequences=BATCH, steps=STEPS)]
        logits = run_batches(self._session, batches, lambda rows: inputs.padded(rows, 0, MULTIPLE)) if batches else []
        for rows, scores in zip(batches, logits, strict=True):
            yield rows, inputs.lengths[rows], scores

    def _spans(self, tags: Sequence[str]) -> list[tuple[int, int, str]]:
        """Returns first word, word after the last, and label of each span; each word is one for plain tags."""
        if self.state.scheme == PLAIN:
            return [(number, number + 1, tag) for number, tag in enumerate(tags)]
        return [(span.start, span.end, span.label) for span in spans_of(tags, self.state.scheme)]


def open_run(run: Run) -> Tagger:
    """Returns the tagger of a run, finished or not."""
    state = read_state(run)
    content = {"recipe": run.manifest.recipe, "model": run.manifest.model}
    bias = validated(_Manifest, content, run.path / "run.json").model.outside_bias
    session = open_session(run, state.spec.ends)
    return Tagger(run, state, _read_vocabulary(run, state), _read_transitions(run, state), session, bias)


def read_state(run: Run) -> TagState:
    """Returns the fitted state of a run.

    Raises:
        UsageError: The run is of another task.
        DataError: `run.json` is damaged.
    """
    check_task(run, "tag")
    return validated(TagState, run.manifest.task_state, run.path / "run.json", "task_state")


def _read_vocabulary(run: Run, state: TagState) -> Vocabulary:
    path = run.path / "words.json"
    content = run.read(path.name, MAX_VOCABULARY_BYTES, text=True)
    if hashlib.sha256(content).hexdigest() != state.vocabulary_sha256:
        raise DataError(f"{path} is damaged: its hash differs from that in run.json. Train the run again.")
    try:
        vocabulary = Vocabulary.from_json(content)
    except ValueError as error:
        raise DataError(f"{path} is damaged: {error}. Train the run again.") from error
    if vocabulary.size != state.vocabulary or vocabulary.alphabet != state.alphabet:
        raise DataError(f"{path} does not match run.json. Train the run again.")
    return vocabulary


def _read_transitions(run: Run, state: TagState) -> np.ndarray:
    """Returns the weights of pairs of tags, with those excluded that break the scheme."""
    try:
        legal = state.legal()
    except ValueError as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: {error}. Train the run again.") from error
    if state.decoder == "softmax":
        return legal
    path = run.path / "transitions.npz"
    weights = read_run_arrays(run, path.name, legal.size * 8 + 4096).get("weights")
    if weights is None or weights.shape != legal.shape or weights.dtype.kind != "f" or not np.isfinite(weights).all():
        raise DataError(f"{path} does not match run.json. Train the run again.")
    return legal + weights


def _lines(text: str) -> list[tuple[int, str]]:
    """Returns the lines of a text with the position of each."""
    lines, first = [], 0
    for line in text.split("\n"):
        lines.append((first, line))
        first += len(line) + 1
    return lines


class _Recipe(BaseModel):
    name: str


class _Model(BaseModel):
    parameters: int
    outside_bias: float = Field(default=0.0, ge=0, le=1000)


class _Manifest(BaseModel):
    """The entries of `run.json` that inference reads besides the state."""

    recipe: _Recipe
    model: _Model
