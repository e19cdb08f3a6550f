"""Daylight saving time: converts local time to UTC and back, and infers the time zone from repeated or skipped hours.

In local time one hour occurs twice in autumn and one is skipped in spring; in UTC both are ordinary hours.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

_NANOSECONDS = 1_000_000_000
_DAY = 86_400 * _NANOSECONDS
# One zone for each common daylight saving rule; zones that share a rule look the same in local time.
LIKELY_ZONES = (
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
    """Converts local times to UTC.

    Args:
        ticks: Local times in nanoseconds since 1970, of shape (rows,), stably sorted within each series.
        repeated: Number of earlier rows with the same time and series: 0, or 1 for the second of two.
        zone: Name of the time zone.

    Returns:
        The UTC times in nanoseconds; the mask of local times that do not exist in that zone (their UTC time is
        meaningless); and the mask of ambiguous times, which occur once although the clock showed them twice.
    """
    import pandas

    local = pandas.DatetimeIndex(ticks.view("datetime64[ns]"))
    first = local.tz_localize(zone, ambiguous=np.ones(len(ticks), bool), nonexistent="NaT")
    second = local.tz_localize(zone, ambiguous=np.zeros(len(ticks), bool), nonexistent="NaT")
    nonexistent = np.asarray(first.isna())
    utc_first, utc_second = (index.asi8 for index in (first, second))
    ambiguous = ~nonexistent & (utc_first != utc_second)
    # The second of a pair is identified by the row before it, the first by the row after it.
    paired = (repeated > 0) | np.append(repeated[1:] > 0, False)
    return np.where(repeated > 0, utc_second, utc_first), nonexistent, ambiguous & ~paired


def from_utc(ticks: np.ndarray, zone: str) -> np.ndarray:
    """Returns the local times of UTC times, both in nanoseconds since 1970."""
    import pandas

    local = pandas.DatetimeIndex(ticks.view("datetime64[ns]")).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return np.asarray(local.asi8)


def find_zone(distinct: np.ndarray, repeated: np.ndarray) -> str | None:
    """Returns a time zone whose clock changes explain the repeated times, or None.

    They do if every repeated autumn hour in the data occurs twice, no other time does, and no skipped hour occurs.

    Args:
        distinct: Distinct local times in nanoseconds since 1970, ascending.
        repeated: The times that occur twice, ascending, at least one.
    """
    for zone in LIKELY_ZONES:
        explained, contradicted = 0, False
        for start, end, twice in clock_changes(int(distinct[0]), int(distinct[-1]), zone):
            present = int(np.searchsorted(distinct, end) - np.searchsorted(distinct, start))
            doubled = int(np.searchsorted(repeated, end) - np.searchsorted(repeated, start))
            contradicted |= doubled != present if twice else present > 0
            explained += doubled if twice else 0
        if not contradicted and explained == len(repeated):
            return zone
    return None


def find_midnight_zone(utc: np.ndarray) -> str | None:
    """Returns a time zone in which all UTC times, in nanoseconds, are at the same local time of day, or None.

    Zones in which that is midnight go first.
    """
    times = {zone: np.unique(from_utc(utc, zone) % _DAY) for zone in LIKELY_ZONES}
    alike = [zone for zone in LIKELY_ZONES if len(times[zone]) == 1]
    return min(alike, key=lambda zone: times[zone][0] != 0, default=None)


def find_spring_zone(distinct: np.ndarray, before: np.ndarray, after: np.ndarray) -> str | None:
    """Returns a time zone whose skipped spring hours explain all gaps, or None.

    They do if each gap is a skipped hour and no other clock change contradicts the zone: a skipped spring hour in the
    data, or a repeated autumn hour that occurs only once.

    Args:
        distinct: Distinct local times in nanoseconds since 1970, ascending.
        before: The last time before each gap, in the same unit.
        after: The first time after each gap: an hour later than the interval implies.
    """
    for zone in LIKELY_ZONES:
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
    """Returns the periods of local time that the clock skipped or repeated.

    Args:
        first: Start of the search in nanoseconds since 1970.
        last: End of the search in nanoseconds since 1970.
        zone: Name of the time zone.

    Returns:
        Start and end in nanoseconds of local time, and whether the period was repeated, in order.
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
    """Returns the UTC offset of the zone in seconds."""
    offset = moment.astimezone(clock).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
