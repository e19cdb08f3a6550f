"""The order of the rows: sorted, told apart where the clock was put back, one for each time, averaged into bins."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqkit.data.tables.intervals import DAY, interval_seconds, parse_interval
from seqkit.data.tables.timezones import find_zone, to_utc
from seqkit.data.tables.working_table import WorkingTable
from seqkit.errors import UsageError


def sort_rows(working: WorkingTable) -> None:
    """Sorts the rows by series, then time; rows of the same time stay in the order of the file."""
    if working.codes is not None and np.any(working.codes[1:] < working.codes[:-1]):
        working.take(np.argsort(working.codes, kind="stable"))
    earlier = working.ticks[1:] < working.ticks[:-1]
    if working.codes is not None:
        earlier &= working.codes[1:] == working.codes[:-1]
    if not earlier.any():
        return
    rows = np.flatnonzero(earlier) + 1
    working.report(
        "unsorted", "a row is earlier than the one before it; all are sorted by time", rows, column=working.time_name
    )
    order = np.argsort(working.ticks, kind="stable")
    working.take(order if working.codes is None else np.lexsort((working.ticks, working.codes)))


def turn_to_utc(working: WorkingTable) -> None:
    """Turns local times into UTC, in the zone that was chosen or that the repeated hours point to."""
    choices, zone = working.choices, working.choices.timezone
    if working.counter:
        if zone is not None:
            raise UsageError("--timezone needs timestamps, and there are none. Leave it out, or name them with --time.")
        return
    if working.utc:
        return
    if zone is None:
        zone = _zone_of_repeats(working)
        if zone is None:
            return
    elif _is_daily(working):
        working.report("time zone", f"the interval is a day or more: dates are kept as they are, without {zone}")
        return
    ticks, nonexistent, once = to_utc(working.ticks, _repeated(working), zone)
    stop = choices.missing == "error"
    for mask, kind, why in (
        (nonexistent, "no such time", "jumped over it"),
        (once, "ambiguous time", "showed it twice, and it stands here once"),
    ):
        if mask.any():
            message = f"the clock of {zone} {why}" + ("" if stop else "; it is left out")
            working.report(
                kind, message, np.flatnonzero(mask), column=working.time_name, remedy={"missing": "drop"}, blocking=stop
            )
    if choices.timezone is not None:
        working.report("time zone", f"local times of {zone} are turned into UTC")
    working.ticks, working.utc = ticks, True
    if (nonexistent | once).any():
        working.take(~(nonexistent | once))
    order = (
        np.lexsort((working.ticks, working.codes))
        if working.codes is not None
        else np.argsort(working.ticks, kind="stable")
    )
    if np.any(order[1:] < order[:-1]):
        working.take(order)


def merge_duplicates(working: WorkingTable) -> None:
    """Makes one row of those with the same series and time; where rows are averaged into bins anyway, bins do that."""
    repeated = _repeated(working)
    again = np.flatnonzero(repeated)
    if not len(again) or working.choices.resample is not None:
        return
    policy = working.choices.duplicates
    if policy == "error":
        _report_duplicates(working, again)
    else:
        kept = {"first": "the first is kept", "last": "the last is kept", "mean": "their mean is kept"}[policy]
        working.report(
            "duplicate time", f"a row of the same time stands before; {kept}", again, column=working.time_name
        )
    first = np.flatnonzero(repeated == 0)
    if policy == "mean":
        _average(working, first)
    else:
        working.take(np.append(first[1:], len(working)) - 1 if policy == "last" else first)


def resample(working: WorkingTable) -> None:
    """Averages the rows of each bin."""
    rule = working.choices.resample
    if rule is None:
        return
    if rule.isdigit() != working.counter:
        raise UsageError(
            f"--resample {rule} does not fit: the times are {'counters' if working.counter else 'timestamps'}."
        )
    before = len(working)
    working.ticks = parse_interval(rule).bins(working.ticks)
    first = np.flatnonzero(_repeated(working) == 0)
    _average(working, first)
    working.report("resampled", f"{before:,} rows are averaged into {len(working):,} of {rule} each")


def _repeated(working: WorkingTable) -> np.ndarray:
    """Returns for each row how many rows of the same series and time stand before it."""
    same = working.ticks[1:] == working.ticks[:-1]
    if working.codes is not None:
        same &= working.codes[1:] == working.codes[:-1]
    if not same.any():
        return np.zeros(len(working), np.int64)
    place = np.arange(len(working))
    first = np.maximum.accumulate(np.where(np.append(True, ~same), place, 0))
    return place - first


def _is_daily(working: WorkingTable) -> bool:
    """Whether the interval is a day or more: such times name days and not moments."""
    if working.choices.interval is not None:
        return interval_seconds(working.choices.interval) >= 86_400
    return bool(np.all(working.ticks % DAY == working.ticks[0] % DAY))


def _zone_of_repeats(working: WorkingTable) -> str | None:
    """Returns the time zone that explains the times there twice, having reported it, or None."""
    repeated = _repeated(working) > 0
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
        f"the clock was put back here, as in {zone}: an hour stands twice, one in spring is missing",
        np.flatnonzero(repeated),
        column=working.time_name,
        remedy={"timezone": zone} if stop else {},
        blocking=stop,
    )
    return zone if stop else None


def _report_duplicates(working: WorkingTable, again: np.ndarray) -> None:
    """Reports rows whose time stands before, with the column that tells them apart where there is one."""
    values = working.columns.values()
    equal = all(np.array_equal(v[again], v[again - 1], equal_nan=v.dtype.kind == "f") for v in values)
    remedy: dict[str, Any] = {"duplicates": "first" if equal else "mean"}
    message = "a row of the same time stands before, with " + ("the same values" if equal else "other values")
    other = None if equal else _telling_apart(working)
    if other is not None:
        role, name = other
        remedy = {"id": name} if role == "id" else {"time": (*working.roles.time, name)}
        use = "names the series" if role == "id" else "belongs to the time"
        message = f"'{name}' differs between rows of the same time: it {use}, it seems"
    working.report("duplicate time", message, again, column=working.time_name, remedy=remedy, blocking=True)


def _telling_apart(working: WorkingTable) -> tuple[str, str] | None:
    """Returns the role and name of a column that differs between all rows of the same time, or None.

    An hour beside a date without a clock belongs to the time; a text, or a number that returns, names the series.
    """
    import pandas

    candidates = []
    for position, name in enumerate(working.frame.columns):
        if name in (*working.roles.time, *working.roles.targets, working.roles.id):
            continue
        column = working.frame[name] if working.origin is None else working.frame[name].iloc[working.origin]
        if column.dtype.kind not in "iuOUT":
            continue
        codes, distinct = pandas.factorize(column)
        if len(distinct) > max(24, len(working) // 10):
            continue
        is_hour = (
            column.dtype.kind in "iu" and column.min() >= 0 and column.max() <= 23 and len(working.roles.time) == 1
        )
        is_hour = is_hour and not working.counter and not np.any(working.ticks % DAY) and working.codes is None
        if working.codes is not None and not is_hour:
            continue
        keys = pandas.DataFrame({"time": working.ticks, "other": codes})
        if not keys.duplicated().any():
            candidates.append((0 if is_hour else 1 if column.dtype.kind in "OUT" else 2, position, name))
    if not candidates:
        return None
    rank, _, name = min(candidates)
    return ("time" if rank == 0 else "id"), name


def _average(working: WorkingTable, first: np.ndarray) -> None:
    """Makes one row, the mean of what is known, of each group of neighbouring rows; `first` is where groups start."""
    means = {}
    for name, values in working.columns.items():
        known = np.isfinite(values)
        sums = np.add.reduceat(np.where(known, values, 0).astype(np.float64), first)
        counts = np.add.reduceat(known.astype(np.int64), first)
        mean = np.divide(sums, counts, out=np.full(len(first), np.nan), where=counts > 0)
        means[name] = mean.astype(values.dtype) if values.dtype.kind == "f" else mean
    working.take(first)
    working.columns = means
