"""The rows stored in `context.csv`, and CSV text equal to that of pandas."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.tables.reading import read_frame
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError
from seqkit.runs.run import Run, read_run
from seqkit.tasks.forecast.context import read_context, write_context
from seqkit.tasks.forecast.prepare import prepare
from seqkit.tasks.forecast.text import csv_lines, csv_times

INTERVALS = ["ns", "7us", "250ms", "s", "10min", "h", "D", "2W-WED", "B", "MS", "2ME", "QE", "YS"]


def frame_of(interval: str, rows: int = 40, **more) -> pd.DataFrame:
    time = pd.date_range("2021-03-01 00:00" if interval != "10min" else "2021-03-01 00:10", periods=rows, freq=interval)
    values = np.random.default_rng(0).normal(size=(rows, 2))
    return pd.DataFrame({"ds": time, "y": values[:, 0], "a, b": values[:, 1] * 1e-7, **more})


@pytest.mark.parametrize("utc", [False, True])
@pytest.mark.parametrize("interval", INTERVALS)
def test_times_are_formatted_as_by_pandas(interval, utc):
    times = frame_of(interval)["ds"]
    expected = (times.dt.tz_localize("UTC") if utc else times).to_frame().to_csv(index=False, header=False)
    assert csv_times(times.to_numpy(), utc=utc) == expected.splitlines()


def test_csv_equals_that_of_pandas():
    columns = {"unique_id": ["a", 'b"c', "d,e"], "n": [1, 2, 3], "x": [0.1, 1e300, -3.0000000000000004]}
    assert csv_lines(columns) == pd.DataFrame(columns).to_csv(index=False)


def write(tmp_path: Path, small_run: Path, frame: pd.DataFrame, **choices):
    """Returns a table, its state, and a run with the newest rows of the table."""
    table = regularise(frame, **choices)
    state, _ = prepare(table, window=5, split="0.5,0.25,0.25", calendar="none")
    run = Run(tmp_path, read_run(small_run).manifest)
    write_context(run, state, table)
    return table, state, run


def assert_newest_rows(stored, table, state):
    assert (stored.ids, stored.utc, stored.interval, stored.targets) == (
        table.ids,
        table.utc,
        table.interval,
        table.targets,
    )
    assert stored.id_column == (None if table.id_column is None else "unique_id")
    for first, end in zip(stored.starts[:-1], stored.starts[1:], strict=True):
        assert end - first == state.rows_needed
    newest = np.concatenate([np.arange(end - state.rows_needed, end) for end in table.starts[1:]])
    np.testing.assert_array_equal(stored.time, table.time[newest])
    for name in state.columns:
        np.testing.assert_array_equal(stored.columns[name], table.columns[name][newest])


@pytest.mark.parametrize("interval", INTERVALS)
def test_stored_rows_are_read_back_unchanged(tmp_path, small_run, interval):
    table, state, run = write(tmp_path, small_run, frame_of(interval), target=("y",))
    stored = read_context(run, state)
    assert_newest_rows(stored, table, state)
    np.testing.assert_array_equal(stored.segments, [[0, state.rows_needed]])


def test_series_time_zones_and_counters_are_read_back(tmp_path, small_run):
    both = pd.concat([frame_of("h", unique_id=name) for name in ("b", "a")])
    zoned = both.assign(ds=both["ds"].dt.tz_localize("UTC"))
    counted = pd.DataFrame({"y": np.arange(40.0) ** 0.5, "x": range(40)})
    for number, (frame, choices) in enumerate([(both, {}), (zoned, {}), (counted, {})]):
        folder = tmp_path / str(number)
        folder.mkdir()
        table, state, run = write(folder, small_run, frame, target=("y",), **choices)
        assert_newest_rows(read_context(run, state), table, state)


def test_a_gap_splits_the_stored_rows_into_segments(tmp_path, small_run):
    frame = frame_of("h").drop(index=[37])
    _, state, run = write(tmp_path, small_run, frame, target=("y",), missing="drop")
    stored = read_context(run, state)
    np.testing.assert_array_equal(stored.segments, [[0, 3], [3, 5]])
    by_pandas = regularise(read_frame(run.path / "context.csv"), time=("ds",), target=("y",), missing="drop")
    np.testing.assert_array_equal(stored.segments, by_pandas.segments)


def replaced(old: str, new: str):
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: "", "The data lacks 'y'"),
        (
            replaced("y,", "z,"),
            "The data lacks 'y', which the model was trained on. Its columns: unique_id, ds, z, a, b.",
        ),
        (replaced("ds,", "dd,"), "The column 'ds' is missing, or a column occurs twice."),
        (replaced("unique_id,", "ds,"), "The column 'ds' is missing, or a column occurs twice."),
        (lambda text: text + "a,2021", "Row 12 does not have 4 cells, as the header has."),
        (lambda text: text.splitlines()[0], "Row 2 does not have 4 cells, as the header has."),
        (
            lambda text: text.replace(text.splitlines()[1].split(",")[2], "nan"),
            "The column 'y' contains a value that is not a finite number.",
        ),
        (lambda text: text.replace(text.splitlines()[1].split(",")[2], "?"), "could not convert string to float: '?'"),
        (replaced("2021-03-02 12:00:00", "2021-03-02 12:00:00+00:00"), "or the times have different time zones"),
        (replaced("2021-03-02 12:00:00", ""), "A time is missing, or the times have different time zones."),
        (replaced("2021-03-02 12:00:00", "noon"), "Error parsing datetime string"),
        (
            replaced("2021-03-02 12:00:00", "2021-03-02 12:30:00"),
            "in row 3 is not a multiple of h after the previous one.",
        ),
        (
            lambda text: text + text.partition("\n")[2].partition("\nb")[0] + "\n",
            "The rows of a series are not together.",
        ),
        (lambda text: text.rpartition("\nb")[0] + "\n", "a series has 4 rows, expected 5"),
        (lambda text: text + '"a', "unexpected end of data"),
    ],
)
def test_damaged_rows_are_refused_with_the_reason_and_the_remedy(tmp_path, small_run, damage, message):
    both = pd.concat([frame_of("h", unique_id=name) for name in ("b", "a")])[["unique_id", "ds", "y", "a, b"]]
    _, state, run = write(tmp_path, small_run, both, target=("y",))
    path = run.path / "context.csv"
    path.write_text(damage(path.read_text()))
    with pytest.raises(DataError) as refusal:
        read_context(run, state)
    assert message in str(refusal.value)
    assert str(refusal.value).startswith(f"{path} is damaged")
    assert "Give the newest rows with --data." in str(refusal.value)


def test_csv_of_a_forecast_equals_that_of_its_frame(tmp_path, small_run):
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    forecaster = seqkit.load(run)
    text, count = forecaster.forecast_csv(forecaster.context())
    frame = forecaster.forecast()
    assert (text, count) == (frame.to_csv(index=False), len(frame))


def test_rows_around_a_holiday_are_one_segment_if_gaps_are_skipped(tmp_path, small_run):
    days = pd.date_range("2022-01-03", periods=40, freq="B").delete(38)
    frame = pd.DataFrame({"ds": days, "y": np.random.default_rng(0).normal(size=39)})
    table = regularise(frame, missing="skip")
    state, _ = prepare(table, window=5, split="0.5,0.25,0.25", calendar="none")
    manifest = read_run(small_run).manifest
    for missing, segments in (("skip", [[0, 5]]), ("drop", [[0, 4], [4, 5]])):
        run = Run(tmp_path, manifest.model_copy(update={"reading": {"missing": missing}}))
        write_context(run, state, table)
        assert read_context(run, state).segments.tolist() == segments
