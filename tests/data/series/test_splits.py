import numpy as np
import pytest

from seqkit.data.series.splits import find_borders, target_ranges
from seqkit.errors import UsageError

HOURS = np.datetime64("2020-01-01", "ns") + np.arange(100) * np.timedelta64(1, "h")


def row(time):
    return int(np.searchsorted(HOURS, time))


def test_fractions_cut_whole_rows():
    borders = find_borders(HOURS, "0.5,0.25,0.25")

    assert [row(b) for b in (borders.validation, borders.test, borders.end)] == [50, 75, 100]


def test_counts_leave_the_rest_unused():
    borders = find_borders(HOURS, "60,20,10")

    assert [row(b) for b in (borders.validation, borders.test, borders.end)] == [60, 80, 90]


def test_dates_are_where_validation_and_test_start():
    borders = find_borders(HOURS, "2020-01-03,2020-01-04")

    assert [row(b) for b in (borders.validation, borders.test, borders.end)] == [48, 72, 100]


def test_a_third_date_ends_the_test_part():
    borders = find_borders(HOURS, "2020-01-03,2020-01-04,2020-01-04 12:00")

    assert row(borders.end) == 84


def test_a_part_may_be_one_row():
    borders = find_borders(HOURS, "60,1,1")

    assert [row(border) for border in (borders.validation, borders.test, borders.end)] == [60, 61, 62]


def test_counters_are_split_like_times():
    borders = find_borders(np.arange(10), "0.6,0.2,0.2")

    assert (borders.validation, borders.test, borders.end) == (6, 8, 10)


def test_series_are_split_at_the_same_time():
    # One series ends where the other begins: all of the first is training, all of the second comes later.
    time = np.concatenate([HOURS[:50], HOURS[50:]])
    borders = find_borders(time, "0.5,0.25,0.25")

    starts = np.array([0, 50, 100])
    assert target_ranges(time, starts, None, borders.validation).tolist() == [[0, 50], [50, 50]]
    assert target_ranges(time, starts, borders.validation, borders.test).tolist() == [[50, 50], [50, 75]]


@pytest.mark.parametrize(
    ("split", "says"),
    [
        ("0.5,0.5", "2 numbers"),
        ("0.5,0.3,0.3", "sum to 1"),
        ("0.5,0.5,0", "above 0"),
        ("90,9,9", "108 rows"),
        ("-5,50,10", "empty"),
        ("yesterday,today", "yesterday"),
        ("2020-01-03", "it has 1 date"),
        ("2019-01-01,2020-01-02", "empty"),
        ("0.001,0.499,0.5", "empty"),
    ],
)
def test_invalid_split_is_refused_with_the_reason(split, says):
    with pytest.raises(UsageError, match=says):
        find_borders(HOURS, split)


def test_dates_are_refused_without_timestamps():
    with pytest.raises(UsageError, match="no timestamps"):
        find_borders(np.arange(10), "2020-01-03,2020-01-04")
