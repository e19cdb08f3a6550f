"""Runs of earlier rules: their labels and test parts are found again."""

import json
import shutil

import pandas as pd
import pytest

import seqkit
from seqkit.errors import DataError
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


@pytest.mark.parametrize("rules", [0, 3, "2", None, True])
def test_unknown_rules_are_refused(rules, tmp_path):
    run = shutil.copytree(GOLDEN / "format-1" / "classify", tmp_path / "run")
    content = json.loads((run / "run.json").read_text())
    content["data"]["rules"] = rules
    (run / "run.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match=r"data\.rules is .*, expected a number from 1 to 2\. Install a newer seqkit"):
        seqkit.evaluate(run)
