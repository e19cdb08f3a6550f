"""Runs of earlier rules: their labels and test parts are found again."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.labelled.examples import find_examples, fingerprint_examples
from seqkit.errors import DataError
from seqkit.tasks.classify.prepare import encode_labels, split_rows
from tests.paths import GOLDEN


def test_test_part_of_a_run_of_earlier_rules_is_scored_again(tmp_path):
    run = shutil.copytree(GOLDEN / "format-1" / "classify", tmp_path / "run")
    stored = json.loads((run / "metrics.json").read_text())["test"]
    rows = pd.read_csv(run / "predictions.csv")["row"].tolist()
    found = seqkit.evaluate(run)
    assert found["examples"] == stored["examples"]
    for model, stored_model in zip(found["models"], stored["models"], strict=True):
        assert model["log_loss"] == pytest.approx(stored_model["log_loss"], abs=1e-5)
    assert pd.read_csv(run / "predictions.csv")["row"].tolist() == rows


def test_labels_of_earlier_rules_are_kept(tmp_path, small_label_run):
    """A run of labels '1.0' and '0.0' scores its own test part, and rows that are labelled 1 and 0."""
    path = tmp_path / "reviews.csv"
    frame = pd.DataFrame({"text": [f"text {i}" for i in range(60)], "label": ["0.0", "1.0"] * 30})
    frame.to_csv(path, index=False)
    run = seqkit.train("dense", path, out=tmp_path / "run", epochs=1, embedding=2, units=(2,))
    examples = find_examples(frame)
    assert examples.labels[:2] == [("0",), ("1",)] and examples.former_labels[:2] == [("0.0",), ("1.0",)]
    former = find_examples(frame)
    former.labels[:] = examples.former_labels
    content = json.loads((run.path / "run.json").read_text())
    del content["data"]["rules"]
    content["data"]["sha256"] = fingerprint_examples(former)
    content["task_state"]["classes"] = ["0.0", "1.0"]
    (run.path / "run.json").write_text(json.dumps(content))
    found = seqkit.evaluate(run.path)
    rows = pd.read_csv(run.path / "predictions.csv", dtype={"label": str})
    assert found["examples"] == 6 and set(rows["label"]) <= {"0.0", "1.0"}
    assert sorted(rows["row"] - 1) == split_rows(former, "0.8,0.1,0.1", 1)["test"].tolist()
    assert seqkit.evaluate(run.path, pd.DataFrame({"text": ["a", "b"], "label": [1, 0]}))["examples"] == 2


def test_parts_of_earlier_rules_are_kept(tmp_path):
    """A run that ignored the parts in a column called fold draws its test part again."""
    path = tmp_path / "reviews.csv"
    frame = pd.DataFrame({"text": [f"text {i}" for i in range(60)], "label": ["a", "b"] * 30})
    frame.assign(fold=["train", "test", "test"] * 20).to_csv(path, index=False)
    run = seqkit.train("dense", path, out=tmp_path / "run", epochs=1, embedding=2, units=(2,))
    assert seqkit.evaluate(run.path)["examples"] == 40
    content = json.loads((run.path / "run.json").read_text())
    del content["data"]["rules"]
    (run.path / "run.json").write_text(json.dumps(content))
    assert seqkit.evaluate(run.path)["examples"] == 6
    rows = pd.read_csv(run.path / "predictions.csv")["row"] - 1
    assert sorted(rows) == split_rows(find_examples(frame), "0.8,0.1,0.1", 1)["test"].tolist()


def test_classes_are_found_however_labels_are_spelled():
    labels = [("1",), ("0",), ("1.0",)]
    np.testing.assert_array_equal(encode_labels(("0.0", "1.0"), False, labels, "test"), [1, 0, 1])


@pytest.mark.parametrize("labels", [("a", "b"), ()])
def test_several_labels_are_refused_for_a_run_of_one(labels):
    message = (
        rf"Example 2 of the test part has {len(labels)} labels; the run was trained on one label for each\. Keep one"
    )
    with pytest.raises(DataError, match=message):
        encode_labels(("a", "b"), False, [("a",), labels], "test")


@pytest.mark.parametrize("rules", [0, 3, "2", None, True])
def test_unknown_rules_are_refused(rules, tmp_path):
    run = shutil.copytree(GOLDEN / "format-1" / "classify", tmp_path / "run")
    content = json.loads((run / "run.json").read_text())
    content["data"]["rules"] = rules
    (run / "run.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match=r"data\.rules is .*, expected a number from 1 to 2\. Install a newer seqkit"):
        seqkit.evaluate(run)
