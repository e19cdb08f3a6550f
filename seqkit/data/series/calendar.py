"""Calendar features: time of day, day of week and day of year, encoded as sine and cosine.

They depend only on the timestamps, so they are known for any row, past or future.
"""

import numpy as np

_DAY = np.timedelta64(1, "D")

PERIODS = ("hour of day", "day of week", "day of year")
"""The available periods; each gives a sine and a cosine."""


def allowed_periods(interval_seconds: float, span_seconds: float) -> tuple[str, ...]:
    """Returns the periods that are longer than the interval and completely covered by the training rows.

    A period that the training rows cover only in part would be extrapolated.

    Args:
        interval_seconds: Time between consecutive rows.
        span_seconds: Time from the first to the last training row.
    """
    day = 86_400.0
    periods = []
    if interval_seconds < day and span_seconds >= 2 * day:
        periods.append("hour of day")
    if interval_seconds <= day and span_seconds >= 14 * day:
        periods.append("day of week")
    if interval_seconds < 365 * day and span_seconds >= 365 * day:
        periods.append("day of year")
    return tuple(periods)


def term_names(periods: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the names of the columns of `calendar_terms`, such as "hour of day (sine)"."""
    return tuple(f"{period} ({wave})" for period in periods for wave in ("sine", "cosine"))


def calendar_terms(time: np.ndarray, periods: tuple[str, ...]) -> np.ndarray:
    """Returns sine and cosine of each period, of shape (rows, 2 × periods), float32.

    Args:
        time: Timestamps, datetime64, of shape (rows,).
        periods: Any of `PERIODS`.
    """
    terms = np.empty((len(time), 2 * len(periods)), np.float32)
    for i, period in enumerate(periods):
        angle = 2 * np.pi * _fraction(time, period)
        terms[:, 2 * i], terms[:, 2 * i + 1] = np.sin(angle), np.cos(angle)
    return terms


def _fraction(time: np.ndarray, period: str) -> np.ndarray:
    """Returns the elapsed fraction of the period at each time, in [0, 1)."""
    day = time.astype("datetime64[D]")
    if period == "hour of day":
        return (time - day) / _DAY
    if period == "day of week":
        # 1970-01-01, day 0 of the count, was a Thursday; weeks start on Monday.
        return ((day.astype(np.int64) + 3) % 7) / 7
    if period == "day of year":
        year = time.astype("datetime64[Y]")
        length = ((year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")) / _DAY
        return (time - year.astype("datetime64[D]")) / _DAY / length
    raise ValueError(f"Received an invalid value for argument `periods`, expected any of {PERIODS}, got {period!r}.")
