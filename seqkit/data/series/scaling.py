"""Scaling: mean and deviation of some rows, and columns made ready for a model by them.

Statistics and differences are taken in float64, so that a huge offset costs no digits; only the result is float32.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

_PIECE = 1 << 16
"""Rows that are scaled at a time, so that float64 copies stay small."""


MAX_UNIT = 1e140
"""How large a target's deviation may be, and its inverse how small: squared errors must fit into float64."""


@dataclass(frozen=True)
class Statistics:
    """What some rows of a column are like.

    Attributes:
        rows: How many they are.
        mean: Their mean.
        deviation: Their standard deviation.
        constant: Whether all are the same, as far as can be told.
    """

    rows: int
    mean: float
    deviation: float
    constant: bool


def statistics(column: np.ndarray, ranges: Sequence[tuple[int, int]]) -> Statistics:
    """Returns what the rows in the given ranges [first, end) of a column are like; there must be one.

    Rows are first shifted by one of themselves and divided by the farthest, so that neither an offset of 1e12 nor
    numbers near the ends of float64 cost any digits.
    """
    rows = np.concatenate([column[first:end] for first, end in ranges]).astype(np.float64)
    origin = float(rows[0])
    distances = rows / 2 - origin / 2  # Halves cannot overflow.
    farthest = float(np.abs(distances).max())
    if farthest == 0:
        return Statistics(len(rows), origin, 0.0, constant=True)
    distances /= farthest
    mean = origin + 2 * (farthest * float(distances.mean()))
    deviation = 2 * (farthest * float(distances.std()))
    return Statistics(len(rows), mean, deviation, constant=deviation == 0)


def fit_scale(
    frame: "pd.DataFrame", targets: Sequence[str], ranges: Sequence[tuple[int, int]], scale: str
) -> tuple[list[float], list[float]]:
    """Returns what each column is shifted by and what it is divided by, from the rows in the given ranges alone.

    Args:
        frame: The columns.
        targets: Names of those that are predicted.
        ranges: The training rows [first, end).
        scale: "standard", or "none", which shifts by 0 and divides by 1.

    Raises:
        DataError: A target is constant, or deviates so much or so little that squared errors cannot be told.
    """
    means, deviations = [], []
    for name in frame.columns:
        found = statistics(frame[name].to_numpy(), ranges)
        if name in targets:
            if found.constant:
                raise DataError(
                    f"The target '{name}' is constant over the {found.rows} training rows ({found.mean:g}): there is "
                    "nothing to learn. Choose another --target or --split."
                )
            if not 1 / MAX_UNIT < found.deviation < MAX_UNIT:
                raise DataError(
                    f"The target '{name}' deviates by {found.deviation:g} over the training rows; squares of such "
                    "numbers cannot be told. Give it in another unit."
                )
        means.append(found.mean if scale == "standard" else 0.0)
        deviations.append(1.0 if found.constant or scale == "none" else found.deviation)
    return means, deviations


def scale(columns: Sequence[np.ndarray], mean: Sequence[float], deviation: Sequence[float], room: int) -> np.ndarray:
    """Returns the columns less their mean, in deviations.

    Args:
        columns: Arrays of shape (rows,).
        mean: Of each column.
        deviation: Of each column, above 0.
        room: Columns to leave empty behind them.

    Returns:
        Array of shape (rows, columns + room), float32. It starts on a cache line, as frameworks want it that are to
        read it without a copy. A number too many deviations away for float32 is infinite.
    """
    rows, width = len(columns[0]), len(columns) + room
    raw = np.empty(rows * width * 4 + 64, np.uint8)
    start = -raw.ctypes.data % 64
    values = raw[start : start + rows * width * 4].view(np.float32).reshape(rows, width)
    for first in range(0, rows, _PIECE):
        piece = slice(first, first + _PIECE)
        for i, column in enumerate(columns):
            with np.errstate(over="ignore"):  # What float32 cannot hold is infinite, and for the caller to refuse.
                values[piece, i] = (column[piece].astype(np.float64) - mean[i]) / deviation[i]
    return values
