"""MIDI files, read and written by mido: notes on a grid of frames, and back."""

from __future__ import annotations

import io
from collections import defaultdict
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np

from seqkit.data.music.voices import voice_names
from seqkit.errors import DataError, MissingExtraError

MAX_FRAMES = 1_000_000
"""Maximum length of a piece: a damaged file may claim to last for years."""

TICKS = 480
"""Ticks per quarter note in files written here."""

TEMPO = 600_000
"""Microseconds per quarter note in files written here: 100 in a minute."""

ORGAN = 19
"""General MIDI program of files written here, the church organ."""

Note = tuple[float, float, int]
"""Start and end in quarter notes, and pitch."""


def frames_of_midi(content: bytes, name: str, resolution: int) -> list[list[int]]:
    """Returns the pitches of each frame: by track and channel, -1 for rests; by pitch, if one of them has chords.

    A note sounds in a frame if it does so at the middle of the frame. Channel 10, percussion, is left out.

    Args:
        content: The MIDI file.
        name: Its name in messages.
        resolution: Frames per quarter note.

    Raises:
        MissingExtraError: mido is not installed.
        DataError: It is not a MIDI file, is damaged, has no notes, or is too long.
    """
    parts = [notes for notes in _notes(content, name).values() if notes]
    if not parts:
        raise DataError(f"{name} has no notes. Name another MIDI file.")
    end = max(note[1] for notes in parts for note in notes)
    length = max(1, round(end * resolution))
    if length > MAX_FRAMES:
        raise DataError(f"{name} has {length:,} frames, expected at most {MAX_FRAMES:,}. Lower --resolution.")
    sounding: list[list[list[int]]] = [[[] for _ in range(length)] for _ in parts]
    for frames, notes in zip(sounding, parts, strict=True):
        for start, stop, pitch in notes:
            first, last = (int(np.ceil(time * resolution - 0.5)) for time in (start, stop))
            for frame in range(max(first, 0), min(last, length)):
                frames[frame].append(pitch)
    if all(len(pitches) <= 1 for frames in sounding for pitches in frames):
        return [[pitches[0] if pitches else -1 for pitches in frame] for frame in zip(*sounding, strict=True)]
    return [sorted({p for pitches in frame for p in pitches}, reverse=True) for frame in zip(*sounding, strict=True)]


def midi_bytes(piece: np.ndarray, resolution: int) -> bytes:
    """Returns a piece as a MIDI file with a track for each voice; equal pitches in a row are one note.

    Args:
        piece: Pitches, -1 for a rest, of shape (frames, voices).
        resolution: Frames per quarter note.

    Raises:
        MissingExtraError: mido is not installed.
    """
    mido = _mido()
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    file.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=TEMPO, time=0)]))
    channels = [channel for channel in range(17) if channel != 9]  # without that of percussion
    for voice, name in enumerate(voice_names(piece.shape[1])):
        channel = channels[voice % 15]
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name, time=0)])
        track.append(mido.Message("program_change", channel=channel, program=ORGAN, time=0))
        pitches, last = piece[:, voice], 0
        changes = np.flatnonzero(np.diff(pitches, prepend=-2, append=-2))
        for first, stop in pairwise(changes.tolist()):
            pitch = int(pitches[first])
            if pitch < 0:
                continue
            for kind, frame in (("note_on", first), ("note_off", stop)):
                ticks = round(frame * TICKS / resolution)
                track.append(mido.Message(kind, channel=channel, note=pitch, velocity=80, time=ticks - last))
                last = ticks
        file.tracks.append(track)
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


def _notes(content: bytes, name: str) -> dict[tuple[int, int], list[Note]]:
    """Returns the notes of each track and channel."""
    mido = _mido()
    try:
        file = mido.MidiFile(file=io.BytesIO(content), clip=True)
    except Exception as error:  # mido raises OSError, EOFError, ValueError, KeyError and others on damaged files.
        reason = str(error) or type(error).__name__
        raise DataError(f"{name} is not a MIDI file, or is damaged: {reason}. Name another file.") from error
    quarter = file.ticks_per_beat
    if not 0 < quarter < 1 << 15:
        raise DataError(f"{name} counts time in seconds instead of quarter notes. Save it with ticks per quarter.")
    notes: dict[tuple[int, int], list[Note]] = defaultdict(list)
    for number, track in enumerate(file.tracks):
        _read_track(number, track, quarter, notes)
    return dict(sorted(notes.items()))


def _read_track(number: int, track: Any, quarter: int, notes: dict[tuple[int, int], list[Note]]) -> None:
    """Appends the notes of a track; a note that never ends, ends with the track."""
    now = 0
    started: dict[tuple[int, int], int] = {}
    for message in track:
        now += message.time
        if message.type not in ("note_on", "note_off") or message.channel == 9:
            continue
        key = (message.channel, message.note)
        if key in started:
            notes[number, message.channel].append((started.pop(key) / quarter, now / quarter, message.note))
        if message.type == "note_on" and message.velocity:
            started[key] = now
    for (channel, pitch), start in started.items():
        notes[number, channel].append((start / quarter, now / quarter, pitch))


def _mido() -> ModuleType:
    try:
        import mido
    except ImportError as error:
        raise MissingExtraError("MIDI files need mido, which is not installed: pip install 'seqkit[music]'") from error
    return mido
