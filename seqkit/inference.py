"""A finished run, made to forecast: on ONNX Runtime, from the run directory alone.

Neither Keras nor TensorFlow is imported, nor anything of the run executed; the training data and the recipe may be
gone.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
from pydantic import ValidationError

from seqkit.data.reading import read_frame
from seqkit.data.tables import Table, regularise
from seqkit.data.windows import Windows
from seqkit.errors import DataError
from seqkit.runs import Run, read_run, whole_file
from seqkit.tasks import forecast

BATCH = 1024
"""Windows that are predicted at a time."""

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

    @property
    def name(self) -> str:
        """Name of the recipe, and of the column of forecasts."""
        return self.run.manifest.recipe["name"]

    def forecast(self, data: pd.DataFrame | None = None) -> pd.DataFrame:
        """Forecasts what comes after the newest rows of the data.

        Args:
            data: Rows with the columns the run was trained on, at the same interval, at least as many as one window
                reads, of one or several series. Default: the newest rows known when the run was trained.

        Returns:
            Columns `unique_id`, `ds` (true future timestamps) and one named after the recipe, in the target's unit.

        Raises:
            DataError: The data is too short, lacks a column, has a gap in its newest rows, or another interval.
        """
        table = self.context() if data is None else self.table(data)
        windows = forecast.newest_windows(self.state, table)
        forecasts = self.predict(table, forecast.encode(self.state, table), windows)
        return forecast.forecast_frame(self.state, table, forecasts, self.name)

    def table(self, data: pd.DataFrame) -> Table:
        """Returns the data as a table, read the way the training data was.

        Raises:
            DataError: It has other columns or another interval than the training data, or something is wrong in it.
        """
        forecast.check_columns(self.state, data)
        return regularise(
            data,
            **self.run.manifest.reading,
            target=self.state.targets,
            features=self.state.columns,
            interval=self.state.interval,
        )

    def context(self) -> Table:
        """Returns the newest rows known when the run was trained."""
        path = self.run.file("context.csv")
        try:
            rows = read_frame(path)
        except DataError as error:
            raise DataError(f"{path} is damaged: {error} Give the newest rows with --data.") from error
        forecast.check_columns(self.state, rows)
        return regularise(
            rows,
            time=(TIME,),
            id=ID if ID in rows.columns else None,
            target=self.state.targets,
            features=self.state.columns,
            genuine=tuple(self.run.manifest.reading.get("genuine", ())),
            missing="drop",
            interval=self.state.interval,
        )

    def predict(self, table: Table, values: np.ndarray, windows: Windows) -> np.ndarray:
        """Returns forecasts in the targets' own units, of shape (windows, horizon, targets).

        Args:
            table: The table that the windows are of.
            values: The same table, from `seqkit.tasks.forecast.encode`.
            windows: The windows to predict from.
        """
        last = forecast.target_values(self.state, table)[windows.last_rows]
        outputs = [
            self._session.run(["forecast"], {"window": batch.read(values)})[0] for batch in windows.batches(BATCH)
        ]
        return forecast.decode(self.state, np.concatenate(outputs), last)


def load(run: str | Path) -> Forecaster:
    """Returns the forecaster of a finished run.

    Args:
        run: The run directory.

    Raises:
        NotFoundError: There is no run there.
        DataError: The run is unfinished, damaged or of a newer format.
    """
    return open_run(read_run(run))


def open_run(run: Run) -> Forecaster:
    """Returns the forecaster of a run that has been read, finished or not."""
    return Forecaster(run, read_state(run), _open_model(run))


def read_state(run: Run) -> forecast.ForecastState:
    """Returns what the forecast task fitted.

    Raises:
        DataError: The run is of another task, or its state is damaged.
    """
    if run.manifest.task != "forecast":
        raise DataError(f"The run {run.path} answers the task '{run.manifest.task}' and not 'forecast'.")
    try:
        return forecast.ForecastState.model_validate(run.manifest.task_state)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DataError(f"{run.path / 'run.json'} is damaged: task_state.{where}: {first['msg']}.") from error


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
    frame.insert(0, TIME, table.time[rows])
    if table.id_column is not None:
        frame.insert(0, ID, ids)
    with whole_file(run.path / "context.csv") as temporary:
        frame.to_csv(temporary, index=False)


def _open_model(run: Run) -> Any:
    path = run.file("model.onnx")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != run.manifest.model.get("onnx_sha256"):
        raise DataError(f"{path} is damaged: it is not the file that training wrote. Train the run again.")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
