"""Infers the interval of a series from its times: fixed steps, weeks, business days, months and half-months."""

import numpy as np

from seqkit.data.tables.intervals import DAY, MEAN_MONTH, MONTHS, WEEKDAYS, Grid, fixed_interval


def infer_interval(ticks: np.ndarray, differences: np.ndarray, *, counter: bool) -> str:
    """Returns the most frequent interval between consecutive times.

    Args:
        ticks: All times in nanoseconds since 1970 (or counters), of shape (rows,).
        differences: Differences between consecutive times of the same series, positive, at least one.
        counter: Whether the times are counters.
    """
    step = _mode(differences)
    if counter:
        return str(step)
    sample = ticks if len(ticks) <= 10_000 else ticks[:: len(ticks) // 10_000]
    if step >= 28 * DAY:
        months = _infer_months(sample, differences, step)
        if months:
            return months
    elif step >= 13 * DAY:
        halves = _infer_halves(sample, step)
        if halves:
            return halves
    weekday = (sample // DAY + 3) % 7
    if step == DAY and len(differences) > 1 and np.any(differences == 3 * DAY) and np.mean(weekday > 4) < 0.02:
        return "B"
    if step % (7 * DAY) == 0 and np.all(sample % DAY == 0):
        weeks = step // (7 * DAY)
        return f"{weeks if weeks > 1 else ''}W-{WEEKDAYS[_mode(weekday)]}"
    return fixed_interval(step)


def _mode(values: np.ndarray) -> int:
    """Returns the most frequent value; the smallest one in case of a tie."""
    if np.all(values == values[0]):
        return int(values[0])
    distinct, counts = np.unique(values, return_counts=True)
    return int(distinct[np.argmax(counts)])


def _infer_months(ticks: np.ndarray, differences: np.ndarray, step: int) -> str | None:
    """Returns the calendar interval of times on one day of the month, or None.

    That day is the first or the last, the first or last from Monday to Friday, or any other.
    """
    days = ticks // DAY
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    numbers = months.astype(np.int64)
    found = None
    for letter, weekday in (("S", False), ("E", False), ("S", True), ("E", True)):
        grid = Grid("month", 1, month_end=letter == "E", weekday=weekday)
        share = float(np.mean(grid.join(numbers, grid.start_phase) // DAY == days))
        if share >= 0.9 and (found is None or share > found[0]):
            found = share, ("B" if weekday else ""), letter
    if found is None:
        day = days - months.astype("datetime64[D]").astype(np.int64)
        if np.mean(day == _mode(day)) < 0.95:
            return None
        found = 1.0, "", "S"  # the phase keeps the day
    _, business, letter = found
    mean_days = MEAN_MONTH / 86_400
    count = _mode(np.round(differences / DAY / mean_days).astype(np.int64))
    if count < 1 or abs(step / DAY - count * mean_days) > 3.5:
        return None
    month = _mode(months.astype(np.int64) % 12)
    if count % 12 == 0:
        years, usual = count // 12, 0 if letter == "S" else 11
        anchor = "" if month == usual else f"-{MONTHS[month]}"
        return f"{years if years > 1 else ''}{business}Y{letter}{anchor}"
    if count == 3:
        # Quarters from January, April, ... need no anchor; others are named by their first month in the year.
        usual = 0 if letter == "S" else 2
        first = month % 3
        named = first if letter == "S" else first + 9
        return f"{business}Q{letter}" + ("" if first == usual else f"-{MONTHS[named]}")
    return f"{count if count > 1 else ''}{business}M{letter}"


def _infer_halves(ticks: np.ndarray, step: int) -> str | None:
    """Returns the interval of times on two days of each month, about half a month apart, or None."""
    if step > 18 * DAY:
        return None
    days = ticks // DAY
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    day = days - months.astype("datetime64[D]").astype(np.int64) + 1
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64)
    middle = (day > 9) & (day < 22)
    if not 0.3 < np.mean(middle) < 0.7:
        return None
    separating = _mode(day[middle])
    for letter, at_border in (("S", day == 1), ("E", day == length)):
        if np.mean(at_border | (day == separating)) >= 0.9:
            return f"SM{letter}" + ("" if separating == 15 else f"-{separating}")
    return None
