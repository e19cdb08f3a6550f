"""Composes, harmonises and scores music with a finished run, on ONNX Runtime and NumPy."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from seqkit.data.music.music_files import MAX_PITCH, REST
from seqkit.data.music.notes import VOCABULARY, decode_notes, encode_piece, read_columns
from seqkit.errors import DataError, UsageError, nearest
from seqkit.inference.sampling import Sampling
from seqkit.inference.softmax import softmax
from seqkit.runs.run import Run, validated
from seqkit.tasks.generate.music.composing import NoteModel, compose
from seqkit.tasks.generate.music.prepare import MusicState
from seqkit.tasks.generate.opening import is_music, open_models
from seqkit.tasks.generate.recent_text import recent_probabilities

CHUNK = 256
"""Notes that the network reads at once."""

BATCH = 32
"""Pieces that the network reads side by side."""

MAX_LENGTH = 100_000
"""Maximum frames of a piece that is composed."""

MAX_PARTICLES = 1000
"""Maximum number of pieces composed side by side."""


class MusicModel:
    """Composes, harmonises and scores music with a finished run. Created by `seqkit.load`.

    Attributes:
        run: The run.
        model: The network, the n-gram model and their shares.
    """

    def __init__(self, run: Run, model: NoteModel) -> None:
        self.run, self.model = run, model

    @property
    def state(self) -> MusicState:
        """State fitted on the training pieces."""
        return self.model.state

    @property
    def name(self) -> str:
        """Name of the recipe."""
        return str(self.run.manifest.recipe["name"])

    def generate(
        self,
        length: int = 256,
        *,
        given: Mapping[str, Any] | None = None,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float = 1.0,
        particles: int = 16,
        seed: int | None = None,
    ) -> np.ndarray:
        """Returns a new piece.

        Args:
            length: Maximum number of frames, [1, 100000]; a piece may end before. With `given`, theirs.
            given: Pitches of some voices by name, such as {"soprano": [67, 67, 69, …]}, -1 for a rest, all of the same
                length. The others are composed to them; see `seqkit.tasks.generate.music.composing.compose`.
            temperature: Below 1 makes likely notes more likely; 0 always takes the most likely one, [0, inf).
            top_k: Choose from this many of the most likely notes; None for all, [1, inf).
            top_p: Choose from the fewest notes that together have this probability, (0, 1].
            particles: Pieces composed side by side to given voices, of which those that fit them best are continued,
                [1, 1000].
            seed: Seed of the draws; None draws anew each time.

        Returns:
            Pitches, -1 for a rest, int64 of shape (frames, voices).

        Raises:
            UsageError: `length` or `particles` is out of range, there is no such voice, all voices are given, or they
                have different lengths.
            DataError: A given pitch is not a whole number from -1 to 127.
        """
        fixed = self._given(given or {})
        if fixed:
            length = len(next(iter(fixed.values())))
        if not 1 <= length <= MAX_LENGTH:
            raise UsageError(f"Received an invalid value for `length`, expected 1 to {MAX_LENGTH}, got {length}.")
        if not 1 <= particles <= MAX_PARTICLES:
            raise UsageError(
                f"Received an invalid value for `particles`, expected 1 to {MAX_PARTICLES}, got {particles}."
            )
        sampling, rng = Sampling(temperature, top_k, top_p), np.random.default_rng(seed)
        notes = compose(self.model, length, fixed, sampling=sampling, particles=particles if fixed else 1, rng=rng)
        return decode_notes(notes, self.state.order)

    def score(self, pieces: Sequence[Any]) -> pd.DataFrame:
        """Scores pieces.

        Args:
            pieces: Pitches of each piece, -1 for a rest, of shape (frames, voices).

        Returns:
            One row per piece: `frames`, `nats_per_frame` (its end included) and `nats`, the mean per note.

        Raises:
            DataError: A piece has another number of voices, no frames, or an invalid pitch.
        """
        notes = [encode_piece(self._checked(piece), self.state.order) for piece in pieces]
        totals = [-float(np.log(p).sum()) for p in self.probabilities(notes)]
        rows = [
            ((len(ids) - 1) // self.state.voices, total * self.state.voices / (len(ids) - 1), total / len(ids))
            for ids, total in zip(notes, totals, strict=True)
        ]
        return pd.DataFrame(rows, columns=["frames", "nats_per_frame", "nats"])

    def probabilities(self, pieces: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Returns the probability of each note of each piece, the end included.

        Args:
            pieces: Ids of each piece, from `encode_piece`.
        """
        models = (
            self.network_probabilities(pieces),
            self.count_probabilities(pieces),
            self.recent_probabilities(pieces),
        )
        return [
            self.model.shares.combine(network, counts, *recent) for network, counts, recent in zip(*models, strict=True)
        ]

    def count_probabilities(self, pieces: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Returns the probability of each note by the n-gram model alone; see `probabilities`."""
        return [self.model.kneser_ney.probabilities(np.append(np.int32(0), ids))[1:] for ids in pieces]

    def recent_probabilities(self, pieces: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Returns the probability of each note by the notes of its piece before, and its weight."""
        start = np.zeros(1, np.int32)
        return [recent_probabilities(ids, start, VOCABULARY, "note") for ids in pieces]

    def network_probabilities(self, pieces: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Returns the probability of each note by the network alone; see `probabilities`."""
        result = [np.empty(len(ids)) for ids in pieces]
        by_length = sorted(range(len(pieces)), key=lambda number: -len(pieces[number]))
        for first in range(0, len(by_length), BATCH):
            batch = by_length[first : first + BATCH]
            longest = len(pieces[batch[0]])
            ids = np.zeros((len(batch), longest), np.int32)
            columns = np.zeros((len(batch), longest, self.state.voices + 1), np.int32)
            for row, number in enumerate(batch):
                ids[row, : len(pieces[number])] = pieces[number]
                columns[row, : len(pieces[number])] = read_columns(pieces[number], self.state.voices, self.state.places)
            states = self.model.stepper.start(len(batch))
            found = np.empty(ids.shape)
            for start in range(0, longest, CHUNK):
                part = slice(start, start + CHUNK)
                logits, states = self.model.stepper.read(columns[:, part], states)
                found[:, part] = np.take_along_axis(softmax(logits), ids[:, part, None], axis=2)[:, :, 0]
            for row, number in enumerate(batch):
                result[number][:] = found[row, : len(pieces[number])]
        return result

    def _given(self, given: Mapping[str, Any]) -> dict[int, np.ndarray]:
        """Returns the ids of given voices by the number of the voice."""
        names, fixed = self.state.names, {}
        for name, pitches in given.items():
            if name not in names:
                raise UsageError(f"There is no voice '{name}'. {nearest(name, names)}")
            column = np.asarray(pitches).reshape(-1, 1)
            fixed[names.index(name)] = encode_piece(_checked_pitches(column, name), (0,))[:-1]
        lengths = {name: len(notes) for name, notes in zip(given, fixed.values(), strict=True)}
        if len(set(lengths.values())) > 1:
            found = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
            raise UsageError(f"The given voices have different lengths in frames: {found}. Cut them to one length.")
        if len(fixed) == len(names):
            raise UsageError("All voices are given, so that none is left to compose. Give fewer of them.")
        return fixed

    def _checked(self, piece: Any) -> np.ndarray:
        array = np.asarray(piece)
        if array.ndim != 2 or array.shape[1] != self.state.voices:
            raise DataError(
                f"A piece has the shape {array.shape}, expected (frames, {self.state.voices}): a pitch for each voice, "
                "-1 for a rest."
            )
        return _checked_pitches(array, "a piece")


def open_music(run: Run) -> MusicModel:
    """Returns the model of music of a run, finished or not."""
    state = read_music_state(run)
    return MusicModel(run, NoteModel(state, *open_models(run, state.spec, VOCABULARY)))


def read_music_state(run: Run) -> MusicState:
    """Returns the fitted state of a run.

    Raises:
        UsageError: The run is of another task, or generates text.
        DataError: `run.json` is damaged.
    """
    if not is_music(run):
        raise UsageError(f"The run {run.path} generates text, but a model of music is needed. Train one on music.")
    return validated(MusicState, run.manifest.task_state, run.path / "run.json", "task_state")


def _checked_pitches(array: np.ndarray, name: str) -> np.ndarray:
    """Returns pitches as int64, of shape (frames, voices)."""
    is_number = np.issubdtype(array.dtype, np.number)
    if not len(array) or not is_number or not ((array >= REST) & (array <= MAX_PITCH) & (array == array // 1)).all():
        raise DataError(
            f"The pitches of {name} are not all whole numbers from 0 to {MAX_PITCH} or -1 for a rest, or there are "
            "none. Correct them."
        )
    pitches: np.ndarray = array.astype(np.int64)
    return pitches
