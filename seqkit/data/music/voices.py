"""Names of voices, and of the columns of a DataFrame of music."""

from collections.abc import Iterable

PART, PIECE = "part", "piece"
"""Columns beside the voices: the part of the data set, where it is given, and the piece that a frame belongs to."""

QUARTET = ("soprano", "alto", "tenor", "bass")

MAX_VOICES = 16


def voice_names(count: int) -> tuple[str, ...]:
    """Returns the names of some voices, from the highest to the lowest."""
    return QUARTET if count == len(QUARTET) else tuple(f"voice {number}" for number in range(1, count + 1))


def voice_columns(names: Iterable[str]) -> list[str]:
    """Returns the columns that are voices."""
    return [name for name in names if name in QUARTET or name.removeprefix("voice ").isdecimal()]
