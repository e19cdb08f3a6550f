"""Seconds to train on, evaluate and forecast 1,000, 3,000 and 30,000 daily series of 60 rows.

The series are simulated, with levels from 1 to 100,000 and a weekly season. `prepare` is the check of the table and the
search for its windows. Training a ridge autoregression includes the export and the scores. Time should grow with the
rows: the last line divides the seconds per series of the last training by those of the one before.
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import note, seconds
from benchmarks.report import Line, Report, report_lines
from seqkit.data.tables.regularise import regularise
from seqkit.tasks.forecast.inference import Forecaster
from seqkit.tasks.forecast.prepare import prepare
from seqkit.training.keras_import import import_keras
from seqkit.workflows.evaluate import evaluate
from seqkit.workflows.load import load
from seqkit.workflows.train import train

if TYPE_CHECKING:
    import pandas as pd

ROWS, WINDOW, HORIZON = 60, 14, 7
MAX_PREPARE_SECONDS = 5.0
MAX_GROWTH = 1.2


def run(*, series: str = "1000,3000,30000", quick: bool = False) -> Report:
    """Trains once on each number of series.

    Args:
        series: At least two numbers of series in ascending order, separated by commas.
        quick: 20 and 40 series, as a smoke test.
    """
    counts = [20, 40] if quick else [int(count) for count in series.split(",")]
    import_keras()
    lines, training = [], []
    with tempfile.TemporaryDirectory() as folder:
        warm_up = Path(folder) / "warm-up"
        train("autoregression", make_panel(10), out=warm_up, window=WINDOW, horizon=HORIZON)
        for count in counts:
            note(f"{count:,} series")
            frame, path = make_panel(count), Path(folder) / str(count)
            taken = _measure(frame, path)
            training.append(taken["train"])
            limits = {"prepare": MAX_PREPARE_SECONDS}
            lines += [Line(f"{name}, {count:,} series", "s", [taken[name]], at_most=limits.get(name)) for name in taken]
    growth = training[-1] / training[-2] / (counts[-1] / counts[-2])
    lines.append(Line(f"train, per series, {counts[-1]:,} against {counts[-2]:,}", "×", [growth], at_most=MAX_GROWTH))
    return report_lines(lines, notes=[f"{ROWS} rows per series, window {WINDOW}, horizon {HORIZON}."])


def _measure(frame: "pd.DataFrame", path: Path) -> dict[str, float]:
    """Returns the seconds of each step."""
    return {
        "prepare": seconds(lambda: prepare(regularise(frame), window=WINDOW, horizon=HORIZON)),
        "train": seconds(lambda: train("autoregression", frame, out=path, window=WINDOW, horizon=HORIZON)),
        "evaluate": seconds(lambda: evaluate(path, frame)),
        "forecast": seconds(lambda: _forecast(path)),
    }


def _forecast(path: Path) -> None:
    forecaster = load(path)
    assert isinstance(forecaster, Forecaster)
    forecaster.forecast_csv(forecaster.context())


def make_panel(count: int) -> "pd.DataFrame":
    """Returns daily series with a weekly season, in long format."""
    import pandas as pd

    rng = np.random.default_rng(0)
    level, season = 10 ** rng.uniform(0, 5, count), 0.3 * np.sin(2 * np.pi * np.arange(ROWS) / 7)
    values = level[:, None] * (1 + season + 0.05 * rng.standard_normal((count, ROWS)))
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{number:05}" for number in range(count)], ROWS),
            "ds": np.tile(pd.date_range("2023-01-01", periods=ROWS), count),
            "y": values.ravel(),
        }
    )
