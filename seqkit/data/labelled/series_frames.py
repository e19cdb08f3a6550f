"""Reads labelled series from a DataFrame, and tells series that are transposed: (channels, steps), as in aeon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.files.sniffing import LABEL_NAMES, is_array_like
from seqkit.errors import DataError, listed

if TYPE_CHECKING:
    import pandas

PART_NAMES = ("part", "split")
"""Usual names of a column that defines the parts."""
SERIES = "series"
"""Name of the column of series."""

_TRANSPOSE = "transpose them: frame['series'] = [values.T for values in frame['series']]."


def holds_series(frame: pandas.DataFrame) -> bool:
    """Returns whether a DataFrame has a column `series` of arrays; the first that is not missing decides."""
    return SERIES in frame.columns and _has_arrays(frame[SERIES])


def array_columns(frame: pandas.DataFrame) -> list[str]:
    """Returns the columns of arrays if a DataFrame has no others, except those usually named as labels or parts."""
    columns = [(str(name), cells) for name, cells in frame.items()]
    others = [(name, cells) for name, cells in columns if name.lower() not in (*LABEL_NAMES, *PART_NAMES)]
    return [name for name, _ in others] if all(_has_arrays(cells) for _, cells in others) else []


def refuse_other_arrays(frame: pandas.DataFrame) -> None:
    """Refuses a DataFrame whose series are in columns of another name, or in one for each channel.

    Raises:
        DataError: All columns but labels and parts contain arrays, and none of them is called series.
    """
    names = array_columns(frame)
    if names and SERIES not in names:
        remedy = f"Rename it: frame.rename(columns={{'{names[0]}': 'series'}})."
        if len(names) > 1:
            remedy = (
                "Make one column of them: frame['series'] = [np.column_stack(row) for row in frame[names].to_numpy()]."
            )
        raise DataError(f"{_source(frame)} has arrays in {listed(names, 5)}, expected one column 'series'. {remedy}")


def find_series(frame: pandas.DataFrame) -> list[np.ndarray]:
    """Returns the series in the column `series` of a DataFrame, each float64 of shape (steps, channels).

    Args:
        frame: A column `series` of arrays of shape (steps, channels), or (steps,) for a single channel.

    Raises:
        DataError: There is no such column, or a cell is not an array of finite numbers with the same channels; or each
            series has a single step of several channels, though no reader of files has named the channels.
    """
    source = _source(frame)
    if SERIES not in frame.columns:
        names = listed(map(str, frame.columns), 40)
        raise DataError(f"{source} has no column 'series'; the columns are {names}. Rename the one with the series.")
    series: list[np.ndarray] = []
    for row, cell in enumerate(frame[SERIES].tolist(), start=1):
        where = f"{source}: 'series' in row {row:,}"
        if _is_missing(cell):
            raise DataError(f"{where} is missing. Fill it in, or drop the row.")
        try:
            array = as_series(cell)
        except (TypeError, ValueError) as error:
            raise DataError(f"{where} is not an array of numbers: {error}. Fix it, or drop the row.") from error
        if array.ndim != 2 or not array.size:
            raise DataError(f"{where} has shape {array.shape}, expected (steps, channels). Fix it, or drop the row.")
        if series and array.shape[1] != series[0].shape[1]:
            remedy = "Give all series the same channels."
            if len(array) == len(series[0]):
                remedy = f"If they are (channels, steps), {_TRANSPOSE}"
            raise DataError(f"{where} has {array.shape[1]} channels, the rows before it {series[0].shape[1]}. {remedy}")
        if not np.isfinite(array).all():
            step, channel = np.argwhere(~np.isfinite(array))[0]
            remedy = "Fill the gap, or drop the series."
            if step and np.isnan(array[step:]).all():
                remedy = f"All later values are missing; if they pad a shorter series, cut it: values[:{step}]."
            raise DataError(
                f"{where} contains {array[step, channel]} at step {step + 1}, channel {channel + 1}. {remedy}"
            )
        series.append(array)
    if "channels" not in frame.attrs and series[0].shape[1] > 1 and all(len(array) == 1 for array in series):
        raise DataError(
            f"{source}: each series has 1 step of {series[0].shape[1]:,} channels, expected (steps, channels). If they "
            f"are (channels, steps), {_TRANSPOSE}"
        )
    return series


def as_series(values: Any) -> np.ndarray:
    """Returns a series as float64 of shape (steps, channels); (steps,) has a single channel."""
    array = np.asarray(values)
    if array.dtype.kind in "cmM":
        raise TypeError(f"it has the type {array.dtype}")
    array = np.asarray(array if array.dtype.kind not in "US" else values, np.float64)
    return array[:, None] if array.ndim == 1 else array


def orientation_notes(frame: pandas.DataFrame, series: list[np.ndarray]) -> list[str]:
    """Returns a note if the series may be transposed: all have the same steps, and more channels than steps."""
    steps, channels = series[0].shape
    if "channels" in frame.attrs or channels <= steps or any(len(array) != steps for array in series):
        return []
    return [
        f"each series is read as {steps:,} steps of {channels:,} channels; if they are (channels, steps), as in aeon "
        f"and sktime, {_TRANSPOSE.removesuffix('.')}"
    ]


def _source(frame: pandas.DataFrame) -> str:
    return str(frame.attrs.get("source", "frame"))


def _has_arrays(cells: pandas.Series) -> bool:
    return is_array_like(next((cell for cell in cells if not _is_missing(cell)), None))


def _is_missing(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and cell != cell)
