"""Encodes a table as model inputs and decodes model outputs into forecasts, in training and inference alike.

Only functions that return a frame import pandas, so a run that forecasts from its stored rows starts without it.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.series.calendar import calendar_terms
from seqkit.data.series.scaling import scale as scale_columns
from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows
from seqkit.data.tables.intervals import future_times
from seqkit.errors import DataError
from seqkit.tasks.forecast.categories import indicator_sources
from seqkit.tasks.forecast.known_ahead import shift_back
from seqkit.tasks.forecast.logarithms import from_log
from seqkit.tasks.forecast.state import ForecastState

if TYPE_CHECKING:
    import pandas as pd

CHUNK_ROWS = 1 << 16


def encode(state: ForecastState, table: Table) -> np.ndarray:
    """Scales the columns, and appends the features known ahead and the calendar terms.

    Args:
        state: The fitted state.
        table: A table with the columns the state was fitted on.

    Returns:
        Array of shape (rows, features), float32: the columns, the features known ahead, two terms for each calendar
        period. Scaling is done in float64. The features known ahead are 0 where their time is after the last row.

    Raises:
        DataError: A column is missing, or a scaled value exceeds the range of float32; or, with `log`, a target is not
            positive.
    """
    check_columns(state, table.columns)
    encoded = state.encoded(table).columns
    columns = [encoded[name] for name in state.columns]
    mean, deviation = state.scale_of(table, np.arange(len(table.ids)))
    room = state.spec.features - len(columns)
    values = scale_columns(columns, mean, deviation, room=room, starts=table.starts)
    for first in range(0, len(values), CHUNK_ROWS):
        piece = slice(first, first + CHUNK_ROWS)
        if np.isinf(values[piece, : len(columns)]).any():
            raise _too_far(state, table, values[:, : len(columns)])
        values[piece, state.regressors :] = calendar_terms(table.time[piece], state.calendar)
    if state.future:
        shift_back(state, table, values)
    return values


def measured_targets(state: ForecastState, table: Table) -> np.ndarray:
    """Returns `target_values`, with NaN for values that were filled and not measured."""
    values, measured = target_values(state, table), table.measured(state.targets)
    if measured is not None:
        values[~measured] = np.nan
    return values


def target_values(state: ForecastState, table: Table, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
    """Returns the targets in their own units, of shape (rows, targets), float64.

    Args:
        state: The fitted state.
        table: The table.
        rows: Rows to return. Default: all.
    """
    return np.stack([table.columns[name][rows].astype(np.float64) for name in state.targets], axis=1)


def decode(outputs: np.ndarray, last: np.ndarray, deviation: np.ndarray, *, log: bool = False) -> np.ndarray:
    """Converts model outputs to forecasts.

    Args:
        outputs: Model outputs, of shape (windows, horizon, targets).
        last: The last value of each target in each window, in its own units, of shape (windows, targets).
        deviation: Standard deviation of each target as it is scaled, from `ForecastState.scale_of`, of shape (windows,
            targets).
        log: Whether the model forecasts logarithms.

    Returns:
        Forecasts in the targets' own units, of shape (windows, horizon, targets), float64.
    """
    changes = outputs.astype(np.float64) * deviation[:, None, :]
    return from_log(np.log(last)[:, None, :] + changes) if log else last[:, None, :] + changes


def newest_windows(state: ForecastState, table: Table) -> Windows:
    """Returns, for each series with enough rows, the window that ends at its newest row.

    Raises:
        DataError: No series has enough rows; the message gives the reason for the first.
    """
    usable = _newest_rows(table) >= state.rows_needed
    if not usable.any():
        raise DataError(next(iter(missing_context(state, table).values())))
    starts = table.starts[1:][usable].astype(np.int64) - state.rows_needed
    return Windows(starts, state.window, state.horizon, state.lead, state.sampling_rate)


def missing_context(state: ForecastState, table: Table) -> dict[str, str]:
    """Returns why a series cannot be forecast, by name of the series; empty if all can."""
    reasons, newest = {}, _newest_rows(table)
    for s in np.flatnonzero(newest < state.rows_needed).tolist():
        where = f"series '{table.ids[s]}'" if len(table.ids) > 1 else "the data"
        rows = int(table.starts[s + 1] - table.starts[s])
        if rows < state.rows_needed:
            reasons[table.ids[s]] = f"A forecast needs {state.rows_needed} rows; {where} has {rows}."
        else:
            reasons[table.ids[s]] = (
                f"A forecast needs the newest {state.rows_needed} rows without a gap; {where} has "
                f"{newest[s]} after the gap before {table.time[table.starts[s + 1] - newest[s]]}."
            )
    return reasons


def _newest_rows(table: Table) -> np.ndarray:
    """Returns the rows after the last gap of each series, of shape (series,)."""
    newest = np.searchsorted(table.segments[:, 1], table.starts[1:])
    lengths: np.ndarray = table.segments[newest, 1] - table.segments[newest, 0]
    return lengths


def value_column(name: str) -> str:
    """Returns the name of the column of a recipe's forecasts, which is none of the other columns."""
    return f"{name}_2" if name in ("unique_id", "cutoff", "ds", "y") else name


