"""A filled value may be an input, but never a target: not in training, in a score, or in a choice on validation."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

import seqkit
from seqkit.data.series.table import Table
from seqkit.data.tables import gaps
from seqkit.data.tables.regularise import regularise
from seqkit.errors import UsageError
from seqkit.progress import Callbacks
from seqkit.runs.run import read_run
from seqkit.tasks.forecast import combination
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.encode import encode, measured_targets
from seqkit.tasks.forecast.inference import open_run
from seqkit.tasks.forecast.linear_file import fit_linear
from seqkit.tasks.forecast.scoring import Evaluator
from seqkit.tasks.forecast.show import show_comparison, show_scores
from seqkit.training.feeds.chunks import ChunkFeed
from seqkit.training.feeds.windows import WindowFeed
from seqkit.workflows.compare import compare

OUTAGE = slice(220, 245)
"""Rows that the sensor missed, most of the test part."""


def daily(rows: int = 260) -> pd.DataFrame:
    noise = np.random.default_rng(0).normal(size=rows)
    return pd.DataFrame(
        {"ds": pd.date_range("2021-01-01", periods=rows), "y": 10 + 5 * np.sin(np.arange(rows) * 2 * np.pi / 7) + noise}
    )


def with_outage() -> pd.DataFrame:
    return daily().drop(index=range(OUTAGE.start, OUTAGE.stop))


OPTIONS = {"missing": "ffill", "window": 14, "horizon": 3, "split": "0.6,0.2,0.2"}


@pytest.fixture(scope="module")
def outage_run(tmp_path_factory) -> tuple[Path, list[str]]:
    """A run on a series with an outage in the test part, and the messages of its training."""
    path, lines = tmp_path_factory.mktemp("runs") / "outage", []
    callbacks = Callbacks(on_message=lines.append)
    seqkit.train("autoregression", with_outage(), out=path, target="y", callbacks=callbacks, **OPTIONS)
    return path, lines


def test_scores_are_means_over_measured_values(outage_run):
    path, _ = outage_run
    predictions = pd.read_csv(path / "predictions.csv", parse_dates=["ds"])
    measured = predictions["ds"].isin(with_outage()["ds"])
    assert not measured.all() and (predictions["y"].notna() == measured).all()
    test = json.loads((path / "metrics.json").read_text())["test"]
    errors = (predictions["autoregression"] - predictions["y"]).abs()
    assert test["models"][0]["mae"] == pytest.approx(errors[measured].mean())
    assert (test["target_values"], test["filled_values"]) == (52, 25)
    last_value = daily()["y"].where(~daily().index.isin(range(*OUTAGE.indices(260)))).ffill()
    expected = [
        abs(daily()["y"][i + ahead] - last_value[i])
        for i in range(207, 257)
        for ahead in (1, 2, 3)
        if not OUTAGE.start <= i + ahead < OUTAGE.stop
    ]
    assert test["models"][-1]["mae"] == pytest.approx(np.mean(expected))


def test_training_and_the_table_say_how_many_values_are_left_out(outage_run, capsys):
    path, lines = outage_run
    expected = "targets: 25 of 260 values were filled, not measured; they are left out of training and scores"
    assert expected in lines
    metrics = json.loads((path / "metrics.json").read_text())
    show_scores(metrics["test"], "test")
    line = "25 of the 52 values to predict were filled, not measured: they are not scored"
    assert capsys.readouterr().out.splitlines()[-1] == line
    show_scores(metrics["validation"], "validation")
    assert "filled" not in capsys.readouterr().out
    show_comparison(compare([path, path]))
    assert capsys.readouterr().out.splitlines()[-1] == f"Test: {line}."


def test_evaluation_leaves_out_the_same_values(outage_run):
    path, _ = outage_run
    stored = json.loads((path / "metrics.json").read_text())["test"]
    scores = seqkit.evaluate(path, with_outage())
    assert scores["models"][0]["mae"] == pytest.approx(stored["models"][0]["mae"])
    assert scores["filled_values"] == 25


def test_plots_show_no_filled_value_as_actual(outage_run, figures):
    path, _ = outage_run
    table = regularise(with_outage(), missing="ffill")
    evaluator = Evaluator(open_run(read_run(path)), table)
    from seqkit.tasks.forecast.results import write_results

    write_results(evaluator, {"test": evaluator.score(evaluator.splits.test)})
    forecasts, residuals = figures[0].axes[0], figures[1].axes[0]
    drawn = {line.get_label(): np.asarray(line.get_ydata(), float) for line in forecasts.get_lines()}
    known = drawn["actual"][~np.isnan(drawn["actual"])]
    assert len(known) and set(known) <= set(with_outage()["y"])
    assert np.isfinite(drawn["autoregression"]).sum() > len(known)
    assert "not finite" not in residuals.get_title(loc="left")


def test_only_runs_with_the_same_filled_values_are_compared(tmp_path):
    frame, options = with_outage(), {**OPTIONS, "target": "y", "window": 3}
    repeated = pd.concat([frame, daily().iloc[[230]].assign(y=frame["y"][219])])  # measured, and equal to the fill
    for name, data in (("gap", frame), ("value", repeated)):
        seqkit.train("autoregression", data, out=tmp_path / name, **options)
    with pytest.raises(UsageError, match="mended differently"):
        compare([tmp_path / "gap", tmp_path / "value"])


@pytest.mark.parametrize("recipe", ["autoregression", "gru"])
def test_no_model_reads_a_line_drawn_to_a_value_it_predicts(tmp_path, recipe):
    """Every fourth value of noise is missing: interpolated, the last value of a window would tell half of the next."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"ds": pd.date_range("2021-01-01", periods=1200, freq="h"), "y": rng.normal(size=1200)})
    frame.loc[rng.random(1200) < 0.25, "y"] = np.nan
    messages: list[str] = []
    few = {} if recipe == "autoregression" else {"epochs": 2, "units": 4, "combine": "none"}
    run = seqkit.train(
        recipe, frame, out=tmp_path / "run", target="y", window=6, missing="interpolate", season=1,
        callbacks=Callbacks(on_message=messages.append), **few,
    )  # fmt: skip
    assert any("windows that end on an interpolated value are left out" in line for line in messages)
    test = json.loads((run.path / "metrics.json").read_text())["test"]
    truth, origins = frame.dropna(), pd.read_csv(run.path / "predictions.csv")["cutoff"]
    assert set(pd.to_datetime(origins)) <= set(truth["ds"])
    scores = {model["name"]: model["mae"] for model in test["models"]}
    # The least error of independent values is that of their mean, 0.8 standard deviations; of the last value, 1.13.
    assert scores["last value"] == pytest.approx(1.13, abs=0.15)
    assert scores[recipe] > 0.7


