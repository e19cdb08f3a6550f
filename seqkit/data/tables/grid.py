"""Checks that the rows are on one regular grid: interval, rows off the grid, mixed intervals."""

from __future__ import annotations

import numpy as np

from seqkit.data.tables.findings import COUNT_ROWS
from seqkit.data.tables.interval_inference import infer_interval
from seqkit.data.tables.intervals import DAY, Grid, fixed_interval, parse_interval, plain_interval
from seqkit.data.tables.rounding import ROUND_SECONDS, SECOND, find_rounding
from seqkit.data.tables.timezones import find_midnight_zone
from seqkit.data.tables.working_table import WorkingTable, span_text
from seqkit.errors import DataError, UsageError

_MAX_SCATTERED, _MIN_EMPTY = 0.1, 5


def find_grid(working: WorkingTable) -> bool:
    """Infers the interval and reports rows off its grid; returns False if the next stages cannot run."""
    steps = np.diff(working.ticks)
    inner = steps if working.codes is None else steps[working.same_series]
    expected = working.choices.interval or working.choices.resample
    if expected is None and not len(inner):
        message = "a series needs at least two rows to infer its interval"
        working.report("too short", message, 0, count=len(working), blocking=True)
        return False
    working.interval = (
        plain_interval(expected) if expected else infer_interval(working.ticks, inner, counter=working.counter)
    )
    if working.choices.sessions is not None and "[" not in working.interval:
        working.interval = _with_sessions(working.interval, working.choices.sessions)
    if working.interval.isdigit() != working.counter:
        kinds = ("counters", "timestamps")[:: 1 if working.counter else -1]
        raise DataError(
            f"The times are {kinds[0]}, expected {kinds[1]} at interval {working.interval}. "
            "Pass data like that the model was trained on."
        )
    if len(inner) and np.all(inner == inner[0]) and expected is None and working.choices.sessions is None:
        return True
    grid = parse_interval(working.interval)
    if grid.unit == "session" and not _keep_sessions(working, grid):
        return False
    numbers, phases = grid.split(working.ticks)
    off = _off_grid(working, phases)
    if expected is None and not working.counter and grid.unit == "tick" and _are_scattered(inner):
        off = np.ones(len(working), bool)
    if working.choices.interval is not None and len(inner) > 1 and _differs(working, numbers, off):
        other = infer_interval(working.ticks, inner, counter=working.counter)
        message = f"the interval is {other}, expected {working.interval}"
        working.report("interval mismatch", message, 0, count=len(working), blocking=True)
        return False
    if off.any():
        _report_off_grid(working, inner, off, grid)
        return False
    return not _mixes_intervals(working, numbers, grid)


def _with_sessions(interval: str, sessions: str) -> str:
    """Returns the interval limited to the sessions."""
    try:
        return plain_interval(f"{'D' if interval == 'B' else interval}[{sessions}]")
    except ValueError as error:
        raise UsageError(
            f"--sessions needs rows at an interval that divides a day; the interval is {interval}. Omit it."
        ) from error


def _keep_sessions(working: WorkingTable, grid: Grid) -> bool:
    """Drops the rows outside the sessions, or reports them as blocking; returns False if there are no others."""
    outside = grid.split(working.ticks)[1] >= grid.step
    if not outside.any():
        return True
    stop = working.choices.missing == "error" or bool(outside.all())
    working.report(
        "outside sessions",
        f"not within {working.choices.sessions}" + ("" if stop else "; dropped"),
        np.flatnonzero(outside),
        column=working.time_name,
        remedy={} if outside.all() else {"missing": "drop"},
        blocking=stop,
    )
    if outside.all():
        return False
    working.take(~outside)
    return True


def _report_off_grid(working: WorkingTable, inner: np.ndarray, off: np.ndarray, grid: Grid) -> None:
    """Reports the rows off the grid, and whether rounding their times or averaging bins gives a regular series."""
    zone = None
    if working.utc and working.choices.timezone is None and np.median(inner) >= DAY:
        zone = find_midnight_zone(working.ticks)
    rounding = None if zone else find_rounding(working, inner)
    remedy: dict[str, object]
    if zone is not None:
        message = f"times are UTC, and at one local time of day in {zone}; --timezone keeps the local dates"
        remedy = {"timezone": zone}
    elif rounding is not None:
        rule, most = rounding
        span = f"{most} counts" if working.counter else span_text(most)
        message = f"times are up to {span} off a grid of {rule}; --round moves each to its nearest step"
        remedy = {"round": rule}
    else:
        rule = str(working.interval)
        if off.mean() >= 0.05 or grid.unit == "business":
            rule = _round_interval(inner, working)
        message = f"most rows are {working.interval} apart, these are in between; --resample averages the rows of a bin"
        if off.mean() > 0.5:
            message = (
                f"the interval varies, most often {working.interval}; --resample averages the rows of a bin, and "
                "adds up events with --resample-with sum"
            )
        remedy = {"resample": rule}
        if "resample" in working.choices.hidden:
            message = f"{message.partition(';')[0]}; --time none counts the rows"
            remedy = {"time": (COUNT_ROWS,)}
    working.report("off the grid", message, np.flatnonzero(off), column=working.time_name, remedy=remedy, blocking=True)


