"""Clocks that are put forward and back: local time to UTC, and the zone that explains an hour there twice.

In autumn a local hour stands twice in the data, in spring one is missing. In UTC both are ordinary hours.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

_NANOSECONDS = 1_000_000_000
# One zone for each rule of changing clocks in wide use; neighbours that share the rule look the same in local time.
_LIKELY = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Helsinki",
    "America/New_York",
    "Australia/Sydney",
    "Pacific/Auckland",
    "America/Santiago",
    "Asia/Jerusalem",
)


def to_utc(ticks: np.ndarray, repeated: np.ndarray, zone: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns local times as UTC.

    Args:
        ticks: Local times in nanoseconds since 1970, of shape (rows,), sorted within each series, stably.
        repeated: How often the same time of the same series came before: 0, or 1 for the second of two.
        zone: Name of the time zone.

    Returns:
        The UTC times in nanoseconds; which local times do not exist there (the clock jumped over them; their UTC time
        means nothing); and which stand once though the clock showed them twice, so that either could be meant.
    """
    import pandas

    local = pandas.DatetimeIndex(ticks.view("datetime64[ns]"))
    first = local.tz_localize(zone, ambiguous=np.ones(len(ticks), bool), nonexistent="NaT")
    second = local.tz_localize(zone, ambiguous=np.zeros(len(ticks), bool), nonexistent="NaT")
    nonexistent = np.asarray(first.isna())
    utc_first, utc_second = (index.asi8 for index in (first, second))
    ambiguous = ~nonexistent & (utc_first != utc_second)
    # The second of two is recognised by the row before it; the first by the row after it.
    paired = (repeated > 0) | np.append(repeated[1:] > 0, False)
    return np.where(repeated > 0, utc_second, utc_first), nonexistent, ambiguous & ~paired


def find_zone(distinct: np.ndarray, repeated: np.ndarray) -> str | None:
    """Returns a time zone whose changes of the clock explain the times there twice, or None.

    They do if every autumn hour that the data covers stands twice, nothing else does, and no spring hour stands at all.

    Args:
        distinct: Distinct local times in nanoseconds since 1970, ascending.
        repeated: Those of them that stand twice, ascending, at least one.
    """
    for zone in _LIKELY:
        explained, contradicted = 0, False
        for start, end, twice in clock_changes(int(distinct[0]), int(distinct[-1]), zone):
            here = int(np.searchsorted(distinct, end) - np.searchsorted(distinct, start))
            doubled = int(np.searchsorted(repeated, end) - np.searchsorted(repeated, start))
            contradicted |= doubled != here if twice else here > 0
            explained += doubled if twice else 0
        if not contradicted and explained == len(repeated):
            return zone
    return None


def find_spring_zone(distinct: np.ndarray, before: np.ndarray, after: np.ndarray) -> str | None:
    """Returns a time zone whose clock, put forward, explains all gaps, or None.

    It does if each gap is the hour that was skipped, and the data covers no other change of the clock: a spring hour
    that stands there, or an autumn hour that stands once, speaks against the zone.

    Args:
        distinct: Distinct local times in nanoseconds since 1970, ascending.
        before: The last time before each gap, in the same unit.
        after: The first time after each gap: an hour later than the interval would have it.
    """
    for zone in _LIKELY:
        explained, contradicted = np.zeros(len(before), bool), False
        for start, end, twice in clock_changes(int(distinct[0]), int(distinct[-1]), zone):
            contradicted |= bool(np.searchsorted(distinct, end) > np.searchsorted(distinct, start))
            step = after - before - (end - start)
            skipped = (before < start) & (start <= before + step) & (after - step < end) & (end <= after)
            explained |= skipped & (not twice)
        if not contradicted and explained.all():
            return zone
    return None


def clock_changes(first: int, last: int, zone: str) -> list[tuple[int, int, bool]]:
    """Returns the stretches of local time that the clock skipped or showed twice.

    Args:
        first: Nanoseconds since 1970.
        last: Nanoseconds since 1970.
        zone: Name of the time zone.

    Returns:
        Start and end in nanoseconds of local time, and whether it was shown twice, in order.
    """
    clock, changes = ZoneInfo(zone), []
    week = timedelta(days=7)
    low = datetime.fromtimestamp(first // _NANOSECONDS, UTC) - week
    stop = datetime.fromtimestamp(last // _NANOSECONDS, UTC) + week
    while low < stop:
        high = low + week
        before, after = _offset(low, clock), _offset(high, clock)
        if before != after:
            left, right = int(low.timestamp()), int(high.timestamp())
            while right - left > 1:
                middle = (left + right) // 2
                if _offset(datetime.fromtimestamp(middle, UTC), clock) == before:
                    left = middle
                else:
                    right = middle
            local = sorted((right + before, right + after))
            changes.append((local[0] * _NANOSECONDS, local[1] * _NANOSECONDS, after < before))
        low = high
    return changes


def _offset(moment: datetime, clock: ZoneInfo) -> int:
    """Returns how many seconds the zone's clock is ahead of UTC."""
    offset = moment.astimezone(clock).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
