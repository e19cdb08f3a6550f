"""Scoring a forecast: the model is asked once about each window of a part."""

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
def asked(evaluator, monkeypatch) -> list[int]:
    """How many windows the model was asked about, each time."""
    counts = []
    predict = evaluator.forecaster.predict

    def counted(table, values, windows):
        counts.append(len(windows))
        return predict(table, values, windows)

    monkeypatch.setattr(evaluator.forecaster, "predict", counted)
    return counts


def test_the_model_is_asked_once_for_scores_tables_and_pictures(evaluator, asked):
    validation, test = evaluator.splits.validation, evaluator.splits.test
    parts = {"validation": evaluator.score(validation), "test": evaluator.score(test)}
    write_results(evaluator, parts)
    assert asked == [len(validation), len(test)]


def test_what_was_kept_is_what_the_model_says_of_those_windows(evaluator):
    windows = evaluator.splits.test
    said = evaluator.forecaster.predict(evaluator.table, evaluator.values, windows)
    evaluator.score(windows)
    np.testing.assert_array_equal(evaluator.forecasts(windows), said)
    np.testing.assert_array_equal(evaluator.forecasts(windows[5::7]), said[5::7])


def test_the_model_is_asked_again_about_windows_that_were_not_scored_last(evaluator, asked):
    validation, test = evaluator.splits.validation, evaluator.splits.test
    for first, then in ((validation, test), (test, validation)):
        evaluator.score(first)
        asked.clear()
        said = evaluator.forecaster.predict(evaluator.table, evaluator.values, then)
        np.testing.assert_array_equal(evaluator.forecasts(then), said)
        assert asked == [len(then)] * 2


def test_forecasts_that_are_too_many_are_not_kept_and_score_the_same(evaluator, asked, monkeypatch):
    windows = evaluator.splits.test
    mae = evaluator.score(windows).errors["dense"].mae
    monkeypatch.setattr(scoring, "MAX_KEPT", len(windows) - 1)
    assert evaluator.score(windows).errors["dense"].mae == mae
    evaluator.forecasts(windows)
    assert asked == [len(windows)] * 3
