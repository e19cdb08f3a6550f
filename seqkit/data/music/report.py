"""Report of `seqkit check` on music."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqkit.data.music.music_files import REST
from seqkit.data.music.voices import PART, PIECE
from seqkit.data.report import DataReport, part_facts, spread

if TYPE_CHECKING:
    import pandas


def report_music(frame: pandas.DataFrame) -> DataReport:
    """Returns the contents of pieces of music.

    Args:
        frame: What the reader of this kind returns.
    """
    voices = [str(name) for name in frame.columns if name not in (PART, PIECE)]
    keys = [name for name in (PART, PIECE) if name in frame.columns]
    pieces = frame.groupby(keys, sort=False)
    lengths = pieces.size()
    parts, sizes = part_facts(lengths.index.get_level_values(PART).to_numpy() if PART in keys else None)
    sounding = frame[voices].where(frame[voices] != REST)
    ranges = [f"{name} {sounding[name].min():.0f} to {sounding[name].max():.0f}" for name in voices]
    rests = float((frame[voices] == REST).to_numpy().mean())
    facts = [
        ("voices", f"{len(voices)}: {', '.join(voices)}"),
        ("pitches", ", ".join(ranges)),
        ("frames", spread(lengths.to_numpy(), "frames")),
        ("rests", f"{rests:.1%} of the notes"),
        *parts,
    ]
    values = {"pieces": len(lengths), "frames": len(frame), "voices": voices, "rests": rests, "parts": sizes}
    name = str(frame.attrs.get("source", "frame"))
    notes = [str(remark) for remark in frame.attrs.get("remarks", ())]
    return DataReport(f"{name}: {len(lengths):,} pieces of music", facts, values, notes)
