"""Defaults of short series: chosen from the data, said in a line, and recorded in the run."""

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import UsageError
from seqkit.progress import Callbacks
from seqkit.registry import find_recipe
from seqkit.workflows.settings import plan_training


def monthly(rows: int = 120) -> pd.DataFrame:
    months = np.arange(rows)
    noise = 0.02 * np.random.default_rng(0).normal(size=rows)
    y = np.exp(3 + 0.01 * months + 0.3 * np.sin(months * 2 * np.pi / 12) + noise)
    return pd.DataFrame({"ds": pd.date_range("2010-01-01", periods=rows, freq="MS"), "y": y})


def chosen(frame: pd.DataFrame, **given) -> tuple[dict, list[str]]:
    sections, lines = plan_training(find_recipe("autoregression"), frame, given).choose_for_data(given)
    return sections["forecast"], lines


def test_window_horizon_split_and_scale_of_a_short_series_are_chosen_and_said_in_a_line():
    options, (line,) = chosen(monthly())
    expected = {"window": 24, "horizon": 12, "split": "72,24,24", "log": True, "calendar": "none"}
    assert {name: options[name] for name in expected} == expected
    assert line.startswith("short series (120 steps): --horizon 12, --split 72,24,24, --window 24, --normalise ")
    assert line.count("--log;") == 1 and "; chosen by rolling validation before the test part, error 0." in line
    assert ", values 0." in line and "(window 12 0." in line


def test_a_given_option_is_kept_and_a_given_window_leaves_all_to_the_user():
    options, _ = chosen(monthly(), horizon=3, log=False, split="0.6,0.2,0.2")
    assert (options["horizon"], options["log"], options["split"]) == (3, False, "0.6,0.2,0.2")
    options, lines = chosen(monthly(), window=24)
    assert (options["window"], options["horizon"], options["log"], lines) == (24, 1, False, [])


def test_values_of_the_test_part_have_no_say():
    frame, changed = monthly(), monthly()
    changed.loc[96:, "y"] = np.random.default_rng(1).normal(size=24) ** 2 + 1e-3
    assert chosen(frame) == chosen(changed)


def test_logarithms_are_not_chosen_if_a_value_of_any_part_has_none():
    frame = monthly()
    frame.loc[119, "y"] = 0.0
    assert chosen(monthly())[0]["log"] and not chosen(frame)[0]["log"]


def test_a_long_series_keeps_the_defaults():
    frame = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=600, freq="h"), "y": np.sin(np.arange(600.0))})
    options, lines = chosen(frame)
    assert (options["window"], options["horizon"], lines) == (120, 1, [])
    assert len(chosen(frame[:599])[1]) == 1
    assert len(chosen(frame, sampling_rate=2)[1]) == 1  # 300 steps


def test_series_without_a_season_have_windows_of_some_steps():
    frame = pd.DataFrame({"ds": pd.date_range("1900-01-01", periods=80, freq="YS"), "y": np.arange(80.0) % 7})
    options, (line,) = chosen(frame)
    assert options["window"] in (6, 12, 24) and options["horizon"] == 1 and "--horizon" in line


def test_a_season_longer_than_a_fifth_of_the_series_is_no_horizon():
    options, _ = chosen(monthly(59))
    assert options["horizon"] == 1
    assert chosen(monthly(60))[0]["horizon"] == 12


def test_training_on_144_months_works_as_it_is(tmp_path):
    notes: list[str] = []
    run = seqkit.train(
        "autoregression", monthly(144), out=tmp_path / "run", callbacks=Callbacks(on_message=notes.append)
    )
    assert notes[0].startswith("short series (144 steps): ")
    assert run.manifest.options["window"] == run.manifest.task_state["window"] == 24
    assert run.manifest.options["log"] and len(seqkit.load(run.path).forecast()) == 12


def test_series_of_a_panel_choose_together():
    panel = pd.concat(
        [monthly().assign(unique_id=name, y=lambda f, n=n: f["y"] * 10**n) for n, name in enumerate("abc")]
    )
    options, (line,) = chosen(panel)
    assert options["window"] == 24 and options["log"] and line.startswith("short series (120 steps): ")


def test_a_horizon_that_leaves_too_few_rows_names_the_numbers_that_work(tmp_path):
    with pytest.raises(
        UsageError, match=r"120 times.*forecasts of 48 steps: 155 are needed. Use a --horizon of at most 36"
    ):
        chosen(monthly(), horizon=48)
    assert chosen(monthly(), horizon=36)[0]["split"] == "48,36,36"
    with pytest.raises(UsageError, match=r"5 times, too few .* Give more rows, or set --window and --split"):
        chosen(monthly(5))
