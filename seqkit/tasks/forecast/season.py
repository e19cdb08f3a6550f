"""Plausible seasons of a series, by the interval of its rows, and the choice among them on training rows."""

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from seqkit.data.series.ranges import intersections
from seqkit.data.series.table import Table
from seqkit.data.tables.intervals import DAY, Grid, parse_interval
from seqkit.tasks.forecast.metrics import mase_scale_by_series

MIN_SEASONS = 3
"""Seasons of training rows without a gap that a season must have to be compared with a shorter one."""

MAX_RATIO = 0.95
"""Most error of a longer season, relative to the usual one, for it to be chosen."""


def plausible_seasons(interval: str, sampling_rate: int = 1) -> tuple[int, ...]:
    """Returns the rows of the seasons that are plausible for an interval, the usual one first; empty if none is.

    The usual season is a day for steps shorter than a day, a week for daily steps (five business days), 52 weeks for
    weekly steps, and a year for monthly and quarterly steps; the others are longer. Within sessions it is a day if all
    days have equally many rows, and a week otherwise. If the interval does not divide a season, the result is the
    fewest rows that span whole seasons: 7 for "2D", 24 for "5h". Yearly steps, counters and intervals of variable
    length have no season.

    Args:
        interval: Interval between rows as a pandas offset alias, such as "10min", "h", "D", "B", "W-SUN", "MS",
            "QS-JAN" or "YS"; "1" for counters.
        sampling_rate: Rows per time step, at least 1. It selects the seasons (from a week for hourly rows read every 24
            hours); the results are in rows nevertheless.
    """
    if "[" in interval:
        return _seasons_of_sessions(parse_interval(interval), sampling_rate)
    matched = re.fullmatch(r"(\d+(?:\.\d+)?)?([A-Za-z]+)(-\w+)?", interval.strip())
    if not matched or matched[2] not in _UNITS:
        return ()
    unit, seasons = _UNITS[matched[2]]
    length = unit * Fraction(matched[1] or 1)
    longer = [season for season in seasons if length and season > length * sampling_rate]
    # The fewest rows such that rows · length is a multiple of the season.
    return tuple(dict.fromkeys((season / length).numerator for season in longer))


def infer_season(interval: str, sampling_rate: int = 1) -> int:
    """Returns the rows of the usual season of an interval; 1 if there is none. See `plausible_seasons`."""
    return next(iter(plausible_seasons(interval, sampling_rate)), 1)


def compare_seasons(
    table: Table, train_rows: np.ndarray, *, horizon: int = 1, lead: int = 1, sampling_rate: int = 1
) -> dict[int, float]:
    """Returns the error of the seasonal naive forecast on training rows, by season, relative to that of the first.

    Errors are relative for each series and target, and averaged. Seasons that no segment spans `MIN_SEASONS` times are
    left out, except for the first; without any, the season is 1.

    Args:
        table: The table.
        train_rows: Training rows [first, end) of each series, of shape (series, 2).
        horizon: Time steps to predict.
        lead: Time steps from the end of a window to the first predicted step.
        sampling_rate: Rows per time step.
    """
    usual, *longer = plausible_seasons(table.interval, sampling_rate) or (1,)
    segments, measured = intersections(table.segments, train_rows), table.measured(table.targets)
    longest = int((segments[:, 1] - segments[:, 0]).max(initial=0))
    longer = [season for season in longer if MIN_SEASONS * season <= longest]
    if not longer:
        return {usual: 1.0}
    values = np.stack([table.columns[name].astype(np.float64) for name in table.targets], axis=1)
    ahead = sampling_rate * (lead + np.arange(horizon))

    def error(season: int) -> np.ndarray:
        """Returns the error of each series and target; a step is repeated from the newest season that is known."""
        lags, counts = np.unique(-(-ahead // season) * season, return_counts=True)
        by_lag = [mase_scale_by_series(values, segments, table.starts, int(lag), measured) for lag in lags]
        mean: np.ndarray = np.average(by_lag, axis=0, weights=counts)
        return mean

    reference, errors = error(usual), {usual: 1.0}
    for season in longer:
        ratios = error(season) / np.where(reference > 0, reference, np.nan)
        if not np.isnan(ratios).all():
            errors[season] = float(np.nanmean(ratios))
    return errors


def choose_season(errors: Mapping[int, float]) -> int:
    """Returns the season with the lowest error if that is clearly below the error of the usual one, else the usual one.

    Args:
        errors: From `compare_seasons`.
    """
    best = min(errors, key=lambda season: errors[season])
    return best if errors[best] <= MAX_RATIO else next(iter(errors))


def season_note(errors: Mapping[int, float]) -> list[str]:
    """Returns a line that says which season is chosen and why, if there was a choice.

    Args:
        errors: From `compare_seasons`.
    """
    chosen, others = choose_season(errors), dict(errors)
    others.pop(chosen)
    if not others:
        return []
    compared = " and ".join(
        f"{season:,} (naive error {error / errors[chosen]:.2f} times as large)" for season, error in others.items()
    )
    return [f"season: {chosen:,} rows, chosen on training rows against {compared}; --season sets another"]


def _seasons_of_sessions(grid: Grid, sampling_rate: int) -> tuple[int, ...]:
    """Returns the rows of a day if all open days have equally many, and those of a week."""
    rows_by_day = Counter(slot // DAY for slot in grid.slots)
    alike = len(set(rows_by_day.values())) == 1
    seasons = (next(iter(rows_by_day.values())) if alike else 1, len(grid.slots))
    return tuple(dict.fromkeys(rows for rows in seasons if rows > sampling_rate))


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
