"""Finds missing rows and values, and fills, drops or reports them as `missing` requests.

Nothing is filled before the first known value of a series, across series, or without a note.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from seqkit.data.tables.intervals import DAY, Grid, parse_interval
from seqkit.data.tables.opening_hours import find_sessions
from seqkit.data.tables.timezones import find_spring_zone
from seqkit.data.tables.working_table import WorkingTable, span_text

# Filling never grows a table beyond this factor: with a mistyped year most of it would be invented.
_MAX_GROWTH = 10
_LONG_SEGMENT = 200  # rows
_MIN_SHARE = 0.05  # of the rows, so that it matters where values are missing
_MAX_HOLIDAYS = 0.1  # of the rows


def fill_gaps(working: WorkingTable) -> None:
    """Finds rows missing from the grid and values missing from rows, and applies the `missing` policy.

    Args:
        working: A table with sorted, distinct rows on the grid of its interval.
    """
    assert working.interval is not None
    grid = parse_interval(working.interval)
    numbers, phases = grid.split(working.ticks)
    policy = working.choices.missing
    incomplete = _incomplete(working)
    gaps = _gaps(working, numbers)
    remedy = {} if policy != "error" else _advice(working, grid, numbers, gaps, incomplete)
    done = {
        "error": "",
        "drop": "; the series is split there",
        "skip": "; the next row counts as the next step",
        "ffill": "; filled with the value before",
        "interpolate": "; filled by linear interpolation",
    }[policy]
    zone = _zone_of_gaps(working, numbers, gaps) if policy == "error" else None
    if zone is not None:
        message = f"the clock moved forward here, as in {zone}: the hour before this row was skipped"
        working.report(
            "daylight saving", message, gaps, column=working.time_name, remedy={"timezone": zone}, blocking=True
        )
    elif len(gaps) and policy == "error" and (sessions := find_sessions(working)):
        _report_sessions(working, numbers, gaps, sessions)
    elif len(gaps):
        _report_gaps(working, numbers, gaps, remedy, done)
    if policy == "error" and incomplete.mean() >= _MIN_SHARE and (sessions := _sessions_of_values(working, incomplete)):
        remedy = {**sessions, "missing": "drop"}
    _report_missing_values(working, remedy, done)
    if policy in ("ffill", "interpolate") and (len(gaps) or incomplete.any()):
        if _insert_rows(working, grid, numbers, phases, gaps):
            for name, values in working.columns.items():
                filled = _filled(values, working, policy)
                if filled is not values:
                    working.filled[name] = np.isfinite(filled) & ~np.isfinite(values)
                    working.columns[name] = filled
        incomplete = _incomplete(working)
    if policy != "error" and incomplete.any():
        _drop_rows(working, incomplete, policy)


def segments(working: WorkingTable) -> np.ndarray:
    """Returns the row ranges [first, end) without a gap, each inside one series, int64 of shape (n, 2).

    With `missing` "skip" a series is one range.
    """
    assert working.interval is not None
    numbers, _ = parse_interval(working.interval).split(working.ticks)
    cut = np.zeros(len(numbers) - 1, bool) if working.choices.missing == "skip" else np.diff(numbers) != 1
    if working.codes is not None:
        cut |= working.codes[1:] != working.codes[:-1]
    borders = np.concatenate(([0], np.flatnonzero(cut) + 1, [len(working)])).astype(np.int64)
    return np.stack([borders[:-1], borders[1:]], axis=1)


def _gaps(working: WorkingTable, numbers: np.ndarray) -> np.ndarray:
    """Returns the rows that follow a gap in their series."""
    wide = np.diff(numbers) > 1
    if working.codes is not None:
        wide &= working.codes[1:] == working.codes[:-1]
    return np.flatnonzero(wide) + 1


def _zone_of_gaps(working: WorkingTable, numbers: np.ndarray, gaps: np.ndarray) -> str | None:
    """Returns the time zone in which all gaps are hours that the clock skipped in spring, or None."""
    if not len(gaps) or working.counter or working.utc or working.choices.resample is not None:
        return None
    before, after = working.ticks[gaps - 1], working.ticks[gaps]
    step = (after - before) // (numbers[gaps] - numbers[gaps - 1])
    if np.any(step > DAY // 24) or np.any(after - before - step != DAY // 24):
        return None
    return find_spring_zone(np.unique(working.ticks), before, after)


def _report_gaps(
    working: WorkingTable, numbers: np.ndarray, gaps: np.ndarray, remedy: dict[str, str], done: str
) -> None:
    lost = numbers[gaps] - numbers[gaps - 1] - 1
    longest = int(np.argmax(lost))
    after = int(gaps[longest])
    span = int(working.ticks[after] - working.ticks[after - 1])
    length = f"{span} counts" if working.counter else span_text(span)
    if len(gaps) == 1:
        message = f"{int(lost[0]):,} missing before this row: no rows for {length}"
    else:
        message = f"{int(lost.sum()):,} missing in {len(gaps):,} gaps, the longest, {length}, before "
        message += working.time_text(after)
    blocking = working.choices.missing == "error"
    working.report(
        "gap", message + done, gaps, count=int(lost.sum()), column=working.time_name, remedy=remedy, blocking=blocking
    )


def _sessions_of_values(working: WorkingTable, incomplete: np.ndarray) -> dict[str, str]:
    """Returns the sessions outside of which all rows lack values, as options; empty if there are none."""
    if incomplete.all() or working.choices.sessions is not None:
        return {}
    complete = replace(working)
    complete.take(~incomplete)
    return find_sessions(complete)


def _report_sessions(working: WorkingTable, numbers: np.ndarray, gaps: np.ndarray, sessions: dict[str, str]) -> None:
    """Reports gaps that repeat every week or day."""
    lost = int((numbers[gaps] - numbers[gaps - 1] - 1).sum())
    where = f" in {sessions['timezone']}" if "timezone" in sessions else ""
    message = f"rows come only {sessions['sessions']}{where}: with --sessions the times outside are no gaps"
    working.report(
        "regular gaps",
        message,
        gaps,
        count=lost,
        column=working.time_name,
        remedy=sessions,
        blocking=True,
    )


def _incomplete(working: WorkingTable) -> np.ndarray:
    """Returns the mask of rows with a missing value in any column."""
    mask = np.zeros(len(working), bool)
    for values in working.columns.values():
        if values.dtype.kind == "f":
            mask |= ~np.isfinite(values)
    return mask


def _report_missing_values(working: WorkingTable, remedy: dict[str, str], done: str) -> None:
    blocking = working.choices.missing == "error"
    for name, values in working.columns.items():
        if values.dtype.kind != "f":
            continue
        absent = np.flatnonzero(~np.isfinite(values))
        infinite = absent[np.isinf(values[absent])]
        absent = absent[np.isnan(values[absent])]
        for kind, rows in (("missing value", absent), ("infinite value", infinite)):
            if len(rows):
                share = len(rows) / len(values)
                message = f"{share:.1%} of the rows" if share >= 0.0005 else "less than 0.1% of the rows"
                if kind == "missing value" and share >= _MIN_SHARE:
                    message += _at_one_end(working, values)
                working.report(kind, message + done, rows, column=name, remedy=remedy, blocking=blocking)


def _at_one_end(working: WorkingTable, values: np.ndarray) -> str:
    """Returns whether a column lacks values mainly before its first or after its last known value in each series."""
    known = np.isfinite(values)
    seen = np.cumsum(known)
    lengths = np.diff(working.starts)
    borders = np.append(0, seen)[working.starts]
    before = seen == np.repeat(borders[:-1], lengths)
    after = (seen == np.repeat(borders[1:], lengths)) & ~known & ~before
    absent = int((~known).sum())
    if before.sum() >= 0.9 * absent:
        return ", before its first value: the column starts late"
    return ", after its last value: the column ends early" if after.sum() >= 0.9 * absent else ""


def _advice(
    working: WorkingTable, grid: Grid, numbers: np.ndarray, gaps: np.ndarray, incomplete: np.ndarray
) -> dict[str, str]:
    """Returns the policy to suggest: skip for holidays, drop if long segments remain, otherwise ffill."""
    lost = int((numbers[gaps] - numbers[gaps - 1] - 1).sum()) if len(gaps) else 0
    if grid.unit in ("business", "session") and not incomplete.any() and lost <= _MAX_HOLIDAYS * len(working):
        return {"missing": "skip"}
    complete = np.flatnonzero(~incomplete)
    if not len(complete):
        return {"missing": "ffill"}
    cut = np.diff(numbers[complete]) != 1
    if working.codes is not None:
        cut |= np.diff(working.codes[complete]) != 0
    lengths = np.diff(np.concatenate(([0], np.flatnonzero(cut) + 1, [len(complete)])))
    typical = float(np.sum(lengths.astype(np.float64) ** 2)) / len(working)  # mean segment length over rows
    series = float(np.sum(np.diff(working.starts).astype(np.float64) ** 2)) / len(working)
    return {"missing": "drop" if typical >= min(_LONG_SEGMENT, series / 2) else "ffill"}


def _insert_rows(working: WorkingTable, grid: Grid, numbers: np.ndarray, phases: np.ndarray, gaps: np.ndarray) -> bool:
    """Inserts the missing rows without values; returns False and reports it if they would be most of the table."""
    if not len(gaps):
        return True
    place = np.arange(len(working)) + 0
    lost = np.zeros(len(working), np.int64)
    lost[gaps] = numbers[gaps] - numbers[gaps - 1] - 1
    place += np.cumsum(lost)
    total = int(place[-1]) + 1
    if total > _MAX_GROWTH * len(working) + 1000:
        worst = int(np.argmax(lost))
        added = total - len(working)
        message = f"filling would add {added:,} rows to the existing {len(working):,}; is this time correct?"
        working.report("gap too long", message, worst, blocking=True)
        return False
    source = np.repeat(np.arange(len(working)), 1 + np.append(lost[1:], 0))  # the row before each inserted one
    ahead = np.arange(total) - place[source]
    working.ticks = grid.join(numbers[source] + ahead, phases[source])
    working.codes = None if working.codes is None else working.codes[source]
    origin = np.full(total, -1, np.int64)
    origin[place] = np.arange(len(place)) if working.origin is None else working.origin
    working.origin = origin
    for name, values in working.columns.items():
        wider = np.full(total, np.nan, values.dtype if values.dtype.kind == "f" else np.float64)
        wider[place] = values
        working.columns[name] = wider
    return True


def _filled(values: np.ndarray, working: WorkingTable, policy: str) -> np.ndarray:
    """Returns the values with the gaps after each series' first known value filled."""
    if values.dtype.kind != "f":
        return values
    known = np.isfinite(values)
    if known.all():
        return values
    place = np.arange(len(values))
    start = np.repeat(working.starts[:-1], np.diff(working.starts))
    before = np.maximum.accumulate(np.where(known, place, -1))
    if policy == "ffill":
        usable = ~known & (before >= start)
        return np.where(usable, values[before], values)
    end = np.repeat(working.starts[1:], np.diff(working.starts))
    after = np.minimum.accumulate(np.where(known, place, len(values))[::-1])[::-1]
    gaps = np.flatnonzero(~known & (before >= start) & (after < end))
    left, right = before[gaps], after[gaps]
    share = (working.ticks[gaps] - working.ticks[left]) / (working.ticks[right] - working.ticks[left])
    filled = values.copy()
    filled[gaps] = values[left] + share * (values[right].astype(np.float64) - values[left])
    return filled


def _drop_rows(working: WorkingTable, incomplete: np.ndarray, policy: str) -> None:
    """Drops the rows that still lack a value."""
    if policy != "drop":
        where = (
            "before the first known value" if policy == "ffill" else "before the first or after the last known value"
        )
        working.report(
            "dropped",
            f"rows {where} of a column cannot be filled and are dropped",
            np.flatnonzero(incomplete),
            value="",
        )
    if incomplete.all():
        message = "no row has a value in every column; choose fewer --features"
        working.report("no rows left", message, blocking=True)
        return
    working.take(~incomplete)
