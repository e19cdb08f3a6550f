"""A finished run, made to forecast."""

import math
import warnings
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import onnxruntime
from pydantic import BaseModel, Field, model_validator

from seqkit.data.series.calendar import PERIODS
from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows
from seqkit.data.tables.intervals import parse_interval
from seqkit.errors import DataError, UsageError
from seqkit.inference.sessions import open_session, run_batches
from seqkit.options import module_options, resolve
from seqkit.runs.run import Run, validated
from seqkit.tasks import check_task
from seqkit.tasks.forecast.context import read_context
from seqkit.tasks.forecast.encode import (
    check_columns,
    decode,
    encode,
    forecast_columns,
    forecast_frame,
    missing_context,
    newest_windows,
    target_values,
)
from seqkit.tasks.forecast.state import ForecastState
from seqkit.tasks.forecast.text import csv_lines, csv_times

if TYPE_CHECKING:
    import pandas as pd

BATCH = 128
"""Windows that are predicted at a time."""

FARTHEST = 1 << 40
"""Rows that window, horizon and season may reach over: no series has so many, and sums of them are whole numbers."""

OF_STATE = ("target", "features", "interval")
"""Options of reading a table that the fitted state tells."""


class Forecaster:
    """A finished run, ready to forecast. Made by `load`.

    Attributes:
        run: The run directory it came from.
        state: What the forecast task fitted on the training rows.
    """

    def __init__(self, run: Run, state: ForecastState, session: onnxruntime.InferenceSession) -> None:
        self.run = run
        self.state = state
        self._session = session
        self._reading = _reading(run)

    @property
    def name(self) -> str:
        """Name of the recipe, and of the column of forecasts."""
        return self.run.manifest.recipe["name"]

    @property
    def share(self) -> float:
        """Of the recipe's own forecast in what is told; the linear forecast has the rest."""
        return float(self.run.manifest.model.get("share", 1.0))

    def forecast(self, data: "pd.DataFrame | None" = None) -> "pd.DataFrame":
        """Forecasts what comes after the newest rows of the data.

        Args:
            data: Rows with the columns the run was trained on, at the same interval, at least as many as one window
                reads, of one or several series. Default: the newest rows known when the run was trained.

        Returns:
            Columns `unique_id`, `ds` (true future timestamps) and one named after the recipe, in the target's unit.

        Raises:
            DataError: The data is too short, lacks a column, has a gap in its newest rows, or another interval.

        Warns:
            UserWarning: Of several series, some are too short or have such a gap; they are left out.
        """
        table = self.context() if data is None else self.table(data)
        result = self.forecast_table(table)
        for line in missing_context(self.state, table).values():
            warnings.warn(f"{line} It is left out.", stacklevel=2)
        return result

    def forecast_table(self, table: Table) -> "pd.DataFrame":
        """Forecasts what comes after the newest rows of a table that `table` or `context` returned.

        Args:
            table: The rows; its `notes` say what was mended in reading them.

        Returns:
            As `forecast`.

        Raises:
            DataError: Every series is too short, or has a gap in its newest rows; `missing_context` names
                single ones.
        """
        return forecast_frame(self.state, table, *self._forecast(table), self.name)

    def forecast_csv(self, table: Table) -> tuple[str, int]:
        """Returns what `forecast_table` does as the text of a CSV file, and the number of its rows.

        Raises:
            DataError: As `forecast_table`.
        """
        series = list(forecast_columns(self.state, table, *self._forecast(table)))
        times = csv_times(np.concatenate([times for _, times, _ in series]), utc=table.utc)
        labels = [label for label, values, _ in series for _ in values]
        values = np.concatenate([values for _, _, values in series]).tolist()
        return csv_lines({"unique_id": labels, "ds": times, self.name: values}), len(labels)

    def _forecast(self, table: Table) -> tuple[Windows, np.ndarray]:
        windows = newest_windows(self.state, table)
        return windows, self.predict(table, encode(self.state, table), windows)

    def table(self, data: "pd.DataFrame") -> Table:
        """Returns the data as a table, read the way the training data was.

        Raises:
            DataError: It has other columns or another interval than the training data, or something is wrong in it.
        """
        from seqkit.data.tables.regularise import regularise

        check_columns(self.state, data.columns)
        try:
            return regularise(
                data,
                **self._reading,
                target=self.state.targets,
                features=self.state.columns,
                interval=self.state.interval,
            )
        except UsageError as error:
            raise DataError(f"The data cannot be read as that of the run {self.run.path} was: {error}") from error

    def context(self) -> Table:
        """Returns the newest rows known when the run was trained.

        Raises:
            DataError: `context.csv` is missing or damaged.
        """
        return read_context(self.run, self.state)

    def predict(self, table: Table, values: np.ndarray, windows: Windows) -> np.ndarray:
        """Returns forecasts in the targets' own units, of shape (windows, horizon, targets).

        Args:
            table: The table that the windows are of.
            values: The same table, from `seqkit.tasks.encode.encode`.
            windows: The windows to predict from.
        """
        last = target_values(self.state, table)[windows.last_rows]
        outputs = run_batches(self._session, windows.batches(BATCH), lambda batch: batch.read(values))
        return decode(self.state, np.concatenate(outputs), last)


