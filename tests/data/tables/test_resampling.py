"""Bins: what is left out at the ends, what counts as missing, and how rows are reduced; pandas is the reference."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError, UsageError


def frame(times, values=None) -> pd.DataFrame:
    values = np.random.default_rng(0).normal(size=len(times)) if values is None else values
    return pd.DataFrame({"ds": times, "y": values})


def days_of(table) -> list[str]:
    return [str(day)[:10] for day in table.time]


def test_bin_that_is_not_whole_is_left_out_at_both_ends():
    times = pd.date_range("2023-01-01 05:00", "2023-01-20 06:00", freq="h")
    table = regularise(frame(times), resample="D")
    assert (days_of(table)[0], days_of(table)[-1], len(table)) == ("2023-01-02", "2023-01-19", 18)
    (note,) = [note for note in table.notes if note.startswith("partial bin")]
    assert "26 rows, first row 1 (2023-01-01 05:00); in 2 bins of D" in note and "not whole; left out" in note


def test_one_missing_hour_at_the_end_makes_a_day_partial():
    times = pd.date_range("2023-01-01", "2023-01-20 22:00", freq="h")
    assert days_of(regularise(frame(times), resample="D"))[-1] == "2023-01-19"
    assert days_of(regularise(frame(times), resample="D", interval="D"))[-1] == "2023-01-19"


@pytest.mark.parametrize("rule", ["MS", "ME", "W-SUN", "QS", "3h"])
def test_bins_of_any_length_are_whole_at_the_ends(rule):
    times = pd.date_range("2022-01-01 01:00", "2023-11-14 10:00", freq="h")
    sample = frame(times)
    table = regularise(sample, resample=rule)
    counts = sample.set_index("ds")["y"].resample(rule).count()
    whole = counts.iloc[1:-1].index  # both ends lie within a bin of any rule
    np.testing.assert_array_equal(table.time, whole.to_numpy().astype("datetime64[ns]"))


def test_last_day_of_trading_hours_is_whole_although_its_evening_is_empty():
    days = pd.date_range("2023-01-02", periods=30, freq="B")
    times = pd.DatetimeIndex([day + pd.Timedelta(minutes=570 + 30 * k) for day in days for k in range(13)])
    assert len(regularise(frame(times), resample="D", missing="drop")) == 30
    early = regularise(frame(times[:-5]), resample="D", missing="drop")
    assert len(early) == 29


def test_rows_as_long_as_the_bins_are_all_kept():
    for times, rule in (
        (pd.date_range("2020-01-31", periods=24, freq="ME"), "MS"),
        (pd.date_range("2020-01-01", periods=24, freq="MS"), "MS"),
        (pd.date_range("2020-01-01 17:00", periods=24, freq="D"), "D"),
    ):
        table = regularise(frame(times), resample=rule)
        assert len(table) == 24 and not any(note.startswith("partial bin") for note in table.notes)


def test_jitter_does_not_make_a_bin_partial():
    times = pd.date_range("2023-01-01 00:30", "2023-01-20 23:30", freq="h")
    jitter = pd.to_timedelta(np.random.default_rng(1).integers(-300, 300, len(times)), unit="s")
    assert len(regularise(frame(times + jitter), resample="D")) == 20


def test_bins_as_long_as_the_interval_point_to_rounding():
    times = pd.date_range("2023-01-01", periods=500, freq="h")
    jitter = pd.to_timedelta(np.random.default_rng(1).integers(-9, 10, len(times)), unit="s")
    notes = regularise(frame(times + jitter), resample="h", missing="ffill").notes
    assert any("they come about as often: --round h would keep each of them" in note for note in notes)
    assert not any("--round" in note for note in regularise(frame(times), resample="D").notes)


def test_events_at_random_times_are_binned_by_day():
    seconds = np.sort(np.random.default_rng(2).integers(0, 40 * 86_400, 4_000))
    table = regularise(frame(pd.Timestamp("2023-01-01") + pd.to_timedelta(seconds, unit="s")), resample="D")
    assert len(table) >= 38
    cut = seconds[seconds < 39.3 * 86_400]
    table = regularise(frame(pd.Timestamp("2023-01-01") + pd.to_timedelta(cut, unit="s")), resample="D")
    assert days_of(table)[-1] == "2023-02-08"


def test_each_series_loses_its_own_partial_bins():
    parts = [
        frame(pd.date_range("2023-01-01", end, freq="h")).assign(unique_id=name)
        for name, end in (("a", "2023-01-10 23:00"), ("b", "2023-01-12 03:00"))
    ]
    table = regularise(pd.concat(parts), resample="D")
    assert np.diff(table.starts).tolist() == [10, 11]
    assert any("4 rows" in note and "partial bin" in note for note in table.notes)


def test_rows_without_a_whole_bin_are_refused():
    with pytest.raises(DataError, match="no bin of D is whole: the rows of each series span less; use a shorter"):
        regularise(frame(pd.date_range("2023-01-01 05:00", periods=7, freq="h")), resample="D")


def test_bin_inside_with_less_than_half_of_its_rows_is_missing():
    times = pd.date_range("2023-01-01", periods=240, freq="h")
    few = np.r_[0:48, 60:96, 96:101, 120:240]  # the third day has 12 of 24 rows, the fifth 5
    with pytest.raises(DataError, match=r"missing value +y +1"):
        regularise(frame(times[few]), resample="D")
    table = regularise(frame(times[few]), resample="D", missing="drop", target=("y",))
    assert "2023-01-03" in days_of(table) and "2023-01-05" not in days_of(table)
    notes = " ".join(table.notes)
    assert "with less than half of the usual rows count as missing" in notes
    assert "1 row, first row 49 (2023-01-03 12:00); bins of D with fewer rows than usual are used nevertheless" in notes


def test_missing_cells_count_like_missing_rows():
    sample = frame(pd.date_range("2023-01-01", periods=240, freq="h"))
    sample["x"] = sample["y"].where(sample.index >= 15)
    table = regularise(sample, resample="D", missing="drop", target=("y",))
    assert days_of(table)[0] == "2023-01-02"


@pytest.mark.parametrize("how", ["mean", "sum", "first", "last", "min", "max"])
def test_bins_are_reduced_as_pandas_does(how):
    sample = frame(pd.date_range("2023-01-01", periods=24 * 60, freq="h"))
    sample["x"] = sample["y"].where(sample.index % 50 != 7)
    table = regularise(sample, resample="D", resample_with=how, target=("y",))
    expected = sample.set_index("ds").resample("D").agg(how)
    np.testing.assert_allclose(table.frame[["y", "x"]], expected[["y", "x"]])
    verb = {"mean": "averaged", "sum": "summed up"}.get(how, "reduced to the")
    assert any(verb in note for note in table.notes)


def test_sum_of_an_incomplete_bin_is_missing():
    times = pd.date_range("2023-01-01", periods=240, freq="h").delete(range(50, 53))
    with pytest.raises(DataError, match=r"missing value +y +1 +49 +2023-01-03"):
        regularise(frame(times), resample="D", resample_with="sum")
    table = regularise(frame(times), resample="D", resample_with="sum", missing="drop")
    assert any("bins of D with less than 95% of the usual rows count as missing" in note for note in table.notes)
    assert len(regularise(frame(times), resample="D")) == 10


def test_sum_of_a_month_of_business_days_is_whole():
    times = pd.date_range("2023-01-01", "2023-12-31", freq="B")
    table = regularise(frame(times, np.arange(len(times)) % 5), resample="MS", resample_with="sum")
    assert len(table) == 12


def test_resample_with_needs_bins_and_a_known_way():
    with pytest.raises(UsageError, match="--resample-with sum needs the interval of the bins: add --resample D"):
        regularise(frame(pd.date_range("2023-01-01", periods=9)), resample_with="sum")
    with pytest.raises(UsageError, match="--resample-with must be one of mean, sum, first"):
        regularise(frame(pd.date_range("2023-01-01", periods=9)), resample="D", resample_with="total")


def test_counters_are_binned_alike():
    sample = pd.DataFrame({"time": np.arange(3, 104), "y": np.arange(101) % 9})
    table = regularise(sample, time=("time",), target=("y",), resample="10")
    assert table.time.tolist() == list(range(10, 100, 10))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200), st.integers(60, 900), st.sampled_from(["D", "W-SUN", "6h"]))
def test_bins_at_the_ends_are_whole(start, rows, rule):
    times = pd.date_range("2023-01-01", periods=rows, freq="h") + pd.Timedelta(hours=start)
    try:
        table = regularise(frame(times), resample=rule, interval=rule)
    except DataError as error:
        assert "no bin of" in str(error)
        return
    counts = frame(times).set_index("ds")["y"].resample(rule).count()
    assert counts.loc[table.time].eq(counts.max()).all()
    assert len(table) >= len(counts) - 2
