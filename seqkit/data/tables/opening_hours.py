"""Finds regular gaps, such as nights and weekends: rows come only in some hours or on some days of the week."""

from __future__ import annotations

import numpy as np

from seqkit.data.tables.intervals import parse_interval
from seqkit.data.tables.sessions import DAY, MONDAY, WEEK, describe_slots
from seqkit.data.tables.timezones import LIKELY_ZONES, from_utc
from seqkit.data.tables.working_table import WorkingTable

_MIN_WEEKS, _MIN_DAYS = 2, 5
_MAX_OUTSIDE = 0.01  # of the rows
_MAX_CLOSED = 0.2  # of the open hours: holidays
_MIN_EXPLAINED = 0.8  # of the missing rows


def find_sessions(working: WorkingTable) -> dict[str, str]:
    """Returns the sessions in which almost all rows are and few are missing, as options; empty if there are none.

    Such sessions explain most of the missing rows. They are those of the local clock; where times are UTC, and only a
    time zone whose clock changes makes them regular, the zone is an option, too.

    Args:
        working: A table with sorted, distinct rows on the grid of its interval.
    """
    sessions = _find(working, _local(working))
    is_local = not working.utc or working.choices.timezone is not None
    is_local = is_local or (working.offset is not None and bool(working.offset.any()))
    if sessions is not None or is_local:
        return {} if sessions is None else {"sessions": sessions}
    for zone in LIKELY_ZONES:
        sessions = _find(working, from_utc(working.ticks, zone))
        if sessions is not None:
            return {"timezone": zone, "sessions": sessions}
    return {}


def _find(working: WorkingTable, ticks: np.ndarray) -> str | None:
    """Returns the sessions of local times, or None."""
    if working.counter or working.interval is None or not len(working):
        return None
    grid = parse_interval("D" if working.interval == "B" else working.interval)
    if grid.unit != "tick" or grid.weekly or DAY % grid.step:
        return None
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
    is_open = _open_slots(counts, exposure, period)
    if is_open.all():
        return None
    outside, missing = int(counts[~is_open].sum()), span - len(ticks)
    closed = int(exposure[is_open].sum() - counts[is_open].sum())
    if outside > _MAX_OUTSIDE * len(ticks) or closed > _MAX_CLOSED * exposure[is_open].sum():
        return None
    if missing - closed < _MIN_EXPLAINED * missing:
        return None
    times = np.flatnonzero(np.tile(is_open, WEEK // period)) * grid.step + phase
    sessions = describe_slots(np.unique(times % WEEK), grid.step)
    return None if (sessions, working.interval) == ("Mon-Fri", "B") else sessions


def _open_slots(counts: np.ndarray, exposure: np.ndarray, period: int) -> np.ndarray:
    """Returns which slots are open: those with a row most of the time, or like the same time on other days.

    A holiday or a missing row must not close a slot that has occurred a few times only.
    """
    is_open = (exposure > 0) & (counts >= 0.5 * exposure)
    days = period // DAY
    by_day, seen, times = is_open.reshape(days, -1), exposure.reshape(days, -1), counts.reshape(days, -1)
    on_open_days = np.asarray(by_day.any(axis=1))
    if not on_open_days.any():
        return is_open
    usual = times[on_open_days].sum(axis=0) >= 0.5 * np.maximum(1, seen[on_open_days].sum(axis=0))
    doubtful = np.reshape(on_open_days, (-1, 1)) & (times > 0.1 * seen) & (times < 0.9 * seen)
    return np.asarray(np.where(doubtful, usual, by_day)).reshape(-1)


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
