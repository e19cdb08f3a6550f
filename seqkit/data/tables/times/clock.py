"""Decides which clock the times follow: UTC for instants, local dates for rows a day or more apart."""

from __future__ import annotations

import numpy as np

from seqkit.data.tables.intervals import DAY, interval_seconds
from seqkit.data.tables.timezones import find_zone, from_utc, to_utc
from seqkit.data.tables.working_table import WorkingTable
from seqkit.errors import UsageError

_DAY_SECONDS = 86_400


def choose_clock(working: WorkingTable) -> None:
    """Converts times below a day apart to UTC, and keeps local times where rows or bins are days, or follow sessions.

    The local clock is the time zone of the options, or that of the UTC offsets in the file. A zone that is neither
    given nor in the file is inferred from repeated hours.
    """
    zone = working.choices.timezone
    if working.counter:
        if zone is not None:
            raise UsageError("--timezone needs timestamps, but there are none. Omit it, or set --time.")
    elif working.utc:
        _choose_for_instants(working, zone)
    elif zone is not None and working.choices.sessions is not None:
        working.report("time zone", f"times stay those of {zone}, as sessions do")
    elif zone is not None and _has_daily_bins(working):
        working.report("time zone", f"bins follow the local dates of {zone}")
    elif zone is not None and _is_daily(working, working.ticks):
        working.report("time zone", f"the interval is a day or more: dates are not converted from {zone}")
    else:
        zone = zone or _zone_of_repeats(working)
        if zone is not None:
            _turn_to_utc(working, zone)


def _choose_for_instants(working: WorkingTable, zone: str | None) -> None:
    """Replaces UTC times by local ones where dates matter and the local clock is known."""
    if zone is not None:
        local = from_utc(working.ticks, zone)
        clock = f"of {zone}"
    else:
        local = working.ticks if working.offset is None else working.ticks + working.offset
        clock = "of their UTC offsets"
    is_local = zone is not None or bool(np.any(local != working.ticks))
    daily, bins = _is_daily(working, local), _has_daily_bins(working)
    sessions = working.choices.sessions is not None
    if is_local and (daily or bins or sessions):
        working.ticks, working.utc = _without_skipped_midnights(working, local), False
        if bins:
            message = f"bins follow the local dates {clock}"
        elif sessions and not daily:
            message = f"sessions follow the local times {clock}"
        else:
            message = f"rows a day or more apart keep the local dates {clock}"
        working.report("time zone", message, column=working.time_name)
        _sort(working)
        return
    message = "times with a UTC offset are converted to UTC" if working.offset is not None else "times are UTC"
    if zone is not None:
        message += f"; --timezone {zone} applies to intervals or bins of a day or more"
    if bins:
        message += "; bins follow UTC dates, set --timezone for local ones"
    if working.offset is not None or zone is not None or bins:
        working.report("time zone", message, column=working.time_name)


def _without_skipped_midnights(working: WorkingTable, local: np.ndarray) -> np.ndarray:
    """Returns local times in which a day that began at 01:00, as the clock skipped midnight, begins at 00:00."""
    offset = local - working.ticks
    change = np.append(0, np.diff(offset))
    if working.same_series is not None:
        change[1:][~working.same_series] = 0
    begins_late = (change > 0) & (local % DAY == change) & (np.mean(local % DAY == 0) > 0.5)
    return np.where(begins_late, local - change, local)


def _turn_to_utc(working: WorkingTable, zone: str) -> None:
    """Converts local times of a zone to UTC."""
    ticks, nonexistent, ambiguous = to_utc(working.ticks, working.repeats, zone)
    stop = working.choices.missing == "error"
    for mask, kind, why in (
        (nonexistent, "nonexistent time", "skipped it"),
        (ambiguous, "ambiguous time", "showed it twice, but it occurs once"),
    ):
        if mask.any():
            message = f"the clock of {zone} {why}" + ("" if stop else "; dropped")
            working.report(
                kind, message, np.flatnonzero(mask), column=working.time_name, remedy={"missing": "drop"}, blocking=stop
            )
    if working.choices.timezone is not None:
        working.report("time zone", f"local times of {zone} are converted to UTC")
    working.ticks, working.utc = ticks, True
    if (nonexistent | ambiguous).any():
        working.take(~(nonexistent | ambiguous))
    _sort(working)


def _sort(working: WorkingTable) -> None:
    """Sorts the rows by series and time again, after a change of the clock."""
    if working.codes is not None:
        order = np.lexsort((working.ticks, working.codes))
    else:
        order = np.argsort(working.ticks, kind="stable")
    if np.any(order[1:] < order[:-1]):
        working.take(order)


def _is_daily(working: WorkingTable, ticks: np.ndarray) -> bool:
    """Whether the interval is a day or more: such times are dates, not instants.

    Times up to two hours off are daily too, since in some zones a day begins at 01:00 when the clock skips midnight.
    """
    if working.choices.interval is not None:
        return interval_seconds(working.choices.interval) >= _DAY_SECONDS
    if np.all(ticks % DAY == ticks[0] % DAY):
        return True
    steps = np.diff(ticks)
    steps = steps if working.same_series is None else steps[working.same_series]
    return len(steps) > 1 and bool(np.quantile(steps, 0.05) >= DAY - DAY // 12)


def _has_daily_bins(working: WorkingTable) -> bool:
    rule = working.choices.resample
    return rule is not None and interval_seconds(rule) >= _DAY_SECONDS


def _zone_of_repeats(working: WorkingTable) -> str | None:
    """Returns the time zone that explains repeated times and reports it, or None."""
    repeated = working.repeats > 0
    if not repeated.any() or repeated.mean() > 0.05 or working.choices.resample is not None:
        return None
    distinct = np.unique(working.ticks)
    if len(distinct) < 3 or np.median(np.diff(distinct)) > DAY // 24:
        return None
    zone = find_zone(distinct, np.unique(working.ticks[repeated]))
    if zone is None:
        return None
    stop = working.choices.duplicates == "error"
    working.report(
        "daylight saving",
        f"the clock moved back here, as in {zone}: one hour occurs twice, one in spring is missing",
        np.flatnonzero(repeated),
        column=working.time_name,
        remedy={"timezone": zone} if stop else {},
        blocking=stop,
    )
    return zone if stop else None
