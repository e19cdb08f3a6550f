"""Newer rows are read as those of training were."""

import json

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import DataError

OPTIONS = {"window": 4, "horizon": 2, "test": False}


def rows(form: str, start: str, count: int, freq: str = "h") -> pd.DataFrame:
    """Rows of a wave, their times written in a format."""
    times = pd.date_range(start, periods=count, freq=freq)
    return pd.DataFrame({"time": times.strftime(form), "y": 20 + np.sin(np.arange(count) / 4)})


def train(folder, frame: pd.DataFrame, **options):
    seqkit.train("autoregression", frame, out=folder / "run", **{**OPTIONS, **options})
    return seqkit.load(folder / "run"), json.loads((folder / "run" / "run.json").read_text())["reading"]


def first(forecast: pd.DataFrame) -> str:
    return f"{forecast['ds'].iloc[0]:%Y-%m-%d}"


@pytest.mark.parametrize("form", ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"])
def test_order_of_day_and_month_is_that_of_training(tmp_path, form):
    run, reading = train(tmp_path, rows(form, "2023-01-01", 400))
    assert reading["time_format"] == form
    assert first(run.forecast(rows(form, "2023-03-02", 48))) == "2023-03-04"
    with_seconds = form.replace("%M", "%M:%S").replace("/", "-")
    assert first(run.forecast(rows(with_seconds, "2023-03-02", 48))) == "2023-03-04"
    assert first(run.forecast(rows("%Y-%m-%d %H:%M", "2023-03-02", 48))) == "2023-03-04"
    assert first(run.forecast(rows("%d.%m.%Y %H:%M", "2023-03-02", 48))) == "2023-03-04"


def test_rows_that_contradict_the_order_of_training_are_refused_with_both_readings(tmp_path):
    run, _ = train(tmp_path, rows("%d/%m/%Y %H:%M", "2023-01-01", 400))
    with pytest.raises(DataError) as error:
        run.forecast(rows("%m/%d/%Y %H:%M", "2023-03-12", 48))
    assert "contradicting date" in str(error.value) and "03/13/2023 00:00" in str(error.value)
    assert "no date as %d/%m/%Y %H:%M, as in the training data; %m/%d/%Y %H:%M would be 2023-03-13" in str(error.value)


def test_rows_that_are_regular_only_in_the_other_order_are_refused_with_both_readings(tmp_path):
    run, _ = train(tmp_path, rows("%d/%m/%Y", "2023-01-01", 60, "D"))
    with pytest.raises(DataError) as error:
        run.forecast(rows("%m/%d/%Y", "2023-05-01", 9, "D"))
    assert "is 2023-01-05 as %d/%m/%Y, as in the training data" in str(error.value)
    assert "rows D apart are %m/%d/%Y: 2023-05-01" in str(error.value)
    assert first(run.forecast(rows("%d/%m/%Y", "2023-05-01", 9, "D"))) == "2023-05-10"


def test_months_that_are_numbers_are_read_in_newer_rows_too(tmp_path):
    frame = rows("%Y%m", "2010-01-01", 60, "MS").astype({"time": int}).rename(columns={"time": "when"})
    run, reading = train(tmp_path, frame, time=("when",))
    assert reading["time_format"] == "%Y%m"
    assert first(run.forecast(frame[-12:])) == "2015-01-01"
    iso = rows("%Y-%m", "2015-01-01", 6, "MS").rename(columns={"time": "when"})
    assert first(run.forecast(iso)) == "2015-07-01"


def test_rows_are_counted_in_newer_rows_too(tmp_path):
    frame = rows("%d of %m, %Y", "2010-01-01", 60, "D")
    run, reading = train(tmp_path, frame, time=("none",))
    assert reading["time"] == ["none"]
    assert run.forecast(frame[-12:])["ds"].tolist() == [12, 13]
    run, reading = train(tmp_path / "b", frame[["y"]])
    assert reading["time"] == ["none"] and run.forecast(frame[-12:])["ds"].tolist() == [12, 13]


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"])
@pytest.mark.parametrize("ids", [(), ("shop",), ("shop", "part")])
def test_stored_rows_are_read_whatever_the_training_data_calls_their_columns(tmp_path, form, ids):
    frames = [rows(form, "2023-01-01", 200).assign(**dict.fromkeys(ids, name)) for name in "ab"[: 1 + bool(ids)]]
    options = {"id": ids} if ids else {}
    options |= {"time": ("when",), "time_format": form}
    run, _ = train(tmp_path, pd.concat(frames).rename(columns={"time": "when"}), **options)
    stored = pd.read_csv(tmp_path / "run" / "context.csv")
    pd.testing.assert_frame_equal(run.forecast(stored), run.forecast())
