"""Composes pieces for the command `generate`, and writes them as MIDI, JSON and pictures."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from seqkit.console.output_files import refuse_existing
from seqkit.console.tables import show_json
from seqkit.data.music.music_files import read_music, write_music
from seqkit.data.music.voices import PIECE, voice_columns
from seqkit.errors import DataError, UsageError, nearest
from seqkit.tasks.generate.music.inference import MusicModel

ENDINGS = (".mid", ".midi", ".json", ".png")


@dataclass(frozen=True)
class Request:
    """What the command is asked for.

    Attributes:
        outputs: Paths of the files to write; none prints JSON.
        overwrite: Whether existing files are replaced.
        given: Files with given voices.
        voices: Names of the given voices.
        length: Maximum number of frames.
        seeds: Seed of each piece.
        as_json: Whether a record is printed for each piece, with its seed.
        options: Further arguments of `MusicModel.generate`.
    """

    outputs: tuple[str, ...]
    overwrite: bool
    given: tuple[str, ...]
    voices: tuple[str, ...]
    length: int
    seeds: list[int | None]
    as_json: bool
    options: dict[str, Any]


def write_pieces(model: MusicModel, request: Request) -> None:
    """Composes the pieces and writes or prints them.

    With several pieces, the number of each is added to the names of MIDI files and pictures; a JSON file has them all.

    Raises:
        UsageError: A file exists or has another ending, or the given voices are not named or do not fit.
        DataError: A given file is not music with such a voice.
        MissingExtraError: mido is needed for MIDI files and is not installed.
    """
    names = [path for output in request.outputs for path in _numbered(output, len(request.seeds))]
    for name in names:
        refuse_existing(name, overwrite=request.overwrite)
    given = read_voices(request.given, request.voices, model)
    pieces = [model.generate(request.length, given=given, seed=seed, **request.options) for seed in request.seeds]
    if request.as_json:
        show_json([{"piece": p.tolist(), "seed": seed} for p, seed in zip(pieces, request.seeds, strict=True)])
    elif not request.outputs:
        lists = [piece.tolist() for piece in pieces]
        click.echo(json.dumps(lists[0] if len(lists) == 1 else lists))
    for output in request.outputs:
        paths = _numbered(output, len(pieces))
        if len(paths) < len(pieces):
            write_music(output, pieces)
            continue
        for path, piece in zip(paths, pieces, strict=True):
            if path.lower().endswith(".png"):
                _draw(model, piece, tuple(given), path)
            else:
                write_music(path, [piece])
    for name in names:
        click.echo(f"written: {name}", err=True)


def read_voices(files: tuple[str, ...], voices: tuple[str, ...], model: MusicModel) -> dict[str, np.ndarray]:
    """Returns the pitches of given voices by name.

    Args:
        files: A file for each voice, or one for all.
        voices: Names of the voices.
        model: The model that composes the others.

    Raises:
        UsageError: The numbers of files and voices differ, a voice is named twice, or a file has several pieces.
        DataError: A file has neither a single voice nor the voices of the model.
    """
    if not files and not voices:
        return {}
    if not files or not voices or len(files) not in (1, len(voices)):
        raise UsageError(
            f"Received {len(files)} --given and {len(voices)} --voice, expected a --voice for each --given: "
            f"{', '.join(model.state.names)}."
        )
    if len(set(voices)) < len(voices):
        raise UsageError(f"--voice names a voice twice: {', '.join(voices)}. Give each voice once.")
    found = {}
    for voice in voices:
        if voice not in model.state.names:
            raise UsageError(f"There is no voice '{voice}'. {nearest(voice, model.state.names)}")
    for file, voice in zip(files * (len(voices) if len(files) == 1 else 1), voices, strict=True):
        frame = read_music(file)
        columns = voice_columns(frame.columns)
        if frame[PIECE].nunique() > 1:
            raise UsageError(f"{file} has {frame[PIECE].nunique()} pieces. Give a file with one.")
        if len(columns) == 1:
            found[voice] = frame[columns[0]].to_numpy()
        elif len(columns) == model.state.voices:
            found[voice] = frame[voice].to_numpy()
        else:
            raise DataError(
                f"{file} has {len(columns)} voices, expected 1 or {model.state.voices}. Give a file with the voice "
                f"'{voice}' alone."
            )
    return found


def _numbered(output: str, count: int) -> list[str]:
    """Returns the files that are written for an output: one for each piece, or one for all."""
    if not output.lower().endswith(ENDINGS):
        raise UsageError(f"{output} ends with none of {', '.join(ENDINGS)}, which tell what to write. Choose one.")
    if count == 1 or output.lower().endswith(".json"):
        return [output]
    path = Path(output)
    return [str(path.with_stem(f"{path.stem}-{number}")) for number in range(1, count + 1)]


def _draw(model: MusicModel, piece: np.ndarray, given: tuple[str, ...], path: str) -> None:
    from seqkit.tasks.generate.music.plots import piano_roll

    title = f"Composed by {model.name}" + (f" to a given {' and '.join(given)}" if given else "")
    piano_roll(piece, model.state.names, bar=model.state.bar, title=title, path=path, given=given)
