"""`seqkit backtest`."""

import json

import pandas as pd


def test_backtest_prints_scores_by_model_and_cutoff(done, run):
    text = done("backtest", run, "--windows", 15, "--levels", "80").stdout
    assert "Backtest: 15 values, 15 cutoffs, " in text
    for line in ("MAE degC", "linear", "seasonal_naive", "last_value", "80 % intervals contain"):
        assert line in text
    assert "the newest 12 of 15 cutoffs are shown; --json has all" in text


def test_forecasts_are_written_and_not_replaced(done, refused, run):
    result = done("backtest", run, "--windows", 2, "-o", "b.csv", "--json")
    assert "2 values written to b.csv" in result.stderr
    frame = pd.read_csv("b.csv")
    assert list(frame)[:5] == ["unique_id", "ds", "cutoff", "y", "dense"] and len(frame) == 2
    assert json.loads(result.stdout)["models"][0]["name"] == "dense"
    assert "b.csv exists" in refused("backtest", run, "-o", "b.csv", code=2)
    assert done("backtest", run, "--windows", 2, "-o", "-").stdout == frame.to_csv(index=False)


def test_too_few_cutoffs_for_a_test_are_named(done, run):
    assert "Use more --windows" in done("backtest", run, "--windows", 2).stdout


def test_invalid_numbers_are_refused(refused, run):
    assert "--windows, expected a whole number in [1, inf), got" in refused("backtest", run, "--windows", "0", code=2)
    assert "9999 cutoffs that are 24 rows apart" in refused("backtest", run, "--windows", "9999", code=2)
