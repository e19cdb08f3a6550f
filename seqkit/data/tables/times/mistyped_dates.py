"""Finds rows whose year or month is mistyped: far from all others, while the rows around them tell the right one."""

from __future__ import annotations

import numpy as np

from seqkit.data.tables.intervals import DAY
from seqkit.data.tables.working_table import WorkingTable, tick_text

_MIN_ROWS = 5
_MAX_SHARE = 0.005
_FAR_STEPS, _FAR_DAYS = 20, 20


def find_mistyped_dates(working: WorkingTable) -> None:
    """Reports rows with a mistyped year or month, and goes on with the date that the rows around them tell.

    A date is mistyped if it is far from those of the rows before and after it in the file, which are close to each
    other, if it lies between them with another year, or with another month, and if it is neither an appended
    copy of another row nor the one that is missing where it is.

    Args:
        working: The rows in file order.
    """
    if working.counter or len(working) < _MIN_ROWS:
        return
    order = np.arange(len(working)) if working.codes is None else np.argsort(working.codes, kind="stable")
    low, high = _range_between_neighbours(working.ticks[order], None if working.codes is None else working.codes[order])
    ticks = working.ticks[order]
    distance = np.maximum(low - ticks, ticks - high)
    usual = max(1, int(np.median(high - low)))
    is_far = (distance > max(_FAR_STEPS * usual, _FAR_DAYS * DAY)) & (high - low <= 4 * usual)
    suspects = np.flatnonzero(is_far)
    if len(suspects):
        codes = np.zeros(len(ticks), np.int64) if working.codes is None else working.codes[order]
        suspects = suspects[
            ~(_completes_series(ticks, codes, usual) | _repeats(working, order, ticks, codes))[suspects]
        ]
    if not len(suspects) or len(suspects) > max(1, _MAX_SHARE * len(ticks)):
        return
    mended = ticks.copy()
    for place in suspects.tolist():
        if (tick := _with_other_part(int(ticks[place]), int(low[place]), int(high[place]))) is not None:
            mended[place] = tick
    rows = order[mended != ticks]
    if not len(rows):
        return
    first = int(rows.min())
    right = tick_text(int(mended[np.flatnonzero(order == first)[0]]), counter=False)
    message = f"far from all other times, while the rows around it tell {right}: correct it in the file"
    working.report("mistyped date", message, rows, column=working.time_name, blocking=True)
    working.ticks = working.ticks.copy()
    working.ticks[order] = mended


def _completes_series(ticks: np.ndarray, codes: np.ndarray, usual: int) -> np.ndarray:
    """Returns the mask of rows whose time is the one that their series lacks: such a row is only in another place."""
    ordered = np.lexsort((ticks, codes))
    times, series = ticks[ordered], codes[ordered]
    completes = np.zeros(len(ticks), bool)
    inner = (times[:-2] < times[1:-1]) & (times[1:-1] < times[2:]) & (series[:-2] == series[2:])
    hole = times[2:] - times[:-2]
    completes[ordered[1:-1]] = inner & (hole >= 0.75 * usual) & (hole <= 4 * usual)
    return completes


def _repeats(working: WorkingTable, order: np.ndarray, ticks: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Returns the mask of rows of which their series has another with the same time and values.

    The values of a single column can be equal by chance: they count at the ends of a series only.
    """
    ordered = np.lexsort((ticks, codes))
    same = (np.diff(ticks[ordered]) == 0) & (np.diff(codes[ordered]) == 0)
    for values in working.columns.values():
        column = values[order][ordered]
        both_missing = np.isnan(column[1:]) & np.isnan(column[:-1]) if column.dtype.kind == "f" else False
        same &= (column[1:] == column[:-1]) | both_missing
    repeats = np.zeros(len(ticks), bool)
    repeats[ordered[:-1][same]] = repeats[ordered[1:][same]] = True
    if len(working.columns) > 1:
        return repeats
    changes = codes[1:] != codes[:-1]
    return repeats & (np.append(True, changes) | np.append(changes, True))


def _range_between_neighbours(ticks: np.ndarray, codes: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Returns the earlier and the later time of the rows before and after each row, of shape (rows,).

    The first and the last row of a series have neighbours on one side: the other one is assumed at the same distance.
    """
    before, after = np.roll(ticks, 1), np.roll(ticks, -1)
    starts = np.ones(len(ticks), bool)
    starts[1:] = False if codes is None else codes[1:] != codes[:-1]
    ends = np.roll(starts, -1)
    second, penultimate = np.roll(ticks, -2), np.roll(ticks, 2)
    before = np.where(starts, 2 * after - second - (second - after), before)
    after = np.where(ends, 2 * before - penultimate - (penultimate - before), after)
    return np.minimum(before, after), np.maximum(before, after)


def _with_other_part(tick: int, low: int, high: int) -> int | None:
    """Returns the time with another year, or another month, that lies between two times; None if there is none."""
    months = np.array([tick, low, high]).view("datetime64[ns]").astype("datetime64[M]")
    month, first, last = months.astype(np.int64).tolist()
    rest = tick - int(months[0].astype("datetime64[ns]").astype(np.int64))
    for other in range(first, last + 1):
        if other % 12 != month % 12 and other // 12 != month // 12:
            continue
        start = int(np.datetime64(other, "M").astype("datetime64[ns]").astype(np.int64))
        if (
            low < start + rest < high
            and np.datetime64(start + rest, "ns").astype("datetime64[M]").astype(np.int64) == other
        ):
            return start + rest
    return None
