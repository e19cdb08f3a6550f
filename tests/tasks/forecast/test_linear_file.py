"""The linear baseline as a run keeps it."""

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


def stored(path: Path) -> dict[str, np.ndarray]:
    with np.load(path / "linear.npz") as file:
        return dict(file)


def evaluator(path: Path, table: Table) -> Evaluator:
    return Evaluator(open_run(read_run(path)), table)


def test_a_run_keeps_what_its_linear_baseline_reads_of_the_calendar(copied, table):
    kept, found = stored(copied), evaluator(copied, table)
    assert found.state.calendar == ("hour of day", "day of week")
    assert kept["centre"].shape == (14,)
    assert kept["coefficients"].shape == (24 * 18 + 4 * 14, 1)
    assert found.linear.calendar.terms == 4
    np.testing.assert_array_equal(found.linear.calendar.centre, kept["centre"])
    kept["coefficients"][24 * 18] += 1  # of the sine of the newest hour times the first column
    np.savez(copied / "linear.npz", **kept)
    windows = found.splits.test
    change = evaluator(copied, table).linear.predict(windows) - found.linear.predict(windows)
    hours = table.time[windows.last_rows].astype("datetime64[h]").astype(int) % 24
    first = found.values[windows.last_rows, 0] - kept["centre"][0]
    np.testing.assert_allclose(change[:, 0, 0], np.sin(2 * np.pi * hours / 24) * first, atol=1e-4)


def test_a_linear_baseline_of_before_there_was_a_calendar_is_read_as_it_is(copied, table):
    kept = stored(copied)
    del kept["centre"]
    kept["coefficients"] = np.zeros((24 * 18, 1))
    np.savez(copied / "linear.npz", **{**kept, "intercept": np.zeros(1)})
    found = evaluator(copied, table)
    assert found.linear.calendar is None
    last = found.values[found.splits.test.last_rows][:, found.state.target_positions]
    np.testing.assert_allclose(found.linear.predict(found.splits.test)[:, 0], last, rtol=1e-6)


@pytest.mark.parametrize("centre", [np.zeros(13), np.zeros((14, 1)), np.zeros(0)])
def test_a_calendar_of_other_columns_is_refused(copied, table, centre):
    np.savez(copied / "linear.npz", **{**stored(copied), "centre": centre})
    with pytest.raises(DataError, match=r"linear.npz is not of this run"):
        evaluator(copied, table)
