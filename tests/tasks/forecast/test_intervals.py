"""Prediction intervals of a run: calibration, scores, answers and messages."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.series.windows import Windows
from seqkit.errors import DataError, UsageError
from seqkit.runs.run import read_run
from seqkit.tasks.forecast.interval_scores import IntervalErrors
from seqkit.tasks.forecast.intervals import Intervals, Scales, calibrate
from seqkit.tasks.forecast.prepare import prepare

LEVELS = (80, 95)


@pytest.fixture
def copied(small_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_run, tmp_path / "run"))


def test_forecast_has_the_bounds_of_each_level(small_run):
    frame = seqkit.load(small_run).forecast(levels=(95, 80))
    assert list(frame)[2:] == ["dense", "dense-lo-95", "dense-lo-80", "dense-hi-80", "dense-hi-95"]
    assert (np.diff(frame[["dense-lo-95", "dense-lo-80", "dense", "dense-hi-80", "dense-hi-95"]]) > 0).all()
    pd.testing.assert_frame_equal(frame[["unique_id", "ds", "dense"]], seqkit.load(small_run).forecast())


def test_validation_values_lie_in_their_intervals_at_the_level(small_run):
    from seqkit.data.tables.regularise import regularise
    from seqkit.registry import find_dataset
    from seqkit.tasks.forecast.inference import open_run
    from seqkit.tasks.forecast.scoring import Evaluator

    frame = find_dataset("demo_weather").load().load(rows=1500)
    evaluator = Evaluator(open_run(read_run(small_run)), regularise(frame, time=("Date Time",), target=("T (degC)",)))
    windows = evaluator.splits.validation
    for level in LEVELS:
        lower, upper = evaluator.bounds(windows, level)
        actual = windows.read_targets(evaluator.y_true)
        covered = ((actual >= lower) & (actual <= upper)).mean()
        assert covered == pytest.approx(level / 100, abs=0.015)


def test_evaluate_scores_the_intervals_beside_those_of_the_baselines(small_run):
    scores = seqkit.evaluate(small_run)
    assert [row["name"] for row in scores["models"] if "levels" in row] == [
        "dense", "linear (ridge)", "Holt-Winters", "seasonal naive", "last value",
    ]  # fmt: skip
    for row in scores["models"]:
        if "levels" in row:
            assert list(row["levels"]) == ["80", "95"]
            narrow, wide = row["levels"].values()
            assert 0.5 < narrow["coverage"] < wide["coverage"] <= 1 and 0 < narrow["width"] < wide["width"]
            assert narrow["winkler"] >= narrow["width"] and len(narrow["coverage_by_step"]) == 1
            assert 0 < row["crps"] < row["mae"]
    stored = json.loads((small_run / "metrics.json").read_text())
    assert stored["test"]["models"] == scores["models"]
    assert not any("levels" in row for row in stored["validation"]["models"])


def test_scores_of_intervals_by_hand():
    bounds = np.stack([np.full((99, 1, 1), -1.0), np.full((99, 1, 1), 1.0)], axis=1)
    errors = IntervalErrors(Intervals(bounds, by_window=False))
    ones = np.ones((4, 1, 1))
    y_true = np.array([0.0, 0.5, 2.0, np.nan]).reshape(4, 1, 1)
    errors.add(y_true, 0 * ones, Scales(ones, 5 * ones), 2 * ones[:, 0])
    summary = errors.summary()
    assert summary["levels"]["80"]["coverage"] == pytest.approx(2 / 3)
    assert summary["levels"]["80"]["width"] == pytest.approx(2 * 2)
    assert summary["levels"]["80"]["winkler"] == pytest.approx(2 * (2 + 10 / 3))
    assert summary["levels"]["80"]["coverage_by_step"] == pytest.approx([2 / 3])


def regular_table(values: np.ndarray):
    from seqkit.data.tables.regularise import regularise

    times = pd.date_range("2024-01-01", periods=len(values), freq="h")
    return regularise(pd.DataFrame({"time": times, "y": values}), target=("y",))


@pytest.mark.parametrize("bursts", [False, True])
def test_the_scale_follows_the_window_where_that_gives_better_intervals(bursts):
    rng = np.random.default_rng(0)
    calm_and_rough = np.repeat(np.where(np.arange(40) % 2, 5.0, 0.2), 100) if bursts else np.ones(4000)
    table = regular_table(rng.normal(size=4000) * calm_and_rough)
    state, splits = prepare(table, window=24, calendar="none", split="0.4,0.5,0.1")
    values = (table.columns["y"][:, None] - state.mean[0]) / state.deviation[0]

    def predict(windows: Windows) -> np.ndarray:
        return np.full((len(windows), 1, 1), state.mean[0])

    y_true = table.columns["y"][:, None].astype(float)
    (intervals,) = calibrate({"mean": predict}, state, table, values, y_true, splits.validation).values()
    assert intervals.by_window == bursts


def test_levels_outside_their_range_raise(small_run):
    for level in (0, 100):
        with pytest.raises(UsageError, match=f"no interval of level {level}: use whole percentages from 1 to 99"):
            seqkit.load(small_run).forecast(levels=[level])


def test_a_level_that_the_validation_part_is_too_short_for_raises(tmp_path):
    frame = pd.DataFrame({"month": pd.date_range("2015-01-01", periods=60, freq="MS"), "y": np.arange(60.0) % 12})
    frame["y"] += np.random.default_rng(0).normal(size=60)
    run = seqkit.train("autoregression", frame, out=tmp_path / "run", window=12, split="40,10,10").path
    assert len(seqkit.load(run).forecast(levels=(80,)).columns) == 5
    with pytest.raises(UsageError, match="too few windows for an interval of 95 %: use levels of at most 90"):
        seqkit.load(run).forecast(levels=(80, 95))
    short = seqkit.train("autoregression", frame, out=tmp_path / "short", window=12, split="48,2,10").path
    with pytest.raises(UsageError, match="use levels of at most 66"):
        seqkit.load(short).forecast(levels=(80,))


def test_a_run_without_intervals_forecasts_and_is_evaluated_without_them(copied):
    (copied / "intervals.npz").unlink()
    with pytest.raises(UsageError, match="has no prediction intervals: it was trained without them"):
        seqkit.load(copied).forecast(levels=(80,))
    assert "dense" in seqkit.load(copied).forecast()
    assert not any("levels" in row for row in seqkit.evaluate(copied)["models"])


@pytest.mark.parametrize("damage", ["shape", "crossed", "missing"])
def test_damaged_intervals_raise(copied, damage):
    with np.load(copied / "intervals.npz") as file:
        arrays = dict(file)
    if damage == "shape":
        arrays["bounds_0"] = arrays["bounds_0"][:, :1]
    elif damage == "crossed":
        arrays["bounds_0"] = arrays["bounds_0"][:, ::-1]
    else:
        del arrays["by_window_0"]
    np.savez(copied / "intervals.npz", **arrays)
    with pytest.raises(DataError, match=r"intervals\.npz does not belong to this run"):
        seqkit.load(copied).forecast(levels=(80,))
