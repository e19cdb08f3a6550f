"""Standardisation: fits mean and standard deviation on the training rows, and scales columns with them.

Statistics and differences are computed in float64, so a large offset costs no precision; only the result is float32.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from seqkit.data.series.ranges import Ranges, as_ranges, rows_of
from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 1 << 16
"""Rows scaled at a time, to keep float64 copies small."""


MAX_UNIT = 1e140
"""Upper bound of a target's standard deviation and of its inverse: squared errors must fit into float64."""


@dataclass(frozen=True)
class Statistics:
    """Statistics of selected rows of a column.

    Attributes:
        rows: Number of rows.
        mean: Their mean.
        deviation: Their standard deviation.
        constant: Whether all values are equal, up to precision.
    """

    rows: int
    mean: float
    deviation: float
    constant: bool


def statistics(column: np.ndarray, ranges: Ranges, filled: np.ndarray | None = None) -> Statistics:
    """Returns the statistics of the rows in the given ranges [first, end) of a column; at least one row.

    Rows whose value was `filled` do not count, unless all were.

    Rows are first shifted by the first of them and divided by the largest distance, so that neither an offset of 1e12
    nor numbers near the limits of float64 cost precision.
    """
    rows = np.concatenate([column[first:end] for first, end in ranges]).astype(np.float64)
    if filled is not None:
        measured = ~np.concatenate([filled[first:end] for first, end in ranges])
        rows = rows[measured] if measured.any() else rows
    origin = float(rows[0])
    distances = rows / 2 - origin / 2  # halves cannot overflow
    farthest = float(np.abs(distances).max())
    if farthest == 0:
        return Statistics(len(rows), origin, 0.0, constant=True)
    distances /= farthest
    mean = origin + 2 * (farthest * float(distances.mean()))
    deviation = 2 * (farthest * float(distances.std()))
    return Statistics(len(rows), mean, deviation, constant=deviation == 0)


def fit_scale(
    frame: "pd.DataFrame",
    targets: Sequence[str],
    ranges: Ranges,
    scale: str,
    filled: Mapping[str, np.ndarray],
) -> tuple[list[float], list[float]]:
    """Returns the mean and standard deviation of each column over the given rows.

    Args:
        frame: The columns.
        targets: Names of the columns to predict.
        ranges: The training rows [first, end).
        scale: "standard", or "none", which returns means of 0 and deviations of 1.
        filled: Whether each value of a column was filled, of shape (rows,), for columns with filled values. They do
            not count, unless all training values of a column were filled.

    Raises:
        DataError: A target is constant, or its squared errors would overflow or underflow float64.
    """
    means, deviations = [], []
    for name in frame.columns:
        fitted = statistics(frame[name].to_numpy(), ranges, filled.get(name))
        if name in targets:
            if fitted.constant:
                raise DataError(
                    f"The target '{name}' is constant over the {fitted.rows} training rows ({fitted.mean:g}): there is "
                    "nothing to learn. Choose another --target or --split."
                )
            if not 1 / MAX_UNIT < fitted.deviation < MAX_UNIT:
                raise DataError(
                    f"The target '{name}' has a standard deviation of {fitted.deviation:g} over the training rows; its "
                    "square exceeds the range of float64. Use another unit."
                )
        means.append(fitted.mean if scale == "standard" else 0.0)
        deviations.append(1.0 if fitted.constant or scale == "none" else fitted.deviation)
    return means, deviations


MIN_RELATIVE_DEVIATION = 1e-6
"""Smallest deviation of a series in relation to its level: what is smaller is rounding of single precision."""


def fit_by_series(
    column: np.ndarray, ranges: Ranges, filled: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns mean and standard deviation of a column in each range of rows, and whether its values are all equal.

    The statistics are those of `statistics`. A deviation below `MIN_RELATIVE_DEVIATION` of the level (the largest
    magnitude) is raised to it. Equal values say nothing about how far others may be: their deviation is their
    magnitude, or 1 if they are 0.

    Args:
        column: Values, finite in the ranges, of shape (rows,).
        ranges: One range [first, end) for each series, not empty.
        filled: Whether each value was filled, of shape (rows,); None if none was. Filled values do not count, unless
            all of a series were filled.

    Returns:
        Means, deviations and whether all values are equal, each of shape (series,).
    """
    ranges, numbers = as_ranges(ranges), rows_of(ranges)
    counts = ranges[:, 1] - ranges[:, 0]
    if filled is not None:
        series = np.repeat(np.arange(len(ranges)), counts)
        measured = np.bincount(series, ~filled[numbers], len(ranges)).astype(np.int64)
        kept = ~filled[numbers] | (measured == 0)[series]
        numbers, counts = numbers[kept], np.where(measured, measured, counts)
    rows, firsts = column[numbers].astype(np.float64), np.cumsum(counts) - counts
    origin = rows[firsts]
    distances = rows / 2 - np.repeat(origin / 2, counts)
    farthest = np.maximum.reduceat(np.abs(distances), firsts)
    constant = farthest == 0
    unit = np.where(constant, 1.0, farthest)
    distances /= np.repeat(unit, counts)
    centre = np.add.reduceat(distances, firsts) / counts
    deviation = np.sqrt(np.add.reduceat((distances - np.repeat(centre, counts)) ** 2, firsts) / counts)
    mean = origin + 2 * (unit * centre)
    level = np.maximum.reduceat(np.abs(rows), firsts)
    floor = np.where(constant, np.where(level > 0, level, 1.0), MIN_RELATIVE_DEVIATION * level)
    with np.errstate(over="ignore"):
        deviation = np.clip(2 * (unit * deviation), floor, np.finfo(np.float64).max)
    return mean, deviation, constant


def scale(
    columns: Sequence[np.ndarray], mean: np.ndarray, deviation: np.ndarray, room: int, *, starts: np.ndarray
) -> np.ndarray:
    """Standardises columns.

    Args:
        columns: Arrays of shape (rows,).
        mean: Mean of each column in each series, of shape (series, columns).
        deviation: Standard deviation of each column in each series, above 0, of shape (series, columns).
        room: Number of uninitialised columns to append.
        starts: Row offsets of the series, of shape (series + 1,).

    Returns:
        Array of shape (rows, columns + room), float32, aligned to a cache line so that frameworks can read it without a
        copy. Values beyond the range of float32 are infinite.
    """
    rows, width = len(columns[0]), len(columns) + room
    raw = np.empty(rows * width * 4 + 64, np.uint8)
    start = -raw.ctypes.data % 64
    values = raw[start : start + rows * width * 4].view(np.float32).reshape(rows, width)
    for first in range(0, rows, _CHUNK):
        chunk = slice(first, min(first + _CHUNK, rows))
        series: np.ndarray | int = 0
        if len(mean) > 1:
            series = np.searchsorted(starts, np.arange(chunk.start, chunk.stop), side="right") - 1
        for i, column in enumerate(columns):
            with np.errstate(over="ignore"):  # values beyond float32 become infinite; the caller refuses them
                values[chunk, i] = (column[chunk].astype(np.float64) - mean[series, i]) / deviation[series, i]
    return values
