"""Parsing of timestamps: common formats, separate columns for date and hour, counters, Unix time."""

import re
import time

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.findings import Choices
from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check
from seqkit.data.tables.times.formats import formats
from seqkit.data.tables.times.reading import read_times, time_candidates
from seqkit.errors import DataError, UsageError


def read(cells, **choices) -> list[str]:
    """The times of one column of cells, as text."""
    times = read_times(pd.DataFrame({"ds": cells}), ("ds",), Choices(**choices))
    assert not times.counter
    stamps = times.ticks.view("datetime64[ns]").astype("datetime64[ms]").astype(str)
    return [s.removesuffix(".000").removesuffix(":00").removesuffix("T00:00") for s in stamps.tolist()]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1949-01", "1949-02"], ["1949-01-01", "1949-02-01"]),
        (["2020-01-31", "2020-02-01"], ["2020-01-31", "2020-02-01"]),
        (["2020-01-31 23:50", "2020-02-01T00:00:00"], ["2020-01-31T23:50", "2020-02-01"]),
        (["2020-01-31 23:50:00.250", "2020-02-01"], ["2020-01-31T23:50:00.250", "2020-02-01"]),
        (["2020/1/31", "2020/2/1"], ["2020-01-31", "2020-02-01"]),
        (["01.02.2009 00:10:00", "13.02.2009 00:20:00"], ["2009-02-01T00:10", "2009-02-13T00:20"]),
        (["01.02.2009", "03.02.2009"], ["2009-02-01", "2009-02-03"]),
        (["1/1/11", "1/13/11"], ["2011-01-01", "2011-01-13"]),
        (["1/1/11", "13/1/11"], ["2011-01-01", "2011-01-13"]),
        (["1/1/2011 12:30 AM", "1/31/2011 1:30 PM"], ["2011-01-01T00:30", "2011-01-31T13:30"]),
        (["20200131", "20200201"], ["2020-01-31", "2020-02-01"]),
        (["01/2012", "12/2012"], ["2012-01-01", "2012-12-01"]),
        (["1/2012", "12/2012"], ["2012-01-01", "2012-12-01"]),
        (["2012/01", "2012/12"], ["2012-01-01", "2012-12-01"]),
        (["2012-1", "2012-12"], ["2012-01-01", "2012-12-01"]),
        (["2012M01", "2012M12"], ["2012-01-01", "2012-12-01"]),
        (["2012-M1", "2012-M12"], ["2012-01-01", "2012-12-01"]),
        (["M01 2012", "M12 2012"], ["2012-01-01", "2012-12-01"]),
        (["201201", "201212"], ["2012-01-01", "2012-12-01"]),
        (["Jan-12", "Dec-12"], ["2012-01-01", "2012-12-01"]),
        (["JAN-49", "DEC-60"], ["1949-01-01", "1960-12-01"]),
        (["2012 JAN", "2012 DEC"], ["2012-01-01", "2012-12-01"]),
        (["2012H1", "2012-H2"], ["2012-01-01", "2012-07-01"]),
        (["2012-S1", "H2 2012"], ["2012-01-01", "2012-07-01"]),
        (["1Q2012", "4Q2012"], ["2012-01-01", "2012-10-01"]),
        (["Q1-2012", "q4/2012"], ["2012-01-01", "2012-10-01"]),
        (["2012W05", "2012W06"], ["2012-01-30", "2012-02-06"]),
        (["KW 5/2012", "W6 2012"], ["2012-01-30", "2012-02-06"]),
        (["2020-01-01 23:00", "2020-01-01 24:00"], ["2020-01-01T23:00", "2020-01-02"]),
        (["2020-12-31T23:00Z", "2020-12-31T24:00:00Z"], ["2020-12-31T23:00", "2021-01-01"]),
        (["31.12.2020 23:00", "31.12.2020 24:00"], ["2020-12-31T23:00", "2021-01-01"]),
        (["28/02/2020 23:00:00", "28/02/2020 24:00:00"], ["2020-02-28T23:00", "2020-02-29"]),
        (["202012312300", "202012312400"], ["2020-12-31T23:00", "2021-01-01"]),
        (["2020-01-01T23", "2020-01-01T24"], ["2020-01-01T23:00", "2020-01-02"]),
        (["Jan 23", "Jan 24"], ["2023-01-01", "2024-01-01"]),
        (["2020Q1", "2020-Q4"], ["2020-01-01", "2020-10-01"]),
        (["Q1 2020", "Q2 2020"], ["2020-01-01", "2020-04-01"]),
        (["2020-W01", "2020-W53"], ["2019-12-30", "2020-12-28"]),
        (["Jan 2020", "Feb 2020"], ["2020-01-01", "2020-02-01"]),
        (["31-Dec-20", "01-Jan-21"], ["2020-12-31", "2021-01-01"]),
        (["2020-01-01T00:00+01:00", "2020-01-01T00:00+02:00"], ["2019-12-31T23:00", "2019-12-31T22:00"]),
        (["2020-01-01T00:00Z", "2020-01-01T01:00Z"], ["2020-01-01", "2020-01-01T01:00"]),
        ([20200131, 20200201], ["2020-01-31", "2020-02-01"]),
        (pd.PeriodIndex(["2020-01", "2020-02"], freq="M"), ["2020-01-01", "2020-02-01"]),
        (pd.date_range("2020", periods=2, tz="Asia/Seoul"), ["2019-12-31T15:00", "2020-01-01T15:00"]),
    ],
)
def test_common_formats_are_read(cells, expected):
    assert read(cells) == expected


