"""Continues and scores text with a finished run, on ONNX Runtime and NumPy."""

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from seqkit.data.text.text_units import END_OF_LINE, UNKNOWN, Continuation, TextUnits
from seqkit.errors import DataError, UsageError
from seqkit.inference.sampling import Sampling
from seqkit.inference.softmax import softmax
from seqkit.inference.stepping import States, Stepper
from seqkit.runs.run import Run, validated
from seqkit.tasks import check_task
from seqkit.tasks.generate.kneser_ney import KneserNey, Reader
from seqkit.tasks.generate.mixture import Shares
from seqkit.tasks.generate.music.inference import MusicModel, open_music
from seqkit.tasks.generate.opening import is_music, open_models
from seqkit.tasks.generate.prepare import GenerateState
from seqkit.tasks.generate.recent_text import RecentText, recent_probabilities

MAX_UNITS_BYTES = 64 << 20
"""Maximum size of `units.json` in bytes."""

CHUNK = 512
"""Tokens that the network reads at once."""

RECENT = 64
"""Tokens of the text so far to which the penalty on repetition applies."""


MIN_WEIGHT = 0.01
"""Weight of the n-grams of a prompt below which its continuation leaves them out, which is faster."""


class LanguageModel:
    """Continues and scores text with a finished run. Created by `seqkit.load`.

    Attributes:
        run: The run.
        state: State fitted on the training text.
        units: Units of the text.
        kneser_ney: N-gram model of the training text.
        shares: Weights of the network, of the n-gram model and of the recent text.
        baseline_share: Weight of the recent text in its mixture with the n-gram model alone, the baseline.
    """

    def __init__(
        self,
        run: Run,
        state: GenerateState,
        units: TextUnits,
        stepper: Stepper,
        kneser_ney: KneserNey,
        shares: Shares,
        baseline_share: float = 0.0,
    ) -> None:
        self.run, self.state, self.units, self.kneser_ney = run, state, units, kneser_ney
        self.shares, self.baseline_share = shares, baseline_share
        self._stepper = stepper

    @property
    def name(self) -> str:
        """Name of the recipe."""
        return str(self.run.manifest.recipe["name"])

    def generate(
        self,
        prompt: str = "",
        length: int = 200,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float = 1.0,
        repetition_penalty: float = 1.0,
        seed: int | None = None,
    ) -> str:
        """Returns a continuation of a text.

        Args:
            prompt: The text to continue; empty for the start of a line.
            length: Number of tokens (characters, words or pieces) to add, [0, inf).
            temperature: Below 1 makes likely tokens more likely; 0 always takes the most likely one, [0, inf).
            top_k: Choose from this many of the most likely tokens; None for all, [1, inf).
            top_p: Choose from the fewest tokens that together have this probability, (0, 1].
            repetition_penalty: Makes tokens of the last 64 less likely, [1, inf).
            seed: Seed of the draws; None draws anew each time.

        Returns:
            The text after the prompt.
        """
        sampling = Sampling(temperature, top_k, top_p, repetition_penalty)
        return "".join(self.stream(prompt, length, sampling=sampling, seed=seed))

    def stream(
        self, prompt: str = "", length: int = 200, *, sampling: Sampling | None = None, seed: int | None = None
    ) -> Iterator[str]:
        """Yields a continuation of a text piece by piece; see `generate`.

        The unknown token is never drawn. Of the n-grams of recent text only those of the prompt count: with its own, a
        continuation would repeat itself.
        """
        sampling, rng = sampling or Sampling(), np.random.default_rng(seed)
        ids = self._context(prompt)
        network, states = self._read(ids)
        counts = Reader(self.kneser_ney)
        for token in ids[-self.kneser_ney.order :].tolist():
            counts.read(token)
        prompt_text = self._recent(ids)
        if self.shares.recent * prompt_text.weight < MIN_WEIGHT:
            prompt_text = RecentText(self.state.vocabulary, self.state.unit)
        recent = deque(ids[-RECENT:].tolist(), maxlen=RECENT)
        text = Continuation(self.units, ids[-RECENT:])
        for _ in range(length):
            probabilities = self._mixed(network, counts, prompt_text)
            probabilities[0] = 0.0  # The unknown token is read, but never written.
            token = sampling.draw(probabilities, rng, recent)
            counts.read(token)
            prompt_text.follow(token)
            recent.append(token)
            yield text.append(token)
            logits, states = self._stepper.read(np.array([[token]], np.int32), states)
            network = softmax(logits[0, -1])

    def next(self, prompt: str) -> pd.Series:
        """Returns the probability of each token after a text, the most likely first."""
        ids = self._context(prompt)
        network, _ = self._read(ids)
        counts = Reader(self.kneser_ney)
        for token in ids[-self.kneser_ney.order :].tolist():
            counts.read(token)
        probabilities = self._mixed(network, counts, self._recent(ids))
        return pd.Series(probabilities, index=list(self.units.tokens)).sort_values(ascending=False, kind="stable")

    def score(self, texts: Sequence[str]) -> pd.DataFrame:
        """Scores texts, each from the start of a line.

        Returns:
            One row per text: `tokens`, `characters`, `nats` (mean per token), `perplexity` and `bits_per_character`.
        """
        if isinstance(texts, str):
            raise UsageError("Expected a list of texts, got a single text. Put it in a list.")
        rows = []
        for text in texts:
            ids = self.units.encode(text)
            total = float(-np.log(self.probabilities(ids)).sum())
            mean, characters = total / max(len(ids), 1), max(len(text), 1)
            rows.append((len(ids), len(text), mean, float(np.exp(min(mean, 700))), total / characters / np.log(2)))
        return pd.DataFrame(rows, columns=["tokens", "characters", "nats", "perplexity", "bits_per_character"])

    def probabilities(self, ids: np.ndarray, before: np.ndarray | None = None) -> np.ndarray:
        """Returns the probability of each token, of shape (tokens,).

        Args:
            ids: Token ids.
            before: Ids of the text before. Default: the end of a line.
        """
        network, counts = self.network_probabilities(ids, before), self.count_probabilities(ids, before)
        result: np.ndarray = self.shares.combine(network, counts, *self.recent_probabilities(ids, before))
        return result

    def network_probabilities(self, ids: np.ndarray, before: np.ndarray | None = None) -> np.ndarray:
        """Returns the probability of each token by the network alone; see `probabilities`."""
        before = self._start if before is None else before
        known, states = len(before), self._stepper.start(1)
        tokens = np.concatenate([before, ids]).astype(np.int32)
        result = np.empty(len(tokens) - 1)
        for first in range(0, len(tokens) - 1, CHUNK):
            end = min(first + CHUNK, len(tokens) - 1)
            logits, states = self._stepper.read(tokens[None, first:end], states)
            result[first:end] = _probabilities(logits[0], tokens[first + 1 : end + 1])
        return result[known - 1 :]

    def count_probabilities(self, ids: np.ndarray, before: np.ndarray | None = None) -> np.ndarray:
        """Returns the probability of each token by the n-gram model alone; see `probabilities`."""
        before = self._start if before is None else before
        return self.kneser_ney.probabilities(np.concatenate([before, ids]))[len(before) :]

    def recent_probabilities(self, ids: np.ndarray, before: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Returns the probability of each token by the recent text alone, and its weight; see `probabilities`."""
        before = self._start if before is None else before
        return recent_probabilities(ids, before, self.state.vocabulary, self.state.unit)

    @property
    def _start(self) -> np.ndarray:
        return self.units.encode(END_OF_LINE)

    def _context(self, prompt: str) -> np.ndarray:
        return np.concatenate([self._start, self.units.encode(prompt)])

    def _read(self, ids: np.ndarray) -> tuple[np.ndarray, States]:
        """Returns the network's probabilities of the next token after a text, and its states."""
        states, logits = self._stepper.start(1), np.empty((1, 0, len(self.units)), np.float32)
        for first in range(0, len(ids), CHUNK):
            logits, states = self._stepper.read(ids[None, first : first + CHUNK], states)
        return softmax(logits[0, -1]), states

    def _recent(self, ids: np.ndarray) -> RecentText:
        recent = RecentText(self.state.vocabulary, self.state.unit)
        for token in ids.tolist() if self.shares.recent else ():
            recent.read(token)
        return recent

    def _mixed(self, network: np.ndarray, counts: Reader, recent: RecentText) -> np.ndarray:
        """Returns the distribution of the next token."""
        if self.shares.network == 1 and not self.shares.recent:
            return network
        recents = recent.distribution() if recent.weight else 0.0
        result: np.ndarray = self.shares.combine(network, counts.distribution(), recents, recent.weight)
        return result


def open_run(run: Run) -> LanguageModel | MusicModel:
    """Returns the language model of a run, finished or not, or its model of music."""
    return open_music(run) if is_music(run) else open_text(run)


def open_text(run: Run) -> LanguageModel:
    """Returns the language model of a run of text."""
    state = read_state(run)
    return LanguageModel(run, state, read_units(run, state), *open_models(run, state.spec, state.vocabulary))


def read_state(run: Run) -> GenerateState:
    """Returns the fitted state of a run.

    Raises:
        UsageError: The run is of another task.
        DataError: `run.json` is damaged.
    """
    check_task(run, "generate")
    return validated(GenerateState, run.manifest.task_state, run.path / "run.json", "task_state")


def read_units(run: Run, state: GenerateState) -> TextUnits:
    """Returns the units of a run's text.

    Raises:
        DataError: `units.json` is missing, damaged or of another run.
    """
    path = run.path / "units.json"
    content = run.read(path.name, MAX_UNITS_BYTES, text=True)
    if hashlib.sha256(content).hexdigest() != state.units_sha256:
        raise DataError(f"{path} is damaged: its hash differs from that in run.json. Train the run again.")
    units = TextUnits.from_json(content)
    if len(units) != state.vocabulary or units.unit != state.unit or units.tokens[0] != UNKNOWN:
        raise DataError(f"{path} does not match run.json. Train the run again.")
    return units


def _probabilities(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """Returns the probability of one token at each step, float64, from logits (steps, vocabulary)."""
    logits = logits - logits.max(axis=-1, keepdims=True)
    chosen = logits[np.arange(len(tokens)), tokens].astype(np.float64)
    result: np.ndarray = np.exp(chosen) / np.exp(logits, out=logits).sum(axis=-1, dtype=np.float64)
    return result
