"""Rounds times that jitter about a regular grid to its nearest step; values stay as they are."""

from __future__ import annotations

import numpy as np

from seqkit.data.tables.intervals import DAY, Grid, fixed_interval, parse_interval
from seqkit.data.tables.working_table import WorkingTable, span_text

_FACTORS = (1, 2, 5, 10, 15, 20, 30)
ROUND_SECONDS = (*_FACTORS, *(60 * minutes for minutes in _FACTORS), *(3600 * h for h in (1, 2, 3, 6, 12, 24)))
"""Lengths of usual intervals in seconds, up to a day."""

SECOND = 1_000_000_000
_CALENDAR = ("MS", "ME", "BME", "BMS", "QS", "QE", "BQE", "YS", "YE")
_PHASE_UNITS = tuple(seconds * 1_000_000_000 for seconds in reversed(ROUND_SECONDS))


def round_times(working: WorkingTable) -> None:
    """Moves each time to the nearest step of the interval that the options name.

    Steps are multiples of the interval since midnight. A series whose rows lie between them keeps its distance: rows
    at about 7 and 22 minutes past stay at 7 and 22 minutes past.
    """
    rule = working.choices.round
    if rule is None:
        return
    working.check_interval("--round", rule, example="15min or D")
    rounded, quarter = _rounded(working, parse_interval(rule))
    moved = np.abs(rounded - working.ticks)
    working.ticks = rounded
    rows = np.flatnonzero(moved)
    if len(rows):
        most = f"{int(moved.max())} counts" if working.counter else span_text(int(moved.max()))
        message = f"times are moved to the nearest step of {rule}, by {most} at most"
        working.report("rounded", message, rows, column=working.time_name)
    far = np.flatnonzero(moved > quarter)
    if len(far):
        message = f"moved by more than a quarter of {rule}; look at these rows"
        working.report("rounded", message, far, column=working.time_name)


def find_rounding(working: WorkingTable, steps: np.ndarray) -> tuple[str, int] | None:
    """Returns the interval about which the times jitter, and how far they are off at most; None if they do not.

    They do if nearly all rows are within a quarter of a step, almost each has a step of its own, and most steps have a
    row.

    Args:
        working: A table with sorted, distinct rows.
        steps: Differences between the rows of a series.
    """
    best = None
    for rule in _candidates(float(np.median(steps)), working.counter):
        rounded, quarter = _rounded(working, parse_interval(rule))
        distances = np.abs(rounded - working.ticks)
        numbers = parse_interval(rule).split(rounded)[0]
        taken = np.diff(numbers) if working.same_series is None else np.diff(numbers)[working.same_series]
        fits = np.mean(distances <= quarter) >= 0.98 and np.mean(taken > 0) >= 0.995 and np.mean(taken == 1) >= 0.5
        if fits and (best is None or distances.mean() < best[0]):
            best = float(distances.mean()), rule, int(distances.max())
    return None if best is None else best[1:]


def _candidates(median: float, counter: bool) -> list[str]:
    """Returns the usual intervals near the median difference of rows, and that difference in round numbers."""
    if counter:
        places = 10 ** np.arange(len(str(int(median))))
        return list(dict.fromkeys(str(max(1, round(median / place) * place)) for place in places.tolist()))
    if median < SECOND:
        units = [10**power for power in range(len(str(int(median))))]
        return list(dict.fromkeys(fixed_interval(max(1, round(median / unit)) * unit) for unit in units))
    if median >= 25 * DAY:
        return [rule for rule in _CALENDAR if 0.8 < median / parse_interval(rule).usual_length < 1.25]
    seconds = [s for s in ROUND_SECONDS if 0.8 < median / (s * 1e9) < 1.25]
    seconds += [round(median / 1e9 / unit) * unit for unit in (3600, 60, 1)]
    rules = ["SMS", "SMS-16", "SME"] if 13 * DAY < median < 18 * DAY else []
    return rules + [fixed_interval(s * 1_000_000_000) for s in dict.fromkeys(seconds) if s]


def _rounded(working: WorkingTable, grid: Grid) -> tuple[np.ndarray, float]:
    """Returns the nearest steps of the rows, and a quarter of a step in ticks."""
    ticks = working.ticks
    if grid.unit != "tick":
        number = grid.split(ticks)[0]
        steps = np.stack([grid.join(number + k, grid.start_phase) for k in (-1, 0, 1)])
        nearest = np.argmin(np.abs(steps - ticks), axis=0)
        return np.take_along_axis(steps, nearest[None], axis=0)[0], grid.usual_length / 4
    codes = np.zeros(len(ticks), np.int64) if working.codes is None else working.codes
    origin = _origins(ticks - grid.anchor, codes, grid.step)[codes] + grid.anchor
    return origin + (ticks - origin + grid.step // 2) // grid.step * grid.step, grid.step / 4


def _origins(ticks: np.ndarray, codes: np.ndarray, step: int) -> np.ndarray:
    """Returns the distance of each series from the multiples of `step`, of shape (series,).

    It is 0 if nearly all rows are within a quarter of a step of them; otherwise the circular mean, rounded to the
    coarsest usual unit within four standard errors, or to a second.
    """
    rest = ticks % step
    count = np.maximum(np.bincount(codes), 1)
    far = np.bincount(codes, np.minimum(rest, step - rest) > step / 4) / count
    if np.all(far <= 0.05):
        return np.zeros(len(count), np.int64)
    angle = 2 * np.pi * (rest / step)
    sine, cosine = (np.bincount(codes, part) / count for part in (np.sin(angle), np.cos(angle)))
    phase = np.round(np.arctan2(sine, cosine) / (2 * np.pi) * step)
    spread = np.sqrt(-2 * np.log(np.clip(np.hypot(sine, cosine), 1e-9, 1))) / (2 * np.pi) * step
    result, tolerance = phase.astype(np.int64), 4 * spread / np.sqrt(count)
    if step >= _PHASE_UNITS[-1]:  # counters have no units
        result = (np.round(phase / _PHASE_UNITS[-1]) * _PHASE_UNITS[-1]).astype(np.int64)
    for unit in reversed(_PHASE_UNITS):
        coarse = np.round(phase / unit) * unit
        fits = np.abs(coarse - phase) <= np.minimum(tolerance, step / 8)
        result[fits] = coarse[fits].astype(np.int64)
    return np.where(far <= 0.05, 0, result)
