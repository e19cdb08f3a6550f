"""`seqkit.train_auto`: what is tried within a budget, what is chosen, and the run that is left."""

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import seqkit
import seqkit.workflows.train
from seqkit.errors import DataError, InterruptedTraining, UsageError
from seqkit.progress import Callbacks, Progress
from seqkit.tasks.forecast import candidates
from seqkit.workflows import auto
from seqkit.workflows.auto import _Guard, _TooSlow, plan_auto, train_auto


def monthly(rows: int = 96) -> pd.DataFrame:
    months = np.arange(rows)
    noise = 0.02 * np.random.default_rng(0).normal(size=rows)
    y = np.exp(3 + 0.01 * months + 0.3 * np.sin(months * 2 * np.pi / 12) + noise)
    return pd.DataFrame({"ds": pd.date_range("2010-01-01", periods=rows, freq="MS"), "y": y})


class FakeTraining:
    """Takes the place of a training: its error comes from its recipe and options, or it raises."""

    def __init__(self, folder: Path, error) -> None:
        self.folder, self.error = folder, error
        self.calls: list[tuple[str, dict[str, Any], bool]] = []

    def __call__(self, plan, data, options, *, out, test=True, overwrite=False, callbacks=None):
        self.calls.append((plan.recipe.name, dict(options), test))
        error = self.error(plan.recipe.name, options)
        if isinstance(error, BaseException):
            raise error
        models = {"models": [{"mase": error, "mae": 10 * error}]}
        path = self.folder / "run"
        path.mkdir(exist_ok=True)
        return SimpleNamespace(path=path, read_json=lambda name: {"validation": models, "test": models})


@pytest.fixture
def fake(monkeypatch, tmp_path):
    def install(error) -> FakeTraining:
        training = FakeTraining(tmp_path, error)
        monkeypatch.setattr(seqkit.workflows.train, "train_plan", training)
        return training

    return install


def tried(path: Path) -> list[dict[str, str]]:
    with (path / "tried.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_chosen_recipe_is_an_ordinary_run_and_tried_ones_are_listed(monkeypatch, tmp_path):
    monkeypatch.setattr(candidates, "NETWORKS", ())
    monkeypatch.setattr(candidates, "FOLDS", 2)
    notes: list[str] = []
    run = train_auto(monthly(), out=tmp_path / "run", callbacks=Callbacks(on_message=notes.append))
    rows = tried(run.path)
    assert [row["outcome"] for row in rows] == ["done"] * len(rows) and len(rows) == 4
    best = min(rows, key=lambda row: float(row["validation_mase"]))
    assert f"chosen: autoregression {best['options']}" in notes
    header = next(number for number, note in enumerate(notes) if note.startswith("recipe "))
    assert best["options"] in notes[header + 1] and notes[0].startswith("short series (96 steps): ")
    options = run.manifest.options
    assert f"--channels {options['channels']}" in best["options"]
    assert ("--log" in best["options"] or "--no-log" in best["options"] or options["log"]) and options["horizon"] == 12
    assert len(seqkit.load(run.path).forecast()) == 12
    assert seqkit.resume(run.path).path == run.path


def test_short_series_are_validated_at_past_times_before_the_test_part(fake):
    training = fake(lambda recipe, options: 1.0)
    train_auto(monthly())
    splits = [options["split"] for _, options, test in training.calls if test]
    assert splits[:4] == ["36,24,12", "36,12,12"] * 2  # of windows of two years; 72 months precede the test part
    assert training.calls[-1][1]["split"] == "48,24,24"  # the chosen one


def test_a_long_series_is_validated_on_its_validation_part(fake):
    rows = 1000
    frame = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=rows, freq="h"), "y": np.sin(np.arange(rows) / 3)})
    training = fake(lambda recipe, options: 0.5 if recipe == "gru" else 1.0)
    notes: list[str] = []
    run = train_auto(frame, callbacks=Callbacks(on_message=notes.append))
    assert "--horizon 24: a season" in notes
    *trials, (chosen, options, test) = training.calls
    assert (chosen, options["normalise"], test) == ("gru", "window", True) and not any(test for _, _, test in trials)
    assert [row["recipe"] for row in tried(run.path) if row["validation_mase"] == "0.5"] == ["gru"]


def test_given_options_are_kept_in_all_trials(fake):
    training = fake(lambda recipe, options: 1.0)
    train_auto(monthly(), window=18, log=False, horizon=3, seed=5)
    expected = {"window": 18, "log": False, "horizon": 3, "seed": 5}
    for _, options, _ in training.calls:
        assert {name: options[name] for name in expected} == expected


