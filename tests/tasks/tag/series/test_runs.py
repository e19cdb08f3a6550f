"""Runs of taggers of series: scores, evaluation, comparison, answers, and files of strangers."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import seqkit
from seqkit.cli import main
from seqkit.errors import DataError, UsageError
from seqkit.runs.run import read_run
from seqkit.workflows.compare import compare
from tests.tasks.tag.series.conftest import OPTIONS, switches


@pytest.fixture
def copied_run(switch_run, tmp_path) -> Path:
    return Path(shutil.copytree(switch_run, tmp_path / "run"))


def change(run: Path, section: str, **entries) -> None:
    manifest = json.loads((run / "run.json").read_text())
    manifest[section].update(entries)
    (run / "run.json").write_text(json.dumps(manifest))


def invoke(*arguments, code: int = 0):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


def test_scores_stand_beside_the_baselines_with_a_paired_test(switch_run):
    metrics = read_run(switch_run).read_json("metrics.json")
    for part in ("validation", "test"):
        model, *others = metrics[part]["models"]
        assert model["name"] == "gru" and model["f1_50"] > 0.8
        assert [row["name"] for row in others][-2:] == ["smoothed regression", "majority label"]
        assert metrics[part]["item"] == "recording" and metrics[part]["items"] >= 5
        for row in others:
            test = row["against_model"]
            assert test["difference"] == pytest.approx(model["f1_50"] - row["f1_50"])
            assert test["low"] <= test["difference"] <= test["high"] and 0 < test["p_value"] <= 1
    assert {row["label"] for row in metrics["test"]["models"][0]["types"]} == {"on", "off"}
    assert (switch_run / "plots" / "stretch.png").exists() and (switch_run / "plots" / "labels.png").exists()


def test_predictions_and_errors_agree_with_the_scores(switch_run):
    scores = read_run(switch_run).read_json("metrics.json")["test"]
    model = scores["models"][0]
    errors = pd.read_csv(switch_run / "errors.csv")
    test = errors[errors["part"] == "test"]
    assert len(test) == scores["items"] and test["rows"].sum() == scores["rows"]
    assert 2 * test["correct"].sum() / (test["predicted"] + test["true"]).sum() == pytest.approx(model["f1_50"])
    predictions = pd.read_csv(switch_run / "predictions.csv")
    assert len(predictions) == scores["rows"] and predictions["recording"].nunique() == scores["items"]
    assert (predictions["label"] == predictions["predicted"]).mean() == pytest.approx(model["accuracy"])
    assert predictions["probability"].between(0, 1).all()


def test_evaluation_of_the_test_part_gives_the_same_scores(copied_run):
    before = read_run(copied_run).read_json("metrics.json")["test"]
    assert seqkit.evaluate(copied_run) == before


def test_changed_data_is_not_evaluated_as_the_test_part(copied_run):
    change(copied_run, "data", sha256="of other rows")
    with pytest.raises(DataError, match=r"has changed since the run .* was trained. To score the run on all of it"):
        seqkit.evaluate(copied_run)


def test_other_rows_with_labels_are_scored_and_new_labels_are_named(switch_run):
    frame = switches(6, 40, seed=5)
    scores = seqkit.evaluate(switch_run, frame)
    assert scores["rows"] == 240 and scores["models"][0]["f1_50"] > 0.8
    frame.loc[:9, "state"] = "broken"
    result = seqkit.evaluate(switch_run, frame)
    assert {row["label"] for row in result["models"][0]["types"]} == {"on", "off", "broken"}
    broken = next(row for row in result["models"][0]["types"] if row["label"] == "broken")
    assert (broken["rows"], broken["recall"]) == (10, 0)
    single = seqkit.evaluate(switch_run, frame[frame["recording"] == "r03"].assign(state="on"))
    assert single["models"][0]["rows"] == 40 and single["models"][1]["against_model"]["p_value"] is None


@pytest.mark.parametrize(
    ("change_frame", "message"),
    [
        (lambda frame: frame.drop(columns="state"), "has no column 'state', which has the labels of the training data"),
        (lambda frame: frame.assign(state=None), "'state' has no label at all"),
        (lambda frame: frame.drop(columns="x"), "The data lacks 'x', which the model was trained on"),
    ],
)
def test_rows_that_cannot_be_scored_are_refused(change_frame, message, switch_run):
    with pytest.raises(DataError, match=message):
        seqkit.evaluate(switch_run, change_frame(switches(6, 40, seed=5)))


def test_every_row_of_a_frame_is_labelled_in_its_order(switch_run):
    tagger, frame = seqkit.load(switch_run), switches(3, 40, seed=7)
    labelled = tagger.tag(frame)
    assert list(labelled.columns) == [*frame.columns, "predicted", "probability"]
    assert (labelled["predicted"] == frame["state"]).mean() > 0.9
    shuffled = tagger.tag(frame.sample(frac=1, random_state=0))
    pd.testing.assert_frame_equal(shuffled.sort_index(), labelled)
    alone = tagger.tag(frame[frame["recording"] == "r01"].drop(columns=["recording", "state"]))
    assert alone["predicted"].tolist() == labelled.loc[alone.index, "predicted"].tolist()
    again = tagger.tag(labelled)
    assert list(again.columns)[-2:] == ["predicted_2", "probability_2"]


def test_recordings_shorter_than_a_window_are_labelled(switch_run):
    tagger = seqkit.load(switch_run)
    frame = switches(1, 40, seed=8)
    for rows in (1, 2, 23):
        assert tagger.tag(frame[:rows])["predicted"].isin(["on", "off"]).all()


@pytest.mark.parametrize(
    ("change_frame", "message"),
    [
        (lambda frame: frame.drop(columns="noise"), "The data lacks 'noise', which the model was trained on"),
        (lambda frame: frame.assign(x=["high"] * len(frame)), "x"),
        (lambda frame: frame.assign(x=frame["x"].mask(frame.index == 9)), "x"),
        (lambda frame: frame.assign(x=frame["x"] + 1e12), r"at [-0-9T:]+ is too far from the training rows"),
        (lambda frame: frame.drop(index=[5]), "gap"),
        (lambda frame: frame.drop(columns="time"), "time"),
    ],
)
def test_rows_that_do_not_fit_are_refused(change_frame, message, switch_run):
    with pytest.raises(DataError, match=message):
        seqkit.load(switch_run).tag(change_frame(switches(2, 40, seed=9)))


def test_file_is_written_with_labels_and_without_tensorflow(switch_run, tmp_path):
    switches(2, 40, seed=3).to_csv(tmp_path / "new.csv", index=False)
    code = (
        "import sys; from seqkit.cli import main\n"
        f"main(['tag', {str(switch_run)!r}, '--data', 'new.csv', '-o', 'out.csv'], standalone_mode=False)\n"
        "assert not {'tensorflow', 'keras', 'sklearn'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "80 rows written to out.csv" in done.stderr
    new, out = pd.read_csv(tmp_path / "new.csv"), pd.read_csv(tmp_path / "out.csv")
    pd.testing.assert_frame_equal(out[new.columns], new)
    assert out["predicted"].isin(["on", "off"]).all() and out["probability"].between(0, 1).all()


def test_command_prints_rows_and_refuses_what_a_series_is_not(switch_run, tmp_path):
    switches(1, 10).to_csv(tmp_path / "new.csv", index=False)
    printed = invoke("tag", switch_run, "--data", tmp_path / "new.csv").stdout
    assert printed.splitlines()[0].endswith(",state,predicted,probability") and len(printed.splitlines()) == 11
    refused = invoke("tag", switch_run, "a text", code=2)
    assert "labels rows of numbers, not texts: give them with --data FILE" in refused.output
    refused = invoke("tag", switch_run, "--data", "demo_machine", "--encoding", "latin-1", code=2)
    assert "--encoding applies to files, but demo_machine is a dataset" in refused.output


def test_rows_that_the_options_leave_out_have_no_label(switch_file, tmp_path):
    options = {**OPTIONS, "epochs": 1, "decoder": "softmax", "missing": "drop", "duplicates": "first"}
    run = seqkit.train("gru", switch_file, out=tmp_path / "run", combine="none", **options)
    frame = switches(1, 20)
    frame.loc[4, "x"] = np.nan
    frame = pd.concat([frame, frame.iloc[[7]]], ignore_index=True)
    frame.to_csv(tmp_path / "new.csv", index=False)
    result = invoke("tag", run.path, "--data", tmp_path / "new.csv", "-o", tmp_path / "out.csv")
    assert "2 of 21 rows have no label: the options of the run leave them out" in result.stderr
    assert np.flatnonzero(pd.read_csv(tmp_path / "out.csv")["predicted"].isna()).tolist() == [4, 20]
    assert run.manifest.model["share"] == 1
    with pytest.raises(DataError, match=r"has no row with a label to score. Give rows with labels"):
        seqkit.evaluate(run.path, frame.assign(state=[None] * 4 + ["on"] + [None] * 16))


def test_separate_test_data_is_refused(switch_file, tmp_path):
    with pytest.raises(UsageError, match=r"set its size with --split, or name the part of each row in a column 'part'"):
        seqkit.train("gru", switch_file, test=switch_file, out=tmp_path / "run", **OPTIONS)
    assert not (tmp_path / "run").exists()


def test_runs_are_compared_by_a_paired_bootstrap(switch_run, copied_run):
    ranked = compare([switch_run, copied_run])["runs"]
    assert [row.get("p_value") for row in ranked] == [None, 1.0]
    shown = invoke("compare", switch_run, copied_run).stdout
    assert "val. F1@50" in shown and "paired bootstrap" in shown
    change(copied_run, "options", split="0.5,0.25,0.25")
    with pytest.raises(UsageError, match=r"answer different questions: their rows, labels or splits differ"):
        compare([switch_run, copied_run])


def test_scores_are_shown_with_each_label(copied_run):
    shown = invoke("evaluate", copied_run).stdout
    for text in ("F1@50", "F1@25", "F1@10", "macro F1", "precision@50", "off", "gru and", "smoothed regression"):
        assert text in shown
    refused = invoke("evaluate", copied_run, "--data", "demo_machine", code=5)
    assert "The data lacks 'x'" in refused.output


STRANGERS = {
    "labels": (["on"], "task_state.labels"),
    "window": (0, "task_state.window"),
    "mean": ([0.0], "mean and deviation have another number of values"),
    "deviation": ([0.0, 1.0], "a deviation is not a positive number"),
    "columns": (["x", "x"], "a column or a label occurs twice"),
    "interval": ("of its own", "task_state"),
}


@pytest.mark.parametrize("entry", STRANGERS)
def test_state_of_a_stranger_is_validated(entry, copied_run):
    value, message = STRANGERS[entry]
    change(copied_run, "task_state", **{entry: value})
    with pytest.raises(DataError, match=message):
        seqkit.load(copied_run)


def test_damaged_files_of_a_stranger_are_refused(copied_run, tmp_path):
    np.savez(copied_run / "transitions.npz", weights=np.zeros((2, 2)))
    with pytest.raises(DataError, match=r"transitions\.npz does not match run\.json"):
        seqkit.load(copied_run)
    (copied_run / "baselines.npz").unlink()
    with pytest.raises(DataError):
        seqkit.load(copied_run)
    change(copied_run, "model", share=0.0)
    with pytest.raises(DataError, match=r"model\.share"):
        seqkit.load(copied_run)


@pytest.mark.parametrize("entry", [{"split_by": "x"}, {"missing": 3}, {"label": 3}])
def test_options_of_a_stranger_are_validated(entry, copied_run):
    change(copied_run, "options", **entry)
    with pytest.raises(DataError, match=r"run\.json is damaged: options"):
        seqkit.evaluate(copied_run)


def test_reading_options_of_a_stranger_are_validated(copied_run):
    change(copied_run, "reading", missing=3)
    with pytest.raises(DataError, match=r"run\.json is damaged: reading"):
        seqkit.load(copied_run).tag(switches(1, 30))


def test_model_that_returns_no_numbers_is_refused(copied_run, monkeypatch):
    monkeypatch.setattr(
        "seqkit.tasks.tag.series.inference.run_batches",
        lambda session, batches, read: [np.full((*read(batch).shape[:2], 2), np.nan) for batch in batches],
    )
    with pytest.raises(DataError, match=r"returned a number that is not finite. Train it again"):
        seqkit.load(copied_run).tag(switches(1, 30))


def test_options_of_the_run_that_do_not_fit_new_data_are_named(copied_run):
    change(copied_run, "reading", time=["when"])
    with pytest.raises(DataError, match=r"cannot be read with the options of the run .*no column 'when' for --time"):
        seqkit.load(copied_run).tag(switches(2))