def open_run(run: Run) -> Forecaster:
    """Returns the forecaster of a run that has been read, finished or not."""
    state = read_state(run)
    return Forecaster(run, state, open_session(run, state.spec.ends))


def read_state(run: Run) -> ForecastState:
    """Returns what the forecast task fitted.

    Raises:
        UsageError: The run is of another task.
        DataError: Its state is damaged.
    """
    manifest, file = run.manifest, run.path / "run.json"
    check_task(run, "forecast")
    validated(_Facts, {"recipe": manifest.recipe, "data": manifest.data, "model": manifest.model}, file)
    _reading(run)
    return validated(_CheckedState, manifest.task_state, file, "task_state")


def _reading(run: Run) -> dict[str, Any]:
    """Returns how the table of training was read, checked: JSON has lists where options are tuples."""
    given = run.manifest.reading
    known = [o for o in module_options("seqkit.data.tables.regularise", "regularise") if o.name not in OF_STATE]
    try:
        options = resolve(known, given)
    except UsageError as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: reading: {error} Train the run again.") from error
    return {name: options[name] for name in given}


class _Recipe(BaseModel):
    name: str


class _Data(BaseModel):
    source: str
    sha256: str
    targets_sha256: str


class _Model(BaseModel):
    parameters: int
    onnx_sha256: str
    share: float = Field(default=1.0, gt=0, le=1)


class _Facts(BaseModel):
    """What is read of `run.json` beside the state; there is more in it."""

    recipe: _Recipe
    data: _Data
    model: _Model


class _CheckedState(ForecastState):
    """A state whose parts fit together, as one that was fitted always is and one that was read may not be."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for name, due in (("mean", "columns"), ("deviation", "columns"), ("season_error", "targets")):
            found, expected = len(getattr(self, name)), len(getattr(self, due))
            if found != expected:
                raise ValueError(f"{name} has {found} values for {expected} {due}")
        if len(set(self.columns)) < len(self.columns) or not set(self.targets) <= set(self.columns):
            raise ValueError("columns are not distinct, or a target is not among them")
        if not all(0 < value < math.inf for value in self.deviation):
            raise ValueError("a deviation is not above 0")
        if self.rows_needed + self.overlap + self.season > FARTHEST:
            raise ValueError("window, horizon, lead or season reach farther than any series")
        if unknown := set(self.calendar) - set(PERIODS):
            raise ValueError(f"there is no calendar term '{min(unknown)}'")
        parse_interval(self.interval)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                np.array(self.borders, "int64" if isinstance(self.borders[0], int) else "datetime64[ns]")
            except UserWarning as error:
                raise ValueError("a border has a time zone, and they are written without one") from error
        return self
