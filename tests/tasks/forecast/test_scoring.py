"""Scoring a run: the model predicts each window of a part once."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from seqkit.data.series.table import Table
from seqkit.data.tables.regularise import regularise
from seqkit.registry import find_dataset
from seqkit.runs.run import read_run
from seqkit.tasks.forecast import scoring
from seqkit.tasks.forecast.inference import open_run
from seqkit.tasks.forecast.results import write_results
from seqkit.tasks.forecast.scoring import Evaluator


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
    predict = evaluator.forecaster.predict

    def counted(table, values, windows):
        counts.append(len(windows))
        return predict(table, values, windows)

    monkeypatch.setattr(evaluator.forecaster, "predict", counted)
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