@pytest.mark.parametrize("cell", ["2020-01-01 24:30", "2020-01-01 25:00", "2012M13", "0/2012", "2012W54", "2012Q5"])
def test_impossible_hours_and_periods_are_unreadable(cell):
    usual = {"2020": "2020-01-01 00:00", "2012": "2012" + cell[4:5] + "01", "0/20": "1/2012"}[cell[:4]]
    times = read_times(pd.DataFrame({"ds": [usual.replace("Q01", "Q1"), cell]}), ("ds",), Choices())
    assert times.absent.tolist() == [False, True]


def test_hour_24_in_a_given_format():
    assert read(["31.12.2020 24:00"], time_format="%d.%m.%Y %H:%M") == ["2021-01-01"]
    assert read([2020123124], time_format="%Y%m%d%H") == ["2021-01-01"]


def test_hour_24_is_told():
    times = read_times(pd.DataFrame({"ds": ["2020-01-01 23:00", "2020-01-01 24:00"]}), ("ds",), Choices())
    (finding,) = times.findings
    assert str(finding) == ("hour 24 in 'ds': 1 row, first row 2 (2020-01-02); 24:00 is read as 00:00 of the next day")


@pytest.mark.parametrize("separator", ["/", "-", "."])
def test_nonexistent_day_is_not_read_as_another_day(separator):
    cells = [f"{day}{separator}04{separator}2020" for day in ("29", "30", "31")]
    times = read_times(pd.DataFrame({"ds": cells}), ("ds",), Choices())
    (finding,) = times.findings
    assert (finding.kind, finding.row, finding.count, finding.value) == ("unreadable time", 3, 1, cells[2])
    assert times.absent.tolist() == [False, False, True]


def test_time_format_is_applied():
    assert read(["03-02-01"], time_format="%y-%d-%m") == ["2003-01-02"]
    assert read(["2020 060"], time_format="%Y %j") == ["2020-02-29"]
    assert read([2020013123], time_format="%Y%m%d%H") == ["2020-01-31T23:00"]
    with pytest.raises(UsageError, match="--time-format '%Q' cannot be used"):
        read(["1"], time_format="%Q")