def test_roles_of_columns_are_kept_and_a_model_that_reads_them_comes_first(fake):
    training = fake(lambda recipe, options: 1.0)
    frame = monthly().assign(price=np.arange(96) % 7, kind=["low", "high"] * 48)
    train_auto(frame, target=("y",), future=("price",), past=("kind",))
    assert all((options["future"], options["past"]) == (("price",), ("kind",)) for _, options, _ in training.calls)
    assert training.calls[0][:2] == ("autoregression", training.calls[0][1] | {"channels": "joint"})


def test_after_the_budget_nothing_more_is_tried_but_the_first_always_is(fake):
    fake(lambda recipe, options: 1.0)
    run = train_auto(monthly(), budget=1e-9)
    first, *others = tried(run.path)
    assert first["outcome"] == "done" and {row["outcome"] for row in others} == {"not tried: the budget is spent"}


def test_a_recipe_that_fails_is_named_and_the_others_go_on(fake):
    fake(lambda recipe, options: DataError("No memory.") if options.get("channels") == "joint" else 1.0)
    rows = tried(train_auto(monthly()).path)
    assert [row["outcome"] for row in rows if "joint" in row["options"]] == ["failed: No memory."]
    assert sum(row["outcome"] == "done" for row in rows) == len(rows) - 1


def test_if_all_fail_the_first_error_is_raised(fake):
    fake(lambda recipe, options: DataError(f"No memory for {recipe}."))
    with pytest.raises(DataError, match="No memory for autoregression"):
        train_auto(monthly())


def test_if_none_fits_the_budget_a_message_says_so(fake):
    fake(lambda recipe, options: _TooSlow(0.0))
    with pytest.raises(UsageError, match=r"No recipe was scored within the budget\. Give a larger --budget"):
        train_auto(monthly())


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InterruptedTraining("Stopped.")])
def test_an_interruption_keeps_what_is_done(fake, error):
    training = fake(lambda recipe, options: error if options.get("channels") == "joint" else 1.0)
    rows = tried(train_auto(monthly()).path)
    assert rows[0]["outcome"] == "done" and {row["outcome"] for row in rows[1:]} == {"interrupted"}
    assert training.calls[-1][1]["channels"] == "shared"


def test_an_interruption_before_the_first_recipe_is_done_raises(fake):
    fake(lambda recipe, options: KeyboardInterrupt())
    with pytest.raises(InterruptedTraining, match="Interrupted before the first recipe was done; there is no run"):
        train_auto(monthly())


def progress(epoch: int, step: int) -> Progress:
    return Progress(epoch=epoch, epochs=10, step=step, steps=4, loss=1.0)


def test_a_training_that_would_take_too_long_is_stopped_after_some_seconds(monkeypatch):
    now = 100.0
    monkeypatch.setattr(auto.time, "perf_counter", lambda: now)
    guard = _Guard(20.0)
    guard(progress(1, 1))
    now = 102.0
    guard(progress(1, 2))  # too early to tell
    now = 104.0
    with pytest.raises(_TooSlow) as raised:
        guard(progress(1, 4))  # 4 s an epoch
    assert raised.value.share == pytest.approx(16 / 40)
    guard = _Guard(20.0)
    guard(progress(1, 1))
    now = 107.0
    guard(progress(2, 4))  # 1.5 s an epoch


def test_a_slow_training_is_repeated_with_the_epochs_that_fit(fake):
    errors = iter([_TooSlow(0.25), 1.0])
    training = fake(lambda recipe, options: next(errors))
    plan = plan_auto(monthly())
    network = auto.replace(plan, recipe=auto.find_recipe("gru"))
    auto._train_in_time(network, None, {"epochs": 40}, 9.0, test=False)
    assert [options["epochs"] for _, options, _ in training.calls] == [40, 10]
    errors = iter([_TooSlow(0.01)])
    with pytest.raises(_TooSlow):
        auto._train_in_time(network, None, {"epochs": 40}, 9.0, test=False)


def test_data_of_another_kind_names_the_recipes_for_it():
    with pytest.raises(UsageError, match=r"tables over time, but demo_reviews contains labelled texts.*'conv1d'"):
        train_auto("demo_reviews")


def test_options_that_recipes_do_not_share_raise():
    with pytest.raises(UsageError, match=r"end of its table: set its size with --split instead of --test\."):
        train_auto(monthly(), test=monthly())
    with pytest.raises(UsageError, match="auto has no option `units`"):
        train_auto(monthly(), units=3)
    with pytest.raises(UsageError, match="value for budget, expected a number of seconds above 0, got 0"):
        train_auto(monthly(), budget=0)
