"""Scaling: mean and deviation of some rows, and columns made ready for a model by them.

Statistics and differences are taken in float64, so that a huge offset costs no digits; only the result is float32.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seqkit.errors import DataError

_PIECE = 1 << 16
"""Rows that are scaled at a time, so that float64 copies stay small."""


@dataclass(frozen=True)
class Statistics:
    """What some rows of a column are like.

    Attributes:
        rows: How many they are.
        mean: Their mean.
        deviation: Their standard deviation.
        constant: Whether all are the same.
    """

    rows: int
    mean: float
    deviation: float
    constant: bool


def statistics(column: np.ndarray, ranges: Sequence[tuple[int, int]]) -> Statistics:
    """Returns what the rows in the given ranges [first, end) of a column are like; there must be one."""
    rows = np.concatenate([column[first:end] for first, end in ranges]).astype(np.float64)
    mean = float(rows.mean())
    deviation = float(np.sqrt(np.mean((rows - mean) ** 2)))
    return Statistics(len(rows), mean, deviation, bool(rows.max() == rows.min()))


def scale(
    columns: Mapping[str, np.ndarray], mean: Sequence[float], deviation: Sequence[float], room: int
) -> np.ndarray:
    """Returns the columns less their mean, in deviations.

    Args:
        columns: Arrays of shape (rows,), by name.
        mean: Of each column.
        deviation: Of each column, above 0.
        room: Columns to leave empty behind them.

    Returns:
        Array of shape (rows, columns + room), float32. It starts on a cache line, as frameworks want it that are to
        read it without a copy.

    Raises:
        DataError: A value lies more deviations from the mean than 32 bits hold.
    """
    rows, width = len(next(iter(columns.values()))), len(columns) + room
    raw = np.empty(rows * width * 4 + 64, np.uint8)
    start = -raw.ctypes.data % 64
    values = raw[start : start + rows * width * 4].view(np.float32).reshape(rows, width)
    for first in range(0, rows, _PIECE):
        piece = slice(first, first + _PIECE)
        for i, (name, column) in enumerate(columns.items()):
            try:
                with np.errstate(over="raise"):
                    values[piece, i] = (column[piece].astype(np.float64) - mean[i]) / deviation[i]
            except FloatingPointError as error:
                raise DataError(
                    f"Column '{name}' reaches {column.flat[np.nanargmax(np.abs(column))]:g}, more of its deviations in "
                    f"training, {deviation[i]:g}, than 32 bits hold. Mend that value, or say what it stands for with "
                    "--sentinel."
                ) from error
    return values
