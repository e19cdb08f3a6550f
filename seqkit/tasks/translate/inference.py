"""Translates texts with a finished run, on ONNX Runtime and NumPy."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field

from seqkit.data.labelled.ragged import batches_by_length
from seqkit.data.text.text_units import UNKNOWN, TextUnits
from seqkit.errors import DataError, UsageError
from seqkit.inference.beam_search import Beam, Hypothesis, State, beam_search
from seqkit.inference.decoding import EncoderDecoder
from seqkit.runs.run import Run, validated
from seqkit.tasks import check_task
from seqkit.tasks.translate.encoding import PAD, decode, encode, end_of, one_line
from seqkit.tasks.translate.prepare import TranslateState
from seqkit.tasks.translate.search import MAX_BEAM, longest

MAX_UNITS_BYTES = 64 << 20
"""Maximum size of `source_units.json` and `target_units.json` in bytes."""

MAX_SOURCE_TOKENS = 2000
"""Maximum number of tokens of a text to translate."""

BATCH_TEXTS, BATCH_TOKENS = 32, 2048
"""Maximum number of texts, and of their tokens in total, per batch."""


@dataclass(frozen=True)
class Translation:
    """One of the translations of a text.

    Attributes:
        text: The translation.
        score: Log-probability divided by a power of the length, which ranks the translations of a text.
        log_probability: Natural logarithm of the probability.
        tokens: Its token ids, without the end.
    """

    text: str
    score: float
    log_probability: float
    tokens: tuple[int, ...] = ()


@dataclass(frozen=True)
class Alignment:
    """Where a model looked while it wrote a translation.

    Attributes:
        source: Pieces of the source, the end among them.
        target: Pieces of the translation, the end among them.
        weights: Weight of each source piece for each target piece, of shape (target pieces, source pieces).
    """

    source: list[str]
    target: list[str]
    weights: np.ndarray


class Translator:
    """Translates texts with a finished run. Created by `seqkit.load`.

    Attributes:
        run: The run.
        state: State fitted on the training pairs.
        source_units, target_units: Byte pairs of each side.
    """

    def __init__(
        self, run: Run, state: TranslateState, source_units: TextUnits, target_units: TextUnits, model: EncoderDecoder
    ) -> None:
        self.run, self.state, self.source_units, self.target_units = run, state, source_units, target_units
        self._model = model

    @property
    def name(self) -> str:
        """Name of the recipe."""
        return str(self.run.manifest.recipe["name"])

    @property
    def has_attention(self) -> bool:
        """Whether `alignment` can tell where the model looked."""
        return self._model.has_attention

    def beam(self, size: int | None = None, n: int = 1, length_penalty: float | None = None) -> Beam:
        """Returns how to search; the defaults are those of the training.

        Raises:
            UsageError: A value is out of its range.
        """
        chosen = validated(_Search, self.run.manifest.options, self.run.path / "run.json", "options")
        size = max(chosen.beam, n) if size is None else size
        penalty = chosen.length_penalty if length_penalty is None else length_penalty
        if not isinstance(size, int) or not 1 <= size <= MAX_BEAM:
            raise UsageError(f"The beam must be from 1 to {MAX_BEAM}, got {size}. Choose another.")
        if not isinstance(n, int) or not 1 <= n <= size:
            raise UsageError(
                f"The search keeps {size} translations of a text, so it gives from 1 to {size} of them, not {n}. "
                "Choose a larger beam or a smaller n."
            )
        if not 0 <= penalty <= 10:
            raise UsageError(f"The length penalty must be from 0 to 10, got {penalty}. Choose another.")
        return Beam(size, n, float(penalty))

    def translate(
        self, texts: Sequence[str], *, beam: int | None = None, length_penalty: float | None = None
    ) -> list[str]:
        """Returns the best translation of each text; an empty text stays empty.

        Args:
            texts: The texts, a sentence each.
            beam: Translations kept at each step of the search; 1 is greedy, [1, 100]. Default: as in training.
            length_penalty: Exponent of the length by which the log-probability is divided, [0, 10]. Default: as in
                training.

        Raises:
            UsageError: A value is out of its range, or `texts` is a single text.
            DataError: A text is too long.
        """
        found = self.candidates(texts, beam=self.beam(beam, 1, length_penalty))
        return [translations[0].text for translations in found]

    def candidates(self, texts: Sequence[str], *, beam: Beam) -> list[list[Translation]]:
        """Returns the best translations of each text, the best first: at most `beam.n`; of an empty text one, empty."""
        if isinstance(texts, str):
            raise UsageError("Expected a list of texts, got a single text. Put it in a list.")
        sources = self._encode(texts)
        filled = np.array([position for position, text in enumerate(texts) if one_line(text)], np.int64)
        results = [[Translation("", 0.0, 0.0)] for _ in texts]
        lengths = sources.lengths[filled]
        batches = [filled[rows] for rows in batches_by_length(lengths, sequences=BATCH_TEXTS, steps=BATCH_TOKENS)]

        def search(rows: np.ndarray) -> list[list[Hypothesis]]:
            return self._search(sources.padded(rows, PAD), sources.lengths[rows], beam)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for rows, found in zip(batches, pool.map(search, batches), strict=True):
                for row, hypotheses in zip(rows.tolist(), found, strict=True):
                    results[row] = self._translations(hypotheses)
        return results

    def _translations(self, hypotheses: Sequence[Hypothesis]) -> list[Translation]:
        """Returns the translations of a text; of several spellings of one by byte pairs, the best."""
        found: dict[str, Translation] = {}
        for each in hypotheses:
            text = decode(self.target_units, each.tokens)
            found.setdefault(text, Translation(text, each.score, each.log_probability, each.tokens))
        return list(found.values())

    def alignment(self, text: str, translation: str) -> Alignment:
        """Returns where the model looked while it wrote a translation.

        Raises:
            UsageError: The recipe has no attention.
            DataError: The text is too long.
        """
        self.require_attention()
        source, target = self._encode([text])[0], encode(self.target_units, [translation])[0]
        previous = np.concatenate([[self.state.end], target[:-1]]).astype(np.int32)
        weights = self._model.attention(source[None], previous[None])[0]
        return Alignment(
            [*self.source_units.pieces(source[:-1]), "⏎"], [*self.target_units.pieces(target[:-1]), "⏎"], weights
        )

    def require_attention(self) -> None:
        """Checks that the recipe has attention.

        Raises:
            UsageError: It has none.
        """
        if not self.has_attention:
            raise UsageError(
                f"The recipe {self.name} has no attention that could be shown. Train attention_encoder_decoder or "
                "transformer_encoder_decoder."
            )

    def longer_than_training(self, texts: Sequence[str]) -> np.ndarray:
        """Returns the positions of texts with more tokens than any source of the training."""
        return np.flatnonzero(self._encode(texts).lengths > self.state.length)

    def _encode(self, texts: Sequence[str]) -> Any:
        for number, text in enumerate(texts, start=1):
            if not isinstance(text, str):
                raise DataError(f"Text {number} is of type {type(text).__name__}, expected a text. Leave it out.")
            if any("\ud800" <= character <= "\udfff" for character in text):
                raise DataError(f"Text {number} contains half of a surrogate pair: {text[:60]!a}. Fix it.")
        sources = encode(self.source_units, texts)
        if len(sources) and sources.lengths.max() > MAX_SOURCE_TOKENS:
            position = int(sources.lengths.argmax())
            raise DataError(
                f"Text {position + 1} has {sources.lengths[position]:,} tokens; a run reads at most "
                f"{MAX_SOURCE_TOKENS:,}, and this one has learned from sentences of at most {self.state.length}. Split "
                "the text into sentences."
            )
        return sources

    def _search(self, sources: np.ndarray, lengths: np.ndarray, beam: Beam) -> list[list[Hypothesis]]:
        def step(previous: np.ndarray, state: State) -> tuple[np.ndarray, State]:
            logits, state = self._model.step(previous, state)
            if not np.isfinite(logits).all():
                raise DataError(f"The model of {self.run.path} gives values that are not finite. Train the run again.")
            return logits, state

        end, max_lengths = self.state.end, [longest(int(length), self.state.ratio) for length in lengths]
        state = self._model.start(sources)
        return beam_search(step, state, start=end, end=end, max_lengths=max_lengths, beam=beam, banned=[PAD])


def open_run(run: Run) -> Translator:
    """Returns the translator of a run, finished or not."""
    state = read_state(run)
    validated(_Manifest, {"recipe": run.manifest.recipe, "model": run.manifest.model}, run.path / "run.json")
    validated(_Search, run.manifest.options, run.path / "run.json", "options")
    source_units = _read_units(run, "source_units.json", state.source_units_sha256, state.source_vocabulary)
    target_units = _read_units(run, "target_units.json", state.target_units_sha256, state.target_vocabulary)
    model = EncoderDecoder.from_run(run)
    if end_of(target_units) != state.end or model.vocabulary != state.target_vocabulary:
        raise DataError(f"{run.path / 'run.json'} does not match the files of the run. Train the run again.")
    return Translator(run, state, source_units, target_units, model)


def read_state(run: Run) -> TranslateState:
    """Returns the fitted state of a run.

    Raises:
        UsageError: The run is of another task.
        DataError: `run.json` is damaged.
    """
    check_task(run, "translate")
    return validated(TranslateState, run.manifest.task_state, run.path / "run.json", "task_state")


def translations_frame(texts: Sequence[str], found: Sequence[Sequence[Translation]]) -> pd.DataFrame:
    """Returns one row per translation: `text`, `rank` (from 1), `translation`, `score` and `log_probability`."""
    rows = [
        (text, rank, each.text, each.score, each.log_probability)
        for text, translations in zip(texts, found, strict=True)
        for rank, each in enumerate(translations, start=1)
    ]
    return pd.DataFrame(rows, columns=["text", "rank", "translation", "score", "log_probability"])


def _read_units(run: Run, name: str, sha256: str, vocabulary: int) -> TextUnits:
    path = run.path / name
    content = run.read(name, MAX_UNITS_BYTES, text=True)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DataError(f"{path} is damaged: its hash differs from that in run.json. Train the run again.")
    try:
        units = TextUnits.from_json(content)
    except DataError as error:
        raise DataError(f"{path} is damaged. {error}") from error
    if len(units) != vocabulary or units.unit != "bpe" or units.tokens[0] != UNKNOWN or len(units.encode("\n")) != 1:
        raise DataError(f"{path} does not match run.json. Train the run again.")
    return units


class _Recipe(BaseModel):
    name: str


class _Model(BaseModel):
    parameters: int
    encoder_sha256: str
    decoder_sha256: str


class _Manifest(BaseModel):
    """The entries of `run.json` that inference reads besides state and options."""

    recipe: _Recipe
    model: _Model


class _Search(BaseModel):
    """The options of `run.json` that inference reads."""

    beam: int = Field(ge=1, le=MAX_BEAM)
    length_penalty: float = Field(ge=0, le=10)
