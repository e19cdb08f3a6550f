"""Notes as ids: the voices of a frame take turns, and every piece ends with the same id."""

from collections.abc import Sequence

import numpy as np

END, REST_ID, FIRST_PITCH = 0, 1, 2
"""Ids of the end of a piece, of a rest, and of MIDI pitch 0."""

VOCABULARY = FIRST_PITCH + 128
"""Number of ids: every pitch has one, so that none is unknown."""


def encode_piece(piece: np.ndarray, order: Sequence[int]) -> np.ndarray:
    """Returns the ids of a piece, int32 of shape (frames × voices + 1,); the last one is `END`.

    Args:
        piece: Pitches, -1 for a rest, of shape (frames, voices).
        order: The order of the voices within a frame.
    """
    notes = np.where(piece < 0, REST_ID, piece + FIRST_PITCH)[:, list(order)]
    return np.append(notes.ravel(), END).astype(np.int32)


def decode_notes(notes: np.ndarray, order: Sequence[int]) -> np.ndarray:
    """Returns the pitches of ids without `END`, int64 of shape (frames, voices); the opposite of `encode_piece`."""
    frames = notes.reshape(-1, len(order)).astype(np.int64)
    piece = np.empty_like(frames)
    piece[:, list(order)] = np.where(frames < FIRST_PITCH, -1, frames - FIRST_PITCH)
    return piece


def read_columns(notes: np.ndarray, voices: int, places: int) -> np.ndarray:
    """Returns what a model reads to give each note of a piece its probability; see `seqkit.spec.Notes`.

    Args:
        notes: Ids of a piece from its beginning, of shape (notes,).
        voices: Number of voices.
        places: Places in a bar.

    Returns:
        The `voices` ids before each note, the last one first and `END` before the beginning, and the place of the note
        in its bar; int32 of shape (notes, voices + 1).
    """
    before = np.concatenate([np.full(voices, END), notes])
    windows = np.lib.stride_tricks.sliding_window_view(before, voices)[: len(notes), ::-1]
    return np.column_stack([windows, np.arange(len(notes)) % places]).astype(np.int32)
