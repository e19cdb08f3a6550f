"""A finished run, made to forecast."""

import math
import warnings
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnxruntime
import pandas as pd
from pydantic import BaseModel, Field, model_validator

from seqkit.data.series.calendar import PERIODS
from seqkit.data.series.windows import Windows
from seqkit.data.tables.intervals import parse_interval
from seqkit.data.tables.reading import read_frame
from seqkit.data.tables.table import Table, regularise
from seqkit.errors import DataError, UsageError
from seqkit.files.atomic import atomic_write
from seqkit.inference.sessions import open_session, run_batches
from seqkit.options import module_options, resolve
from seqkit.runs.run import Run, validated
from seqkit.tasks import check_task
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.encode import (
    check_columns,
    decode,
    encode,
    forecast_frame,
    missing_context,
    newest_windows,
    target_values,
    times_of,
)

BATCH = 128
"""Windows that are predicted at a time."""

FARTHEST = 1 << 40
"""Rows that window, horizon and season may reach over: no series has so many, and sums of them are whole numbers."""

OF_STATE = ("target", "features", "interval")
"""Options of reading a table that the fitted state tells."""

ID, TIME = "unique_id", "ds"
"""The columns of `context.csv` that name the series and the time of a row."""


class Forecaster:
    """A finished run, ready to forecast. Made by `load`.

    Attributes:
        run: The run directory it came from.
        state: What the forecast task fitted on the training rows.
    """

    def __init__(self, run: Run, state: forecast.ForecastState, session: onnxruntime.InferenceSession) -> None:
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

    def forecast(self, data: pd.DataFrame | None = None) -> pd.DataFrame:
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

    def forecast_table(self, table: Table) -> pd.DataFrame:
        """Forecasts what comes after the newest rows of a table that `table` or `context` returned.

        Args:
            table: The rows; its `notes` say what was mended in reading them.

        Returns:
            As `forecast`.

        Raises:
            DataError: Every series is too short, or has a gap in its newest rows; `missing_context` names
                single ones.
        """
        windows = newest_windows(self.state, table)
        forecasts = self.predict(table, encode(self.state, table), windows)
        return forecast_frame(self.state, table, windows, forecasts, self.name)

    def table(self, data: pd.DataFrame) -> Table:
        """Returns the data as a table, read the way the training data was.

        Raises:
            DataError: It has other columns or another interval than the training data, or something is wrong in it.
        """
        check_columns(self.state, data)
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
        path = self.run.text_file("context.csv")
        try:
            table = self._read_context(path)
        except (DataError, UsageError) as error:
            raise DataError(f"{path} is damaged. Give the newest rows with --data. {error}") from error
        lengths = np.diff(table.starts)
        if (lengths != self.state.rows_needed).any():
            raise DataError(
                f"{path} is damaged: it has {lengths.min()} rows of a series where a forecast reads "
                f"{self.state.rows_needed}. Give the newest rows with --data."
            )
        return table

    def _read_context(self, path: Path) -> Table:
        rows = read_frame(path)
        check_columns(self.state, rows)
        return regularise(
            rows,
            time=(TIME,),
            id=ID if ID in rows.columns else None,
            target=self.state.targets,
            features=self.state.columns,
            not_sentinel=self._reading.get("not_sentinel", ()),
            missing="drop",
            interval=self.state.interval,
        )

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


def read_state(run: Run) -> forecast.ForecastState:
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
    known = [o for o in module_options("seqkit.data.tables.table", "regularise") if o.name not in OF_STATE]
    try:
        options = resolve(known, given)
    except UsageError as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: reading: {error} Train the run again.") from error
    return {name: options[name] for name in given}


def write_context(run: Run, state: forecast.ForecastState, table: Table) -> None:
    """Keeps the newest rows of each series in the run, so that it can forecast without the training data.

    A series too short for a window is left out: nothing can be forecast from it.
    """
    chosen, ids = [], []
    for name, first, end in zip(table.ids, table.starts[:-1].tolist(), table.starts[1:].tolist(), strict=True):
        if end - first >= state.rows_needed:
            chosen.append(np.arange(end - state.rows_needed, end))
            ids += [name] * state.rows_needed
    rows = np.concatenate(chosen)
    frame = table.frame.iloc[rows].reset_index(drop=True)
    frame.insert(0, TIME, times_of(table, table.time[rows]))
    if table.id_column is not None:
        frame.insert(0, ID, ids)
    with atomic_write(run.path / "context.csv") as temporary:
        frame.to_csv(temporary, index=False)


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


class _CheckedState(forecast.ForecastState):
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
