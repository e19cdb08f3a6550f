"""The choice of the time columns, and the question if a time column cannot be read."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check
from seqkit.errors import DataError, UsageError

ROWS = 40


def table(**columns) -> pd.DataFrame:
    """Forty rows of the columns and a target."""
    return pd.DataFrame({**columns, "y": np.arange(ROWS) ** 2 % 17})


def question(frame: pd.DataFrame, **options):
    """The only finding that stops training."""
    (finding,) = check(frame, target=("y",), **options).blocking
    return finding


@pytest.mark.parametrize(
    "name",
    [
        "Period",
        "Date",
        "DATUM",
        "fecha",
        "Time (UTC)",
        "Order_Date",
        "pickup_datetime",
        "orderDate",
        "Month/Year",
        "Mês",
    ],
)
def test_unread_time_column_stops_training(name):
    frame = table(**{name: [f"{row + 1}. day of 2012" for row in range(ROWS)]})
    finding = question(frame)
    assert (finding.kind, finding.column, finding.row, finding.value) == ("unread time", name, 1, "1. day of 2012")
    assert "--time-format" in finding.message and "--time none" in finding.message
    with pytest.raises(DataError, match="unread time"):
        regularise(frame, target=("y",))


def test_column_of_dates_that_cannot_be_read_stops_training_whatever_its_name():
    finding = question(table(x=[f"at 2012-01-{row % 28 + 1:02}, measured" for row in range(ROWS)]))
    assert (finding.kind, finding.column) == ("unread time", "x")


def test_months_without_a_year_stop_training():
    names = ["Jan", "Feb", "Mar", "Apr"] * 10
    finding = question(table(month=names))
    assert (finding.kind, finding.flag) == ("unread time", "--time none")
    assert question(table(month=names[::-1][:30] + names[:10])).flag is None


@pytest.mark.parametrize(
    ("name", "cells"), [("quarter", ["Q1", "Q2", "Q3", "Q4"] * 10), ("day", ["Monday", "Tuesday"] * 20)]
)
def test_other_parts_of_times_alone_stop_training(name, cells):
    assert question(table(**{name: cells})).flag == "--time none"


@pytest.mark.parametrize(
    "columns",
    [
        {"day_type": ["weekday", "weekend"] * 20},
        {"time_of_day": ["morning", "evening"] * 20},
        {"time_zone": ["UTC+01:00"] * ROWS},
        {"tag": ["a", "b"] * 20},
        {"processing_time": np.linspace(0, 1, ROWS)},
        {"update": [f"v{row:03}" for row in range(ROWS)]},
    ],
)
def test_columns_that_are_no_times_do_not_stop_training(columns):
    assert check(table(**columns), target=("y",)).blocking == ()


def test_unread_time_column_stops_training_though_another_text_is_a_time():
    days = pd.date_range("2020", periods=ROWS).strftime("%Y-%m-%d")
    finding = question(table(Date=[f"{row + 1}. Tag 2012" for row in range(ROWS)], exported=days))
    assert finding.column == "Date" and "the time is 'exported' (--time)" in finding.message
    frame = table(month=["Jan", "Feb"] * 20, date=days)
    assert check(frame, target=("y",)).blocking == () and check(frame, target=("y",)).time == ("date",)


@pytest.mark.parametrize(
    "columns",
    [
        {"day": ["Monday", "Tuesday"] * 20, "month": ["Jan", "Feb"] * 20},
        {"year": [2020] * ROWS, "month": [1] * ROWS, "hour": np.arange(ROWS) % 24},
        {"index": np.arange(ROWS)},
    ],
)
@pytest.mark.parametrize("name", ["Unnamed: 0", "recorded_at", "order_date", "timestamp"])
def test_parts_of_times_beside_a_time_are_no_question(name, columns):
    days = pd.date_range("2020", periods=ROWS)
    cells = {"order_date": days.strftime("%Y%m%d").astype(int), "timestamp": days.as_unit("s").astype("int64")}
    report = check(table(**columns, **{name: cells.get(name, days.strftime("%Y-%m-%d"))}), target=("y",))
    assert (report.time, report.interval, report.blocking) == ((name,), "D", ())


def test_time_format_makes_a_text_the_time():
    frame = table(Period=[f"{row:03}/2012" for row in range(1, ROWS + 1)])
    report = check(frame, target=("y",), time_format="%j/%Y")
    assert (report.time, report.interval, report.blocking) == (("Period",), "D", ())


def test_repeated_months_in_order_are_counted_if_requested():
    frame = table(month=[1 + row % 12 for row in range(ROWS)])
    finding = question(frame)
    assert finding.flag == "--time none" and "its numbers repeat" in finding.message
    counted = regularise(frame, target=("y",), time=("none",))
    assert list(counted.columns) == ["month", "y"] and counted.interval == "1"


def test_repeated_months_out_of_order_have_no_flag():
    assert question(table(month=[1 + row * 5 % 12 for row in range(ROWS)])).flag is None


def test_elapsed_time_with_decimals_stops_training():
    finding = question(table(time=np.arange(ROWS) / 4))
    assert finding.flag == "--time none" and "decimals" in finding.message
    assert list(regularise(table(time=np.arange(ROWS) / 4), target=("y",), time=("none",)).columns) == ["y"]


def test_a_target_with_a_time_name_is_no_time():
    frame = pd.DataFrame({"x": np.arange(ROWS) % 7, "time": np.linspace(0, 1, ROWS) ** 2})
    assert check(frame, target=("time",)).blocking == ()


@pytest.mark.parametrize(
    ("columns", "flag", "interval"),
    [
        ({"year": 2010 + np.arange(ROWS) // 12, "month": 1 + np.arange(ROWS) % 12}, "--time year --time month", "MS"),
        ({"month": ["Jan", "Jul"] * 20, "Year": 2010 + np.arange(ROWS) // 2}, "--time Year --time month", "6MS"),
        ({"year": 2010 + np.arange(ROWS) // 4, "qtr": 1 + np.arange(ROWS) % 4}, "--time year --time qtr", "QS"),
        ({"year": [2010] * ROWS, "week": 1 + np.arange(ROWS)}, "--time year --time week", "W-MON"),
        (
            {"No": np.arange(ROWS), "year": [2013] * ROWS, "month": [3] * ROWS, "day": 8 + np.arange(ROWS) // 24}
            | {"hour": np.arange(ROWS) % 24},
            "--time year --time month --time day --time hour",
            "h",
        ),
    ],
)
def test_year_and_its_parts_are_advised_together(columns, flag, interval):
    frame = table(**columns)
    report = check(frame, target=("y",))
    assert report.blocking[0].flag == flag and report.fixes_all and report.interval == interval


@pytest.mark.parametrize(
    ("rows", "flag"), [(5, "--time year --time month --time day"), (200, "--time year --time month")]
)
def test_a_day_of_the_week_is_no_part_of_a_date(rows, flag):
    days = pd.date_range("2012-01-01", periods=rows)
    frame = pd.DataFrame(
        {"year": days.year, "month": days.month, "day": days.day_of_week + 1 if rows > 5 else days.day}
    )
    report = check(frame.assign(y=np.arange(rows) ** 2 % 17), target=("y",))
    assert report.blocking[0].flag == flag


def test_year_within_series_is_the_time():
    frame = table(country=["A"] * 20 + ["B"] * 20, year=[*range(1990, 2010)] * 2)
    report = check(frame, target=("y",))
    assert report.time == ("year",) and report.blocking[0].flag == "--id country"
    assert check(frame, target=("y",), id=("country",)).interval == "1"
    gap = check(frame.drop(index=5), target=("y",), id=("country",))
    assert [finding.kind for finding in gap.blocking] == ["gap"]


def test_dates_in_the_header_stop_training():
    months = pd.date_range("2012", periods=12, freq="MS").strftime("%Y-%m")
    frame = pd.DataFrame({"shop": list("abc"), **{month: [1, 2, 4] for month in months}})
    (finding,) = check(frame).blocking
    assert (finding.kind, finding.count, finding.value) == ("times in the header", 12, "2012-01")
    assert "up to 2012-12" in finding.message and "read it with --wide rows" in finding.message
    years = pd.DataFrame({"Country": list("abc"), **{str(year): [1, 2, 4] for year in range(1990, 2000)}})
    assert [f.kind for f in check(years).blocking] == ["times in the header"]


def test_rows_are_counted_if_requested():
    frame = table(Period=[f"{12 - row % 12}/{2020 - row // 12}" for row in range(ROWS)])
    assert regularise(frame, target=("y",)).interval == "MS"
    counted = regularise(frame, target=("y",), time=("none",))
    assert (counted.interval, counted.time.tolist(), counted.time_column) == ("1", list(range(ROWS)), ())
    assert counted.notes == ("time in 'Period': not read: --time none counts the rows in file order",)
    assert check(frame, target=("y",), time=("none",)).suggested_flags == "--time none --target y"
    assert regularise(table(), target=("y",), time=("none",)).notes == ()


def test_a_column_called_none_is_read():
    days = pd.date_range("2020", periods=ROWS).strftime("%Y-%m-%d")
    assert regularise(table(none=days), target=("y",), time=("none",)).interval == "D"
    with pytest.raises(UsageError, match="There is no column 'none' for --time"):
        regularise(table(day=days), target=("y",), time=("day", "none"))


def test_run_that_counted_rows_still_does():
    frame = table(Period=[f"{12 - row % 12}/{2020 - row // 12}" for row in range(ROWS)])
    assert regularise(frame, target=("y",), interval="1").time.tolist() == list(range(ROWS))


def test_a_thirteenth_month_of_totals_is_no_series():
    table = pd.DataFrame({"Year": np.repeat(range(2012, 2022), 13), "Month": np.tile(range(1, 14), 10)})
    report = check(table.assign(y=np.arange(130.0) ** 1.5))
    assert [(f.kind, f.value, f.count) for f in report.blocking] == [
        ("split time", None, 0),
        ("unreadable time", "2012 13", 10),
    ]
    assert report.suggested_flags == "--time Year --time Month --missing drop"
    assert report.fixes[0].kept == 120


def test_durations_are_asked_about():
    finding = question(table(elapsed=pd.to_timedelta(np.arange(ROWS), unit="h")))
    assert (finding.kind, finding.column, finding.flag) == ("unread time", "elapsed", None)
    assert "add it to the time of its start" in finding.message