@pytest.mark.parametrize(("unit", "factor"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
def test_unix_time_is_read_when_requested(unit, factor):
    assert read([1_577_836_800 * factor, 1_577_836_860 * factor], time_format=unit) == [
        "2020-01-01",
        "2020-01-01T00:01",
    ]


def test_unix_time_with_decimals():
    assert read([1_577_836_800.25], time_format="s") == ["2020-01-01T00:00:00.250"]


@pytest.mark.parametrize("factor", [1, 10**3, 10**6, 10**9])
def test_unix_time_is_recognised_by_its_size(factor):
    stamps = [factor * second for second in range(1_577_836_800, 1_577_840_400, 600)]
    table = regularise(pd.DataFrame({"timestamp": stamps, "y": [1, 2, 3, 4, 5, 7]}))
    assert table.interval == "10min" and table.time[0] == np.datetime64("2020-01-01") and table.utc
    assert any("read as Unix time" in note for note in table.notes)


def test_unix_time_with_decimals_is_recognised():
    frame = pd.DataFrame({"time": [1_577_836_800.5, 1_577_836_801.0, 1_577_836_801.5], "y": [1, 2, 4]})
    assert regularise(frame, target=("y",)).interval == "500ms"


def test_run_that_was_trained_on_counters_still_reads_them():
    frame = pd.DataFrame({"time": range(1_577_836_800, 1_577_840_400, 600), "y": [1, 2, 3, 4, 5, 7]})
    assert regularise(frame, interval="600").time.dtype == np.int64
    months = pd.DataFrame({"month": range(201201, 201207), "y": [1, 2, 3, 4, 5, 7]})
    assert regularise(months, interval="1").time.dtype == np.int64


def test_spreadsheet_days_are_asked_about():
    frame = pd.DataFrame({"Date": [42370, 42401, 42430], "y": [1, 2, 4]})
    with pytest.raises(DataError) as error:
        regularise(frame)
    assert re.search(r"spreadsheet days +Date +3 +42370 +looks like .* \(2016-01-01\)", str(error.value))
    assert "--time-format excel" in str(error.value)
    table = regularise(frame, time_format="excel")
    assert table.interval == "MS" and table.time[-1] == np.datetime64("2016-03-01")


@pytest.mark.parametrize(
    ("cells", "form", "expected"),
    [
        ([42370.041666666664, 42370.99999], "excel", ["2016-01-01T01:00", "2016-01-01T23:59:59"]),
        ([1, 59, 61], "excel", ["1900-01-01", "1900-02-28", "1900-03-01"]),
        ([40908, 40909.5], "excel1904", ["2016-01-01", "2016-01-02T12:00"]),
    ],
)
def test_spreadsheet_days_are_read_when_requested(cells, form, expected):
    assert read(cells, time_format=form) == expected


def test_spreadsheet_day_that_never_was_is_unreadable():
    times = read_times(pd.DataFrame({"ds": [59, 60, 61]}), ("ds",), Choices(time_format="excel"))
    assert [(f.kind, f.row, f.value) for f in times.findings] == [("unreadable time", 2, "60")]
    assert times.absent.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("month", [201211, 201212, 201301], ["2012-11-01", "2012-12-01", "2013-01-01"]),
        ("period", [201201, 201202], ["2012-01-01", "2012-02-01"]),
        ("when", [201212, 201301], ["2012-12-01", "2013-01-01"]),
        ("week", [201252, 201301], ["2012-12-24", "2012-12-31"]),
        ("yearweek", [201553, 201601], ["2015-12-28", "2016-01-04"]),
    ],
)
def test_whole_numbers_of_months_and_weeks_are_no_counters(name, cells, expected):
    times = read_times(pd.DataFrame({name: cells}), (name,), Choices())
    assert times.ticks.view("datetime64[ns]").astype("datetime64[D]").astype(str).tolist() == expected
    (finding,) = times.findings
    assert "whole numbers are read as" in finding.message and not finding.blocking


