"""Piano roll: the notes of a piece as bars, over time and pitch."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seqkit.plots.canvas import BASELINE_COLOURS, BLUE, PALE, SILVER, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_FRAMES = 256
"""Frames of a row; longer pieces continue in the next one."""

MAX_ROWS = 6
"""Rows that are drawn at most: a picture that is too long is not looked at."""

_COLOURS = (BLUE, BASELINE_COLOURS[0], BASELINE_COLOURS[1], BASELINE_COLOURS[4], BASELINE_COLOURS[2])
_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_BLACK_KEYS = (1, 3, 6, 8, 10)


def piano_roll(
    piece: np.ndarray,
    voices: Sequence[str],
    *,
    bar: int,
    title: str,
    path: str | Path,
    given: Collection[str] = (),
) -> None:
    """Draws a piece; equal pitches in a row are one note.

    Args:
        piece: Pitches, -1 for a rest, of shape (frames, voices).
        voices: Names of the voices.
        bar: Frames of a bar.
        title: Title of the picture.
        path: The PNG file.
        given: Voices that were given, and are drawn with a dark edge.
    """
    width = min(len(piece), MAX_FRAMES // bar * bar or MAX_FRAMES)
    rows = min(-(-len(piece) // width), MAX_ROWS)
    sounding = piece[piece >= 0]
    low, high = (int(sounding.min()) - 2, int(sounding.max()) + 2) if len(sounding) else (58, 62)
    with new_figure(path, (10, 1.2 + rows * max(1.6, (high - low) * 0.07)), [title, *voices]) as figure:
        grid = figure.subplots(rows, 1, squeeze=False)
        for row, axes in enumerate(grid[:, 0]):
            first = row * width
            _draw_keys(axes, low, high)
            for voice, name in enumerate(voices):
                colour, edge = _COLOURS[voice % len(_COLOURS)], "black" if name in given else "white"
                for start, end, pitch in note_bars(piece[first : first + width, voice]):
                    axes.barh(pitch, end - start, left=start, height=0.86, color=colour, edgecolor=edge, linewidth=0.7)
                label = f"{name} (given)" if name in given else name
                axes.barh(np.nan, 1, color=colour, edgecolor=edge, label=label)
            axes.set_xlim(0, width)
            axes.set_ylim(low, high)
            bars = np.arange(0, width + 1, bar)
            step = -(-len(bars) // 17)
            axes.set_xticks(bars[::step], [str((first + place) // bar + 1) for place in bars[::step]])
            axes.set_xticks(bars, minor=True)
            axes.grid(True, axis="x", which="both", color=SILVER, linewidth=0.6)
        grid[0, 0].set_title(title if rows * width >= len(piece) else f"{title}; first {rows * width:,} frames")
        grid[-1, 0].set_xlabel("bar")
        figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=min(len(voices), 8))


def note_bars(pitches: np.ndarray) -> list[tuple[int, int, int]]:
    """Returns first frame, end and pitch of each note of a voice; rests are left out."""
    changes = np.flatnonzero(np.diff(pitches, prepend=-2, append=-2))
    return [(start, end, int(pitches[start])) for start, end in pairwise(changes.tolist()) if pitches[start] >= 0]


def _draw_keys(axes: "Axes", low: int, high: int) -> None:
    """Shades the black keys of the piano, and names each C and G."""
    for pitch in range(low, high + 1):
        if pitch % 12 in _BLACK_KEYS:
            axes.axhspan(pitch - 0.5, pitch + 0.5, color=PALE, alpha=0.45, linewidth=0)
    named = [pitch for pitch in range(low, high + 1) if pitch % 12 in (0, 7)]
    axes.set_yticks(named, [f"{_NAMES[pitch % 12]}{pitch // 12 - 1}" for pitch in named])
    axes.grid(False, axis="y")
