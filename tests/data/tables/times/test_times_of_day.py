"""Times of day in a column of their own."""

from datetime import time

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.times.times_of_day import MINUTE, holds_times_of_day, read_clock, read_part


def minutes(cells) -> list[float]:
    """The times of day of a column in minutes; NaN where one is invalid."""
    ticks, good = read_clock(pd.Series(cells))
    return np.where(good, ticks / MINUTE, np.nan).tolist()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["17:24:00", "00:00:30"], [1044, 0.5]),
        (["17:24", "7:05"], [1044, 425]),
        (["18.00.00", "19.30.00"], [1080, 1170]),
        (["5 PM", "12 AM", "12:30 p.m."], [1020, 0, 750]),
        (["17h", "17h30", "8 Uhr"], [1020, 1050, 480]),
        (["HE01", "HE24", "H7"], [60, 1440, 420]),
        (["00:00-01:00", "23:00 - 24:00", "7–8"], [0, 1380, 420]),
        (["24:00", "23:59:59.5"], [1440, 1439 + 59.5 / 60]),
        ([time(17, 24), time(0, 0)], [1044, 0]),
        (pd.to_timedelta([3600, 90], unit="s"), [60, 1.5]),
        ([0, 1, 24], [0, 60, 1440]),
        (["0", "13"], [0, 780]),
        ([0, 30, 930, 2359, 2400], [0, 30, 570, 1439, 1440]),
        (["0000", "0930"], [0, 570]),
        ([17.24, 9.05], [1044, 545]),
        ([0.0, 0.3, 1.0], [0, 30, 60]),
    ],
)
def test_times_of_day_are_read(cells, expected):
    assert minutes(cells) == pytest.approx(expected)


@pytest.mark.parametrize(
    "cells",
    [
        ["24:01", "noon"],
        ["13 PM", "0 AM"],
        [-1, 25],
        [0.5, 7.5],
        [0.25, 0.75],
        ["17:60", "17:00:60"],
        ["1-2-3", "17:00-late"],
    ],
)
def test_what_is_no_time_of_day_is_invalid(cells):
    assert np.isnan(minutes(cells)).any()
    assert not np.any(np.array(minutes(cells)) == 50)


def test_a_blank_cell_is_invalid():
    assert np.isnan(minutes(["17:24", None])).tolist() == [False, True]


def test_minutes_are_below_60():
    ticks, good = read_part(pd.Series([0, 59, 60, 1.5]), MINUTE)
    assert good.tolist() == [True, True, False, False] and ticks[1] == 59 * MINUTE


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("x", ["17:24:00", "5 PM"], True),
        ("x", ["17:24", "late"], False),
        ("hr", [0, 24], True),
        ("hr", [0, 25], False),
        ("store", [1, 24], False),
        ("x", range(24), True),
        ("x", range(1, 25), False),
        ("Time", [0, 1724], True),
        ("x", [0, 1724], False),
        ("Time", [0, 1760], False),
        ("hhmm", ["0000", "0930"], True),
        ("zip", ["0000", "0930"], False),
        ("Time", [17.24, 9.05], True),
        ("price", [17.24, 9.05], False),
        ("x", pd.to_timedelta([3600, 90], unit="s"), True),
        ("time", [True, False], False),
    ],
)
def test_columns_of_times_of_day_are_recognised(name, cells, expected):
    assert holds_times_of_day(pd.Series(cells), name) == expected
