"""Names the series of a long table, and finds the columns that name them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.tables.intervals import DAY
from seqkit.data.tables.times.names import is_slot_name
from seqkit.data.tables.times.times_of_day import holds_times_of_day
from seqkit.data.tables.working_table import WorkingTable

if TYPE_CHECKING:
    import pandas

_MAX_CANDIDATES = {1: 200, 2: 40, 3: 15}
"""Columns of which one, two or three are tried together."""
_SAMPLED_TIMES, _SAMPLED_ROWS = 500, 20_000
_MAX_CONFIRMED = 5
_MIN_REPEATED, _MIN_ROWS_PER_SERIES = 0.2, 3
"""Columns together name the series only if repeated times are the rule, and a series has rows."""


def series_of_rows(
    frame: pandas.DataFrame, names: tuple[str, ...]
) -> tuple[np.ndarray | None, tuple[str, ...], np.ndarray | None]:
    """Returns the series of each row.

    Args:
        frame: The table as read.
        names: The columns that name the series together; none for a single series.

    Returns:
        The series code of each row, -1 without one; the names of the series in order, those of several columns joined
        by a slash (one in a part has a backslash before it); and the mask of rows without a name, or None.
    """
    if not names:
        return None, ("series",), None
    codes, texts = _coded(frame[names[0]])
    if len(names) > 1:
        texts = list(map(_escaped, texts))
    for name in names[1:]:
        others, other_texts = _coded(frame[name])
        size = max(1, len(other_texts))
        pairs = np.where((codes < 0) | (others < 0), -1, codes * size + others)
        present, codes = np.unique(pairs, return_inverse=True)
        if len(present) and present[0] < 0:
            present, codes = present[1:], codes - 1
        texts = [f"{texts[pair // size]}/{_escaped(other_texts[pair % size])}" for pair in present.tolist()]
    nameless = codes < 0
    return codes.astype(np.int32), tuple(texts), nameless if nameless.any() else None


def alike_names(names: tuple[str, ...]) -> list[str]:
    """Returns the first names of series that differ only in case or blanks, such as Berlin and BERLIN; or nothing."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(" ".join(name.split()).casefold(), []).append(name)
    return next((group for group in groups.values() if len(group) > 1), [])


def slot_column(working: WorkingTable) -> str | None:
    """Returns the column that numbers the rows of each date in file order, as settlement periods do; or None."""
    if working.codes is not None or working.counter or np.any(working.ticks % DAY) or working.origin is not None:
        return None
    position = working.repeats
    for name in map(str, working.frame.columns):
        column = working.frame[name]
        if is_slot_name(name) and column.dtype.kind in "iu" and np.ptp(column.to_numpy() - position) == 0:
            return name
    return None


def naming_columns(working: WorkingTable) -> tuple[str, tuple[str, ...]] | None:
    """Returns the role ("id" or "time") and the names of columns that differ between all rows with the same time.

    A time of day next to a date without one is part of the time; a text or a recurring number names the series, and so
    do two or three of them together. If a time of day is among these, it comes first. Columns that already name the
    series are part of the names returned.

    Args:
        working: The rows, sorted by series and time.
    """
    candidates = _candidates(working)
    repeated = working.repeats > 0
    group = np.cumsum(~repeated)
    single = [c for c in candidates if working.codes is None or c.is_clock]
    ranked = sorted(single, key=lambda c: (not c.is_clock, not c.is_text, c.position))
    for candidate in ranked:
        if _is_key(group, [candidate.codes]):
            return ("time" if candidate.is_clock else "id"), (candidate.name,)
    if repeated.mean() < _MIN_REPEATED:
        return None
    for together in _combinations(candidates, group, repeated, known=len(working.roles.id)):
        if clocks := [candidate.name for candidate in together if candidate.is_clock]:
            return "time", tuple(clocks[:1])
        return "id", (*working.roles.id, *(candidate.name for candidate in together))
    return None


@dataclass(frozen=True)
class _Candidate:
    """A column of texts or recurring whole numbers; `codes` numbers its `distinct` values, in the order of the rows."""

    name: str
    position: int
    codes: np.ndarray
    distinct: int
    is_clock: bool
    is_text: bool


