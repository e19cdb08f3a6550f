"""Input columns of the features that are known ahead.

A model reads each of these features twice: at the time of its row, and shifted back so far that the last row of a
window has the value of the last predicted step. The shifted column therefore has the values of all predicted steps in
its last rows, and a recipe needs no second input. If the window is shorter than the horizon, further columns, shifted
by a window less each, have the values of earlier steps.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows
from seqkit.errors import listed
from seqkit.tasks.forecast.future_values import values_ahead
from seqkit.tasks.forecast.state import ForecastState


def shift_back(state: ForecastState, table: Table, values: np.ndarray) -> None:
    """Fills the columns of the features known ahead; rows whose value lies after the end of the series are 0.

    No window within the rows of a series reads these zeros: all its predicted rows exist.

    Args:
        state: The fitted state.
        table: The table.
        values: The inputs, with the scaled columns filled in, of shape (rows, features); changed in place.
    """
    rows = np.arange(len(table))
    ends = np.repeat(table.starts[1:], np.diff(table.starts))
    for columns, shift in _copies(state):
        exists = rows + shift < ends
        values[exists, columns] = values[rows[exists] + shift][:, list(state.future_positions)]
        values[~exists, columns] = 0


def fill_ahead(state: ForecastState, table: Table, values: np.ndarray, windows: Windows, future: Table | None) -> None:
    """Fills the columns of the features known ahead for windows that end at the newest rows of their series.

    Args:
        state: The fitted state.
        table: The table that the windows index.
        values: The inputs, from `seqkit.tasks.forecast.encode.encode`, of shape (rows, features); changed in place.
        windows: From `seqkit.tasks.forecast.encode.newest_windows`.
        future: Values of the features at the predicted steps; None if there are none.

    Raises:
        DataError: A value is missing, or contradicts the table.
    """
    last = windows.last_rows
    series = table.series_of(last)
    ahead = values_ahead(state, table, last, future)  # (windows, rows ahead, features)
    mean, deviation = (scale[:, None, list(state.future_positions)] for scale in state.scale_of(table, series))
    scaled = np.nan_to_num((ahead - mean) / deviation)  # NaN where no window reads
    firsts = table.starts[series]
    for columns, shift in _copies(state):
        target = last[:, None] - shift + 1 + np.arange(min(shift, scaled.shape[1]))
        inside = (target >= firsts[:, None]) & (target <= last[:, None])
        values[target[inside], columns] = scaled[:, : target.shape[1]][inside]


def unread_note(
    state: ForecastState, predict: Callable[[np.ndarray], Any], inputs: np.ndarray, recipe: str
) -> list[str]:
    """Returns a line that names the features known ahead, if a model gives the same outputs whatever they are.

    Args:
        state: The fitted state.
        predict: Returns the outputs of the model for inputs.
        inputs: Windows of shape (windows, steps, inputs).
        recipe: Name of the recipe.
    """
    if not state.future:
        return []
    changed = inputs.copy()
    changed[..., list(state.future_positions)] += 1
    for columns, _ in _copies(state):
        changed[..., columns] += 1
    if not np.array_equal(np.asarray(predict(inputs)), np.asarray(predict(changed))):
        return []
    return [
        f"{recipe} does not read {listed(state.future)}, only the linear baseline does: with these options it reads "
        "the targets alone. Use --channels joint of autoregression, or a recipe that reads all columns, such as gru"
    ]


def _copies(state: ForecastState) -> list[tuple[slice, int]]:
    """Returns the columns of each shifted copy of the features, and by how many rows it is shifted."""
    first, width = len(state.columns), len(state.future)
    return [
        (slice(first + i * width, first + (i + 1) * width), state.sampling_rate * shift)
        for i, shift in enumerate(state.shifts)
    ]
