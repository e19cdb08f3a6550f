"""The linear baseline in `linear.npz`."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from seqkit.data.series.table import Table
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError
from seqkit.registry import find_dataset
from seqkit.runs.run import read_run
from seqkit.tasks.forecast.inference import open_run
from seqkit.tasks.forecast.scoring import Evaluator


@pytest.fixture(scope="module")
def table() -> Table:
    frame = find_dataset("demo_weather").load().load(rows=1500)
    return regularise(frame, time=("Date Time",), target=("T (degC)",))


@pytest.fixture
def copied(small_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_run, tmp_path / "run"))


def read_linear(path: Path) -> dict[str, np.ndarray]:
    with np.load(path / "linear.npz") as file:
        return dict(file)


def evaluator(path: Path, table: Table) -> Evaluator:
    return Evaluator(open_run(read_run(path)), table)


def test_calendar_features_of_the_linear_baseline_are_stored(copied, table):
    stored, fitted = read_linear(copied), evaluator(copied, table)
    assert fitted.state.calendar == ("hour of day", "day of week")
    assert stored["centre"].shape == (14,)
    assert stored["coefficients"].shape == (24 * 18 + 4 * 14, 1)
    assert fitted.linear.calendar.terms == 4
    np.testing.assert_array_equal(fitted.linear.calendar.centre, stored["centre"])
    stored["coefficients"][24 * 18] += 1  # of the sine of the newest hour times the first column
    np.savez(copied / "linear.npz", **stored)
    windows = fitted.splits.test
    change = evaluator(copied, table).linear.predict(windows) - fitted.linear.predict(windows)
    hours = table.time[windows.last_rows].astype("datetime64[h]").astype(int) % 24
    first = fitted.values[windows.last_rows, 0] - stored["centre"][0]
    np.testing.assert_allclose(change[:, 0, 0], np.sin(2 * np.pi * hours / 24) * first, atol=1e-4)


def test_a_linear_baseline_stored_without_calendar_features_is_read(copied, table):
    stored = read_linear(copied)
    del stored["centre"]
    stored["coefficients"] = np.zeros((24 * 18, 1))
    np.savez(copied / "linear.npz", **{**stored, "intercept": np.zeros(1)})
    fitted = evaluator(copied, table)
    assert fitted.linear.calendar is None
    last = fitted.values[fitted.splits.test.last_rows][:, fitted.state.target_positions]
    np.testing.assert_allclose(fitted.linear.predict(fitted.splits.test)[:, 0], last, rtol=1e-6)


@pytest.mark.parametrize("centre", [np.zeros(13), np.zeros((14, 1)), np.zeros(0)])
def test_calendar_features_of_other_columns_are_refused(copied, table, centre):
    np.savez(copied / "linear.npz", **{**read_linear(copied), "centre": centre})
    with pytest.raises(DataError, match=r"linear.npz does not belong to this run"):
        evaluator(copied, table)