def _candidates(working: WorkingTable) -> list[_Candidate]:
    import pandas

    # A target that nobody named may be a number of a series.
    roles, named = working.roles, working.roles.chosen_target and working.choices.target != ("all",)
    dates_only = len(roles.time) == 1 and not working.counter and not np.any(working.ticks % DAY)
    candidates = []
    for place, name in enumerate(working.frame.columns):
        if name in (*roles.time, *roles.id, *(roles.targets if named else ())):
            continue
        position = place + len(working.frame.columns) * (name in roles.targets)
        column = working.frame[name] if working.origin is None else working.frame[name].iloc[working.origin]
        is_clock = dates_only and holds_times_of_day(column, str(name))
        if column.dtype.kind not in "iuOUT" and not is_clock and not _is_whole(column):
            continue
        codes, distinct = pandas.factorize(column)
        if not is_clock and not 1 < len(distinct) <= max(24, len(working) // 10):
            continue
        is_text = column.dtype.kind not in "iuf"
        candidates.append(_Candidate(str(name), position, codes.astype(np.int64), len(distinct), is_clock, is_text))
    return candidates


def _is_whole(column: Any) -> bool:
    """Whether a column of floats holds whole numbers, as other programs write integers."""
    values = column.to_numpy() if column.dtype.kind == "f" else np.array([np.nan])
    return bool(np.all(values == np.floor(values)))


def _combinations(
    candidates: list[_Candidate], group: np.ndarray, repeated: np.ndarray, *, known: int
) -> Iterator[tuple[_Candidate, ...]]:
    """Yields the fewest columns that differ together between all rows of a group, those that come first in the file.

    Each combination is tried on the rows of some groups first, so that few of them are tried on all rows.
    """
    groups = np.unique(group[repeated])
    is_sampled = np.zeros(int(group[-1]) + 1, bool)
    is_sampled[groups[:: max(1, len(groups) // _SAMPLED_TIMES)]] = True
    sample = np.flatnonzero(is_sampled[group])[:_SAMPLED_ROWS]
    largest = int(np.bincount(group[sample]).max())
    ranked = sorted(candidates, key=lambda c: (not c.is_text, c.position))
    for count in range(1 if known else 2, 1 + max(_MAX_CANDIDATES) - known):
        tried = sorted(ranked[: _MAX_CANDIDATES[count]], key=lambda c: c.position)
        survivors = [
            together
            for together in combinations(tried, count)
            if prod(candidate.distinct for candidate in together) >= largest
            and _is_key(group[sample], [candidate.codes[sample] for candidate in together])
        ]
        survivors.sort(key=lambda together: sum(candidate.position for candidate in together))
        for together in survivors[:_MAX_CONFIRMED]:
            codes = [candidate.codes for candidate in together]
            if _is_key(group, codes) and len(group) >= _MIN_ROWS_PER_SERIES * _distinct(codes):
                yield together


def _is_key(group: np.ndarray, codes: list[np.ndarray]) -> bool:
    """Whether no two rows of a group have the same codes."""
    return _distinct([group, *codes]) == len(group)


def _distinct(codes: list[np.ndarray]) -> int:
    """Returns the number of distinct combinations of codes."""
    import pandas

    key = codes[0]
    for other in codes[1:]:
        key, present = pandas.factorize(key * (int(other.max()) + 2) + other + 1)
    return len(present) if len(codes) > 1 else len(np.unique(key))


def _coded(column: Any) -> tuple[np.ndarray, list[str]]:
    """Returns the code of each cell, -1 for a blank one, and the distinct cells as texts, sorted."""
    import pandas

    if column.dtype.kind not in "iufM":
        text = column.astype("str").str.strip()  # a single type, so that names can be sorted
        column = text.where(column.notna() & (text != ""))
    codes, names = pandas.factorize(column, sort=True)
    whole = column.dtype.kind == "f" and bool(np.all(np.isfinite(names) & (names == np.floor(names))))
    return codes.astype(np.int64), [str(int(value) if whole else value) for value in names]


def _escaped(part: str) -> str:
    """Returns a part of a joined name, so that different parts never give the same name."""
    return part.replace("\\", "\\\\").replace("/", "\\/") if "/" in part or "\\" in part else part
