"""Errors of several series, scaled by each one's season, against values worked out by hand."""

import json

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows
from seqkit.progress import Callbacks
from seqkit.tasks.forecast.metrics import ForecastErrors, mase_scale_by_series
from seqkit.tasks.forecast.model_names import LAST_VALUE
from seqkit.tasks.forecast.part import Part
from seqkit.tasks.forecast.series_errors import SeriesErrors
from seqkit.tasks.forecast.show import verdicts
from seqkit.tasks.forecast.state import ForecastState
from seqkit.workflows.compare import compare

# Three series, one target: levels 1 and a million, and one without a season's error. Two windows of two steps each.
SEASON_ERROR = np.array([[2.0], [2e6], [np.nan]])

DEVIATION = np.array([[1.0], [1e6], [5.0]])

SERIES = np.array([0, 0, 1, 1, 2, 2])

ERRORS = np.array([[1, 3], [2, -2], [1e6, -1e6], [3e6, 3e6], [5, 5], [0, 10]], float)


@pytest.fixture
def errors() -> SeriesErrors:
    errors = SeriesErrors(SEASON_ERROR, DEVIATION)
    for batch in (slice(0, 3), slice(3, 6)):
        errors.add(SERIES[batch], np.zeros((3, 2, 1)), ERRORS[batch, :, None])
    return errors


def test_mase_is_the_mean_over_series_of_their_own(errors):
    np.testing.assert_allclose(errors.mase_by_series, [2 / 2, 2e6 / 2e6, np.nan])
    assert errors.mase == 1
    np.testing.assert_allclose(errors.mase_by_window, [1, 1, 0.5, 1.5, np.nan, np.nan])
    np.testing.assert_allclose(errors.mase_by_step, [(1 + 2 + 1 + 3) / 8, (3 + 2 + 1 + 3) / 8])
    assert errors.scaled_mae == pytest.approx((8 / 1 + 8 / 1 + 20 / 5) / 12)
    assert errors.windows.tolist() == [2, 2, 2]


def test_values_that_were_not_measured_are_left_out():
    errors = SeriesErrors(SEASON_ERROR[:2], DEVIATION[:2])
    errors.add(
        np.array([0, 1]), np.array([[[0.0], [np.nan]], [[0.0], [0.0]]]), np.array([[[4.0], [9.0]], [[0.0], [1e6]]])
    )
    np.testing.assert_allclose(errors.mase_by_series, [4 / 2, 0.5 / 2])
    np.testing.assert_allclose(errors.mase_by_window, [2, 0.25])


def test_series_without_a_deviation_are_left_out_of_the_scaled_error():
    errors = SeriesErrors(SEASON_ERROR, np.where(DEVIATION == 5, np.nan, DEVIATION))
    errors.add(SERIES, np.zeros((6, 2, 1)), ERRORS[:, :, None])
    assert errors.scaled_mae == pytest.approx((8 / 1 + 8 / 1) / 8)


def test_mase_is_undefined_if_no_series_has_it():
    errors = SeriesErrors(SEASON_ERROR[2:], DEVIATION[2:])
    errors.add(np.array([0]), np.zeros((1, 1, 1)), np.ones((1, 1, 1)))
    assert np.isnan(errors.mase)


def test_season_error_of_each_series_takes_its_own_training_rows():
    values = np.array([[1.0], [2], [4], [10], [40], [100], [7]])
    starts = np.array([0, 3, 6, 7])
    scale = mase_scale_by_series(values, [(0, 3), (3, 6), (6, 7)], starts, 1)
    np.testing.assert_allclose(scale, [[1.5], [45], [np.nan]])
    measured = np.array([[True], [True], [False], [True], [True], [True], [True]])
    np.testing.assert_allclose(mase_scale_by_series(values, [(0, 3)], starts, 1, measured), [[1], [np.nan], [np.nan]])


def small_panel_part(model_errors, other_errors):
    """Returns the summary of a part of four series at 40 times: one of level a million, three of level one."""
    times, series = np.tile(np.arange(40), 4), np.repeat(np.arange(4), 40)
    level = np.array([1e6, 1, 1, 1])
    noise = 1 + 0.1 * np.random.default_rng(0).random(160)
    errors, by_series = {}, {}
    for name, by_level in (("model", model_errors), (LAST_VALUE, other_errors)):
        predicted = (np.array(by_level) * level)[series] * noise
        errors[name], by_series[name] = ForecastErrors(), SeriesErrors(level[:, None], level[:, None])
        errors[name].add(np.zeros((160, 1, 1)), predicted[:, None, None])
        by_series[name].add(series, np.zeros((160, 1, 1)), predicted[:, None, None])
    table = Table(
        columns={"y": np.zeros(168)},
        time=np.tile(np.arange(42), 4),
        ids=("huge", "a", "b", "c"),
        starts=42 * np.arange(5),
        segments=np.stack([42 * np.arange(4), 42 * np.arange(1, 5)], axis=1),
        interval="1",
        targets=("y",),
        time_column=(),
        id_column="id",
        notes=(),
    )
    state = ForecastState(
        **dict.fromkeys(("columns", "targets"), ("y",)),
        **dict.fromkeys(("mean", "deviation", "season_error"), (1.0,)),
        **dict.fromkeys(("window", "horizon", "lead", "sampling_rate", "season"), 1),
        calendar=(),
        interval="1",
        scores="original",
        borders=(1, 2, 3),
    )
    windows = Windows(42 * series + times, 1)
    return Part(windows, errors, 0, by_series).summary(table, state, "")


