"""Opens a finished run for forecasting, without Keras or TensorFlow."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from seqkit.data.files.frame_index import with_index_columns
from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows
from seqkit.errors import DataError, UsageError, listed
from seqkit.inference.sessions import open_session, run_batches
from seqkit.runs.run import Run
from seqkit.tasks.forecast.arrays import table_of_arrays
from seqkit.tasks.forecast.categories import category_notes, with_indicators
from seqkit.tasks.forecast.context import read_context, with_stored_names
from seqkit.tasks.forecast.encode import (
    check_columns,
    decode,
    encode,
    forecast_columns,
    forecast_frame,
    newest_windows,
    target_values,
    value_column,
)
from seqkit.tasks.forecast.future_values import read_future
from seqkit.tasks.forecast.holidays import with_holidays
from seqkit.tasks.forecast.intervals import Intervals, check_levels, read_intervals, scales_of
from seqkit.tasks.forecast.known_ahead import fill_ahead
from seqkit.tasks.forecast.series_file import read_series
from seqkit.tasks.forecast.series_names import with_known_names
from seqkit.tasks.forecast.series_notes import forecast_notes
from seqkit.tasks.forecast.state import ForecastState
from seqkit.tasks.forecast.stored_state import read_reading, read_state
from seqkit.tasks.forecast.text import csv_lines, csv_times

if TYPE_CHECKING:
    import pandas as pd

BATCH_SIZE = 128
"""Windows per call of the ONNX model."""


class Forecaster:
    """A finished run that forecasts, as returned by `seqkit.load`.

    Attributes:
        run: The run directory.
        state: The state fitted on the training rows.
    """

    def __init__(self, run: Run, state: ForecastState, session: onnxruntime.InferenceSession) -> None:
        self.run = run
        self.state = state
        self._session = session

    @property
    def name(self) -> str:
        """Name of the recipe and of the forecast column."""
        return self.run.manifest.recipe["name"]

    @property
    def share(self) -> float:
        """Weight of the network in the combined forecast, (0, 1]; the linear baseline has the rest."""
        return float(self.run.manifest.model.get("share", 1.0))

    @cached_property
    def intervals(self) -> list[Intervals]:
        """Prediction intervals of the run's own model, and then those of the baselines.

        Raises:
            UsageError: The run was written before intervals were calibrated.
            DataError: The file is damaged or belongs to another run.
        """
        return read_intervals(self.run, self.state)

    def forget_intervals(self) -> None:
        """Reads the intervals again when they are next needed, as they have been calibrated anew."""
        vars(self).pop("intervals", None)

    def forecast(
        self,
        data: "pd.DataFrame | None" = None,
        *,
        levels: Sequence[int] = (),
        future: "pd.DataFrame | None" = None,
    ) -> "pd.DataFrame":
        """Forecasts the steps after the newest rows of the data.

        Args:
            data: Rows of one or several series, with the columns and the interval of the training data, at least one
                window long. A series that was not in training is scaled by its first window of rows. Default: the
                newest training rows, which the run stores.
            levels: Levels of prediction intervals in percent, from 1 to 99, such as (80, 95).
            future: Rows after the newest ones up to the last predicted time, with the times and the features that the
                model reads ahead; without names of series they hold for all. Needed if the run has such features.

        Returns:
            Frame in long format with the columns `unique_id`, `ds` (the predicted times) and one named after the
            recipe, in the target's own unit; and for each level the bounds `<recipe>-lo-<level>` and
            `<recipe>-hi-<level>`.

        Raises:
            UsageError: A level is not from 1 to 99, or the validation part was too short for it; or `future` is given,
                but the run reads no features ahead.
            DataError: The data is too short, lacks a column, has another interval, or a gap in its newest rows; or
                values of `future` are missing, or contradict the data.

        Warns:
            UserWarning: Some of several series are too short or have a gap in their newest rows; they are left out. Or
                some were not in training, maybe because their names are written differently.
        """
        table = self.context() if data is None else self.table(data)
        ahead = self.future_table(future, table)
        result = self.forecast_table(table, levels, ahead)
        notes = forecast_notes(self.state, table, stored=data is None)
        for line in [*notes, *(category_notes(ahead) if ahead else ())]:
            warnings.warn(line, stacklevel=2)
        return result

    def forecast_table(self, table: Table, levels: Sequence[int] = (), future: Table | None = None) -> "pd.DataFrame":
        """Forecasts the steps after the newest rows of a table.

        Args:
            table: From `table` or `context`.
            levels: As in `forecast`.
            future: From `future_table`.

        Returns:
            Frame as returned by `forecast`.

        Raises:
            UsageError: As `forecast`.
            DataError: Every series is too short or has a gap in its newest rows, or a value of `future` is missing. If
                only some series are short, they are left out without a warning; see
                `seqkit.tasks.forecast.encode.missing_context`.
        """
        return forecast_frame(self.state, table, *self._forecast(table, levels, future))

    def forecast_arrays(self, values: np.ndarray, times: np.ndarray | None = None) -> np.ndarray:
        """Forecasts the steps after the newest rows in arrays, without the checks and the cost of a frame.

        Args:
            values: Rows of one series, of shape (rows, columns), or of several series, (series, rows, columns): the
                columns are `state.columns`, in this order. Series of a run that scales each by its own statistics are
                scaled by their first window of rows, as series that were not in training.
            times: Times of the rows, datetime64 without gaps, in UTC if those of training have a time zone, of shape
                (rows,). Default: none, for a run that does not read the calendar.

        Returns:
            Forecasts in the targets' own units, of shape (horizon, targets) or (series, horizon, targets).

        Raises:
            UsageError: The run reads features ahead.
            DataError: The arrays have another shape, are too short, or contain values that are not finite.
        """
        if self.state.future:
            raise UsageError(
                f"The run {self.run.path} reads {listed(self.state.future)} ahead, which arrays do not have. Use "
                "forecast(future=...)."
            )
        table = table_of_arrays(self.state, values, times)
        forecasts = self.predict(table, encode(self.state, table), newest_windows(self.state, table))
        return forecasts[0] if values.ndim == 2 else forecasts

    def forecast_csv(self, table: Table, levels: Sequence[int] = (), future: Table | None = None) -> tuple[str, int]:
        """Returns the result of `forecast_table` as CSV text, and its number of rows.

        Raises:
            UsageError: As `forecast`.
            DataError: As `forecast_table`.
        """
        labels, times, columns = forecast_columns(self.state, table, *self._forecast(table, levels, future))
        values = {name: column.tolist() for name, column in columns.items()}
        return csv_lines({"unique_id": labels, "ds": csv_times(times, utc=table.utc), **values}), len(labels)

    def _forecast(
        self, table: Table, levels: Sequence[int], future: Table | None
    ) -> tuple[Windows, dict[str, np.ndarray]]:
        """Returns the newest windows, and by column the forecasts and the bounds of their intervals."""
        state, levels = self.state, check_levels(levels)
        intervals = self.intervals[0] if levels else None
        check_levels(levels, intervals)
        windows, values = newest_windows(state, table), encode(state, table)
        if state.future:
            fill_ahead(state, table, values, windows, future)
        outputs, name = self.predict_all(table, values, windows), value_column(self.name)
        forecasts, quantiles = outputs[..., 0], outputs[..., 1:]
        columns = {name: forecasts}
        if intervals is not None:
            scales = scales_of(state, table, values, windows)
            bounds = {level: intervals.around(forecasts, scales, level, quantiles) for level in levels}
            columns |= {f"{name}-lo-{level}": bounds[level][0] for level in reversed(levels)}
            columns |= {f"{name}-hi-{level}": bounds[level][1] for level in levels}
        return windows, columns

    def table(self, data: "pd.DataFrame") -> Table:
        """Parses a frame with the options that were used for the training data.

        Raises:
            DataError: The columns or the interval differ from those of the training data, or the data has a fault.
        """
        from seqkit.data.tables.findings import Choices
        from seqkit.data.tables.long_form import as_long, is_long
        from seqkit.data.tables.regularise import regularise

        reading = read_reading(self.run)
        data, unknown = with_indicators(with_index_columns(data), self.state.categories, reading)
        if reading.get("wide", "none") != "none":
            data = data if is_long(list(data.columns)) else as_long(data, Choices(**reading))
            reading |= {"wide": "none", "id": ()}
        reading = with_stored_names(reading, data.columns)
        check_columns(self.state, (*data.columns, *self.state.holiday_columns))
        try:
            table = regularise(
                data,
                **reading,
                target=self.state.targets,
                features=self.state.columns_read,
                interval=self.state.interval,
            )
        except UsageError as error:
            raise DataError(f"The data cannot be read with the options of the run {self.run.path}: {error}") from error
        table = replace(table, unknown_categories=unknown)
        if self.state.holidays is not None:
            table = with_holidays(table, self.state.holidays)
        return table if self.state.series is None else with_known_names(table, self.state.series.ids)

    def future_table(self, data: "pd.DataFrame | None", table: Table) -> Table | None:
        """Parses the values of features known ahead; None if there are none.

        Args:
            data: As `future` in `forecast`.
            table: The rows that they follow.

        Raises:
            UsageError: The run reads no features ahead.
            DataError: A column is missing, the interval differs, or a value contradicts the table.
        """
        if data is None:
            return None
        if not self.state.future_read:
            raise UsageError(f"The run {self.run.path} reads no features ahead. Leave out --future.")
        return read_future(self.state, read_reading(self.run), with_index_columns(data), table)

    def context(self) -> Table:
        """Returns the newest training rows, which the run stores.

        Raises:
            DataError: `context.csv` is missing or damaged.
        """
        return read_context(self.run, self.state)

    def predict(self, table: Table, values: np.ndarray, windows: Windows) -> np.ndarray:
        """Returns forecasts in the targets' own units, of shape (windows, horizon, targets); see `predict_all`."""
        return self.predict_all(table, values, windows)[..., 0]

    def predict_all(self, table: Table, values: np.ndarray, windows: Windows) -> np.ndarray:
        """Returns forecasts and quantiles in the targets' own units.

        Args:
            table: The table that the windows index.
            values: The encoded table, from `seqkit.tasks.forecast.encode.encode`.
            windows: Input windows.

        Returns:
            Array of shape (windows, horizon, targets, 1 + quantiles): the forecast, then the quantiles of the model.
        """
        return np.maximum(self.predict_unlimited(table, values, windows), self.state.lowest)

    def predict_unlimited(self, table: Table, values: np.ndarray, windows: Windows) -> np.ndarray:
        """Returns forecasts as `predict` does, but without the limit of `state.lowest`."""
        rows, state = windows.last_rows, self.state
        outputs = run_batches(self._session, windows.batches(BATCH_SIZE), lambda batch: batch.read(values))
        deviation = state.scale_of(table, table.series_of(rows))[1][:, list(state.target_positions)]
        changes, last = np.concatenate(outputs), target_values(state, table, rows)
        by_value = np.moveaxis(changes, -1, 0) if state.quantiles else changes[None]
        return np.stack([decode(each, last, deviation, log=state.log) for each in by_value], axis=-1)


def open_run(run: Run) -> Forecaster:
    """Opens a run, finished or not, for forecasting."""
    state = read_series(run, read_state(run))
    return Forecaster(run, state, open_session(run, state.spec.ends))