def forecast_columns(
    state: ForecastState, table: Table, windows: Windows, columns: Mapping[str, np.ndarray]
) -> tuple[list[str], np.ndarray, dict[str, np.ndarray]]:
    """Returns the labels, the times and the values of all forecasts, one per predicted value.

    Args:
        state: The fitted state.
        table: The table that the windows index.
        windows: From `newest_windows`.
        columns: Forecasts and bounds by name, each of shape (windows, horizon, targets).

    Returns:
        Labels, times, and the values by name, each of length windows · targets · horizon.
    """
    ahead = state.sampling_rate * (state.lead + np.arange(state.horizon))
    rows, targets = windows.last_rows, len(state.targets)
    series = table.series_of(rows)
    labels = [series_label(state, table, table.ids[s], target) for s in series for target in state.targets]
    times = future_times(table.time[rows][:, None, None], state.interval, ahead)  # (windows, 1, horizon)
    times = np.broadcast_to(times, (len(rows), targets, state.horizon)).ravel()
    values = {name: column.transpose(0, 2, 1).ravel() for name, column in columns.items()}
    return [label for label in labels for _ in range(state.horizon)], times, values


def forecast_frame(
    state: ForecastState, table: Table, windows: Windows, columns: Mapping[str, np.ndarray]
) -> "pd.DataFrame":
    """Returns the forecasts in long format, with the columns `unique_id`, `ds` and those given.

    Args:
        state: The fitted state.
        table: The table that the windows index.
        windows: From `newest_windows`.
        columns: As in `forecast_columns`.
    """
    import pandas as pd

    labels, times, values = forecast_columns(state, table, windows, columns)
    return pd.DataFrame({"unique_id": labels, "ds": times_of(table, times), **values})


def times_of(table: Table, times: np.ndarray) -> Any:
    """Returns the times in UTC if the data has a time zone, else as they are."""
    if not table.utc:
        return times
    import pandas as pd

    return pd.DatetimeIndex(times).tz_localize("UTC")


def series_label(state: ForecastState, table: Table, series: str, target: str) -> str:
    """Returns the label of a forecast in results: the target, the series, or `series/target` if both vary."""
    if table.id_column is None:
        return target
    return series if len(state.targets) == 1 else f"{series}/{target}"


def check_columns(state: ForecastState, columns: Iterable[str]) -> None:
    """Raises DataError if a column that the state was fitted on is missing."""
    names = list(map(str, columns))
    sources = indicator_sources(state.categories)
    absent = dict.fromkeys(sources.get(name, name) for name in state.columns if name not in names)
    if absent:
        quoted = ", ".join(f"'{name}'" for name in absent)
        raise DataError(f"The data lacks {quoted}, which the model was trained on. Its columns: {', '.join(names)}.")


def _too_far(state: ForecastState, table: Table, values: np.ndarray) -> DataError:
    row, column = np.argwhere(np.isinf(values))[0]
    name, series = state.columns[column], table.series_of(np.array([row]))
    time = str(table.time[row]).removesuffix(".000000000")
    value, (mean, deviation) = float(table.columns[name][row]), state.scale_of(table, series)
    return DataError(
        f"The value {value:g} of '{name}' at {time} is too far from the training rows (mean {mean[0, column]:g}, "
        f"standard deviation {deviation[0, column]:g}). Correct the value, or train a run without the column: "
        "--features names those to read."
    )
