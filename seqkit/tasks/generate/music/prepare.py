"""State and parts of the generate task on music."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from seqkit.data.music.music_files import MAX_PITCH, REST
from seqkit.data.music.notes import VOCABULARY, encode_piece, read_columns
from seqkit.data.music.voices import MAX_VOICES, PART, PIECE, voice_columns, voice_names
from seqkit.errors import DataError
from seqkit.spec import Spec
from seqkit.tasks.generate.prepare import read_split

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("train", "validation", "test")


class MusicState(BaseModel):
    """Fitted state of the generate task on music: all that inference needs. Stored as JSON.

    Attributes:
        kind: "music".
        voices: Number of voices.
        order: The order in which the voices of a frame take turns.
        bar: Frames of a bar.
        embedding: Dimensions of the embeddings of notes and places.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["music"] = "music"
    voices: int = Field(ge=1, le=MAX_VOICES)
    order: tuple[int, ...]
    bar: int = Field(ge=1, le=1024)
    embedding: int = Field(ge=1)

    @model_validator(mode="after")
    def _check_order(self) -> MusicState:
        if sorted(self.order) != list(range(self.voices)):
            raise ValueError("order does not name every voice once")
        return self

    @property
    def places(self) -> int:
        """Places in a bar."""
        return self.bar * self.voices

    @property
    def spec(self) -> Spec:
        """Inputs and outputs of a model for this state."""
        return Spec.next_note(vocabulary=VOCABULARY, voices=self.voices, places=self.places, embedding=self.embedding)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the voices."""
        return voice_names(self.voices)


@dataclass(frozen=True)
class Splits:
    """Training, validation and test pieces, each of shape (frames, voices)."""

    train: list[np.ndarray]
    validation: list[np.ndarray]
    test: list[np.ndarray]


def prepare_music(
    frame: pd.DataFrame,
    *,
    order: Literal["down", "up", "outer"] = "down",
    transpose: int = 6,
    bar: int = 16,
    embedding: int = 48,
    split: str = "0.8,0.1,0.1",
) -> tuple[MusicState, Splits]:
    """Splits pieces into parts.

    Args:
        frame: A row for each frame; see `seqkit.data.music.music_files.read_music`.
        order: Order of the voices in a frame, each of which knows those before. `down`: from the highest; `up`: from
            the lowest; `outer`: the highest, the lowest, then the others.
        transpose: Semitones up and down by which training pieces are transposed; 0 leaves them as they are, [0, 11].
        bar: Frames of a bar: the model knows the place in it, counted from the start of a piece, [1, 1024].
        embedding: Dimensions of the embeddings of notes and places, [1, inf).
        split: Fractions of training, validation and test pieces, drawn at random, for data that has no such parts.
            Equal and transposed pieces are in the same part.

    Returns:
        The fitted state and the parts.

    Raises:
        UsageError: The split is invalid.
        DataError: A column is missing, a pitch is invalid, or a part has no piece.
    """
    fractions = read_split(split)
    pieces, parts = read_pieces(frame)
    if parts is None:
        parts = _drawn(pieces, fractions)
    chosen = [[piece for piece, of in zip(pieces, parts, strict=True) if of == part] for part in PARTS]
    for part, members in zip(("training", "validation", "test"), chosen, strict=True):
        if not members:
            distinct = len(set(map(_tune, pieces)))
            same = "" if distinct == len(pieces) else f", {distinct} of them distinct apart from transpositions"
            raise DataError(
                f"There is no piece for the {part} part: the data has {len(pieces)} piece{'s' * (len(pieces) != 1)}"
                f"{same}, and each of training, validation and test needs one. Give more pieces, or change --split."
            )
    voices = pieces[0].shape[1]
    outer = [0, voices - 1, *range(1, voices - 1)][:voices] if voices > 1 else [0]
    orders = {"outer": outer, "down": list(range(voices)), "up": list(range(voices))[::-1]}
    state = MusicState(voices=voices, order=tuple(orders[order]), bar=bar, embedding=embedding)
    return state, Splits(*chosen)


def transposed(pieces: list[np.ndarray], semitones: int) -> list[np.ndarray]:
    """Returns pieces in all transpositions in which they have MIDI pitches, in random order, always the same."""
    result = []
    for shift in range(-semitones, semitones + 1):
        for piece in pieces:
            moved = np.where(piece < 0, REST, piece + shift)
            if moved.max() <= MAX_PITCH and (moved[piece >= 0] >= 0).all():
                result.append(moved)
    return [result[number] for number in np.random.default_rng(0).permutation(len(result))]


def count_repeated(splits: Splits) -> int:
    """Returns the number of validation and test pieces that also occur in training, in whatever transposition."""
    known = set(map(_tune, splits.train))
    return sum(_tune(piece) in known for piece in (*splits.validation, *splits.test))


def streams(pieces: list[np.ndarray], state: MusicState) -> tuple[np.ndarray, np.ndarray]:
    """Returns pieces one after another, for a feed.

    Returns:
        The ids, int32, with an end before the first piece, of shape (ids,); and what the model reads before each of
        them but the first, of shape (ids - 1, voices + 1).
    """
    notes = [encode_piece(piece, state.order) for piece in pieces]
    columns = [read_columns(ids, state.voices, state.places) for ids in notes]
    return np.concatenate([np.zeros(1, np.int32), *notes]), np.concatenate(columns)


def fingerprint(splits: Splits) -> str:
    """Returns a hash of all pieces and their parts."""
    digest = hashlib.sha256()
    for part in (splits.train, splits.validation, splits.test):
        digest.update(len(part).to_bytes(8, "little"))
        for piece in part:
            digest.update(np.array(piece.shape, "<i8").tobytes() + piece.astype("<i8").tobytes())
    return digest.hexdigest()


def read_pieces(frame: pd.DataFrame) -> tuple[list[np.ndarray], list[str] | None]:
    """Returns the pieces in order, and the part of each."""
    source = frame.attrs.get("source", "frame")
    voices = voice_columns(map(str, frame.columns))
    if PIECE not in frame or not voices or not len(frame):
        raise DataError(
            f"{source} has no column '{PIECE}', no voices, or no rows. Voices are named soprano, alto, tenor and bass, "
            "or 'voice 1' and so on."
        )
    values = frame[voices].to_numpy(np.float64, na_value=np.nan)
    invalid = ~((values >= REST) & (values <= MAX_PITCH) & (values == np.floor(values)))
    if invalid.any():
        row, column = (int(index[0]) for index in np.nonzero(invalid))
        raise DataError(
            f"{source}, row {row + 1:,}, {voices[column]}: the pitch is {values[row, column]:g}, expected a whole "
            f"number from 0 to {MAX_PITCH}, or -1 for a rest. Correct it, or leave the piece out."
        )
    pitches = values.astype(np.int64)
    keys = [PART, PIECE] if PART in frame else PIECE
    groups = frame.reset_index(drop=True).groupby(keys, sort=False, dropna=False).indices
    pieces = [pitches[rows] for rows in groups.values()]
    if PART not in frame:
        return pieces, None
    parts = [str(frame[PART].iloc[rows[0]]) for rows in groups.values()]
    unknown = next((part for part in parts if part not in PARTS), None)
    if unknown is not None:
        raise DataError(f"{source} has the part {unknown[:40]!r}, expected train, validation or test. Rename it.")
    return pieces, parts


def _drawn(pieces: list[np.ndarray], fractions: list[float]) -> list[str]:
    """Returns a part for each piece, drawn at random; equal pieces and transposed ones are in the same part."""
    keys = [_tune(piece) for piece in pieces]
    distinct = list(dict.fromkeys(keys))
    shuffled = np.random.default_rng(0).permutation(len(distinct))
    sizes = [max(1, round(fraction * len(distinct))) for fraction in fractions[1:]]
    part_of = {}
    for place, number in enumerate(shuffled):
        part_of[distinct[number]] = "test" if place < sizes[1] else "validation" if place < sum(sizes) else "train"
    return [part_of[key] for key in keys]


def _tune(piece: np.ndarray) -> bytes:
    """Returns what a piece has in common with its transpositions."""
    is_note = piece >= 0
    return np.where(is_note, piece - piece[is_note].min(initial=MAX_PITCH), REST).tobytes()
