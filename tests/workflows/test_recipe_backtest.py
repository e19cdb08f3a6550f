"""`seqkit.backtest` of a recipe: trained on the rows before the first cutoff, or again before each."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import seqkit
from seqkit.cli import main
from seqkit.errors import UsageError
from seqkit.progress import Callbacks
from seqkit.workflows import auto
from seqkit.workflows.auto import Trial

OPTIONS = {"window": 24, "horizon": 6}


def hourly(rows: int = 300) -> pd.DataFrame:
    noise = 0.3 * np.random.default_rng(0).normal(size=rows)
    times = pd.date_range("2024-03-01", periods=rows, freq="h")
    return pd.DataFrame({"ds": times, "y": np.sin(np.arange(rows) * 2 * np.pi / 24) + noise})


def test_a_recipe_is_trained_on_the_rows_before_the_first_cutoff(tmp_path):
    result = seqkit.backtest("autoregression", hourly(), windows=3, step=5, **OPTIONS)
    assert result.forecasts["cutoff"].unique().tolist() == hourly()["ds"].iloc[[283, 288, 293]].tolist()
    validation = round(0.15 * 284)
    split = f"{284 - validation},{validation},16"
    run = seqkit.train("autoregression", hourly(), out=tmp_path / "run", split=split, **OPTIONS)
    expected = seqkit.backtest(run.path, hourly(), windows=3, step=5)
    pd.testing.assert_frame_equal(result.forecasts, expected.forecasts)


@pytest.mark.parametrize("refit", [False, True])
def test_no_forecast_depends_on_values_after_its_cutoff(refit):
    changed = hourly()
    changed.loc[294:, "y"] += 100.0
    before, after = (
        seqkit.backtest("autoregression", frame, windows=2, refit=refit, **OPTIONS).forecasts
        for frame in (hourly(), changed)
    )
    names = [name for name in before if name != "y"]
    pd.testing.assert_frame_equal(before[names], after[names])


def test_options_of_a_short_series_are_chosen_anew_at_each_cutoff():
    rows = np.arange(84)
    y = np.exp(0.03 * rows + 0.5 * np.sin(rows * np.pi / 6))
    frame = pd.DataFrame({"ds": pd.date_range("2010-01-01", periods=84, freq="MS"), "y": y})
    notes: list[str] = []
    callbacks = Callbacks(on_message=notes.append)
    seqkit.backtest("autoregression", frame, windows=2, refit=True, callbacks=callbacks)
    chosen = [note for note in notes if note.startswith("short series")]
    assert len(chosen) == 3 and chosen[0] == chosen[1] != chosen[2]  # before the first cutoff twice, then the second


def test_auto_chooses_at_each_cutoff(monkeypatch):
    """Another recipe is best at each cutoff; all forecasts are in the column `auto`."""
    best = iter(["autoregression", "dense", "autoregression"])
    monkeypatch.setattr(auto, "_search", lambda plan, *_: ([Trial(next(best), {}, 1.0)], "MASE"))
    result = seqkit.backtest("auto", hourly(), windows=2, refit=True, levels=(80,), **OPTIONS)
    assert list(result.forecasts)[4:6] == ["auto", "linear"] and list(result.forecasts)[-2:] == [
        "auto-lo-80",
        "auto-hi-80",
    ]
    assert result.forecasts["auto"].notna().all() and len(result.forecasts) == 12
    assert result.scores["models"][0]["name"] == "auto" and result.scores["models"][0]["mae"] < 1


def test_options_for_a_run_raise(tmp_path):
    run = seqkit.train("autoregression", hourly(), out=tmp_path / "run", **OPTIONS)
    with pytest.raises(UsageError, match=r"has the options it was trained with\. Leave out 'horizon'"):
        seqkit.backtest(run.path, horizon=3)
    result = CliRunner().invoke(main, ["backtest", str(run.path), "--horizon", "3"])
    assert (
        result.exit_code == 2 and "a run keeps the options it was trained with. Leave out --horizon 3" in result.stderr
    )


def test_a_split_or_too_few_rows_raise():
    with pytest.raises(UsageError, match=r"Leave --split out, or set --windows and --step"):
        seqkit.backtest("autoregression", hourly(), split="0.5,0.3,0.2")
    with pytest.raises(
        UsageError, match=r"60 cutoffs .* span 360 rows, and validation 6, but the data has 300 distinct"
    ):
        seqkit.backtest("autoregression", hourly(), windows=60, **OPTIONS)


def test_data_of_another_task_raises():
    with pytest.raises(UsageError, match="A backtest needs a forecast, but demo_reviews is data of the task classify"):
        seqkit.backtest("gru", "demo_reviews")


def test_the_command_takes_the_options_of_the_recipe(tmp_path):
    path = tmp_path / "hours.csv"
    hourly().to_csv(path, index=False)
    arguments = ["backtest", "autoregression", "--data", str(path), "--windows", "2", "--channels", "shared"]
    result = CliRunner().invoke(main, [*arguments, "--horizon", "6", "--window", "24", "-o", "-"])
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("unique_id,ds,cutoff,y,autoregression,linear,") and result.stdout.count("\n") == 13
    result = CliRunner().invoke(main, [*arguments, "--units", "3"])
    assert result.exit_code == 2 and "--units" in result.stderr
