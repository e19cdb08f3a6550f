"""Weekly sessions: parses texts such as "Mon-Fri 09:30-15:30" and lists the times of the week at which rows exist."""

import re

import numpy as np

_MINUTE = 60_000_000_000
DAY = 1440 * _MINUTE
WEEK = 7 * DAY
MONDAY = 4 * DAY
"""The first Monday since 1970."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_RANGE = re.compile(r"([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))?")
_HOURS = re.compile(r"(\d{2}):(\d{2})(?:-(\d{2}):(\d{2}))?")

Ranges = tuple[tuple[int, int], ...]


def session_slots(sessions: str, step: int) -> np.ndarray:
    """Returns the times of a week at which rows exist, in nanoseconds since Monday 00:00, ascending.

    Args:
        sessions: Days and hours, such as "Mon-Fri 09:30-11:30 13:00-15:00; Sat 10:00-12:00"; both ends of a range are
            times of rows. A range that ends before it starts ends on the next day. Days without hours are whole days.
        step: Time between rows in nanoseconds.

    Raises:
        ValueError: The text is invalid.
    """
    slots = [
        (day * DAY + np.arange(first, (end if end >= first else end + DAY) + 1, step)) % WEEK
        for day, ranges in enumerate(_parse(sessions))
        for first, end in ranges or ()
    ]
    return np.unique(np.concatenate(slots))


def plain_sessions(sessions: str) -> str:
    """Returns the shortest text for the same days and hours."""
    return _text(_parse(sessions))


def describe_slots(slots: np.ndarray, step: int) -> str:
    """Returns the text of the times of a week at which rows exist; the inverse of `session_slots`."""
    by_day: list[Ranges | None] = []
    for day in range(7):
        times = slots[slots // DAY == day] - day * DAY
        if not len(times):
            by_day.append(None)
        elif step >= DAY or len(times) * step == DAY:
            by_day.append(_WHOLE)
        else:
            cut = np.flatnonzero(np.diff(times) != step)
            firsts, ends = times[np.append(0, cut + 1)].tolist(), times[np.append(cut, len(times) - 1)].tolist()
            by_day.append(tuple(zip(firsts, ends, strict=True)))
    return _text(by_day)


_WHOLE: Ranges = ((0, DAY - 1),)


def _parse(sessions: str) -> list[Ranges | None]:
    """Returns the ranges of hours of each weekday, in nanoseconds; None for a day without rows."""
    by_day: list[Ranges | None] = [None] * 7
    for part in sessions.split(";"):
        words = re.split(r"[,\s]+", part.strip())
        days = [match for match in map(_DAY_RANGE.fullmatch, words) if match]
        hours = [match for match in map(_HOURS.fullmatch, words) if match]
        names = {name for match in days for name in match.groups() if name}
        if not days or len(days) + len(hours) < len(words) or not names <= set(_DAYS):
            raise ValueError(
                f"Received invalid sessions {sessions!r}, expected days and hours such as 'Mon-Fri 09:30-15:30', "
                "'Mon-Fri 09:00-11:30 12:30-15:00; Sat 10:00-12:00' or 'Mon-Sat'."
            )
        ranges = tuple((_clock(m[1], m[2]), _clock(m[3] or m[1], m[4] or m[2])) for m in hours) or _WHOLE
        for match in days:
            first, last = _DAYS.index(match[1]), _DAYS.index(match[2] or match[1])
            for day in range(first, last + 1 + 7 * (last < first)):
                by_day[day % 7] = ranges
    return by_day


def _clock(hours: str, minutes: str) -> int:
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError(f"Received an invalid time of day '{hours}:{minutes}' in sessions, expected 00:00 to 23:59.")
    return (60 * int(hours) + int(minutes)) * _MINUTE


def _text(by_day: list[Ranges | None]) -> str:
    """Returns days with the same hours together, such as "Mon-Fri 09:30-15:30; Sat 10:00-12:00"."""
    parts = []
    for ranges in dict.fromkeys(ranges for ranges in by_day if ranges is not None):
        days = [day for day in range(7) if by_day[day] == ranges]
        runs = np.split(np.array(days), np.flatnonzero(np.diff(days) != 1) + 1)
        names = [_DAYS[run[0]] + (f"-{_DAYS[run[-1]]}" if len(run) > 1 else "") for run in runs]
        hours = "" if ranges == _WHOLE else " " + " ".join(_range_text(*pair) for pair in ranges)
        parts.append(",".join(names) + hours)
    return "; ".join(parts)


def _range_text(first: int, end: int) -> str:
    texts = [f"{time // (60 * _MINUTE):02}:{time // _MINUTE % 60:02}" for time in (first, end)]
    return "-".join(dict.fromkeys(texts))
