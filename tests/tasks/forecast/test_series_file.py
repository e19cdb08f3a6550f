"""The statistics of each series in `series.csv`, which another person may have written."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError
from seqkit.runs.run import Run, read_run
from seqkit.tasks.forecast.prepare import prepare
from seqkit.tasks.forecast.series_file import HEADER, read_series, write_series
from seqkit.tasks.forecast.state import ForecastState
from seqkit.workflows.evaluate import evaluate


def panel(rows=60):
    """Returns two daily series with a covariate; the second starts late, after the training part."""
    t = np.arange(rows)
    one = pd.DataFrame({"ds": pd.date_range("2023-01-02", periods=rows), "y": 10 + np.sin(t), "x": np.cos(t)})
    two = one.assign(y=1e5 * one["y"] + t % 5, x=3.0)[50:]
    return pd.concat([one.assign(unique_id='a, "b"'), two.assign(unique_id="c")])


@pytest.fixture
def written(tmp_path, small_run) -> tuple[Run, ForecastState]:
    """A run with `series.csv`, and its state as `run.json` has it."""
    table = regularise(panel(), target=("y",))
    state, _ = prepare(table, window=5, calendar="none")
    run = Run(tmp_path, read_run(small_run).manifest)
    write_series(run, state)
    return run, state


def test_statistics_are_read_back_unchanged(written):
    run, state = written
    stored = read_series(run, state.model_copy(update={"series": None})).series

    assert stored is not None and state.series is not None
    assert stored.ids == ('a, "b"', "c")
    for name in ("mean", "deviation", "constant", "season_error"):
        np.testing.assert_array_equal(getattr(stored, name), getattr(state.series, name))
    assert np.isnan(stored.season_error[1, 0]), "the series has no training rows"


def test_a_run_of_a_single_series_has_no_file(tmp_path, small_run):
    frame = panel()
    state, _ = prepare(regularise(frame[frame["unique_id"] != "c"].drop(columns="unique_id"), target=("y",)), window=5)
    run = Run(tmp_path, read_run(small_run).manifest)
    write_series(run, state)
    assert not list(tmp_path.iterdir())
    assert read_series(run, state) is state


def cell(row, column, value):
    """Returns a function that replaces a cell of the file."""

    def changed(lines):
        cells = lines[row].split(",")
        cells[HEADER.index(column) - len(HEADER)] = value
        return [*lines[:row], ",".join(cells), *lines[row + 1 :]]

    return changed


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda lines: ["a,b"], "its columns are not unique_id, column, mean, deviation"),
        (lambda lines: lines[:1], "a series occurs twice, or there is none"),
        (lambda lines: lines[:-1], "rows are missing at its end"),
        (lambda lines: [*lines, "d"], "rows are missing at its end"),
        (lambda lines: [*lines[:4], lines[4] + ",1"], "does not have 6 cells"),
        (lambda lines: [lines[0], *lines[2:0:-1], *lines[3:]], "does not have one row for each of y, x"),
        (lambda lines: [*lines, *lines[3:]], "a series occurs twice"),
        (cell(1, "mean", "inf"), "a mean is not a finite number"),
        (cell(1, "mean", "cat"), "could not convert string to float"),
        (cell(2, "deviation", "0"), "a deviation is not a positive one"),
        (cell(2, "deviation", "nan"), "a deviation is not a positive one"),
        (cell(1, "season_error", "-1"), "the season's error of a series is not a positive number"),
        (cell(1, "constant", "2"), "`constant` is neither 0 nor 1"),
        (lambda lines: [*lines[:1], '"' + lines[1]], "',' expected after"),
    ],
)
def test_a_damaged_file_is_refused(written, damage, message):
    run, state = written
    path = run.path / "series.csv"
    path.write_text("\n".join(damage(path.read_text().splitlines())) + "\n")
    with pytest.raises(DataError, match=r"series\.csv is damaged: .*Train the run again") as caught:
        read_series(run, state)
    assert message in str(caught.value)


def test_a_missing_or_binary_file_is_refused(written):
    run, state = written
    path = run.path / "series.csv"
    path.write_bytes(b"\0" * 100)
    with pytest.raises(DataError, match="zero byte"):
        read_series(run, state)
    path.unlink()
    with pytest.raises(DataError, match=r"no series\.csv"):
        read_series(run, state)


@pytest.fixture(scope="module")
def panel_run(tmp_path_factory):
    """A finished run of two series, of levels 10 and a million."""
    rows = np.arange(80)
    shape = 1 + 0.3 * np.sin(2 * np.pi * rows / 7) + 0.03 * np.random.default_rng(0).standard_normal(80)
    frame = pd.concat(
        [
            pd.DataFrame({"unique_id": name, "ds": pd.date_range("2023-01-02", periods=80), "y": level * shape})
            for name, level in (("big", 1e6), ("small", 10.0))
        ]
    )
    path = tmp_path_factory.mktemp("runs") / "panel"
    seqkit.train("autoregression", frame, out=path, window=14, horizon=3)
    return path, frame


def test_forecasts_of_series_with_the_same_shape_differ_by_their_level_only(panel_run):
    path, _ = panel_run
    forecast = seqkit.load(path).forecast()
    big, small = (forecast.loc[forecast["unique_id"] == name, "autoregression"].to_numpy() for name in ("big", "small"))
    np.testing.assert_allclose(big, 1e5 * small, rtol=1e-4)
    assert (small > 5).all() and (small < 15).all()


def test_a_series_unknown_in_training_is_forecast_in_its_own_unit(panel_run):
    path, frame = panel_run
    new = frame[frame["unique_id"] == "small"].tail(14)
    both = pd.concat([new.assign(unique_id="new"), new.assign(unique_id="other", y=1e-3 * new["y"])])
    message = r"2 of 2 series \('new', 'other'\) not in training: .* Names of training: 'big', 'small'"
    with pytest.warns(UserWarning, match=message):
        forecast = seqkit.load(path).forecast(both)["autoregression"].to_numpy()
    np.testing.assert_allclose(forecast[:3], 1e3 * forecast[3:], rtol=1e-4)
    np.testing.assert_allclose(forecast[:3], seqkit.load(path).forecast(new)["autoregression"], rtol=0.1)


def test_series_unknown_in_training_are_named_in_an_evaluation(panel_run):
    path, frame = panel_run
    lines = []
    named = frame.replace({"unique_id": {"big": "Big"}})
    scores = evaluate(path, named, note=lines.append)
    assert [line for line in lines if "1 of 2 series ('Big') not in training: scaled by the first 14 rows" in line]
    assert scores["by_series"]["without_mase"] == 1


def test_run_json_stays_small_and_holds_no_series(panel_run):
    path, _ = panel_run
    state = read_run(path).manifest.task_state
    assert state["panel"] is True and state["scaled_by_series"] == ["y"] and "series" not in state


def test_a_run_from_before_the_statistics_by_series_keeps_its_pooled_scale(panel_run, tmp_path):
    path, frame = panel_run
    old = Path(shutil.copytree(path, tmp_path / "old"))
    (old / "series.csv").unlink()
    content = json.loads((old / "run.json").read_text())
    for name in ("panel", "scaled_by_series"):
        del content["task_state"][name]
    (old / "run.json").write_text(json.dumps(content))
    state = seqkit.load(old).state

    mean, deviation = state.scale_of(seqkit.load(old).context(), np.array([0, 1]))
    assert mean.tolist() == [list(state.mean)] * 2 and deviation.tolist() == [list(state.deviation)] * 2
    assert "by_series" not in evaluate(old, frame)
