"""Chronological train, validation and test splits, at the same times for all series.

Borders are times and not row numbers, so that no training row of one series is later than a test row of another.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.errors import UsageError


@dataclass(frozen=True)
class Borders:
    """Start of validation, start of test, and end of test, as times (or counters) of the table.

    Training is everything before `validation`; `end` is exclusive.
    """

    validation: Any
    test: Any
    end: Any


def find_borders(time: np.ndarray, split: str) -> Borders:
    """Returns the borders of a split.

    Args:
        time: Times of all rows, datetime64 or int64; series may share times.
        split: Three fractions ("0.7,0.15,0.15"), three counts of rows ("8640,2880,2880"; further rows are not used), or
            the two dates at which validation and test start ("2020-07-01,2020-10-01"; a third ends the test part).

    Raises:
        UsageError: The split is invalid, does not fit the rows, or leaves a part empty.
    """
    distinct = time if bool(np.all(time[1:] > time[:-1])) else np.unique(time)
    rows = len(distinct)
    parts = [part.strip() for part in split.split(",")]
    numbers = _numbers(parts)
    if numbers is None:
        cuts = _date_cuts(distinct, parts, split)
    elif len(numbers) != 3:
        raise _refusal(split, f"it has {len(numbers)} numbers")
    elif not np.isfinite(numbers).all():
        raise _refusal(split, "a part would be infinite")
    elif all(n.is_integer() and n >= 1 for n in numbers) or min(numbers) < 0:
        if min(numbers) < 1:
            raise _refusal(split, "a part would be empty")
        cuts = np.cumsum([int(n) for n in numbers]).tolist()
        if cuts[-1] > rows:
            raise _refusal(split, f"it needs {cuts[-1]} rows, but there are {rows} distinct times")
    else:
        if abs(sum(numbers) - 1) > 1e-6 or min(numbers) <= 0:
            raise _refusal(split, "fractions must be above 0 and sum to 1")
        first, second = int(rows * numbers[0]), int(rows * numbers[1])
        cuts = [first, first + second, rows]
    if not 0 < cuts[0] < cuts[1] < cuts[2]:
        raise _refusal(split, f"a part would be empty: the {rows} distinct times are cut at {cuts}")
    return Borders(*(_time_at(distinct, cut) for cut in cuts))


def target_ranges(time: np.ndarray, starts: np.ndarray, first: Any, end: Any) -> np.ndarray:
    """Returns the row range [first, end) of each series within a period of time, int64 of shape (series, 2).

    Args:
        time: Times of all rows, ascending within each series, of shape (rows,).
        starts: Row offsets of the series, of shape (series + 1,).
        first: Start of the period, or None for the beginning.
        end: End of the period, exclusive, or None for the end.
    """
    lows, highs = starts[:-1].astype(np.int64), starts[1:].astype(np.int64)
    from_rows = lows if first is None else lows + _count_before(time, starts, first)
    to_rows = highs if end is None else lows + _count_before(time, starts, end)
    return np.stack([from_rows, to_rows], axis=1)


def _count_before(time: np.ndarray, starts: np.ndarray, moment: Any) -> np.ndarray:
    """Returns how many rows of each series are before a moment, of shape (series,)."""
    counts = np.add.reduceat(time < moment, np.minimum(starts[:-1], len(time) - 1), dtype=np.int64)
    return np.where(np.diff(starts) > 0, counts, 0)


def _numbers(parts: list[str]) -> list[float] | None:
    try:
        return [float(part) for part in parts]
    except ValueError:
        return None


def _date_cuts(distinct: np.ndarray, parts: list[str], split: str) -> list[int]:
    if distinct.dtype.kind != "M":
        raise _refusal(split, "it has dates, but the rows have no timestamps")
    if len(parts) not in (2, 3):
        raise _refusal(split, f"it has {len(parts)} date{'s' * (len(parts) != 1)}")
    try:
        dates = [np.datetime64(part, "ns") for part in parts]
    except ValueError as error:
        raise _refusal(split, f"{error}") from error
    cuts = [int(np.searchsorted(distinct, date)) for date in dates]
    return cuts if len(cuts) == 3 else [*cuts, len(distinct)]


def _time_at(distinct: np.ndarray, cut: int) -> Any:
    """Returns the time of row `cut`, or a time just after the last row."""
    if cut < len(distinct):
        return distinct[cut]
    return distinct[-1] + (np.timedelta64(1, "ns") if distinct.dtype.kind == "M" else 1)


def _refusal(split: str, why: str) -> UsageError:
    return UsageError(
        f"The split '{split}' cannot be used: {why}. Use three fractions (0.7,0.15,0.15), three counts of rows "
        "(8640,2880,2880), or the two dates at which validation and test start (2020-07-01,2020-10-01)."
    )
