"""Times that jitter about a grid: rounded to its nearest step, with every value as it is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check
from seqkit.errors import DataError, UsageError

SECONDS = {"15min": 900, "h": 3600, "10min": 600, "min": 60, "D": 86_400, "12min": 720}


def jittered(freq: str, rows: int, most: float, *, seed: int = 0, start: str = "2023-01-01") -> pd.DataFrame:
    """Regular rows, each up to `most` seconds early or late."""
    random = np.random.default_rng(seed)
    shift = pd.to_timedelta(np.round(random.uniform(-most, most, rows) * 1000), unit="ms")
    times = pd.date_range(start, periods=rows, freq=freq)
    return pd.DataFrame({"ds": times + shift, "y": random.normal(size=rows), "exact": times}).astype({"y": float})


@pytest.mark.parametrize("freq", SECONDS)
def test_jitter_is_named_and_rounding_gives_back_the_grid(freq):
    sample = jittered(freq, 400, SECONDS[freq] / 50)
    report = check(sample[["ds", "y"]])
    (finding,) = report.blocking
    assert (finding.kind, finding.flag) == ("off the grid", f"--round {freq}")
    assert f"off a grid of {freq}; --round moves each to its nearest step" in finding.message
    table = regularise(sample[["ds", "y"]], round=freq)
    np.testing.assert_array_equal(table.time, sample["exact"].to_numpy().astype("datetime64[ns]"))
    np.testing.assert_array_equal(table.frame["y"], sample["y"])
    assert len(table.segments) == 1 and table.interval == freq


def test_jitter_below_a_second_is_named():
    shift = pd.to_timedelta(np.random.default_rng(0).integers(-9, 10, 600), unit="ms")
    times = pd.date_range("2023-01-01", periods=600, freq="100ms")
    sample = pd.DataFrame({"ds": times + shift, "y": np.arange(600) % 7})
    assert check(sample).suggested_flags == "--round 100ms"
    table = regularise(sample, round="100ms")
    np.testing.assert_array_equal(table.time, times.to_numpy().astype("datetime64[ns]"))


def test_rounding_is_noted_with_the_largest_shift():
    sample = pd.DataFrame({"ds": pd.date_range("2023-01-01", periods=5, freq="h"), "y": [1.0, 5, 2, 4, 3]})
    sample.loc[2, "ds"] -= pd.Timedelta("7min")
    (note,) = regularise(sample, round="h").notes
    assert note == (
        "rounded in 'ds': 1 row, first row 3 (2023-01-01 02:00); times are moved to the nearest step of h, by 7 min "
        "at most"
    )
    sample.loc[2, "ds"] -= pd.Timedelta("13min")
    assert any("moved by more than a quarter of h; look at" in note for note in regularise(sample, round="h").notes)


def test_rows_missing_among_jitter_are_gaps():
    sample = jittered("15min", 300, 10).drop(index=[50, 51, 200])[["ds", "y"]]
    table = regularise(sample, round="15min", missing="drop")
    assert len(table) == 297 and len(table.segments) == 3


def test_each_series_keeps_its_distance_from_the_hour():
    parts = [
        jittered("h", 50, 20, seed=seed, start=start)[["ds", "y", "exact"]].assign(unique_id=start)
        for seed, start in enumerate(("2023-01-01 00:00", "2023-01-01 00:25", "2023-01-01 00:40"))
    ]
    sample = pd.concat(parts, ignore_index=True)
    assert check(sample[["unique_id", "ds", "y"]], target=("y",)).suggested_flags == "--target y --round h"
    table = regularise(sample[["unique_id", "ds", "y"]], round="h")
    np.testing.assert_array_equal(table.time, sample["exact"].to_numpy().astype("datetime64[ns]"))


def test_months_that_begin_on_a_working_day_can_be_rounded_to_months():
    days = pd.to_datetime(["2023-01-02", "2023-02-01", "2023-03-01", "2023-04-03", "2023-05-02", "2023-06-01"])
    table = regularise(pd.DataFrame({"ds": days, "y": [1, 3, 2, 5, 4, 6]}), round="MS")
    assert [str(time)[:10] for time in table.time] == [f"2023-{month:02}-01" for month in range(1, 7)]


def test_month_ends_moved_by_a_holiday_are_rounded_to_business_month_ends():
    days = pd.date_range("2020-01-31", periods=60, freq="BME").to_series()
    days.iloc[[4, 15, 27]] -= pd.Timedelta("1D")
    days.iloc[4] -= pd.Timedelta("2D")
    sample = pd.DataFrame({"ds": days.to_numpy(), "y": np.arange(60) % 7})
    assert check(sample).suggested_flags == "--round BME"
    table = regularise(sample, round="BME")
    expected = pd.date_range("2020-01-31", periods=60, freq="BME").to_numpy().astype("datetime64[ns]")
    np.testing.assert_array_equal(table.time, expected)


def test_counters_are_rounded():
    sample = pd.DataFrame({"time": [0, 101, 199, 300, 402, 500], "y": [1, 2, 4, 3, 5, 6]})
    assert check(sample, time=("time",), target=("y",)).suggested_flags.endswith("--round 100")
    assert regularise(sample, time=("time",), target=("y",), round="100").time.tolist() == [0, 100, 200, 300, 400, 500]


def test_two_rows_of_one_step_are_duplicates():
    sample = pd.DataFrame({"ds": pd.date_range("2023-01-01", periods=20, freq="h"), "y": np.arange(20.0)})
    sample.loc[7, "ds"] -= pd.Timedelta("58min")
    with pytest.raises(DataError, match="duplicate time"):
        regularise(sample, round="h")


def test_stray_row_among_jitter_does_not_prevent_rounding():
    sample = jittered("15min", 1000, 3)[["ds", "y"]]
    stray = pd.DataFrame({"ds": [pd.Timestamp("2023-01-04 12:07:30")], "y": [9.0]})
    report = check(pd.concat([sample, stray]).sort_values("ds", ignore_index=True))
    assert report.suggested_flags == "--duplicates mean --round 15min"
    assert (report.fixes[0].kept, report.fixes[0].averaged, report.fixes[0].inserted) == (999, 2, 0)


def test_rounding_that_does_not_fit_is_refused():
    sample = pd.DataFrame({"ds": pd.date_range("2023-01-01", periods=20, freq="h"), "y": np.arange(20.0)})
    with pytest.raises(UsageError, match="--round 5 does not fit: the times are timestamps"):
        regularise(sample, round="5")
    with pytest.raises(UsageError, match="--round B has no place for rows on a weekend"):
        regularise(sample, round="B")
    with pytest.raises(UsageError, match="--round cannot be used"):
        regularise(sample, round="hour")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["15min", "h", "D"]), st.integers(0, 86_399), st.integers(0, 99), st.floats(0, 0.2), st.booleans()
)
def test_rounding_jitter_changes_no_value_and_moves_no_row_to_another_step(freq, start, seed, jitter, several):
    begin = str(pd.Timestamp("2023-01-01") + pd.Timedelta(seconds=start))
    sample = jittered(freq, 60, jitter * SECONDS[freq], seed=seed, start=begin)
    if several:
        sample = pd.concat([sample.assign(unique_id="b"), sample.assign(unique_id="a", y=-sample["y"])])
    columns = ["ds", "y", *(["unique_id"] if several else [])]
    table = regularise(sample[columns], round=freq)
    ordered = sample.sort_values(["unique_id", "exact"]) if several else sample
    np.testing.assert_array_equal(table.frame["y"], ordered["y"])
    assert len(table.segments) == 1 + several
    shift = np.abs(table.time - ordered["ds"].to_numpy().astype("datetime64[ns]"))
    assert shift.max() <= np.timedelta64(SECONDS[freq], "s") / 2
