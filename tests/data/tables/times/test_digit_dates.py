"""Numbers whose digits write a date or a period."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check
from seqkit.data.tables.times.digit_dates import date_format, format_width, period_format


def numbers(form: str, freq: str, periods: int = 60, start: str = "2012-11-01") -> np.ndarray:
    return pd.date_range(start, periods=periods, freq=freq).strftime(form).astype(np.int64).to_numpy()


def table(values, name: str) -> pd.DataFrame:
    return pd.DataFrame({name: values, "y": np.arange(len(values)) ** 2 % 17})


@pytest.mark.parametrize(
    ("form", "freq"), [("%Y%m%d", "D"), ("%Y%m%d%H", "h"), ("%Y%m%d%H%M", "15min"), ("%Y%m%d%H%M%S", "s")]
)
@pytest.mark.parametrize("name", ["date", "TIME", "order_date", "DateKey"])
def test_numbers_of_dates_are_times_and_no_inputs(form, freq, name):
    table_ = regularise(table(numbers(form, freq), name), target=("y",))
    assert (table_.time_column, table_.interval, list(table_.columns)) == ((name,), freq, ["y"])
    assert table_.time[0] == np.datetime64("2012-11-01")


def test_unix_time_is_no_date_with_an_hour():
    assert date_format(np.array([1.7010101e9])) is None  # 1701-01-01 01:00 would have these digits
    assert date_format(np.array([2020013124.0])) == "%Y%m%d%H" and date_format(np.array([2020013125.0])) is None


@pytest.mark.parametrize(
    ("form", "name", "expected"),
    [("%Y%m", "period", "MS"), ("%Y%j", "date", "D"), ("%G%V", "week", "W-MON"), ("%G%V", "when", "W-MON")],
)
def test_numbers_of_periods_are_times(form, name, expected):
    freq = {"%Y%m": "MS", "%Y%j": "D", "%G%V": "W-MON"}[form]
    frame = table(numbers(form, freq, 80), name)
    report = check(frame, time=(name,), target=("y",))
    assert (report.interval, report.blocking) == (expected, ())
    assert [f.kind for f in report.findings] == ["period"]


def test_numbers_of_quarters_are_times():
    quarters = [10 * year + quarter for year in (2012, 2013) for quarter in (1, 2, 3, 4)]
    report = check(table(quarters, "quarter"), target=("y",))
    assert (report.interval, report.first, report.last) == ("QS", "2012-01-01", "2013-10-01")
    assert period_format(np.array([20121.0, 20122.0]), "step") is None


@pytest.mark.parametrize("form", ["%d%m%Y", "%m%d%Y", "%y%m%d", "%d%m%y"])
@pytest.mark.parametrize("name", ["Date", "trade_date"])
def test_other_numbers_of_dates_are_asked_about(form, name):
    report = check(table(numbers(form, "D", 90), name), target=("y",))
    (finding,) = report.blocking
    assert (finding.kind, finding.remedy) == ("ambiguous date", {"time_format": form})
    assert report.fixes_all and report.interval == "D" and report.first == "2012-11-01"


def test_counters_with_a_date_name_are_not_asked_about():
    for start, step in ((1, 1), (101, 1), (10101, 1), (0, 100)):
        report = check(table(start + step * np.arange(300), "Date"), target=("y",))
        assert (report.interval, report.blocking) == (str(step), ())


def test_width_of_formats_of_digits():
    assert [format_width(form) for form in ("%d%m%Y", "%Y%j", "%y%m", "%d.%m.%Y", "week")] == [8, 7, 4, 0, 0]


@pytest.mark.parametrize("year", [2020, 2021, 2031])
def test_days_with_two_digits_of_the_year_are_no_weeks(year):
    dates = pd.date_range(f"{year}-01-01", periods=300)
    report = check(pd.DataFrame({"date": dates.strftime("%y%m%d").astype(int), "y": np.arange(300) ** 1.5}))
    assert (report.suggested_flags, report.first, report.interval) == ("--time-format %y%m%d", f"{year}-01-01", "D")
