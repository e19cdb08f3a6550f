"""Texts and numbers of times: whatever format they are written in, the same times are read."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seqkit.data.tables.findings import Choices
from seqkit.data.tables.times.reading import read_times, time_candidates

CLOCKS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%Y%m%d%H%M%S")
CLOCKS += ("%d %b %Y %H:%M:%S", "%b %d, %Y %I:%M:%S %p", "%d-%b-%Y %H:%M:%S", "%d%b%Y:%H:%M:%S", "%d.%m.%Y, %H:%M:%S")
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%y", "%d%b%Y")
MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%m-%Y", "%m.%Y", "%YM%m", "%Y-M%m", "%Y%m", "%b %Y", "%b-%y", "%Y %b", "%B %Y")
ORDERED = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%y", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p")
UNIX = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


@st.composite
def regular_times(draw, frequencies, low="1950-01-01", high="2030-01-01") -> pd.DatetimeIndex:
    """Regular times of one of the frequencies."""
    start = draw(st.datetimes(pd.Timestamp(low).to_pydatetime(), pd.Timestamp(high).to_pydatetime()))
    freq = draw(st.sampled_from(frequencies))
    start = pd.Timestamp(start).floor("s" if freq in ("s", "min", "15min", "h") else "D")
    return pd.date_range(start, periods=draw(st.integers(2, 40)), freq=freq).as_unit("ns")


def assert_read(cells, times: pd.DatetimeIndex, name: str = "date", **choices) -> None:
    frame = pd.DataFrame({name: cells})
    read = read_times(frame, (name,), Choices(**choices))
    assert not read.counter and read.absent is None and not any(f.blocking for f in read.findings)
    np.testing.assert_array_equal(read.ticks, times.asi8)
    if "time_format" not in choices:
        assert time_candidates(frame) == (name,)


@given(st.data())
@settings(deadline=None)
def test_times_are_read_from_texts(data):
    forms, frequencies = data.draw(
        st.sampled_from(
            [
                (CLOCKS, ("s", "min", "15min", "h", "D", "MS")),
                (DATES, ("D", "W", "MS", "YS")),
                (MONTHS, ("MS", "QS", "YS")),
            ]
        )
    )
    times = data.draw(regular_times(frequencies))
    form = data.draw(st.sampled_from(forms))
    assume("%y" not in form or times[-1].year < 2040)
    assert_read(times.strftime(form), times)
    assert_read(times.strftime(form), times, time_format={"%YM%m": "month", "%Y-M%m": "month"}.get(form, form))


@given(st.data())
@settings(deadline=None)
def test_times_are_read_whatever_the_order_of_day_and_month(data):
    form = data.draw(st.sampled_from(ORDERED))
    times = data.draw(regular_times(("h", "D") if "%S" in form else ("D",)))
    if not data.draw(st.booleans()):
        assert_read(times.strftime(form), times, time_format=form)
        return
    assume(times.day.max() > 12)
    assert_read(times.strftime(form), times)


@given(
    regular_times(("QS", "2QS")),
    st.sampled_from(["{y}Q{q}", "{y}-Q{q}", "{y} q{q}", "Q{q} {y}", "Q{q}/{y}", "{q}Q{y}"]),
)
@settings(deadline=None)
def test_quarters_are_read(times, form):
    assert_read([form.format(y=t.year, q=t.quarter) for t in times], times)


@given(regular_times(("W-MON",)), st.sampled_from(["{}W{:02}", "{}-W{:02}", "{} W{}", "KW {1}/{0}", "week {1} {0}"]))
@settings(deadline=None)
def test_weeks_are_read(times, form):
    assert_read([form.format(*t.isocalendar()[:2]) for t in times], times)


@given(regular_times(("W-MON",)))
@settings(deadline=None)
def test_numbers_of_weeks_are_read(times):
    numbers = [100 * year + week for year, week, _ in (t.isocalendar() for t in times)]
    assert_read(numbers, times, "week", time_format="week")
    if max(number % 100 for number in numbers) > 12:
        assert_read(numbers, times, "week")


@given(regular_times(("MS",)))
@settings(deadline=None)
def test_numbers_of_months_and_days_are_read(times):
    assert_read(times.strftime("%Y%m").astype(int), times, "month")
    assert_read(times.strftime("%Y%m%d").astype(int), times)


@given(regular_times(("s", "min", "h", "D"), "2002-01-01"), st.sampled_from(list(UNIX)), st.booleans())
@settings(deadline=None)
def test_unix_time_is_read(times, unit, decimals):
    numbers = times.asi8 / UNIX[unit] if decimals and unit == "s" else times.asi8 // UNIX[unit]
    assert_read(numbers, times, "timestamp")
    assert_read(numbers, times, "timestamp", time_format=unit)


@given(
    regular_times(("s", "min", "h", "D", "MS")), st.sampled_from([("excel", "1899-12-30"), ("excel1904", "1904-01-01")])
)
@settings(deadline=None)
def test_days_of_a_spreadsheet_are_read(times, calendar):
    form, start = calendar
    assert_read((times - pd.Timestamp(start)) / pd.Timedelta("1D"), times, time_format=form)


@given(regular_times(("h", "30min", "10min")), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y"]), st.sampled_from("T "))
@settings(deadline=None)
def test_midnight_is_read_as_hour_24_too(times, date, gap):
    times = times.floor("10min")
    times = pd.date_range(times[0], periods=len(times), freq=times[1] - times[0] if times[1] > times[0] else "10min")
    is_midnight = (times.hour == 0) & (times.minute == 0)
    gap = " " if "." in date else gap
    days = (times - pd.to_timedelta(is_midnight.astype(int), unit="D")).strftime(date)
    clocks = np.where(is_midnight, "24:00", times.strftime("%H:%M"))
    assert_read([f"{day}{gap}{clock}" for day, clock in zip(days, clocks, strict=True)], times.as_unit("ns"))
    frame = pd.DataFrame({"day": days, "clock": clocks})
    np.testing.assert_array_equal(read_times(frame, ("day", "clock"), Choices()).ticks, times.as_unit("ns").asi8)


@pytest.mark.parametrize("freq", ["MS", "D", "h"])
@given(data=st.data())
@settings(deadline=None)
def test_parts_of_times_are_read(freq, data):
    times = data.draw(regular_times((freq,)))
    names = ("year", "month", "day", "hour", "minute", "second")[: {"MS": 2, "D": 3, "h": 6}[freq]]
    frame = pd.DataFrame({name: getattr(times, name) for name in names})
    np.testing.assert_array_equal(read_times(frame, names, Choices()).ticks, times.asi8)
