"""Intervals: inference, step numbers, future times; pandas is the reference."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.data.tables.interval_inference import infer_interval
from seqkit.data.tables.intervals import (
    DAY,
    future_times,
    interval_seconds,
    parse_interval,
    plain_interval,
)

ALIASES = [
    *("250ms", "s", "15s", "10min", "h", "6h", "D", "2D", "B", "W-SUN", "W-MON", "2W-TUE"),
    *(
        "MS",
        "ME",
        "2MS",
        "4MS",
        "QS",
        "QS-FEB",
        "QS-MAR",
        "QE",
        "QE-OCT",
        "QE-NOV",
        "YS",
        "YS-APR",
        "YE",
        "YE-JUN",
        "2YS",
    ),
    *("SMS", "SMS-16", "SME", "SME-16", "BMS", "BME", "2BME", "BQS", "BQE", "BQS-FEB", "BQE-OCT", "BYE", "BYS-APR"),
]


def times(alias: str, count: int = 60, start: str = "2001-03-05") -> np.ndarray:
    return pd.date_range(start, periods=count, freq=alias).to_numpy().astype("datetime64[ns]")


@pytest.mark.parametrize("alias", ALIASES)
def test_interval_is_inferred_from_times(alias):
    ticks = times(alias).view(np.int64)
    assert infer_interval(ticks, np.diff(ticks), counter=False) == alias


@pytest.mark.parametrize("alias", ALIASES)
def test_interval_is_inferred_despite_missing_rows(alias):
    ticks = np.delete(times(alias, 120).view(np.int64), [3, 4, 50, 51, 52, 100])
    assert infer_interval(ticks, np.diff(ticks), counter=False) == alias


@pytest.mark.parametrize("alias", ALIASES)
def test_times_of_a_grid_have_consecutive_numbers_and_one_phase(alias):
    ticks = times(alias).view(np.int64)
    numbers, phases = parse_interval(alias).split(ticks)
    assert np.all(np.diff(numbers) == 1)
    assert np.all(phases == phases[0])


@pytest.mark.parametrize("alias", ALIASES)
def test_future_times_equal_pandas(alias):
    known, ahead = times(alias)[:10], times(alias)[10:]
    np.testing.assert_array_equal(future_times(known[-1], alias, np.arange(1, 51)), ahead)


@given(
    alias=st.sampled_from(ALIASES),
    ticks=st.lists(st.integers(-(2**60), 2**60), min_size=1, max_size=20),
)
def test_split_and_join_round_trip(alias, ticks):
    grid = parse_interval(alias)
    given_ticks = np.array(ticks, np.int64)
    numbers, phases = grid.split(given_ticks)
    np.testing.assert_array_equal(grid.join(numbers, phases), given_ticks)


def test_month_ends_stay_month_ends_and_fridays_go_to_mondays():
    month_ends = future_times(np.datetime64("2020-01-31"), "ME", np.array([1, 2, 13]))
    assert month_ends.astype("datetime64[D]").astype(str).tolist() == ["2020-02-29", "2020-03-31", "2021-02-28"]
    days = future_times(np.datetime64("2024-05-31T16:00"), "B", np.array([1, 5]))
    assert days.astype(str).tolist() == ["2024-06-03T16:00:00.000000000", "2024-06-07T16:00:00.000000000"]


def test_counters_continue():
    ahead = future_times(95, "5", np.array([[1, 2], [3, 4]]))
    assert ahead.dtype == np.int64
    np.testing.assert_array_equal(ahead, [[100, 105], [110, 115]])


def test_interval_that_does_not_match_the_time_is_refused():
    with pytest.raises(ValueError, match="does not match"):
        future_times(3, "h", np.array([1]))
    with pytest.raises(ValueError, match="does not match"):
        future_times(np.datetime64("2020"), "1", np.array([1]))


def test_seconds_of_an_interval():
    assert interval_seconds("10min") == 600
    assert interval_seconds("W-SUN") == 7 * 86_400
    assert interval_seconds("YS") == pytest.approx(365.2425 * 86_400)
    assert interval_seconds("B") * 5 == pytest.approx(7 * 86_400)
    assert math.isnan(interval_seconds("1"))


@pytest.mark.parametrize(
    "interval", ["SM", "SMS-1", "SME-28", "0SMS", "", "0", "0h", "foo", "H", "W-MS", "MS-JAN", "h-SUN", "-1", "1.5h"]
)
def test_invalid_interval_is_refused(interval):
    with pytest.raises(ValueError, match="expected one such as"):
        parse_interval(interval)


@pytest.mark.parametrize(
    "rule",
    ["7min", "h", "D", "MS", "2MS", "QS", "YS", "ME", "QE", "YE", "QE-OCT", "W-SUN", "W-WED", "SMS", "SMS-20"],
)
def test_bins_equal_pandas(rule):
    ticks = np.sort(np.random.default_rng(0).integers(0, 4 * 10**17, 400))
    series = pd.Series(1.0, index=pd.DatetimeIndex(ticks.view("datetime64[ns]")))
    reference = series.resample(rule, origin="epoch").sum() if rule == "7min" else series.resample(rule).sum()
    labels, counts = np.unique(parse_interval(rule).bins(ticks), return_counts=True)
    filled = reference[reference > 0]
    np.testing.assert_array_equal(labels, filled.index.to_numpy().astype("datetime64[ns]").view(np.int64))
    np.testing.assert_array_equal(counts, filled.to_numpy())


@pytest.mark.parametrize(
    "rule", ["8h", "D", "W-WED", "MS", "2MS", "ME", "2ME", "QE-OCT", "BME", "SMS", "SMS-20", "SME"]
)
def test_edges_of_a_bin_enclose_its_times_and_no_others(rule):
    grid = parse_interval(rule)
    ticks = np.arange(0, 800 * DAY, DAY // 4)
    labels = grid.bins(ticks)
    starts, ends = grid.bin_edges(labels)
    assert np.all((starts <= ticks) & (ticks < ends))
    same = labels[1:] == labels[:-1]
    np.testing.assert_array_equal(ends[:-1][~same], starts[1:][~same])


@pytest.mark.parametrize(("day", "ahead"), [(15, "2021-01-15"), (10, "2021-01-10"), (2, "2021-01-02")])
def test_months_from_any_day_stay_on_that_day(day, ahead):
    known = times("MS", 24, "2019-01-01") + np.timedelta64(day - 1, "D")
    ticks = known.view(np.int64)
    assert infer_interval(ticks, np.diff(ticks), counter=False) == "MS"
    assert future_times(known[-1], "MS", np.array([1])).astype("datetime64[D]") == np.datetime64(ahead)


def test_four_weeks_are_not_months():
    ticks = times("4W-SUN", 40).view(np.int64)
    assert infer_interval(ticks, np.diff(ticks), counter=False) == "4W-SUN"


def test_interval_has_one_canonical_alias():
    given = ["60min", "24h", "W", "QE-DEC", "2QS-JAN", "MS", "5"]
    assert [plain_interval(text) for text in given] == ["h", "D", "W-SUN", "QE", "2QS", "MS", "5"]


def test_two_months_are_enough_to_infer_a_monthly_interval():
    ticks = np.array(["2020-07-01", "2020-08-01"], "datetime64[ns]").view(np.int64)
    assert infer_interval(ticks, np.diff(ticks), counter=False) == "MS"
    assert infer_interval(np.array([0, 5, 10, 20]), np.array([5, 5, 10]), counter=True) == "5"
