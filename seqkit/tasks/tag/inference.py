"""Tags words with a finished run, on ONNX Runtime and NumPy."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd

from seqkit.data.labelled.ragged import batches_by_length
from seqkit.data.tagged.schemes import spans_of
from seqkit.data.tagged.words import word_offsets
from seqkit.errors import DataError, UsageError
from seqkit.inference.sessions import open_session, run_batches
from seqkit.runs.results import read_run_arrays
from seqkit.runs.run import Run, validated
from seqkit.tasks import check_task
from seqkit.tasks.tag.baselines import CrfBaseline
from seqkit.tasks.tag.decoding import Decoding
from seqkit.tasks.tag.model_entry import model_entry
from seqkit.tasks.tag.prepare import PLAIN, TagState, decode, encode, pieces
from seqkit.tasks.tag.series.inference import SeriesTagger, is_series, open_series
from seqkit.tasks.tag.stored_baselines import read_crf
from seqkit.tasks.tag.tag_scores import Batch, CrfScores, Transitions, best_tags, by_position, probabilities
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
        decoding: Weights of the scores of tags.
    """

    def __init__(
        self,
        run: Run,
        state: TagState,
        vocabulary: Vocabulary,
        weights: np.ndarray,
        session: onnxruntime.InferenceSession,
        crf: CrfBaseline | None,
        decoding: Decoding,
    ) -> None:
        self.run, self.state, self.vocabulary, self.decoding = run, state, vocabulary, decoding
        self._session = session
        self._crf = None if crf is None else CrfScores(crf, state.tags)
        of_crf = np.zeros_like(weights) if self._crf is None else self._crf.transitions
        self._transitions = Transitions(state.legal(), weights, of_crf)

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
        batches, lengths = self.score(sentences), [len(words) for words in sentences]
        paths = [best_tags(batch, self._transitions, self.decoding) for batch in batches]
        values = [
            probabilities(batch, self._transitions, self.decoding, tags)
            for batch, tags in zip(batches, paths, strict=True)
        ]
        count = sum(len(batch.rows) for batch in batches)
        flat = np.concatenate([*by_position(batches, values, count), np.zeros(0)])
        by_sentence = np.split(flat, np.cumsum(lengths, dtype=np.int64))[: len(lengths)]
        return decode(self.state, by_position(batches, paths, count), lengths), by_sentence

    def score(self, sentences: Sequence[Sequence[str]]) -> list[Batch]:
        """Returns the scores of tags by the network and the CRF, in batches of pieces of sentences of similar length.

        Args:
            sentences: The words of each sentence. Those of more than `state.length` words are cut.
        """
        cut = [piece for words in sentences for piece in pieces(words, self.state.length)]
        inputs = encode(self.state, self.vocabulary, cut)
        batches = list(batches_by_length(inputs.lengths, sequences=BATCH, steps=STEPS)) if cut else []
        if not batches:
            return []
        network = run_batches(self._session, batches, lambda rows: inputs.padded(rows, 0, MULTIPLE))
        return [
            Batch(rows, inputs.lengths[rows], logits, self._crf_logits([cut[row] for row in rows], logits.shape[1]))
            for rows, logits in zip(batches, network, strict=True)
        ]

    def decoded(
        self, batches: Sequence[Batch], lengths: Sequence[int], decoding: Decoding | None = None
    ) -> list[list[str]]:
        """Returns the most likely tags of sentences, in the scheme of the training data.

        Args:
            batches: Scores, from `score`.
            lengths: Number of words of each sentence.
            decoding: Weights of the scores. Default: those of the run.
        """
        paths = [best_tags(batch, self._transitions, decoding or self.decoding) for batch in batches]
        count = sum(len(batch.rows) for batch in batches)
        return decode(self.state, by_position(batches, paths, count), lengths)

    def _crf_logits(self, sentences: Sequence[Sequence[str]], time: int) -> np.ndarray | None:
        return None if self._crf is None else self._crf.logits(sentences, time)

    def _spans(self, tags: Sequence[str]) -> list[tuple[int, int, str]]:
        """Returns first word, word after the last, and label of each span; each word is one for plain tags."""
        if self.state.scheme == PLAIN:
            return [(number, number + 1, tag) for number, tag in enumerate(tags)]
        return [(span.start, span.end, span.label) for span in spans_of(tags, self.state.scheme)]


def open_run(run: Run) -> Tagger | SeriesTagger:
    """Returns the tagger of a run, finished or not: of words or of series."""
    return open_series(run) if is_series(run) else open_words(run)


def open_words(run: Run) -> Tagger:
    """Returns the tagger of a run of words."""
    model = model_entry(run)
    return open_tagger(run, Decoding(model.share, model.outside_bias), with_crf=model.share < 1)


def open_tagger(run: Run, decoding: Decoding, *, with_crf: bool) -> Tagger:
    """Returns the tagger of a run with other weights of the scores of tags."""
    state = read_state(run)
    model_entry(run)
    session = open_session(run, state.spec.ends)
    vocabulary, weights = _read_vocabulary(run, state), _read_weights(run, state)
    return Tagger(run, state, vocabulary, weights, session, read_crf(run) if with_crf else None, decoding)


def alone(run: Run) -> Decoding:
    """Returns the weights of the scores of tags by the network alone."""
    return Decoding(1.0, model_entry(run).alone_bias)


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


def _read_weights(run: Run, state: TagState) -> np.ndarray:
    """Returns the network's weights of pairs of tags."""
    size = len(state.tags) + 1
    if state.decoder == "softmax":
        return np.zeros((size, size))
    path = run.path / "transitions.npz"
    weights = read_run_arrays(run, path.name, size * size * 8 + 4096).get("weights")
    if weights is None or weights.shape != (size, size) or weights.dtype.kind != "f" or not np.isfinite(weights).all():
        raise DataError(f"{path} does not match run.json. Train the run again.")
    return weights


def _lines(text: str) -> list[tuple[int, str]]:
    """Returns the lines of a text with the position of each."""
    lines, first = [], 0
    for line in text.split("\n"):
        lines.append((first, line))
        first += len(line) + 1
    return lines
