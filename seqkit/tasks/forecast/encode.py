"""From a table to a model's input, and from its output to forecasts: the only way in training and afterwards.

pandas is imported only where a frame is returned: a run that forecasts from its own newest rows does without.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.series.calendar import calendar_terms
from seqkit.data.series.scaling import scale as scale_columns
from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows
from seqkit.data.tables.intervals import future_times
from seqkit.errors import DataError
from seqkit.tasks.forecast.state import ForecastState

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_A_TIME = 1 << 16


def encode(state: ForecastState, table: Table) -> np.ndarray:
    """Returns what windows are read from: the scaled columns, then the calendar terms.

    Raises:
        DataError: The table lacks a column, or a value lies too many deviations from the mean of the training rows.

    Returns:
        Array of shape (rows, columns + 2 × calendar terms), float32. Scaling is done in float64.
    """
    check_columns(state, table.columns)
    columns = [table.columns[name] for name in state.columns]
    values = scale_columns(columns, state.mean, state.deviation, room=2 * len(state.calendar))
    for first in range(0, len(values), ROWS_AT_A_TIME):
        piece = slice(first, first + ROWS_AT_A_TIME)
        if np.isinf(values[piece, : len(columns)]).any():
            raise _too_far(state, table, values[:, : len(columns)])
        values[piece, len(columns) :] = calendar_terms(table.time[piece], state.calendar)
    return values


def target_values(state: ForecastState, table: Table) -> np.ndarray:
    """Returns the targets in their own units, of shape (rows, targets), float64."""
    return np.stack([table.columns[name].astype(np.float64) for name in state.targets], axis=1)


def decode(state: ForecastState, outputs: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Returns forecasts in the targets' own units, float64.

    Args:
        state: The fitted state.
        outputs: Of the model, of shape (windows, horizon, targets).
        last: The newest value of each target in each window, in its own units, of shape (windows, targets).
    """
    return last[:, None, :] + outputs.astype(np.float64) * state.target_deviation


def newest_windows(state: ForecastState, table: Table) -> Windows:
    """Returns one window for each series that a forecast can be made of, the one that ends at its newest row.

    Raises:
        DataError: There is no such series; why is told of the first.
    """
    lacking = missing_context(state, table)
    if len(lacking) == len(table.ids):
        raise DataError(next(iter(lacking.values())))
    ends = [end for name, end in zip(table.ids, table.starts[1:].tolist(), strict=True) if name not in lacking]
    starts = [end - state.rows_needed for end in ends]
    return Windows(np.array(starts, np.int64), state.window, state.horizon, state.lead, state.sampling_rate)


def missing_context(state: ForecastState, table: Table) -> dict[str, str]:
    """Returns, by series that no forecast can be made of, what it lacks."""
    lacking = {}
    for name, first, end in zip(table.ids, table.starts[:-1].tolist(), table.starts[1:].tolist(), strict=True):
        where = f"series '{name}'" if len(table.ids) > 1 else "the data"
        segment = table.segments[table.segments[:, 1] == end][0]
        if end - first < state.rows_needed:
            lacking[name] = f"A forecast needs {state.rows_needed} rows, {where} has {end - first}."
        elif end - segment[0] < state.rows_needed:
            lacking[name] = (
                f"A forecast needs the newest {state.rows_needed} rows without a gap; {where} has "
                f"{end - segment[0]} since the gap before {table.time[segment[0]]}."
            )
    return lacking


def forecast_columns(
    state: ForecastState, table: Table, windows: Windows, forecasts: np.ndarray
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yields the forecast of each series and target: its name, its times and its values, both of shape (horizon,).

    Args:
        state: The fitted state.
        table: The table that was read.
        windows: From `newest_windows`.
        forecasts: From `decode`, of shape (series, horizon, targets).
    """
    ahead = state.sampling_rate * (state.lead + np.arange(state.horizon))
    for s, row in enumerate(windows.last_rows):
        series = table.ids[np.searchsorted(table.starts, row, side="right") - 1]
        times = future_times(table.time[row], state.interval, ahead)
        for t, target in enumerate(state.targets):
            yield series_label(state, table, series, target), times, forecasts[s, :, t]


def forecast_frame(
    state: ForecastState, table: Table, windows: Windows, forecasts: np.ndarray, name: str
) -> "pd.DataFrame":
    """Returns the forecasts as a long table with the columns `unique_id`, `ds` and `name`.

    Args:
        state: The fitted state.
        table: The table that was read.
        windows: From `newest_windows`.
        forecasts: From `decode`, of shape (series, horizon, targets).
        name: Name of the column of forecasts.
    """
    import pandas as pd

    columns = forecast_columns(state, table, windows, forecasts)
    frames = [
        pd.DataFrame({"unique_id": label, "ds": times_of(table, times), name: values})
        for label, times, values in columns
    ]
    return pd.concat(frames, ignore_index=True)


def times_of(table: Table, times: np.ndarray) -> Any:
    """Returns times as they are shown: with their zone, UTC, where the data had one."""
    if not table.utc:
        return times
    import pandas as pd

    return pd.DatetimeIndex(times).tz_localize("UTC")


def series_label(state: ForecastState, table: Table, series: str, target: str) -> str:
    """Returns what a series is called in results: by its id, its target, or both where there are several of both."""
    if table.id_column is None:
        return target
    return series if len(state.targets) == 1 else f"{series}/{target}"


def check_columns(state: ForecastState, columns: Iterable[str]) -> None:
    """Raises DataError if a column that the state was fitted on is missing."""
    names = list(map(str, columns))
    absent = [name for name in state.columns if name not in names]
    if absent:
        quoted = ", ".join(f"'{name}'" for name in absent)
        raise DataError(f"The data lacks {quoted}, which the model was trained on. It has: {', '.join(names)}.")


def _too_far(state: ForecastState, table: Table, values: np.ndarray) -> DataError:
    row, column = np.argwhere(np.isinf(values))[0]
    name = state.columns[column]
    value = float(table.columns[name][row])
    return DataError(
        f"The value {value:g} of '{name}' at {table.time[row]} is too far from the training rows to be computed with: "
        f"they deviate by {state.deviation[column]:g} about {state.mean[column]:g}. Mend it, or leave the column out "
        "with --features."
    )
