"""Regular time grids: step numbers, bins, and future times.

An interval is a pandas offset alias ("10min", "h", "D", "B", "W-SUN", "MS", "QE", "YS", ...), or an integer for
counters; weekly sessions may follow in brackets. `Grid` converts times to step numbers and back, so that gaps, missing
rows and future times are integer arithmetic, and months and business days need no special cases elsewhere.
"""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from seqkit.data.tables.sessions import MONDAY, WEEK, plain_sessions, session_slots

_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "min": 60_000_000_000,
    "h": 3_600_000_000_000,
    "D": 86_400_000_000_000,
}
DAY = _NANOSECONDS["D"]
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONTH_UNITS = {"MS": 1, "ME": 1, "QS": 3, "QE": 3, "YS": 12, "YE": 12}
_MONTH_UNITS |= {f"B{unit}": months for unit, months in _MONTH_UNITS.items()}
_SESSION = re.compile(r"([^\[\]]+)\[([^\[\]]*)\]")
MEAN_MONTH = 365.2425 / 12 * 86_400
# A phase of months encodes two numbers: the month within the step, and the time within the month (below 64 days).
_MONTH_SPAN = 64 * DAY


@dataclass(frozen=True)
class Grid:
    """An interval as integers: maps each time to a step number and a phase, and back without loss.

    Attributes:
        unit: Unit of a step: ticks (nanoseconds, or counter values), months, half-months, or business days.
        step: Units per step, at least 1.
        month_end: Whether days are counted back from the end of the month.
        weekday: Whether the first or last day of a month is the first or last one from Monday to Friday.
        weekly: Whether the alias names the weekday on which weeks end.
        anchor: Anchor of the alias: that weekday (as its first time since 1970), the month of "QS-FEB", or the day
            that separates the halves of a month.
        slots: The times of a week at which rows exist, if they are limited to sessions, in ticks since Monday 00:00.
    """

    unit: Literal["tick", "month", "half", "business", "session"]
    step: int
    month_end: bool = False
    weekday: bool = False
    weekly: bool = False
    anchor: int = 0
    slots: tuple[int, ...] = ()

    def split(self, ticks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns step numbers and phases, both int64 of the shape of `ticks` (nanoseconds since 1970, or counters).

        Times with the same phase are on the same grid: they are a whole number of steps apart.
        """
        if self.unit == "tick":
            return np.divmod(ticks, self.step)
        if self.unit == "session":
            slots = np.array(self.slots)
            week, time = np.divmod(ticks - MONDAY, WEEK)
            slot = np.searchsorted(slots, time, side="right") - 1  # -1 is the last one of the week before
            return week * len(slots) + slot, time - slots[slot] + WEEK * (slot < 0)
        days, rest = np.divmod(ticks, DAY)
        if self.unit == "business":
            week, weekday = np.divmod(days + 3, 7)  # 1970-01-01, day 0, was a Thursday
            number, odd = np.divmod(5 * week + np.minimum(weekday, 4), self.step)
            return number, (odd * 7 + np.maximum(weekday - 4, 0)) * DAY + rest
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        if self.unit == "half":
            day = days - self._first_days(months)
            halves = 2 * months + (day >= self.anchor if self.month_end else day >= self.anchor - 1)
            number, odd = np.divmod(halves, self.step)
            return number, odd * _MONTH_SPAN + ticks - self._half_days(halves) * DAY + _MONTH_SPAN // 2
        within = ticks - self._month_days(months) * DAY
        number, odd = np.divmod(months, self.step)
        return number, odd * _MONTH_SPAN + within + _MONTH_SPAN // 2

    def join(self, numbers: np.ndarray, phases: np.ndarray | int) -> np.ndarray:
        """Returns the times of step numbers and phases; the inverse of `split`."""
        if self.unit == "tick":
            return numbers * self.step + phases
        if self.unit == "session":
            week, slot = np.divmod(numbers, len(self.slots))
            return week * WEEK + np.array(self.slots)[slot] + phases + MONDAY
        if self.unit == "business":
            extra, rest = np.divmod(phases, DAY)
            odd, weekend = np.divmod(extra, 7)
            week, weekday = np.divmod(numbers * self.step + odd, 5)
            return (7 * week + weekday + weekend - 3) * DAY + rest
        odd, shifted = np.divmod(phases, _MONTH_SPAN)
        if self.unit == "half":
            return self._half_days(numbers * self.step + odd) * DAY + shifted - _MONTH_SPAN // 2
        return self._month_days(numbers * self.step + odd) * DAY + shifted - _MONTH_SPAN // 2

    def bins(self, ticks: np.ndarray) -> np.ndarray:
        """Returns the label of each time's bin: the start of the bin, or its last day for weeks and month ends.

        Bins of fixed length are aligned to 1970, so that later data falls into the same bins.
        """
        if self.weekly:
            start = self.anchor - 6 * DAY
            return start + (ticks - start) // self.step * self.step + self.step - DAY
        if self.unit == "tick":
            return ticks // self.step * self.step
        if self.unit == "half":
            return self.join(self.split(ticks)[0], self.start_phase)
        months = (ticks // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        late = int(self.month_end)
        number = (months - self.anchor - late) // self.step + late
        return self._month_days(number * self.step + self.anchor) * DAY

    def bin_edges(self, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns the start and the end, exclusive, of each bin, given its label from `bins`."""
        if self.weekly:
            return labels + DAY - self.step, labels + DAY
        if self.unit == "tick":
            return labels, labels + self.step
        if self.unit == "half":
            number = self.split(labels)[0] - self.month_end
            edges = [self.join(number + k, self.start_phase) + self.month_end * DAY for k in (0, 1)]
            return edges[0], edges[1]
        months = (labels // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        first = months - (self.step - 1) * self.month_end
        starts, ends = (m.astype("datetime64[M]").astype("datetime64[D]") for m in (first, first + self.step))
        return starts.astype(np.int64) * DAY, ends.astype(np.int64) * DAY

    @property
    def start_phase(self) -> int:
        """Phase of the times that the alias names: midnight of the first of January, April, ... for "QS"."""
        if self.unit == "month":
            return self.anchor * _MONTH_SPAN + _MONTH_SPAN // 2
        return _MONTH_SPAN // 2 if self.unit == "half" else 0

    @property
    def usual_length(self) -> float:
        """Length of a step in ticks; the calendar mean for months and business days."""
        if self.unit in ("month", "half"):
            return self.step * MEAN_MONTH * 1e9 / (2 if self.unit == "half" else 1)
        return self.step * DAY * 7 / 5 if self.unit == "business" else float(self.step)

    def _month_days(self, months: np.ndarray) -> np.ndarray:
        """Returns the day number of each month's first day, or of its last day for month ends."""
        days = self._first_days(months + self.month_end) - self.month_end
        if not self.weekday:
            return days
        weekend = np.maximum((days + 3) % 7 - 4, 0)  # 1 on a Saturday, 2 on a Sunday
        return days - weekend if self.month_end else days + (3 - weekend) * (weekend > 0)

    def _half_days(self, halves: np.ndarray) -> np.ndarray:
        """Returns the day number on which each half-month is labelled: its first day, or its last for month ends."""
        months, second = np.divmod(halves, 2)
        first = self._first_days(months)
        if self.month_end:
            return np.where(second == 1, self._first_days(months + 1) - 1, first + self.anchor - 1)
        return first + second * (self.anchor - 1)

    @staticmethod
    def _first_days(months: np.ndarray) -> np.ndarray:
        return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def parse_interval(interval: str) -> Grid:
    """Returns the grid of an interval.

    Args:
        interval: A pandas offset alias such as "10min", "h", "D", "W-MON", "B", "SMS", "MS", "BME", "QE-DEC", or
            digits for counters; sessions may follow in brackets, as in "30min[Mon-Fri 09:30-15:30]".

    Raises:
        ValueError: The interval is invalid.
    """
    if re.fullmatch(r"[1-9]\d*", interval):
        return Grid("tick", int(interval))
    if session := _SESSION.fullmatch(interval):
        base = parse_interval(session[1])
        if base.unit != "tick" or base.weekly or session[1].isdigit() or DAY % base.step:
            raise ValueError(f"Received interval {session[1]!r} with sessions, expected one that divides a day.")
        return Grid("session", base.step, slots=tuple(session_slots(session[2], base.step).tolist()))
    half = re.fullmatch(r"([1-9]\d*|)SM([SE])(?:-(\d{1,2}))?", interval)
    if half is not None and 2 <= int(half[3] or 15) <= 27:
        return Grid("half", int(half[1] or 1), month_end=half[2] == "E", anchor=int(half[3] or 15))
    match = re.fullmatch(r"(\d*)([A-Za-z]+)(?:-([A-Z]{3}))?", interval)
    if match is not None and match[1] != "0":
        times, unit, anchor = int(match[1] or 1), match[2], match[3]
        if unit in _NANOSECONDS and anchor is None:
            return Grid("tick", times * _NANOSECONDS[unit])
        if unit == "B" and anchor is None:
            return Grid("business", times)
        if unit == "W" and (anchor is None or anchor in WEEKDAYS):
            return Grid("tick", times * 7 * DAY, weekly=True, anchor=(WEEKDAYS.index(anchor or "SUN") - 3) % 7 * DAY)
        if unit in _MONTH_UNITS and (anchor is None or (anchor in MONTHS and _MONTH_UNITS[unit] > 1)):
            month = MONTHS.index(anchor) if anchor else (11 if unit[-2:] in ("QE", "YE") else 0)
            step = times * _MONTH_UNITS[unit]
            weekday = unit.startswith("B")
            anchor_month = month % _MONTH_UNITS[unit]
            return Grid("month", step, month_end=unit.endswith("E"), weekday=weekday, anchor=anchor_month)
    raise ValueError(
        f"Received an invalid interval {interval!r}, expected one such as 10min, h, D, B, W-SUN, MS, ME, QS, YE, "
        "or a whole number for counters."
    )


def future_times(last: np.datetime64 | int | np.ndarray, interval: str, steps: np.ndarray) -> np.ndarray:
    """Returns the times `steps` after `last` on the grid of `interval`.

    Month ends stay month ends, business days skip weekends, and the day of the month is preserved.

    Args:
        last: The newest known time, or the newest counter; an array of them is broadcast with `steps`.
        interval: A pandas offset alias, or digits for counters.
        steps: Numbers of steps, where 1 is the next time, of any shape.

    Returns:
        datetime64[ns], or int64 for a counter, of the shape of `steps`, or of `last` and `steps` broadcast.

    Raises:
        ValueError: The interval is invalid, or one of interval and `last` is a counter and the other is not.
    """
    newest = np.asarray(last)
    is_time = newest.dtype.kind == "M"
    if interval.isdigit() == is_time:
        raise ValueError(f"Received interval {interval!r}, which does not match the time {last!r}.")
    grid = parse_interval(interval)
    ticks = newest.astype("datetime64[ns]").astype(np.int64) if is_time else newest.astype(np.int64)
    number, phase = grid.split(ticks)
    future = np.asarray(grid.join(number + np.asarray(steps, np.int64), phase), np.int64)
    return future.view("datetime64[ns]") if is_time else future


def interval_seconds(interval: str) -> float:
    """Returns the length of one step in seconds: calendar means for months (30.44 days) and business days (7/5 days).

    Counters have no length in time: the result is NaN.

    Raises:
        ValueError: The interval is invalid.
    """
    grid = parse_interval(interval)
    if interval.isdigit():
        return float("nan")
    return grid.usual_length / 1e9


def fixed_interval(nanoseconds: int) -> str:
    """Returns the alias of a fixed time step in its largest whole unit: 3_600_000_000_000 is "h"."""
    unit = next(u for u in reversed(_NANOSECONDS) if nanoseconds % _NANOSECONDS[u] == 0)
    times = nanoseconds // _NANOSECONDS[unit]
    return unit if times == 1 else f"{times}{unit}"


def plain_interval(interval: str) -> str:
    """Returns the canonical alias of an interval: "60min" is "h", "W" is "W-SUN", "QE-DEC" is "QE"."""
    grid = parse_interval(interval)
    if session := _SESSION.fullmatch(interval):
        return f"{plain_interval(session[1])}[{plain_sessions(session[2])}]"
    if grid.unit == "tick" and not grid.weekly and not interval.isdigit():
        return fixed_interval(grid.step)
    usual = {"W": "W-SUN", "QS-JAN": "QS", "QE-DEC": "QE", "YS-JAN": "YS", "YE-DEC": "YE"}
    usual |= {f"B{alias}": f"B{short}" for alias, short in usual.items() if alias != "W"}
    usual |= {"SMS-15": "SMS", "SME-15": "SME"}
    times = re.match(r"\d*", interval)
    number = times[0] if times else ""
    return number + usual.get(interval[len(number) :], interval[len(number) :])
