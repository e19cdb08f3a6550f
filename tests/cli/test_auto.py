"""`seqkit train auto` on the command line."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from seqkit.cli import main


@pytest.fixture
def file(tmp_path):
    months = np.arange(60)
    frame = pd.DataFrame(
        {"ds": pd.date_range("2010-01-01", periods=60, freq="MS"), "y": 5 + np.sin(months * np.pi / 6)}
    )
    frame["y"] += 0.1 * np.random.default_rng(0).normal(size=60)
    path = tmp_path / "months.csv"
    frame.to_csv(path, index=False)
    return path


def test_a_file_is_trained_and_the_tried_recipes_are_printed(file, tmp_path):
    arguments = ["train", "auto", "--data", str(file), "--budget", "0.001", "--out", str(tmp_path / "run"), "--json"]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["test"]["models"][0]["name"] == "autoregression"
    lines = result.stderr.splitlines()
    (header,) = (number for number, line in enumerate(lines) if line.startswith("recipe "))
    assert lines[header].split() == ["recipe", "options", "validation", "MASE", "seconds"]
    assert lines[header + 1].startswith("autoregression  --channels shared ")
    assert "not tried: the budget is spent" in lines[header + 2]


def test_help_shows_the_budget_and_no_option_of_a_single_recipe(file):
    text = CliRunner().invoke(main, ["train", "auto", "--data", str(file), "--help"]).stdout
    assert "--budget" in text and "--horizon" in text and "--seed" in text
    assert "--channels" not in text and "--batch-size" not in text
    assert "  auto " in CliRunner().invoke(main, ["train", "--help"]).stdout


def test_another_task_raises(file):
    result = CliRunner().invoke(main, ["train", "auto", "--data", str(file), "--task", "tag"])
    assert result.exit_code != 0 and "auto chooses among recipes of the task forecast, not tag" in result.stderr


def test_a_recipe_for_each_series_raises(file):
    result = CliRunner().invoke(main, ["train", "auto", "--data", str(file), "--each", "ds"])
    assert result.exit_code == 2 and "Leave --each out, or name a recipe" in result.stderr
