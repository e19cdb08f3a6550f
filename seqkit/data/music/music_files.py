"""Reads music from JSON files of frames and from MIDI files, and writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.files.opening import bytes_unless_parquet, decompressed
from seqkit.data.files.sniffing import PARTS, is_midi_name
from seqkit.data.music.voices import MAX_VOICES, PART, PIECE, voice_names
from seqkit.errors import UNREADABLE, DataError, SeqkitError, UsageError
from seqkit.files.atomic import write_bytes

if TYPE_CHECKING:
    import pandas

REST = -1
"""Pitch of a voice that is silent."""

MAX_PITCH = 127
"""Highest MIDI pitch; the lowest is 0, and 60 is the middle C."""

_MIDI = (".mid", ".midi")
_MAX_BYTES = 1 << 30


def read_music(path: str | Path, *, voices: int | None = None, resolution: int = 4) -> pandas.DataFrame:
    """Returns the pieces of a file, or of a folder of MIDI files.

    JSON files hold pieces, or lists of them under "train", "valid" and "test". A piece is a list of frames, and a frame
    a list of MIDI pitches from the highest voice to the lowest, -1 for a rest. In a MIDI file each track and channel is
    a voice, unless it has chords: then the sounding pitches of a frame are its voices, from the highest.

    Args:
        path: The JSON file, gzipped or not, the MIDI file, or the folder.
        voices: Number of voices. Default: as many as the fullest frame has; others get rests, [1, 16].
        resolution: Frames per quarter note, into which MIDI files are cut, [1, 96].

    Returns:
        DataFrame with a row for each frame: `part` ("train", "validation" or "test") where the file tells it, `piece`,
        and a column of pitches for each voice, int64, -1 for a rest. `frame.attrs` holds "source" and "remarks".

    Raises:
        NotFoundError: There is no such file.
        UsageError: The folder has no MIDI files.
        MissingExtraError: mido is needed for MIDI files and is not installed.
        DataError: The file is not music, a pitch is not a whole number from -1 to 127, or a frame has more voices.
    """
    path = Path(path)
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.name.lower().endswith(_MIDI))
        if not files:
            raise UsageError(f"{path} has no MIDI files. Name a folder with .mid files, or a file.")
        return _frame([(None, file.name, _midi(file, resolution)) for file in files], voices, str(path))
    content = bytes_unless_parquet(path)
    if content is None or len(content) > _MAX_BYTES:
        raise DataError(f"{path} is not music, or larger than 1 GiB. Name a JSON file of frames or a MIDI file.")
    if content.startswith(b"MThd") or is_midi_name(path.name):
        return _frame([(None, path.name, _midi(path, resolution))], voices, str(path))
    return _frame(_json_pieces(decompressed(content, str(path)), str(path)), voices, str(path))


def write_music(path: str | Path, pieces: Sequence[np.ndarray], *, resolution: int = 4) -> None:
    """Writes pieces as JSON, or a single one as a MIDI file, depending on the ending of the name.

    Args:
        path: The file.
        pieces: Pitches, -1 for a rest, each of shape (frames, voices).
        resolution: Frames per quarter note, in a MIDI file.

    Raises:
        MissingExtraError: mido is needed for MIDI files and is not installed.
        UnwritableError: The file cannot be written.
    """
    path = Path(path)
    if path.name.lower().endswith(_MIDI):
        from seqkit.data.music.midi_files import midi_bytes

        write_bytes(path, midi_bytes(pieces[0], resolution))
        return
    lists = [piece.tolist() for piece in pieces]
    write_bytes(path, (json.dumps(lists[0] if len(lists) == 1 else lists) + "\n").encode())


def _midi(path: Path, resolution: int) -> list[list[int]]:
    from seqkit.data.music.midi_files import frames_of_midi

    try:
        content = path.read_bytes()
    except OSError as error:
        raise SeqkitError(f"{path} cannot be read: {error.strerror or error}. {UNREADABLE}") from error
    return frames_of_midi(content, str(path), resolution)


Piece = tuple[str | None, str, list[Any]]
"""Part, name and frames of a piece."""


def _json_pieces(content: bytes, name: str) -> list[Piece]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name} is neither a MIDI file nor JSON: {error}. Name a file of one of these.") from error
    if not isinstance(document, dict):
        return [(None, str(number), piece) for number, piece in enumerate(_list_of_pieces(document), start=1)]
    pieces: list[Piece] = []
    for key, values in document.items():
        part = PARTS.get(key.lower())
        if part is None or not isinstance(values, list):
            raise DataError(f"{name} has the key {key[:40]!r}, expected train, valid and test, with lists of pieces.")
        pieces += [(part, f"{part} {number}", piece) for number, piece in enumerate(values, start=1)]
    return pieces


def _list_of_pieces(document: Any) -> list[Any]:
    """Returns the pieces of a list: the list itself, or a single piece if its items are frames."""
    is_piece = isinstance(document, list) and document and all(_is_frame(item) for item in document)
    return [document] if is_piece else document if isinstance(document, list) else []


def _is_frame(item: Any) -> bool:
    return isinstance(item, list) and not any(isinstance(pitch, list) for pitch in item)


def _frame(pieces: list[Piece], voices: int | None, source: str) -> pandas.DataFrame:
    """Returns checked pieces as a DataFrame; see `read_music`."""
    import pandas as pd

    if not pieces:
        raise DataError(f"{source} has no pieces. Write a list of pieces, each a list of frames such as [67, 64, 60].")
    for _, name, frames in pieces:
        if not isinstance(frames, list) or not frames:
            raise DataError(f"{source}: the piece {name} has no frames. Leave it out.")
        for number, frame in enumerate(frames, start=1):
            _check_frame(frame, f"{source}: piece {name}, frame {number:,}")
    sizes = [len(frame) for _, _, frames in pieces for frame in frames]
    most = max(sizes)
    count = voices or max(most, 1)
    if most > min(count, MAX_VOICES):
        raise DataError(
            f"{source} has a frame of {most} pitches, expected at most {min(count, MAX_VOICES)}. "
            + ("Set --voices to that number." if most <= MAX_VOICES else "Write one pitch for each voice.")
        )
    few = sum(size < count for size in sizes)
    rows = np.full((len(sizes), count), REST, np.int64)
    for row, frame in zip(rows, (frame for _, _, frames in pieces for frame in frames), strict=True):
        row[: len(frame)] = frame
    columns: Mapping[str, Any] = {
        PIECE: [name for _, name, frames in pieces for _ in frames],
        **dict(zip(voice_names(count), rows.T, strict=True)),
    }
    if pieces[0][0] is not None:
        columns = {PART: [part for part, _, frames in pieces for _ in frames], **columns}
    result = pd.DataFrame(columns)
    notes = f"{few:,} of {len(sizes):,} frames have fewer than {count} pitches: their last voices rest"
    result.attrs |= {"source": source, "remarks": [notes] if few else []}
    return result


def _check_frame(frame: Any, place: str) -> None:
    if not isinstance(frame, list):
        raise DataError(f"{place}, is {str(frame)[:40]}, expected a list of pitches such as [67, 64, 60, 48].")
    for pitch in frame:
        is_whole = pitch.is_integer() if isinstance(pitch, float) else type(pitch) is int
        if not is_whole or not REST <= pitch <= MAX_PITCH:
            raise DataError(
                f"{place}, has the pitch {str(pitch)[:40]}, expected a whole number from 0 to {MAX_PITCH}, or -1 for a "
                "rest. Correct it, or leave the piece out."
            )
