"""The common grid of all series, inferred or resampled."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check
from seqkit.errors import DataError
from tests.data.tables.frames import NAN, hourly, hours


def test_months_are_one_segment():
    table = regularise(pd.DataFrame({"Month": ["1949-01", "1949-02", "1949-03", "1949-04"], "n": [1, 2, 3, 5]}))
    assert table.interval == "MS" and table.segments.tolist() == [[0, 4]]


def test_series_need_one_interval():
    frame = pd.concat(
        [hourly(np.arange(40)).assign(unique_id="a"), hourly(np.arange(40)).iloc[::2].assign(unique_id="b")]
    )
    with pytest.raises(DataError, match=r"mixed intervals [\s\S]* --resample 2h"):
        regularise(frame.assign(y=np.arange(60)))


def test_series_may_start_at_different_minutes():
    late = hourly([1, 2, 3, 4]).assign(unique_id="b")
    late["ds"] += pd.Timedelta("7min")
    table = regularise(pd.concat([hourly([5, 6, 7, 8]).assign(unique_id="a"), late]))
    assert table.segments.tolist() == [[0, 4], [4, 8]] and table.interval == "h"


def test_one_row_needs_a_known_interval():
    with pytest.raises(DataError, match="a series needs at least two rows"):
        regularise(hourly([1.0]), target=("y",))
    known = regularise(hourly([1.0]), target=("y",), interval="h")
    assert known.segments.tolist() == [[0, 1]] and known.interval == "h"


def test_interval_mismatch_is_refused():
    with pytest.raises(DataError, match="the interval is h, expected 10min"):
        regularise(hourly([1, 2, 3, 4]), interval="10min")
    with pytest.raises(DataError, match="expected timestamps at interval h"):
        regularise(pd.DataFrame({"y": [1, 2, 3]}), interval="h")


def test_few_business_days_match_a_known_interval():
    week = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=5), "y": [1, 2, 3, 4, 6]})
    assert regularise(week).interval == "D"
    assert regularise(week, interval="B").segments.tolist() == [[0, 5]]


def test_resample_averages_bins_and_empty_bins_are_missing():
    frame = hourly([1.0, 3, 5, NAN, 10, 20, 30, 40]).drop(index=[6, 7])
    table = regularise(frame, resample="2h")
    assert table.frame["y"].tolist() == [2, 5, 15] and table.interval == "2h" and hours(table) == [0, 2, 4]
    gap = frame.drop(index=[2, 3])
    with pytest.raises(DataError, match=r"gap [\s\S]* --missing"):
        regularise(gap, resample="120min")
    assert regularise(gap, resample="2h", missing="drop").segments.tolist() == [[0, 1], [1, 2]]


def test_series_are_resampled_separately():
    frame = pd.concat([hourly([1.0, 3, 5, 7]).assign(unique_id=name) for name in "ab"])
    table = regularise(frame, resample="2h")
    assert table.frame["y"].tolist() == [2, 6, 2, 6] and table.starts.tolist() == [0, 2, 4]


def test_row_off_the_grid_is_refused_and_resample_fixes_it():
    frame = hourly(np.arange(40.0))
    frame.loc[10, "ds"] += pd.Timedelta("7min")
    with pytest.raises(DataError, match=r"off the grid +ds +1 +11 +2020-01-01 10:07"):
        regularise(frame)
    assert regularise(frame, resample="h").segments.tolist() == [[0, 40]]


def test_first_row_may_be_off_the_grid():
    frame = hourly(np.arange(40.0))
    frame.loc[0, "ds"] -= pd.Timedelta("7min")
    with pytest.raises(DataError, match=r"off the grid +ds +1 +1 +2019-12-31 23:53"):
        regularise(frame)


@pytest.mark.parametrize(("unit", "rows"), [("s", 1500), ("min", 400)])
def test_scattered_times_are_no_gaps_in_a_grid_of_seconds(unit, rows):
    generator = np.random.default_rng(0)
    offsets = np.unique(generator.integers(0, 30_000 if unit == "min" else 5_000_000, rows))
    table = pd.DataFrame({"ds": pd.Timestamp("2021-01-01") + pd.to_timedelta(offsets, unit=unit)})
    report = check(table.assign(y=generator.random(len(offsets))))
    assert [(f.kind, f.count) for f in report.blocking] == [("off the grid", len(offsets))]
    assert "--resample" in report.suggested_flags and max(fix.inserted for fix in report.fixes) < rows


def test_rows_of_which_most_are_missing_stay_on_their_grid():
    hours = np.sort(np.random.default_rng(0).choice(2000, 600, replace=False))
    table = pd.DataFrame({"ds": pd.Timestamp("2021-01-01") + pd.to_timedelta(hours, unit="h")})
    report = check(table.assign(y=np.arange(600) ** 1.5))
    assert (report.interval, [f.kind for f in report.blocking]) == ("h", ["gap"])