@pytest.mark.parametrize(
    ("name", "cells"), [("step", [201201, 201202]), ("month", [201212, 201213]), ("month", [5, 6])]
)
def test_other_whole_numbers_are_counters(name, cells):
    assert read_times(pd.DataFrame({name: cells}), (name,), Choices()).counter


def test_numbers_that_are_weeks_or_months_are_asked_about():
    frame = pd.DataFrame({"week": range(201201, 201211), "y": np.arange(10)})
    with pytest.raises(
        DataError, match=r"ambiguous date +week +201201 +could be a week or a month(.|\n)*--time-format week"
    ):
        regularise(frame)
    assert regularise(frame, time_format="week").interval == "W-MON"
    assert regularise(frame, time_format="%Y%m").interval == "MS"


def test_decimals_of_year_and_month_need_a_format():
    frame = pd.DataFrame({"month": [2012.09, 2012.1, 2012.11], "y": [1, 2, 4]})
    with pytest.raises(UsageError, match=r"--time-format %Y\.%m, or count the rows"):
        read_times(frame, ("month",), Choices())
    assert read([2012.09, 2012.1], time_format="%Y.%m") == ["2012-09-01", "2012-10-01"]


def test_ambiguous_dates_are_refused():
    cells = [f"{day}/{month}/2020" for month in (3, 4) for day in range(1, 13)]
    frame = pd.DataFrame({"ds": cells, "y": np.arange(24)})
    with pytest.raises(DataError) as error:
        regularise(frame, missing="drop")
    assert "1/3/2020" in str(error.value) and "2020-03-01 or 2020-01-03" in str(error.value)
    assert "--time-format %d/%m/%Y" in str(error.value)
    assert regularise(frame, missing="drop", time_format="%d/%m/%Y").interval == "D"
    assert regularise(frame, missing="drop", time_format="%m/%d/%Y").time[1] == np.datetime64("2020-01-04")


def test_dates_with_equal_day_and_month_are_not_ambiguous():
    assert read(["1/1/2020", "2/2/2020"]) == ["2020-01-01", "2020-02-02"]


def test_date_and_hour_in_two_columns():
    frame = pd.DataFrame({"dteday": ["1/1/11", "1/1/11", "1/13/11"], "hr": [0, 23, 5]})
    times = read_times(frame, ("dteday", "hr"), Choices())
    assert times.ticks.view("datetime64[ns]").astype("datetime64[h]").astype(str).tolist() == [
        "2011-01-01T00",
        "2011-01-01T23",
        "2011-01-13T05",
    ]


def test_date_and_time_of_day_in_two_columns():
    frame = pd.DataFrame({"Date": ["16/12/2006", "16/12/2006"], "Time": ["17:24", "23:59:30"]})
    times = read_times(frame, ("Date", "Time"), Choices())
    assert times.ticks.view("datetime64[ns]").astype("datetime64[s]").astype(str).tolist() == [
        "2006-12-16T17:24:00",
        "2006-12-16T23:59:30",
    ]


def test_year_month_day_and_hour_in_columns():
    frame = pd.DataFrame({"year": [2020, 2020], "month": [2, 2], "day": [29, 30], "hour": [23, 0]})
    times = read_times(frame, ("year", "month", "day", "hour"), Choices())
    assert times.ticks[:1].view("datetime64[ns]")[0] == np.datetime64("2020-02-29T23")
    (finding,) = times.findings
    assert (finding.row, finding.value) == (2, "2020 2 30 0")


def test_hours_that_end_with_24_are_clock_times_of_the_ends_of_hours():
    frame = pd.DataFrame({"d": ["2020-01-01"] * 24 + ["2020-01-02"], "h": [*range(1, 25), 1], "y": np.arange(25)})
    table = regularise(frame, time=("d", "h"), target=("y",))
    assert (table.interval, len(table.segments)) == ("h", 1)
    assert table.time[[0, -2, -1]].astype("datetime64[h]").astype(str).tolist() == [
        "2020-01-01T01",
        "2020-01-02T00",
        "2020-01-02T01",
    ]
    assert (
        "hour 24 in 'd + h': 1 row, first row 24 (2020-01-02); hour 24 is read as 00:00 of the next day" in table.notes
    )