def test_one_huge_series_does_not_decide_the_verdict():
    scores = small_panel_part(model_errors=[2, 1, 1, 1], other_errors=[1, 2, 2, 2])
    model, other = scores["models"]

    assert model["mae"] > other["mae"], "of which the huge series is nearly all"
    assert model["mase"] == pytest.approx(1.25, rel=0.1) and other["mase"] == pytest.approx(1.75, rel=0.1)
    assert model["skill"] == pytest.approx(1 - model["mase"] / other["mase"])
    assert other["against_model"]["statistic"] < 0 and other["against_model"]["p_value"] < 0.001
    assert scores["by_series"]["better_than"] == {LAST_VALUE: 3}
    assert scores["by_series"]["worst"][0]["series"] == "huge"
    lines = verdicts(scores)
    assert lines[0] == "model is better than last value (p < .001)"
    assert lines[1].startswith("skill and p compare MASE: the mean over 4 series")
    assert lines[2].startswith("highest MASE: 'huge' 2.1") and "(last value 1.0" in lines[2]
    assert lines[3] == "MASE below that of last value in 3 of 4 series"


def test_series_without_mase_are_counted(errors):
    scores = small_panel_part([1, 1, 1, 1], [2, 2, 2, 2])
    scores["by_series"]["without_mase"] = 1
    assert "1 of 4 series have no MASE: their training rows span no whole season, or repeat it exactly" in (
        "\n".join(verdicts(scores))
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs on three series of the same shape and of levels 1, 10 and a million, and the messages of the first.

    The target of a fourth is constant in the training rows, and a fifth is shorter than a window.
    """
    rows, rng = np.arange(70), np.random.default_rng(0)
    shape = 1 + 0.3 * np.sin(2 * np.pi * rows / 7) + 0.03 * rng.standard_normal(70)
    series = {"a": shape, "b": 10 * shape, "c": 1e6 * shape, "flat": np.where(rows < 55, 5.0, 6.0)}
    days = pd.date_range("2023-01-02", periods=70)
    frame = pd.concat([pd.DataFrame({"unique_id": k, "ds": days, "y": y}) for k, y in series.items()])
    frame = pd.concat([frame, frame[:5].assign(unique_id="tiny")])
    folder, lines = tmp_path_factory.mktemp("runs"), []
    for name, window in (("long", 14), ("short", 7)):
        callbacks = Callbacks(on_message=lines.append)
        seqkit.train("autoregression", frame, out=folder / name, window=window, horizon=2, callbacks=callbacks)
    return folder / "long", folder / "short", lines


def test_scores_of_a_run_of_several_series_are_scaled_by_series(runs):
    scores = json.loads((runs[0] / "metrics.json").read_text())["test"]
    model, by_series = scores["models"][0], scores["by_series"]
    mase = {row["series"]: row["mase"]["autoregression"] for row in by_series["worst"]}

    assert mase["a"] == pytest.approx(mase["b"], rel=1e-3) == pytest.approx(mase["c"], rel=1e-3)
    assert model["mase"] == pytest.approx(np.mean(list(mase.values())))
    assert (by_series["scored"], by_series["without_mase"]) == (4, 1)
    assert by_series["quantiles"]["0.5"] == pytest.approx(np.median(list(mase.values())))
    assert model["scaled_mae"] < 1, "without the series whose target was constant"
    errors = pd.read_csv(runs[0] / "errors.csv")
    assert errors["mase"].isna().eq(errors["series"] == "flat").all()
    test = errors[errors["part"] == "test"]
    assert test.groupby("series")["mase"].mean()["a"] == pytest.approx(mase["a"], rel=1e-6)


def test_runs_of_several_series_are_compared_by_mase(runs):
    comparison = compare(runs[:2])
    metrics = [json.loads((run / "metrics.json").read_text())["validation"]["models"][0] for run in runs[:2]]
    assert [row["validation_mase"] for row in comparison["runs"]] == sorted(each["mase"] for each in metrics)
    assert 0 < comparison["runs"][1]["p_value"] <= 1


def test_series_that_take_no_part_are_named_in_training_and_forecast(runs):
    path, _, lines = runs
    assert "target constant over the training rows of 1 of 5 series ('flat'): not trained on, " in "\n".join(lines)
    assert "no window in 1 of 5 series ('tiny'): one needs 16 rows without a gap" in "\n".join(lines)
    with pytest.warns(UserWarning, match=r"needs 14 rows; 1 of 5 series had fewer in training \('tiny'\)\. Left out"):
        forecast = seqkit.load(path).forecast()
    assert set(forecast["unique_id"]) == {"a", "b", "c", "flat"}
