"""Scoring a run: the model predicts each window of a part once."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.series.table import Table
from seqkit.data.tables.regularise import regularise
from seqkit.registry import find_dataset
from seqkit.runs.run import read_run
from seqkit.tasks.forecast import scoring
from seqkit.tasks.forecast.inference import open_run
from seqkit.tasks.forecast.intervals import read_intervals
from seqkit.tasks.forecast.loss_comparison import compare_losses
from seqkit.tasks.forecast.results import write_results
from seqkit.tasks.forecast.scoring import Evaluator
from seqkit.tasks.forecast.show import show_comparison, show_scores
from seqkit.workflows.compare import compare


@pytest.fixture(scope="module")
def table() -> Table:
    frame = find_dataset("demo_weather").load().load(rows=1500)
    return regularise(frame, time=("Date Time",), target=("T (degC)",))


@pytest.fixture
def evaluator(small_run: Path, tmp_path: Path, table: Table) -> Evaluator:
    return Evaluator(open_run(read_run(shutil.copytree(small_run, tmp_path / "run"))), table)


@pytest.fixture
def predicted(evaluator, monkeypatch) -> list[int]:
    """Number of windows in each call of the model."""
    counts = []
    predict = evaluator.forecaster.predict_unlimited

    def counted(table, values, windows):
        counts.append(len(windows))
        return predict(table, values, windows)

    monkeypatch.setattr(evaluator.forecaster, "predict_unlimited", counted)
    return counts


def test_model_predicts_once_for_scores_tables_and_plots(evaluator, predicted):
    validation, test = evaluator.splits.validation, evaluator.splits.test
    parts = {"validation": evaluator.score(validation), "test": evaluator.score(test)}
    write_results(evaluator, parts)
    assert predicted == [len(validation), len(test)]


def test_cached_forecasts_are_those_of_the_requested_windows(evaluator):
    windows = evaluator.splits.test
    expected = evaluator.forecaster.predict(evaluator.table, evaluator.values, windows)
    evaluator.score(windows)
    np.testing.assert_array_equal(evaluator.forecasts(windows), expected)
    np.testing.assert_array_equal(evaluator.forecasts(windows[5::7]), expected[5::7])


def test_model_predicts_again_for_windows_not_scored_last(evaluator, predicted):
    validation, test = evaluator.splits.validation, evaluator.splits.test
    for first, then in ((validation, test), (test, validation)):
        evaluator.score(first)
        predicted.clear()
        expected = evaluator.forecaster.predict(evaluator.table, evaluator.values, then)
        np.testing.assert_array_equal(evaluator.forecasts(then), expected)
        assert predicted == [len(then)] * 2


def test_too_many_forecasts_are_not_cached_and_score_the_same(evaluator, predicted, monkeypatch):
    windows = evaluator.splits.test
    mae = evaluator.score(windows).errors["dense"].mae
    monkeypatch.setattr(scoring, "MAX_CACHED_VALUES", len(windows) - 1)
    assert evaluator.score(windows).errors["dense"].mae == mae
    evaluator.forecasts(windows)
    assert predicted == [len(windows)] * 3


def test_times_that_are_too_few_for_a_test_have_no_p_value_but_a_reason(evaluator):
    state = evaluator.state.model_copy(update={"horizon": 7, "lead": 1, "sampling_rate": 1})
    losses = np.arange(1.0, 15)
    assert compare_losses(losses[:3], losses[:3] + 1, state) == {
        "statistic": None,
        "p_value": None,
        "reason": "3 times are too few where forecasts span 7 rows; at least 14 are needed",
    }
    assert compare_losses(losses, losses[::-1], state).keys() == {"statistic", "p_value"}
    assert compare_losses(losses[:3], losses[:3], state)["p_value"] == 1  # equal forecasts need no test


def test_few_times_are_no_verdict(tmp_path, capsys):
    """Twenty series are forecast seven days ahead at three times: 60 windows, but three observations."""
    rng, days = np.random.default_rng(0), pd.date_range("2024-01-01", periods=60)
    series = [
        pd.DataFrame({"unique_id": f"s{i}", "ds": days, "y": rng.normal(size=60) + 5 * np.sin(np.arange(60))})
        for i in range(20)
    ]
    run = seqkit.train(
        "autoregression", pd.concat(series), out=tmp_path / "run", target="y", window=14, horizon=7, split="42,9,9"
    )
    test = json.loads((run.path / "metrics.json").read_text())["test"]
    assert test["windows"] == 60
    compared = [model["against_model"] for model in test["models"][1:] if model["name"] != "linear (ridge)"]
    assert {(outcome["p_value"], outcome["reason"]) for outcome in compared} == {
        (None, "3 times are too few where forecasts span 7 rows; at least 14 are needed")
    }
    show_scores(test, "test")
    lines = capsys.readouterr().out.splitlines()
    reason = (
        "no paired test: 3 times are too few where forecasts span 7 rows; at least 14 are needed. Score a longer part: "
        "--split in training, or --data with more rows"
    )
    assert lines.count(reason) == 1
    assert not any("last value" in line and "(p" in line for line in lines)
    other = seqkit.train(
        "dense", pd.concat(series), out=tmp_path / "other", target="y", window=14, horizon=7, split="42,9,9", epochs=1
    )
    show_comparison(compare([run.path, other.path]))
    assert f"{reason}." in capsys.readouterr().out.splitlines()


def test_intervals_are_read_once_and_scored_with_the_forecasts(evaluator, predicted, monkeypatch):
    from seqkit.tasks.forecast import inference

    reads = []
    monkeypatch.setattr(inference, "read_intervals", lambda *given: reads.append(1) or read_intervals(*given))
    part = evaluator.score(evaluator.splits.test)
    write_results(evaluator, {"test": part})
    assert reads == [1] and predicted == [len(part.windows)]
    assert list(part.intervals) == [name for name in part.errors if name != "dense alone"]
    assert not evaluator.score(evaluator.splits.validation, with_intervals=False).intervals