def test_each_step_is_fitted_where_weekends_were_filled(tmp_path):
    frame = daily()[daily()["ds"].dt.day_of_week < 5]
    options = {**OPTIONS, "resample": "D", "horizon": 7, "target": "y"}
    run = seqkit.train("autoregression", frame, out=tmp_path / "run", **options)
    test = json.loads((run.path / "metrics.json").read_text())["test"]
    assert test["target_values"] == 52 and test["filled_values"] == 14
    scores = {model["name"]: model["mae"] for model in test["models"]}
    assert scores["autoregression"] < 0.5 * scores["last value"]
    assert scores["autoregression"] == pytest.approx(scores["linear (ridge)"], rel=0.01)


# Each series has a single window of six rows; the last three are its targets, and no input of another window.
STEPS, HORIZON = 3, 3


def staggered(filled: np.ndarray) -> pd.DataFrame:
    """Series of six hours that start one hour apart; `filled` (series, 3) says which targets are missing."""
    rng, frames = np.random.default_rng(0), []
    for s, missing in enumerate(filled):
        values = np.cumsum(rng.normal(size=STEPS + HORIZON)) + s % 5
        values[STEPS:][missing] = np.nan
        times = pd.date_range("2021-01-01", periods=STEPS + HORIZON, freq="h") + pd.Timedelta(hours=s)
        frames.append(pd.DataFrame({"unique_id": f"s{s:03}", "ds": times, "y": values, "x": rng.normal(size=6)}))
    return pd.concat(frames, ignore_index=True)


@pytest.fixture
def poison(monkeypatch):
    """Returns a function that makes every later fill of a column add a number."""
    fill = gaps._filled

    def use(number: float) -> None:
        def filled(values, working, policy):
            result = fill(values, working, policy)
            return np.where(np.isfinite(values), result, result + number)

        monkeypatch.setattr(gaps, "_filled", filled)

    return use