def test_hour_25_is_reported():
    frame = pd.DataFrame({"d": ["2020-01-01"] * 3, "h": [22, 23, 25], "y": [1, 2, 3]})
    with pytest.raises(DataError, match=r"unreadable time +d \+ h +1 +3 +2020-01-01 25 +hours range from 0 to 24"):
        regularise(frame, time=("d", "h"), target=("y",))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"year": [2020, 2021], "month": ["Jan", "December"]}, ["2020-01-01T00", "2021-12-01T00"]),
        ({"month": [1, 12], "year": [2020, 2021]}, ["2020-01-01T00", "2021-12-01T00"]),
        ({"year": [2020, 2021], "quarter": [1, 4]}, ["2020-01-01T00", "2021-10-01T00"]),
        ({"year": [2020, 2021], "week": [53, 1]}, ["2020-12-28T00", "2021-01-04T00"]),
        (
            {"year": [2020, 2020], "month": [2, 2], "day": [28, 29], "hour": [24, 23]},
            ["2020-02-29T00", "2020-02-29T23"],
        ),
        ({"date": [20200131, 20200131], "hour": [0, 23]}, ["2020-01-31T00", "2020-01-31T23"]),
        ({"date": ["2020-01-31"] * 2, "hhmm": [30, 2359]}, ["2020-01-31T00", "2020-01-31T23"]),
    ],
)
def test_parts_of_times_in_columns(columns, expected):
    times = read_times(pd.DataFrame(columns), tuple(columns), Choices())
    assert times.ticks.view("datetime64[ns]").astype("datetime64[h]").astype(str).tolist() == expected


def test_unreadable_time_is_reported_with_its_row():
    frame = pd.DataFrame({"ds": ["2020-01-01", "2020-01-02", "soon", "", "2020-01-05"], "y": [1, 2, 3, 4, 5]})
    with pytest.raises(DataError) as error:
        regularise(frame)
    assert "unreadable time" in str(error.value) and "soon" in str(error.value)
    assert "missing time" in str(error.value)
    table = regularise(frame, missing="drop")
    assert table.frame["y"].tolist() == [1, 2, 5]
    np.testing.assert_array_equal(table.segments, [[0, 2], [2, 3]])


def test_rows_that_all_lack_a_time_are_not_dropped():
    frame = pd.DataFrame({"ds": ["", None, "soon"], "y": [1, 2, 4]})
    with pytest.raises(DataError, match="missing time"):
        regularise(frame, time=("ds",), missing="drop")


@pytest.mark.parametrize("values", [[1e300, np.inf, 3.0], [-9223372036854776833.0, np.nan, 1.0], [0.5, 1e17, 5.0]])
@pytest.mark.parametrize("name", ["Date", "time", "week"])
def test_numbers_that_are_far_from_times_are_reported_or_refused(name, values):
    frame = pd.DataFrame({name: values, "y": [1, 2, 4]})
    for options in ({}, {"time": (name,)}, {"time": (name,), "time_format": "week"}):
        with pytest.raises((DataError, UsageError)):
            regularise(frame, target=("y",), **options)


def test_time_without_an_offset_among_times_with_one_is_reported():
    cells = ["2020-01-01T00:00+01:00", "2020-01-01T01:00+01:00", "2020-01-01T02:00", "2020-01-01T03:00+01:00"]
    with pytest.raises(DataError, match=r"2020-01-01T02:00 +most times have a UTC offset, this one does not"):
        regularise(pd.DataFrame({"ds": cells, "y": [1, 2, 3, 5]}))