def _are_scattered(steps: np.ndarray) -> bool:
    """Whether the most frequent difference is rare, and so small that a grid of it would be empty, as events are."""
    sizes, counts = np.unique(steps, return_counts=True)
    usual = int(np.argmax(counts))
    return bool(counts[usual] < _MAX_SCATTERED * len(steps) and sizes[usual] * _MIN_EMPTY < steps.mean())


def _off_grid(working: WorkingTable, phases: np.ndarray) -> np.ndarray:
    """Returns the mask of rows that are off their series' grid, which is that of most of its rows."""
    if np.all(phases == phases[0]):
        return np.zeros(len(working), bool)
    codes = np.zeros(len(phases), np.int64) if working.codes is None else working.codes
    order = np.lexsort((phases, codes))
    runs = np.flatnonzero(np.append(True, (np.diff(phases[order]) != 0) | (np.diff(codes[order]) != 0)))
    lengths, series = np.diff(np.append(runs, len(phases))), codes[order[runs]]
    longest = np.lexsort((-lengths, series))  # the first run of each series is then its most frequent phase
    first = longest[np.append(True, np.diff(series[longest]) != 0)]
    usual = np.zeros(int(codes[-1]) + 1, np.int64)
    usual[series[first]] = phases[order[runs[first]]]
    return np.asarray(phases != usual[codes])


def _differs(working: WorkingTable, numbers: np.ndarray, off: np.ndarray) -> bool:
    """Whether most rows are off the grid or not one step apart."""
    steps = np.diff(numbers)
    steps = steps if working.codes is None else steps[working.same_series]
    return bool(off.mean() > 0.5 or np.mean(steps == 1) < 0.5)


def _round_interval(steps: np.ndarray, working: WorkingTable) -> str:
    """Returns a round interval that nine of ten differences do not exceed by much, so that few bins are empty."""
    usual = float(np.quantile(steps, 0.9))
    if working.counter:
        return str(max(1, round(usual)))
    if usual < SECOND / 2:
        return fixed_interval(int(10 ** np.ceil(np.log10(0.8 * max(usual, 2)))))
    seconds = next((s for s in ROUND_SECONDS if s * 1e9 >= 0.8 * usual), None)
    if seconds is not None:
        return fixed_interval(seconds * 1_000_000_000)
    return "D" if usual < 4 * DAY else "W-SUN" if usual < 20 * DAY else "MS" if usual < 80 * DAY else "YS"


def _mixes_intervals(working: WorkingTable, numbers: np.ndarray, grid: Grid) -> bool:
    """Reports segments with a larger regular interval; returns True if that stops training."""
    steps = np.diff(numbers)
    same = working.same_series
    wide = steps > 1 if same is None else same & (steps > 1)
    run = np.flatnonzero(wide[1:] & wide[:-1] & (steps[1:] == steps[:-1])) + 1
    if len(run) < max(10, 0.02 * len(steps)):
        return False
    sizes, counts = np.unique(steps[run], return_counts=True)
    times = int(sizes[np.argmax(counts)])
    row = int(run[np.argmax(steps[run] == times)]) - 1
    apart = working.ticks[row : row + 2]
    coarse = infer_interval(apart, np.diff(apart), counter=working.counter)
    if len(run) < 0.5 * int(wide.sum()) or parse_interval(coarse).unit != grid.unit:
        return False
    count = int((wide & (steps == times)).sum())
    message = f"most rows are {working.interval} apart, many {coarse}; --resample gives them one interval"
    remedy: dict[str, object] = {"resample": coarse}
    if "resample" in working.choices.hidden:
        message = f"{message.partition(';')[0]}; --time none counts the rows"
        remedy = {"time": (COUNT_ROWS,)}
    stop = working.choices.missing == "error"  # otherwise the rows in between count as missing
    working.report(
        "mixed intervals",
        message,
        row,
        count=count,
        column=working.time_name,
        remedy=remedy if stop else {},
        blocking=stop,
    )
    return stop
