"""Finds regular gaps, such as nights and weekends: rows come only in some hours or on some days of the week."""

from __future__ import annotations

import numpy as np

from seqkit.data.tables.intervals import parse_interval
from seqkit.data.tables.sessions import DAY, MONDAY, WEEK, describe_slots
from seqkit.data.tables.timezones import from_utc
from seqkit.data.tables.working_table import WorkingTable

_MIN_WEEKS, _MIN_DAYS = 2, 5
_MAX_OUTSIDE = 0.01  # of the rows
_MAX_CLOSED = 0.2  # of the open hours: holidays
_MIN_EXPLAINED = 0.8  # of the missing rows


def find_sessions(working: WorkingTable) -> str | None:
    """Returns the hours of the week in which almost all rows are and few are missing, or None.

    Such hours explain most of the missing rows. Local hours are found where the local clock is known.

    Args:
        working: A table with sorted, distinct rows on the grid of its interval.
    """
    if working.counter or working.interval is None or not len(working):
        return None
    grid = parse_interval("D" if working.interval == "B" else working.interval)
    if grid.unit != "tick" or grid.weekly or DAY % grid.step:
        return None
    ticks = _local(working)
    starts = working.starts
    first, last = starts[:-1][np.diff(starts) > 0], starts[1:][np.diff(starts) > 0] - 1
    phase = int(np.median(ticks[: 1 << 16] % grid.step))
    numbers = (ticks - MONDAY - phase) // grid.step
    span = int(np.sum(numbers[last] - numbers[first] + 1))
    period = WEEK if span * grid.step >= _MIN_WEEKS * WEEK else DAY
    slots = period // grid.step
    if slots < 2 or span < _MIN_DAYS * DAY // grid.step:
        return None
    exposure = _exposure(numbers[first] % slots, numbers[last] - numbers[first] + 1, slots)
    counts = np.bincount(numbers % slots, minlength=slots)
    is_open = (exposure > 0) & (counts >= 0.5 * exposure)
    outside, missing = int(counts[~is_open].sum()), span - len(ticks)
    closed = int(exposure[is_open].sum() - counts[is_open].sum())
    if outside > _MAX_OUTSIDE * len(ticks) or closed > _MAX_CLOSED * exposure[is_open].sum():
        return None
    if missing - closed < _MIN_EXPLAINED * missing:
        return None
    times = np.flatnonzero(np.tile(is_open, WEEK // period)) * grid.step + phase
    sessions = describe_slots(np.unique(times % WEEK), grid.step)
    return None if (sessions, working.interval) == ("Mon-Fri", "B") else sessions


def _local(working: WorkingTable) -> np.ndarray:
    """Returns the times on the local clock if it is known."""
    if working.utc and working.choices.timezone is not None:
        return from_utc(working.ticks, working.choices.timezone)
    return working.ticks if working.offset is None or not working.utc else working.ticks + working.offset


def _exposure(first: np.ndarray, lengths: np.ndarray, slots: int) -> np.ndarray:
    """Returns how often each slot occurs in runs of consecutive steps, given their first slots and lengths."""
    change = np.zeros(2 * slots + 1, np.int64)
    np.add.at(change, first, 1)
    np.add.at(change, first + lengths % slots, -1)
    once = np.cumsum(change)[: 2 * slots]
    return np.asarray(once[:slots] + once[slots:] + int(np.sum(lengths // slots)))
