"""Infers the season of a series from the interval of its rows."""

import re
from collections import Counter
from fractions import Fraction

from seqkit.data.tables.intervals import DAY, Grid, parse_interval


def infer_season(interval: str, sampling_rate: int = 1) -> int:
    """Returns the rows per season that is usual for an interval; 1 if there is none.

    The season is a day for steps shorter than a day, a week for daily steps (five business days), 52 weeks for weekly
    steps, and a year for monthly and quarterly steps. Within sessions it is a day if all days have equally many rows,
    and a week otherwise. If the interval does not divide the season, the result is the fewest rows that span whole
    seasons: 7 for "2D", 24 for "5h". Yearly steps, counters and intervals of variable length have no season.

    Args:
        interval: Interval between rows as a pandas offset alias, such as "10min", "h", "D", "B", "W-SUN", "MS",
            "QS-JAN" or "YS"; "1" for counters.
        sampling_rate: Rows per time step, at least 1. It selects the season (a week for hourly rows read every 24
            hours); the result is in rows nevertheless.
    """
    if "[" in interval:
        return _season_of_sessions(parse_interval(interval), sampling_rate)
    matched = re.fullmatch(r"(\d+(?:\.\d+)?)?([A-Za-z]+)(-\w+)?", interval.strip())
    if not matched or matched[2] not in _UNITS:
        return 1
    unit, seasons = _UNITS[matched[2]]
    length = unit * Fraction(matched[1] or 1)
    longer = [season for season in seasons if season > length * sampling_rate]
    return (
        (longer[0] / length).numerator if longer and length else 1
    )  # the fewest rows such that rows · length is a multiple of the season


def _season_of_sessions(grid: Grid, sampling_rate: int) -> int:
    """Returns the rows of a day if all open days have equally many, or else those of a week."""
    rows_by_day = Counter(slot // DAY for slot in grid.slots)
    alike = len(set(rows_by_day.values())) == 1
    seasons = (next(iter(rows_by_day.values())) if alike else 1, len(grid.slots))
    return next((rows for rows in seasons if rows > sampling_rate), 1)


# Length of each unit and its possible seasons: clock units in seconds, business units in business days, calendar units
# in months.
_DAY = Fraction(86_400)

_CLOCK = (_DAY, 7 * _DAY, 364 * _DAY)

_BUSINESS = (Fraction(5), Fraction(260))

_CALENDAR = (Fraction(12),)

_UNITS: dict[str, tuple[Fraction, tuple[Fraction, ...]]] = {
    **{alias: (Fraction(1, 10**digits), _CLOCK) for alias, digits in (("ns", 9), ("us", 6), ("ms", 3), ("s", 0))},
    **{alias: (Fraction(seconds), _CLOCK) for alias, seconds in (("min", 60), ("h", 3600))},
    **{alias: (_DAY * days, _CLOCK) for alias, days in (("D", 1), ("W", 7))},
    **{alias: (Fraction(1), _BUSINESS) for alias in ("B", "C")},
    **{alias: (Fraction(1, 2), _CALENDAR) for alias in ("SM", "SME", "SMS")},
    **{alias: (Fraction(1), _CALENDAR) for alias in ("M", "ME", "MS", "BM", "BME", "BMS")},
    **{alias: (Fraction(1), _CALENDAR) for alias in ("CBME", "CBMS", "WOM", "LWOM")},
    **{alias: (Fraction(3), _CALENDAR) for alias in ("Q", "QE", "QS", "BQ", "BQE", "BQS")},
}
