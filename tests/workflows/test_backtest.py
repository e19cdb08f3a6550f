"""`seqkit.backtest`: cutoffs, forecasts without knowledge of the future, and scores."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import DataError, UsageError

ROWS, WINDOW, HORIZON = 300, 24, 6
SPLIT = "180,40,80"


def hourly(rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    times = pd.date_range("2024-03-01", periods=rows, freq="h")
    return pd.DataFrame({"ds": times, "y": np.sin(np.arange(rows) * 2 * np.pi / 24) + 0.3 * rng.normal(size=rows)})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "run"
    options = {"window": WINDOW, "horizon": HORIZON, "split": SPLIT}
    return seqkit.train("autoregression", hourly(), out=path, **options).path


def test_the_last_cutoff_leaves_a_whole_forecast_and_the_others_are_a_step_apart(run):
    result = seqkit.backtest(run, hourly(), windows=3, step=5)
    times = hourly()["ds"]
    assert result.forecasts["cutoff"].unique().tolist() == [times[ROWS - 1 - HORIZON - 5 * back] for back in (2, 1, 0)]
    by_cutoff = result.forecasts.groupby("cutoff")["ds"]
    assert (by_cutoff.min() == by_cutoff.min().index + pd.Timedelta("1h")).all()
    assert (by_cutoff.size() == HORIZON).all()
    assert list(result.forecasts) == [
        "unique_id", "ds", "cutoff", "y", "autoregression", "linear", "holt_winters", "seasonal_naive", "last_value",
    ]  # fmt: skip


def test_forecasts_equal_those_of_the_run_from_the_rows_up_to_the_cutoff(run):
    result = seqkit.backtest(run, hourly(), windows=2, levels=(80,))
    for cutoff, rows in result.forecasts.groupby("cutoff"):
        known = hourly()[lambda frame, cutoff=cutoff: frame["ds"] <= cutoff]
        expected = seqkit.load(run).forecast(known, levels=(80,))
        columns = ["unique_id", "ds", "autoregression", "autoregression-lo-80", "autoregression-hi-80"]
        pd.testing.assert_frame_equal(rows[columns].reset_index(drop=True), expected[columns])
        last = hourly().set_index("ds")["y"]
        np.testing.assert_array_equal(rows["y"], last[rows["ds"]])
        np.testing.assert_array_equal(rows["last_value"], last[cutoff])
        np.testing.assert_array_equal(rows["seasonal_naive"], last[rows["ds"] - pd.Timedelta("24h")])


@pytest.mark.parametrize("refit", [False, True])
def test_values_after_a_cutoff_do_not_change_its_forecasts(run, refit):
    changed = hourly()
    changed.loc[changed.index[-2 * HORIZON :], "y"] += 100.0
    before, after = (seqkit.backtest(run, frame, windows=2, refit=refit, levels=(80,)) for frame in (hourly(), changed))
    first = before.forecasts["cutoff"] == before.forecasts["cutoff"].min()
    columns = [name for name in before.forecasts if name != "y"]
    pd.testing.assert_frame_equal(before.forecasts[first][columns], after.forecasts[first][columns])
    assert (before.forecasts["autoregression"] != after.forecasts["autoregression"])[~first].all()


def test_refitting_trains_on_the_rows_up_to_the_cutoff(run, tmp_path):
    result = seqkit.backtest(run, hourly(), windows=1, refit=True)
    known = len(hourly()) - HORIZON
    options = {"window": WINDOW, "horizon": HORIZON, "split": f"{known - 40},40,{HORIZON}"}
    by_hand = seqkit.train("autoregression", hourly(), out=tmp_path / "by_hand", **options).path
    expected = seqkit.load(by_hand).forecast(hourly()[:known])
    np.testing.assert_array_equal(result.forecasts["autoregression"], expected["autoregression"])
    plain = seqkit.backtest(run, hourly(), windows=1).forecasts
    assert (plain["autoregression"] != result.forecasts["autoregression"]).all()


def test_scores_follow_from_the_forecasts(run):
    result = seqkit.backtest(run, hourly(), windows=8, levels=(80,))
    frame, (model, *baselines) = result.forecasts, result.scores["models"]
    errors = (frame["autoregression"] - frame["y"]).abs()
    assert model["mae"] == pytest.approx(errors.mean())
    assert model["mae_by_cutoff"] == pytest.approx(errors.groupby(frame["cutoff"]).mean().tolist())
    assert model["mae_by_step"] == pytest.approx(errors.to_numpy().reshape(8, HORIZON).mean(axis=0).tolist())
    assert model["mae_by_series"] == pytest.approx({"y": errors.mean()})
    assert [row["name"] for row in baselines] == ["linear", "holt_winters", "seasonal_naive", "last_value"]
    assert baselines[-1]["against_model"]["p_value"] < 0.05
    inside = frame["y"].between(frame["autoregression-lo-80"], frame["autoregression-hi-80"])
    assert result.scores["coverage"] == {"80": inside.mean()}
    assert result.scores["values"] == 8 * HORIZON and len(result.scores["cutoffs"]) == 8


def test_several_series_are_backtested_side_by_side(tmp_path):
    frames = [
        hourly(seed=seed).assign(unique_id=name, y=lambda f, k=seed: f["y"] * 10**k) for seed, name in enumerate("ab")
    ]
    frame = pd.concat(frames, ignore_index=True)
    options = {"window": WINDOW, "horizon": HORIZON, "split": SPLIT}
    run = seqkit.train("autoregression", frame, out=tmp_path / "run", target=("y",), **options).path
    result = seqkit.backtest(run, frame, windows=2)
    assert result.forecasts.groupby(["unique_id", "cutoff"]).size().tolist() == [HORIZON] * 4
    model = result.scores["models"][0]
    assert set(model["mae_by_series"]) == {"a", "b"}
    assert 0.2 < model["mase"] < 2  # of series whose levels differ tenfold


def test_a_series_counted_by_rows_and_a_horizon_of_one_step(tmp_path):
    frame = hourly()[["y"]]
    run = seqkit.train("autoregression", frame, out=tmp_path / "run", window=WINDOW, time=("none",)).path
    result = seqkit.backtest(run, frame, windows=3, refit=True)
    assert result.forecasts["cutoff"].tolist() == [ROWS - 4, ROWS - 3, ROWS - 2]
    assert result.forecasts["ds"].tolist() == [ROWS - 3, ROWS - 2, ROWS - 1]


def test_cutoffs_before_the_end_of_validation_raise(run):
    with pytest.raises(DataError, match=r"its targets must lie after the validation part.*with --refit"):
        seqkit.backtest(run, hourly(), windows=20)
    assert len(seqkit.backtest(run, hourly(), windows=20, step=1).scores["cutoffs"]) == 20


def test_more_cutoffs_than_the_data_has_rows_for_raise(run):
    with pytest.raises(UsageError, match="100 cutoffs that are 6 rows apart, with forecasts of 6 rows, span 601 rows"):
        seqkit.backtest(run, hourly(), windows=100)
    with pytest.raises(UsageError, match=r"training rows besides the 40 of the validation part, but a training window"):
        seqkit.backtest(run, hourly(), windows=42, refit=True)


@pytest.mark.parametrize("value", [0, 2.5])
@pytest.mark.parametrize("name", ["windows", "step"])
def test_numbers_below_one_or_not_whole_raise(run, name, value):
    with pytest.raises(UsageError, match=f"value for {name}, expected a whole number of at least 1, got {value}"):
        seqkit.backtest(run, hourly(), **{name: value})


def test_a_run_of_another_task_raises(small_label_run):
    with pytest.raises(UsageError, match="classify"):
        seqkit.backtest(small_label_run)


def test_a_backtest_on_the_training_data_draws_a_picture(small_run, tmp_path):
    run = Path(shutil.copytree(small_run, tmp_path / "run"))
    seqkit.backtest(run, windows=3, step=1, levels=(80,))
    assert (run / "plots" / "backtest.png").stat().st_size > 10_000
