"""How many rows make a season, inferred from the interval."""

import re
from fractions import Fraction


def infer_season(interval: str, sampling_rate: int = 1) -> int:
    """Returns the rows of the season that usually shows at an interval, and 1 where none does.

    Steps shorter than a day have a day, of a day a week (business days: five), of a week a year of 52 weeks, of a month
    or a quarter a year. Where the interval does not divide the season, the fewest rows that make whole seasons: 7 for
    "2D", 24 for "5h". Years, counters and intervals of no fixed length have none.

    Args:
        interval: Distance between rows as a pandas alias: "10min", "h", "D", "B", "W-SUN", "MS", "QS-JAN", "YS", "1"…
        sampling_rate: How many rows a step of the window is, at least 1. It decides which season is looked for (hourly
            rows read every 24 hours have a week), not the unit: the answer is in rows.
    """
    matched = re.fullmatch(r"(\d+(?:\.\d+)?)?([A-Za-z]+)(-\w+)?", interval.strip())
    if not matched or matched[2] not in _UNITS:
        return 1
    unit, seasons = _UNITS[matched[2]]
    length = unit * Fraction(matched[1] or 1)
    longer = [season for season in seasons if season > length * sampling_rate]
    return (longer[0] / length).numerator if longer and length else 1  # rows = seasons · season / length, all whole


# Units of fixed length count seconds, business days themselves, calendar units months; each with its possible seasons.
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
