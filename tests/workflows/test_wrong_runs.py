"""Runs of another task, and inconsistent or damaged runs and data: error messages."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import DataError, SeqkitError, UsageError
from seqkit.runs.files import UNREADABLE
from seqkit.runs.results import read_errors
from seqkit.runs.run import read_run
from seqkit.tasks.classify import inference as classifier
from seqkit.tasks.classify.scoring import ERROR_COLUMNS
from seqkit.tasks.embed import inference as word_vectors
from seqkit.tasks.forecast import inference as forecaster
from seqkit.workflows.compare import compare
from seqkit.workflows.evaluate import evaluate
from tests.paths import FORMAT_1


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    """A folder with finished runs: two forecasts, two classifiers, one of word vectors."""
    for name in ("forecast", "classify", "embed"):
        shutil.copytree(FORMAT_1 / name, tmp_path / name)
    for name in ("forecast", "classify"):
        shutil.copytree(FORMAT_1 / name, tmp_path / f"other-{name}")
    monkeypatch.chdir(tmp_path)


def change(run: str, **said) -> None:
    """Sets values of `run.json`, by path: "data__source" is data.source."""
    file = Path(run) / "run.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    for path, value in said.items():
        *folders, name = path.split("__")
        place = content
        for folder in folders:
            place = place[folder]
        place[name] = value
    file.write_text(json.dumps(content), encoding="utf-8")


def refusal(error: type[SeqkitError], message: str):
    return pytest.raises(error, match=f"^{re.escape(message)}")


@pytest.mark.parametrize(
    ("task", "does", "command"),
    [("forecast", "forecasts a series", "forecast"), ("embed", "holds word vectors", "neighbors")],
)
def test_runs_of_other_tasks_are_not_classifiers(task, does, command):
    message = (
        f"The run {task} {does} (task '{task}'), but a run of the task 'classify' is needed. See `seqkit {command} "
    )
    with refusal(UsageError, message):
        classifier.read_state(read_run(task))


def test_runs_of_other_tasks_are_not_forecasters():
    message = "The run classify labels examples (task 'classify'), but a run of the task 'forecast' is needed."
    with refusal(UsageError, message):
        forecaster.read_state(read_run("classify"))


def test_a_duplicate_class_is_damage():
    change("classify", task_state__classes=["neg", "neg"])
    message = "classify/run.json is damaged: a class is named twice. Train the run again."
    with refusal(DataError, message):
        seqkit.load("classify")


def test_a_wrong_vocabulary_size_is_damage():
    change("classify", task_state__vocabulary=149)
    message = "classify/tokenizer.json has 150 tokens, but run.json has 149. Train the run again."
    with refusal(DataError, message):
        seqkit.load("classify")


def test_mismatched_means_are_damage(small_series_run):
    shutil.copytree(small_series_run, "series")
    change("series", task_state__mean=[0.0, 1.0])
    message = "series/run.json is damaged: mean and deviation do not match the channels. Train the run again."
    with refusal(DataError, message):
        seqkit.load("series")


@pytest.mark.parametrize(
    ("examples", "error", "message"),
    [
        ("not bad", UsageError, "Expected a list of texts, got a single text. Put it in a list."),
        (["good", 7.5], DataError, "The run classify classifies texts, but example 2 is of type float. Leave it out."),
        (
            pd.Series(["good", None], index=[7, 9]),
            DataError,
            "The run classify classifies texts, but example 2 is of type float. Leave it out.",
        ),
        (
            pd.DataFrame({"text": ["good"]}),
            UsageError,
            "Expected a list of texts or series, got DataFrame. Pass one column, as in frame['text'].",
        ),
    ],
)
def test_only_a_list_of_texts_is_classified(examples, error, message):
    with refusal(error, message):
        seqkit.load("classify").predict(examples)


def test_texts_are_rejected_by_a_series_classifier(small_series_run):
    message = f"The run {small_series_run} classifies series, but got texts. Give arrays of shape (steps, channels)."
    with refusal(DataError, message):
        seqkit.load(small_series_run).predict(["fast"])


def test_a_single_series_and_other_lists_are_rejected_by_a_series_classifier(small_series_run):
    opened = seqkit.load(small_series_run)
    with refusal(UsageError, "Expected a list of series, got a single series of one channel. Put it in a list."):
        opened.predict(np.zeros((9, 1)))
    message = "Series 2 is not an array of numbers: could not convert string to float: 'a'. Fix it or leave it out."
    with refusal(DataError, message):
        opened.predict([[1.0, 2.0], ["a"]])
    assert len(opened.predict(np.zeros((3, 9)))) == len(opened.predict(np.zeros((3, 9, 1)))) == 3


def test_a_read_error_is_reported_with_its_reason(monkeypatch):
    def fail(self):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", fail)
    message = f"embed/vocabulary.txt cannot be read: Input/output error. {UNREADABLE}"
    with refusal(SeqkitError, message):
        word_vectors.open_run(read_run("embed"))


def test_borders_by_row_do_not_match_rows_with_timestamps():
    change("forecast", task_state__borders=[200, 300, 400])
    message = (
        "The run was trained on rows with counters as times, but the data has timestamps. Give rows with times like "
        "those of training, or train a new run."
    )
    with refusal(DataError, message):
        evaluate("forecast")


@pytest.mark.parametrize(
    ("run", "given", "message"),
    [
        ("words.txt", {"data": "x.csv"}, "Word vectors are scored on --analogies and --pairs. Leave --data out."),
        ("embed", {"data": "x.csv"}, "Word vectors are scored on --analogies and --pairs. Leave --data out."),
        (
            "forecast",
            {"pairs": "x.csv"},
            "There is no option `pairs` for evaluating forecast, which forecasts a series (task 'forecast'). There are "
            "none.",
        ),
    ],
)
def test_evaluate_options_of_another_task_are_rejected(run, given, message):
    Path("words.txt").write_text("one 1 2\ntwo 2 1\n")
    with refusal(UsageError, message):
        evaluate(run, **given)


def test_a_run_whose_data_has_no_name_is_damaged():
    change("classify", data__source=7)
    message = "classify/run.json is damaged: data.source is not a name. Train the run again."
    with refusal(DataError, message):
        evaluate("classify")


def test_changed_texts_are_scored_only_with_data():
    change("classify", data__sha256="0" * 64)
    message = "demo_reviews has changed since the run classify was trained. To score the run on all of it, name it with"
    with refusal(DataError, message):
        evaluate("classify")


def rewritten(run: str, **columns) -> None:
    """Modifies columns of `errors.csv`, each by a function of its values."""
    file = Path(run) / "errors.csv"
    errors = pd.read_csv(file)
    for name, how in columns.items():
        errors[name] = how(errors[name])
    errors.to_csv(file, index=False)


def test_runs_without_common_windows_are_not_compared():
    rewritten("other-forecast", origin=lambda origin: origin.str.replace("2015", "2025"))
    message = "forecast and other-forecast have 0 of 98 windows in common in errors.csv. Score both again with"
    with refusal(DataError, message):
        compare(["forecast", "other-forecast"])


def test_an_invalid_error_is_damage():
    rewritten("forecast", mae=lambda mae: "small")
    message = "forecast/errors.csv is damaged: could not convert string to float: 'small'. Train the run again."
    with refusal(DataError, message):
        compare(["forecast", "other-forecast"])


def test_runs_with_different_examples_are_not_compared():
    rewritten("other-classify", row=lambda row: row + 1000)
    message = "classify and other-classify have 0 of 12 examples in common in errors.csv. Score both again with"
    with refusal(DataError, message):
        compare(["classify", "other-classify"])


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            {"task_state__classes": ["bad", "good"]},
            "classify and other-classify answer different questions: labels are ('neg', 'pos') and ('bad', 'good'). "
            "Compare runs of the same protocol.",
        ),
        (
            {"options__split": "0.6,0.2,0.2"},
            "classify and other-classify answer different questions: split are 0.8,0.1,0.1 and 0.6,0.2,0.2. "
            "Compare runs of the same protocol.",
        ),
        (
            {"data__rules": 2},
            "classify and other-classify were trained by versions of seqkit that draw the test part differently. "
            "Train the older one again.",
        ),
        (
            {"data__sha256": "0" * 64},
            "classify and other-classify were trained on different examples: demo_reviews and demo_reviews, or a file "
            "that has changed in between. Compare runs of the same data.",
        ),
    ],
)
def test_runs_with_different_protocols_are_not_compared(said, message):
    change("other-classify", **said)
    with refusal(UsageError, message):
        compare(["classify", "other-classify"])


def test_wrong_columns_of_errors_are_damage():
    file = Path("classify/errors.csv")
    file.write_text(file.read_text().replace("log_loss", "loss"))
    message = f"classify/errors.csv is damaged: its columns are not {', '.join(ERROR_COLUMNS)}. Train the run again."
    with refusal(DataError, message):
        read_errors(read_run("classify"), ERROR_COLUMNS)


def test_baseline_vectors_of_other_words_are_damage():
    np.save("embed/baseline.npy", np.ones((3, 8), np.float32))
    Path("pairs.csv").write_text("king,queen,9\nman,woman,8\n")
    message = (
        "embed/baseline.npy is damaged: expected finite float32 vectors of shape (156, 8). Delete it, and evaluate"
    )
    with refusal(DataError, message):
        evaluate("embed", pairs="pairs.csv")
