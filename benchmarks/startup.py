"""Start-up time of listings and short trainings, and of a forecast compared with Keras.

Every figure is the wall time of a new process, with all files in the file cache. `seqkit forecast` is compared with the
minimum that Keras needs for the same forecast: loading the run's `model.keras` and calling it on one prepared window.
The trainings read a small file. The calls of a run that is open are timed within one process.
"""

import json
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

import seqkit
from benchmarks.measure import alternate, note, run_process, seqkit_process
from benchmarks.report import Line, Report, report_lines
from seqkit.errors import SeqkitError
from seqkit.tasks.forecast.encode import decode, encode, newest_windows, target_values
from seqkit.tasks.forecast.inference import Forecaster

COMMANDS = (("--help",), ("recipes",), ("datasets",), ("train", "stacked_gru", "--help"))
RECIPE = "gru"
LISTING_SECONDS = 0.3
FORECAST_SECONDS = 1.5
LINEAR_SECONDS, TRAINING_SECONDS = 1.5, 7.0
CALL_MILLISECONDS, PANEL_SECONDS = 1.0, 5.0
CALLS = 200
"""Calls of an open run whose mean is one figure."""

SERIES = 30_000
"""Series that are forecast in one call."""

WITH_KERAS = """
import sys
import keras, numpy
model = keras.models.load_model(sys.argv[1] + "/model.keras")
print(float(model(numpy.load(sys.argv[2]), training=False)[0, 0, 0]))
"""


def run(*, runs: int = 9, quick: bool = False) -> Report:
    """Measures the commands.

    Args:
        runs: Starts of each command, [1, inf).
        quick: Two runs, as a smoke test.
    """
    runs = min(runs, 2) if quick else runs
    with tempfile.TemporaryDirectory() as folder:
        path, window = _small_run(Path(folder))
        file = Path(folder) / "small.csv"
        _small_series(1500).to_csv(file, index=False)
        train = ("--data", str(file), "--out", str(Path(folder) / "trained"), "--overwrite", "--quiet")
        call, panel = _open_calls(Path(folder), path)
        note(f"starting {len(COMMANDS) + 5} processes, {runs} times each")
        measured = alternate(
            runs,
            lambda: run_process("-c", "pass").seconds,
            *(lambda command=command: seqkit_process(*command).seconds for command in COMMANDS),
            lambda: seqkit_process("forecast", str(path)).seconds,
            lambda: run_process("-c", WITH_KERAS, str(path), str(window)).seconds,
            lambda: seqkit_process("train", "autoregression", *train).seconds,
            lambda: seqkit_process("train", RECIPE, "--epochs", "2", *train).seconds,
            lambda: 1000 * _seconds(lambda: [call() for _ in range(CALLS)]) / CALLS,
            lambda: _seconds(panel),
        )
    python, *listings, ours, peer, linear, training, milliseconds, seconds = measured
    lines = [
        Line("python -c pass", "s", python),
        *(
            Line(f"seqkit {' '.join(command)}", "s", figures, at_most=LISTING_SECONDS)
            for command, figures in zip(COMMANDS, listings, strict=True)
        ),
        Line("seqkit forecast RUN", "s", ours, peer, at_most=FORECAST_SECONDS),
        Line("seqkit train autoregression --data FILE", "s", linear, at_most=LINEAR_SECONDS),
        Line(f"seqkit train {RECIPE} --data FILE --epochs 2", "s", training, at_most=TRAINING_SECONDS),
        Line("forecast_arrays, one window, run open", "ms", milliseconds, at_most=CALL_MILLISECONDS),
        Line(f"forecast, {SERIES:,} series in one frame, run open", "s", seconds, at_most=PANEL_SECONDS),
    ]
    return report_lines(lines, peer="Keras")


def _small_series(rows: int, count: int = 1) -> pd.DataFrame:
    """Returns hourly waves with noise, in long format."""
    rng, hours = np.random.default_rng(0), np.arange(rows)
    values = 10 + 3 * np.sin(hours * 2 * np.pi / 24) + 0.3 * rng.normal(size=(count, rows))
    times = pd.date_range("2024-01-01", periods=rows, freq="h")
    names = {"unique_id": np.repeat([f"series {number}" for number in range(count)], rows)} if count > 1 else {}
    return pd.DataFrame({**names, "ds": np.tile(times, count), "y": values.ravel()})


def _open_calls(folder: Path, path: Path) -> tuple[Callable[[], object], Callable[[], object]]:
    """Returns calls of open runs: a forecast of one window from arrays, and one of many series from a frame."""
    forecaster = cast(Forecaster, seqkit.load(path))
    table = forecaster.context()
    values = np.stack([table.columns[name] for name in forecaster.state.columns], axis=1)
    trained = seqkit.train("autoregression", _small_series(300, 20), out=folder / "panel", window=48, horizon=24)
    panel, many = cast(Forecaster, seqkit.load(trained.path)), _small_series(48, SERIES)

    def forecast_many() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # these series were not in training
            return panel.forecast(many)

    return lambda: forecaster.forecast_arrays(values, table.time), forecast_many


def _seconds(call: Callable[[], object]) -> float:
    """Returns the wall time of a call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _small_run(folder: Path) -> tuple[Path, Path]:
    """Returns a run, and the file with the window of its forecast."""
    path, window = folder / "run", folder / "window.npy"
    note("training a small run to forecast with")
    small = ("--rows", "1500", "--epochs", "1", "--units", "16", "--no-test", "--quiet")
    keras_only = ("--combine", "none")  # no custom layer, so that the peer imports only Keras
    seqkit_process("train", RECIPE, *small, *keras_only, "--out", str(path))
    _check_same_forecast(path, window)
    return path, window


def _check_same_forecast(path: Path, window: Path) -> None:
    """Writes the window of the run's forecast, and checks that Keras gives the same forecast."""
    forecaster = seqkit.load(path)
    assert isinstance(forecaster, Forecaster)
    table = forecaster.context()
    windows = newest_windows(forecaster.state, table)
    np.save(window, windows.read(encode(forecaster.state, table)))
    last = target_values(forecaster.state, table)[windows.last_rows]
    change = float(run_process("-c", WITH_KERAS, str(path), str(window)).output)
    deviation = forecaster.state.target_deviations(table, np.array([0]))
    by_keras = float(decode(np.full((1, 1, 1), change), last, deviation)[0, 0, 0])
    (record,) = json.loads(seqkit_process("forecast", str(path), "--json").output)
    if not np.isclose(record[RECIPE], by_keras, rtol=1e-4):
        raise SeqkitError(f"The forecasts differ, {by_keras} (Keras) and {record[RECIPE]} (seqkit): cannot compare.")
