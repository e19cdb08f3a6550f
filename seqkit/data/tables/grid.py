"""Whether the rows stand on one grid: their interval, rows between the steps, intervals that are mixed."""

from __future__ import annotations

import numpy as np

from seqkit.data.tables.intervals import DAY, Grid, fixed_interval, infer_interval, parse_interval, plain_interval
from seqkit.data.tables.working_table import Draft
from seqkit.errors import DataError

_FEW = (1, 2, 5, 10, 15, 20, 30)
_NICE = (*_FEW, *(60 * minutes for minutes in _FEW), *(3600 * hours for hours in (1, 2, 3, 6, 12, 24)))
"""Round intervals in seconds."""


def find_grid(draft: Draft) -> bool:
    """Finds the interval and the rows that do not stand on its grid; False where there is none to go on with."""
    steps = np.diff(draft.ticks)
    inner = steps if draft.codes is None else steps[draft.same_series]
    expected = draft.choices.interval or draft.choices.resample
    if expected is None and not len(inner):
        message = "two rows of a series at least are needed to know its interval"
        draft.report("too short", message, 0, count=len(draft), blocking=True)
        return False
    draft.interval = plain_interval(expected) if expected else infer_interval(draft.ticks, inner, counter=draft.counter)
    if draft.interval.isdigit() != draft.counter:
        kinds = ("counters", "timestamps")[:: 1 if draft.counter else -1]
        raise DataError(
            f"The times are {kinds[0]}, and {kinds[1]} at interval {draft.interval} were expected. "
            "Give data of the kind that the model was trained on."
        )
    if len(inner) and np.all(inner == inner[0]) and expected is None:
        return True
    grid = parse_interval(draft.interval)
    numbers, phases = grid.split(draft.ticks)
    off = _off_grid(draft, phases)
    if draft.choices.interval is not None and len(inner) > 1 and _differs(draft, numbers, off):
        other = infer_interval(draft.ticks, inner, counter=draft.counter)
        message = f"the rows come every {other}, and every {draft.interval} was expected"
        draft.report("another interval", message, 0, count=len(draft), blocking=True)
        return False
    if off.any():
        rule = draft.interval if off.mean() < 0.05 and grid.unit != "business" else _nice_rule(inner, draft)
        message = f"most rows come every {draft.interval}, these between them; --resample averages the rows of a bin"
        if off.mean() > 0.5:
            message = (
                f"the rows come at no regular interval, most often {draft.interval}; --resample averages them in bins"
            )
        draft.report(
            "off the grid",
            message,
            np.flatnonzero(off),
            column=draft.time_name,
            remedy={"resample": rule},
            blocking=True,
        )
        return False
    return not _mixes_intervals(draft, numbers, grid)


def _off_grid(draft: Draft, phases: np.ndarray) -> np.ndarray:
    """Returns which rows do not stand where most rows of their series do."""
    if np.all(phases == phases[0]):
        return np.zeros(len(draft), bool)
    off = np.zeros(len(draft), bool)
    for first, end in zip(draft.starts[:-1], draft.starts[1:], strict=True):
        own = phases[first:end]
        if len(own) and np.any(own != own[0]):
            distinct, counts = np.unique(own, return_counts=True)
            off[first:end] = own != distinct[np.argmax(counts)]
    return off


def _differs(draft: Draft, numbers: np.ndarray, off: np.ndarray) -> bool:
    """Whether the rows do not mostly follow each other one step apart."""
    steps = np.diff(numbers)
    steps = steps if draft.codes is None else steps[draft.same_series]
    return bool(off.mean() > 0.5 or np.mean(steps == 1) < 0.5)


def _nice_rule(steps: np.ndarray, draft: Draft) -> str:
    """Returns a round interval near the middle one of the differences, so that few bins are empty."""
    middle = float(np.median(steps))
    if draft.counter:
        return str(max(1, round(middle)))
    seconds = next((s for s in _NICE if s * 1e9 >= 0.8 * middle), None)
    if seconds is not None:
        return fixed_interval(seconds * 1_000_000_000)
    return "D" if middle < 4 * DAY else "W-SUN" if middle < 20 * DAY else "MS" if middle < 80 * DAY else "YS"


def _mixes_intervals(draft: Draft, numbers: np.ndarray, grid: Grid) -> bool:
    """Reports stretches whose rows keep standing several steps apart; True if that stops training."""
    steps = np.diff(numbers)
    same = draft.same_series
    wide = steps > 1 if same is None else same & (steps > 1)
    run = np.flatnonzero(wide[1:] & wide[:-1] & (steps[1:] == steps[:-1])) + 1
    if len(run) < max(10, 0.02 * len(steps)):
        return False
    sizes, counts = np.unique(steps[run], return_counts=True)
    times = int(sizes[np.argmax(counts)])
    row = int(run[np.argmax(steps[run] == times)]) - 1
    apart = draft.ticks[row : row + 2]
    coarse = infer_interval(apart, np.diff(apart), counter=draft.counter)
    if len(run) < 0.5 * int(wide.sum()) or parse_interval(coarse).unit != grid.unit:
        return False
    count = int((wide & (steps == times)).sum())
    message = f"most rows come every {draft.interval}, many every {coarse}; --resample brings them to one"
    stop = draft.choices.missing == "error"  # else the rows between the wide steps are what is missing
    draft.report(
        "mixed intervals",
        message,
        row,
        count=count,
        column=draft.time_name,
        remedy={"resample": coarse} if stop else {},
        blocking=stop,
    )
    return stop