def test_column_without_times_suggests_a_time_format():
    with pytest.raises(DataError, match="--time-format, such as"):
        regularise(pd.DataFrame({"when": ["first", "second"], "y": [1, 2]}), time=("when",))
    with pytest.raises(UsageError, match="it contains decimals"):
        regularise(pd.DataFrame({"when": [0.5, 1.5], "y": [1, 2]}), time=("when",), target=("y",))


def test_month_names_of_an_unknown_language_are_not_mended_by_filling():
    cells = [f"{name}-{year}" for year in (2012, 2013) for name in ("Jan", "Şub", "Mar", "Nis", "May", "Jun")]
    report = check(pd.DataFrame({"ds": cells, "y": np.arange(12.0) ** 2}))
    assert (report.blocking[0].kind, report.blocking[0].value, report.blocking[0].flag) == (
        ("unreadable time", "Şub-2012", None)
    )
    assert "not a known name of a month; write the months of this column as numbers" in report.text()
    assert "No flag fixes the times: correct them in the file first" in report.text()
    assert "ffill" not in report.text()


def test_times_beyond_the_range_of_nanoseconds_are_reported():
    with pytest.raises(DataError, match=r"0001-01-01.*years 1678 and 2261"):
        regularise(pd.DataFrame({"ds": np.array(["0001-01-01", "2020-01-01", "2020-01-02"], "M8[s]"), "y": [1, 2, 3]}))


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"x": [1, 2], "Date Time": ["01.01.2009 00:10:00", "01.01.2009 00:20:00"]}, "Date Time"),
        ({"created": pd.date_range("2020", periods=2), "ds": ["2020-01-01", "2020-01-02"]}, "ds"),
        ({"a": ["x", "y"], "measured at": ["2020-01-01", "2020-01-02"]}, "measured at"),
        ({"Month": ["1949-01", "1949-02"], "n": [1, 2]}, "Month"),
        ({"year": [1949, 1950], "n": [1, 2]}, "year"),
        ({"time": [0, 10], "n": [1, 2]}, "time"),
        ({"time": [0.5, 1.5], "n": [1, 2]}, None),
        ({"month": [1, 2] * 20, "n": range(40)}, None),
        ({"n": [1, 2], "name": ["1.5.2", "x"]}, None),
    ],
)
def test_time_column_is_found_by_name_type_and_cells(columns, found):
    assert time_candidates(pd.DataFrame(columns))[:1] == ((found,) if found else ())


def test_very_long_cell_is_rejected_as_a_time_quickly():
    cells = ["2015-01", "1" * 100_000, "2015-03"]
    began = time.process_time()
    assert formats(cells) == ["ISO"]
    assert formats(cells[1:2] * 3) == []
    assert time.process_time() - began < 1


@pytest.mark.parametrize(("value", "form"), [(2.0**63, None), (-1e19, None), (1e10, "s"), (2.0**63, "ns")])
def test_a_number_that_is_too_large_for_a_time_is_refused_with_its_row(value, form):
    frame = pd.DataFrame({"time": [1.0, value], "y": [1, 2]})
    with pytest.raises(
        DataError,
        match=rf"^The column 'time' contains {re.escape(f'{value:g}')} in row 2, which is too large for a time\.",
    ):
        read_times(frame, ("time",), Choices(time_format=form))


@pytest.mark.parametrize(
    "form", ["date32[day][pyarrow]", "timestamp[s, UTC][pyarrow]", "timestamp[ms, Asia/Tokyo][pyarrow]"]
)
def test_arrow_times_are_read(form):
    days = pd.Series(pd.date_range("2020-01-01", periods=3, tz=None if "date" in form else form[13:-10].strip("] ")))
    cells = (days.dt.date if "date" in form else days).astype(form)
    report = check(pd.DataFrame({"ds": cells, "y": [1, 2, 4]}))
    assert (report.first[:10], report.last[:10], report.interval) == ("2020-01-01", "2020-01-03", "D")
