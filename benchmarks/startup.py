"""Start-up time of listings, and of a forecast compared with Keras.

Every figure is the wall time of a new process, with all files in the file cache. `seqkit forecast` is compared with the
minimum that Keras needs for the same forecast: loading the run's `model.keras` and calling it on one prepared window.
"""

import json
import tempfile
from pathlib import Path

import numpy as np

import seqkit
from benchmarks.measure import alternate, note, run_process, seqkit_process
from benchmarks.report import Line, Report, report_lines
from seqkit.errors import SeqkitError
from seqkit.tasks.forecast.encode import decode, encode, newest_windows, target_values

COMMANDS = (("--help",), ("recipes",), ("datasets",), ("train", "stacked_gru", "--help"))
RECIPE = "gru"
LISTING_SECONDS = 0.3
FORECAST_SECONDS = 1.5

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
        note(f"starting {len(COMMANDS) + 3} processes, {runs} times each")
        measured = alternate(
            runs,
            lambda: run_process("-c", "pass").seconds,
            *(lambda command=command: seqkit_process(*command).seconds for command in COMMANDS),
            lambda: seqkit_process("forecast", str(path)).seconds,
            lambda: run_process("-c", WITH_KERAS, str(path), str(window)).seconds,
        )
    python, *listings, ours, peer = measured
    lines = [
        Line("python -c pass", "s", python),
        *(
            Line(f"seqkit {' '.join(command)}", "s", figures, at_most=LISTING_SECONDS)
            for command, figures in zip(COMMANDS, listings, strict=True)
        ),
        Line("seqkit forecast RUN", "s", ours, peer, at_most=FORECAST_SECONDS),
    ]
    return report_lines(lines, peer="Keras")


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
    from seqkit.tasks.forecast.inference import Forecaster

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