@pytest.mark.parametrize(
    ("recipe", "share"), [("autoregression", 0.1), ("autoregression", 0.6), ("dense", 0.4), ("gru", 0.4)]
)
def test_filled_targets_change_no_score_no_weight_and_no_choice(tmp_path, poison, recipe, share):
    missing = np.random.default_rng(1).random((120, HORIZON)) < share
    options = {"window": STEPS, "horizon": HORIZON, "season": HORIZON, "split": "0.5,0.25,0.25", "missing": "ffill"}
    if recipe != "autoregression":
        options |= {"epochs": 2, "units": (4,) if recipe == "dense" else 4}
    runs = []
    for number in (0.0, 1000.0):
        poison(number)
        run = seqkit.train(recipe, staggered(missing), out=tmp_path / f"{number:g}", target="y", **options)
        runs.append(run.path)
    scores = [json.loads((run / "metrics.json").read_text()) for run in runs]
    assert scores[0] == scores[1] and scores[0]["test"]["filled_values"] > 0
    weights = [np.load(run / "linear.npz") for run in runs]
    for name in weights[0]:
        np.testing.assert_array_equal(weights[0][name], weights[1][name])
    tables = [pd.read_csv(run / "predictions.csv") for run in runs]
    pd.testing.assert_frame_equal(*tables)
    histories = [pd.read_csv(run / "history.csv").drop(columns="seconds", errors="ignore") for run in runs]
    pd.testing.assert_frame_equal(*histories)


@st.composite
def holed_tables(draw) -> Table:
    """Tables of one or two series of 60 to 90 hours with random values and rows missing, filled by either policy."""
    frames = []
    for name in "ab"[: draw(st.integers(1, 2))]:
        rows = draw(st.integers(60, 90))
        rng = np.random.default_rng(draw(st.integers(0, 1000)))
        frame = pd.DataFrame(
            {
                "unique_id": name,
                "ds": pd.date_range("2020-01-01", periods=rows, freq="h"),
                "y": rng.normal(size=rows).cumsum(),
                "x": rng.normal(size=rows),
            }
        )
        share = draw(st.sampled_from([0.02, 0.1, 0.4, 0.7]))
        for column in ("y", "x"):
            frame.loc[rng.random(rows) < share * (column == "y" or 0.5), column] = np.nan
        first = draw(st.integers(1, rows - 2))
        frames.append(frame.drop(index=range(first, min(first + draw(st.integers(0, 20)), rows - 1))))
    missing = draw(st.sampled_from(["ffill", "interpolate"]))
    return regularise(pd.concat(frames), target=("y", "x")[: draw(st.integers(1, 2))], missing=missing, resample="h")


@settings(max_examples=30, deadline=None)
@given(holed_tables(), st.integers(1, 3), st.integers(1, 2))
def test_no_feed_and_no_score_has_a_filled_target(table, horizon, rate):
    try:
        state, splits = forecast.prepare(
            table, window=4, horizon=horizon, sampling_rate=rate, split="0.6,0.2,0.2", calendar="none", season=2
        )
    except UsageError:  # a part without a measured value
        return
    if table.lookahead is not None:
        parts = (splits.train, splits.validation, splits.test)
        assert not any(table.lookahead[part.last_rows].any() for part in parts)
    measured = table.measured(table.targets)
    filled = np.zeros((len(table), len(table.targets)), bool) if measured is None else ~measured
    np.testing.assert_array_equal(np.isnan(measured_targets(state, table)), filled)
    values = encode(state, table)
    for windows in (splits.train, splits.validation, splits.test):
        assert (~windows.read_targets(filled)).any(axis=(1, 2)).all()
    if measured is None:
        return
    feed = WindowFeed(values, state.target_positions, splits.train, splits.validation, measured)
    _, (_, mask) = feed.gather(tf.constant(splits.train.starts))
    np.testing.assert_array_equal(mask, ~splits.train.read_targets(filled))
    chunks = ChunkFeed(feed, warmup=3, chunk=5)
    trained = 0
    for part in chunks.batches(4, seed=0, epoch=1):
        for batch in part:
            _, (_, mask) = chunks.gather(tf.constant(batch))
            rows = batch[:, :1] + rate * np.arange(chunks.length)
            for chunk, step, ahead, target in np.argwhere(mask.numpy()):
                assert rows[chunk, step] in splits.train.last_rows
                assert not filled[rows[chunk, step] + rate * (1 + ahead), target]
                trained += 1
    assert trained % int((~splits.train.read_targets(filled)).sum()) == 0
    linear = fit_linear(state, values, splits, measured)
    assert np.isfinite(linear.coefficients).all() and np.isfinite(linear.validation_mse)


def test_share_of_the_combination_is_chosen_on_measured_values(tmp_path, monkeypatch):
    choose, masks = combination._best_share, []

    def recorded(model, linear, windows, error_scale, measured):
        masks.append(measured)
        return choose(model, linear, windows, error_scale, measured)

    monkeypatch.setattr(combination, "_best_share", recorded)
    seqkit.train("dense", with_outage(), out=tmp_path / "run", target="y", epochs=1, units=(4,), **OPTIONS)
    (measured,) = masks
    assert np.flatnonzero(~measured[:, 0]).tolist() == list(range(*OUTAGE.indices(260)))
