"""The seasonal baselines of a run: what is chosen on its training rows, and how they are scored."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError
from seqkit.progress import Callbacks
from seqkit.runs.run import read_run
from seqkit.tasks.forecast.prepare import prepare
from seqkit.tasks.forecast.stored_state import read_state

GROWTH, HOLT_WINTERS = "seasonal naive with growth", "Holt-Winters"


def monthly(years: int = 8, factor: float = 1.1) -> pd.DataFrame:
    rows = np.arange(12 * years)
    season = 10 + 4 * np.sin(rows * 2 * np.pi / 12)
    noise = 1 + 0.01 * np.random.default_rng(0).normal(size=len(rows))
    return pd.DataFrame({"ds": pd.date_range("2010-01-01", periods=len(rows), freq="MS"), "y": season * noise}).assign(
        y=lambda frame: frame["y"] * factor ** (rows // 12)
    )


def prepared(frame: pd.DataFrame, **options):
    return prepare(regularise(frame, target=("y",)), **{"window": 12, "horizon": 3} | options)[0]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "run"
    return seqkit.train("autoregression", monthly(), out=path, window=12, horizon=3).path


def test_a_series_that_grows_has_both_baselines_in_metrics_and_intervals(run):
    test = json.loads((run / "metrics.json").read_text())["test"]["models"]
    by_name = {model["name"]: model for model in test}
    assert list(by_name)[1:] == ["linear (ridge)", HOLT_WINTERS, "seasonal naive", GROWTH, "last value"]
    assert by_name[GROWTH]["mae"] < 0.5 * by_name["seasonal naive"]["mae"]
    evaluated = seqkit.evaluate(run, monthly())["models"]
    assert [(each["name"], each["mae"]) for each in evaluated] == [(each["name"], each["mae"]) for each in test]
    assert {"growth", "smoothing"} <= read_run(run).manifest.task_state.keys()


def test_forecasts_of_the_baselines_are_in_a_backtest(run):
    result = seqkit.backtest(run, monthly(), windows=2)
    assert {"holt_winters", "seasonal_naive_with_growth"} <= set(result.forecasts)
    rows = result.forecasts[result.forecasts["cutoff"] == result.forecasts["cutoff"].max()]
    y = monthly().set_index("ds")["y"][: rows["cutoff"].iloc[0]]
    ratio = y.iloc[-12:].mean() / y.iloc[-24:-12].mean()
    assert rows["seasonal_naive_with_growth"].to_numpy() == pytest.approx(y.iloc[-12:-9].to_numpy() * ratio)


def test_constants_depend_on_training_rows_only():
    changed = monthly()
    changed.loc[70:, "y"] *= 3  # the training part has 67 rows
    before, after = prepared(monthly()), prepared(changed)
    assert (before.growth, before.smoothing) == (after.growth, after.smoothing) and before.growth == ("ratio",)


def test_a_series_without_growth_has_no_baseline_with_growth():
    assert prepared(monthly(factor=1.0)).growth == ()


def test_series_of_a_panel_count_by_their_own_scale():
    """The series that grows by steps is a thousandth as large as the one that grows by a factor."""
    rows = np.arange(96)
    steps = pd.DataFrame({"unique_id": "b", "ds": monthly()["ds"], "y": (monthly(factor=1)["y"] + rows) / 1000})
    both = pd.concat([monthly().assign(unique_id="a"), steps, steps.assign(unique_id="c")])
    assert prepared(both).growth == ("difference",)
    assert prepared(both[both["unique_id"] != "c"].assign(y=lambda f: f["y"].clip(lower=1))).growth != ("difference",)


def test_too_few_training_rows_are_said_with_the_number_that_is_needed(tmp_path):
    notes: list[str] = []
    options = {"window": 4, "split": "30,10,10", "callbacks": Callbacks(on_message=notes.append)}
    seqkit.train("autoregression", monthly(), out=tmp_path / "run", **options)
    assert "no baseline Holt-Winters: it needs 36 training rows without a gap" in notes
    notes.clear()
    hours = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=200, freq="h"), "y": np.sin(np.arange(200.0))})
    seqkit.train("autoregression", hours, out=tmp_path / "long", **options, season=3000)
    assert "no baseline Holt-Winters: a season of 3,000 rows is longer than 2,000" in notes


@pytest.mark.parametrize("name", ["growth", "smoothing"])
def test_a_run_with_constants_for_another_number_of_targets_is_damaged(run, tmp_path, name):
    finished = read_run(run)
    finished.manifest.task_state[name] *= 2
    with pytest.raises(DataError, match=f"{name} has 2 values for 1 targets"):
        read_state(finished)
