"""Sessions: rows in some hours of the week only, with regular gaps between them; pandas is the reference."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.data.tables.intervals import future_times, parse_interval, plain_interval
from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check
from seqkit.data.tables.sessions import DAY, WEEK, describe_slots, session_slots
from seqkit.errors import DataError, UsageError

MINUTE = DAY // 1440


def in_sessions(
    *hours: tuple[str, str], freq: str = "30min", days: str = "1111100", weeks: int = 6
) -> pd.DatetimeIndex:
    """The times of whole weeks from Monday 2022-01-03 that are within the hours, both ends included."""
    end = pd.Timestamp("2022-01-03") + pd.Timedelta(days=7 * weeks)
    times = pd.date_range("2022-01-03", end, freq=freq, inclusive="left")
    clock = times.strftime("%H:%M")
    within = np.logical_or.reduce([(clock >= first) & (clock <= last) for first, last in hours])
    return times[within & np.array([days[day] == "1" for day in times.day_of_week])]


def frame(times) -> pd.DataFrame:
    return pd.DataFrame({"ds": times, "y": np.random.default_rng(0).normal(size=len(times))})


CASES = {
    "Mon-Fri 09:30-15:30": (in_sessions(("09:30", "15:30")), "30min"),
    "Mon-Fri 09:00-11:30 13:00-15:00": (in_sessions(("09:00", "11:30"), ("13:00", "15:00")), "30min"),
    "Mon-Sun 06:00-22:00": (in_sessions(("06:00", "22:00"), days="1111111", freq="h"), "h"),
    "Mon-Fri": (in_sessions(("00:00", "23:50"), freq="10min"), "10min"),
    "Mon-Sat": (in_sessions(("00:00", "00:00"), freq="D", days="1111110"), "D"),
    "Tue,Thu-Sun": (in_sessions(("00:00", "00:00"), freq="D", days="0101111", weeks=20), "D"),
    "Mon-Sun 00:00-04:00 20:00-23:00": (
        in_sessions(("00:00", "04:00"), ("20:00", "23:00"), freq="h", days="1" * 7),
        "h",
    ),
}


@pytest.mark.parametrize("sessions", CASES)
def test_regular_gaps_are_named_and_sessions_make_one_series(sessions):
    times, interval = CASES[sessions]
    report = check(frame(times))
    (finding,) = report.blocking
    assert (finding.kind, finding.remedy) == ("regular gaps", {"sessions": sessions})
    table = regularise(frame(times), sessions=sessions)
    assert table.interval == f"{interval}[{sessions}]" and table.segments.tolist() == [[0, len(times)]]
    known, ahead = times[: len(times) // 2], times[len(times) // 2 :]
    future = future_times(known[-1].to_datetime64().astype("M8[ns]"), table.interval, np.arange(1, len(ahead) + 1))
    np.testing.assert_array_equal(future, ahead.to_numpy().astype("datetime64[ns]"))


def test_weeks_with_two_kinds_of_days():
    times = in_sessions(("09:00", "17:00"), freq="h").union(in_sessions(("10:00", "12:00"), freq="h", days="0000010"))
    assert check(frame(times)).suggested_flags == "--sessions 'Mon-Fri 09:00-17:00; Sat 10:00-12:00'"


def test_panel_shares_its_sessions():
    times = in_sessions(("09:30", "15:30"))
    parts = [frame(times[20 * i :]).assign(unique_id=name) for i, name in enumerate("abc")]
    assert check(pd.concat(parts)).suggested_flags == "--sessions 'Mon-Fri 09:30-15:30'"
    table = regularise(pd.concat(parts), sessions="Mon-Fri 09:30-15:30")
    assert len(table.segments) == 3


def test_holidays_among_sessions_are_gaps_that_can_be_skipped():
    times = in_sessions(("09:30", "15:30"), weeks=12)
    times = times[~np.isin(times.normalize(), pd.to_datetime(["2022-01-17", "2022-02-21"]))]
    assert check(frame(times)).suggested_flags == "--missing skip --sessions 'Mon-Fri 09:30-15:30'"
    with pytest.raises(DataError, match="26 missing in 2 gaps"):
        regularise(frame(times), sessions="Mon-Fri 09:30-15:30")
    table = regularise(frame(times), sessions="Mon-Fri 09:30-15:30", missing="skip")
    assert table.segments.tolist() == [[0, len(times)]] and len(table) == len(times)
    assert any(
        "26 missing in 2 gaps" in note and "the next row counts as the next step" in note for note in table.notes
    )


def test_skip_joins_the_rows_around_a_missing_value_within_a_series():
    sample = frame(pd.date_range("2024-01-01", periods=40, freq="B").delete(10))
    sample.loc[20, "y"] = np.nan
    both = pd.concat([sample.assign(unique_id="a"), sample.assign(unique_id="b")])
    table = regularise(both, missing="skip")
    assert table.segments.tolist() == [[0, 38], [38, 76]]
    assert check(sample.drop(index=20)).suggested_flags == "--missing skip"


def test_holiday_half_day_and_missing_rows_close_no_session():
    times = in_sessions(("09:30", "15:59"), freq="min", weeks=4)
    times = times[times.normalize() != pd.Timestamp("2022-01-17")]
    times = times[~((times.normalize() == pd.Timestamp("2022-01-24")) & (times.hour >= 13))]
    times = times[np.random.default_rng(0).random(len(times)) > 0.01]
    assert check(frame(times)).suggested_flags == "--missing skip --sessions 'Mon-Fri 09:30-15:59'"


def test_sessions_in_utc_need_the_time_zone_whose_clock_they_follow():
    times = in_sessions(("09:30", "15:30"), weeks=30).tz_localize("America/New_York").tz_convert("UTC")
    report = check(frame(times))
    assert report.suggested_flags == "--timezone America/New_York --sessions 'Mon-Fri 09:30-15:30'"
    assert "rows come only Mon-Fri 09:30-15:30 in America/New_York" in report.blocking[0].message
    table = regularise(frame(times), timezone="America/New_York", sessions="Mon-Fri 09:30-15:30")
    assert len(table.segments) == 1


@pytest.mark.parametrize(("freq", "interval"), [("D", "D[Mon-Fri]"), ("h", "h[Mon-Fri]")])
def test_missing_values_on_weekends_are_no_gaps_either(freq, interval):
    sample = frame(pd.date_range("2022-01-03", periods=24 * 70 if freq == "h" else 70, freq=freq))
    sample.loc[sample["ds"].dt.day_of_week >= 5, "y"] = np.nan
    assert check(sample).suggested_flags == "--missing drop --sessions Mon-Fri"
    table = regularise(sample, sessions="Mon-Fri", missing="drop")
    assert table.interval == interval and len(table.segments) == 1 and len(table) == int(sample["y"].notna().sum())


def test_changing_hours_of_daylight_can_be_counted():
    hours = pd.date_range("2021-01-01", periods=24 * 200, freq="h")
    length = 5 - 3 * np.cos((hours.day_of_year - 172) / 365 * 2 * np.pi + np.pi)
    report = check(frame(hours[np.abs(hours.hour - 12) <= length]))
    assert "No flag keeps the data as it is" in report.text()
    assert "--time none without --missing: keeps" in report.text()


def test_irregular_gaps_are_no_sessions():
    random = np.random.default_rng(1)
    times = pd.date_range("2022-01-01", periods=2000, freq="h")
    report = check(frame(times[np.sort(random.choice(2000, 1500, replace=False))]))
    assert not any(finding.kind == "regular gaps" for finding in report.findings)
    outage = check(frame(times.delete(range(500, 900))))
    assert not any(finding.kind == "regular gaps" for finding in outage.findings)


def test_rows_outside_the_sessions_are_refused_or_dropped():
    times = in_sessions(("09:30", "15:30"))
    extra = frame(times.append(pd.DatetimeIndex(["2022-01-08 10:00", "2022-01-04 17:00"])).sort_values())
    with pytest.raises(DataError, match=r"outside sessions +ds +2 +27 +2022-01-04 17:00"):
        regularise(extra, sessions="Mon-Fri 09:30-15:30")
    table = regularise(extra, sessions="Mon-Fri 09:30-15:30", missing="drop")
    assert len(table) == len(times) and len(table.segments) == 1
    with pytest.raises(DataError, match="not within Sun"):
        regularise(frame(times), sessions="Sun", missing="drop")


def test_filling_stays_within_the_sessions():
    times = in_sessions(("09:30", "15:30")).delete([20, 21])
    table = regularise(frame(times), sessions="Mon-Fri 09:30-15:30", missing="ffill")
    np.testing.assert_array_equal(table.time, in_sessions(("09:30", "15:30")).to_numpy().astype("datetime64[ns]"))


def test_sessions_follow_local_time_over_a_change_of_the_clock():
    local = in_sessions(("09:30", "15:30"), weeks=14)
    aware = local.tz_localize("America/New_York")
    sample = frame([time.isoformat() for time in aware])
    assert check(sample).suggested_flags == "--sessions 'Mon-Fri 09:30-15:30'"
    for given_times, zone in (
        (sample["ds"], None),
        (aware.tz_convert("UTC"), "America/New_York"),
        (local, "Asia/Tokyo"),
    ):
        table = regularise(frame(given_times), sessions="Mon-Fri 09:30-15:30", timezone=zone)
        np.testing.assert_array_equal(table.time, local.to_numpy().astype("datetime64[ns]"))
        assert not table.utc and len(table.segments) == 1
    assert "--sessions" in check(frame(aware.tz_convert("UTC")), timezone="America/New_York").suggested_flags


def test_newer_rows_of_a_single_day_are_read_in_the_sessions_of_the_run():
    day = in_sessions(("09:30", "15:30"))[:5]
    interval = "30min[Mon-Fri 09:30-15:30]"
    table = regularise(frame(day), sessions="Mon-Fri 09:30-15:30", interval=interval)
    assert table.interval == interval and table.segments.tolist() == [[0, 5]]


def test_resampled_rows_can_have_sessions():
    times = in_sessions(("09:00", "17:00"), freq="10min")
    table = regularise(frame(times), resample="h", sessions="Mon-Fri 09:00-16:00", missing="drop")
    assert table.interval == "h[Mon-Fri 09:00-16:00]" and len(table.segments) == 1


@pytest.mark.parametrize(
    "sessions", ["", "Mo-Fr", "Mon-Fri 9-15", "Mon-Fri 09:30-25:00", "09:30-15:30", "Mon-Fri; ", "Fre"]
)
def test_invalid_sessions_are_refused(sessions):
    with pytest.raises(UsageError, match="--sessions cannot be used"):
        regularise(frame(in_sessions(("09:30", "15:30"))), sessions=sessions)


def test_sessions_that_do_not_fit_the_interval_are_refused():
    months = frame(pd.date_range("2020-01-01", periods=30, freq="MS"))
    with pytest.raises(UsageError, match="--sessions needs rows at an interval that divides a day; the interval is MS"):
        regularise(months, sessions="Mon-Fri")
    with pytest.raises(UsageError, match="--resample takes an interval without sessions"):
        regularise(months, resample="h[Mon-Fri]")
    with pytest.raises(ValueError, match="expected one that divides a day"):
        parse_interval("5h[Mon-Fri]")


def test_sessions_have_one_canonical_text():
    assert plain_interval("60min[Mon,Tue,Wed 09:00-10:00,11:00-12:00]") == "h[Mon-Wed 09:00-10:00 11:00-12:00]"
    assert plain_interval("24h[Sat-Mon]") == "D[Mon,Sat-Sun]"
    assert len(parse_interval("h[Mon-Fri 22:00-02:00]").slots) == 25


@given(st.sets(st.integers(0, 7 * 24 - 1), min_size=1, max_size=100), st.sampled_from([30, 60]))
def test_text_of_any_slots_gives_the_same_slots(hours, minutes):
    slots = np.array(sorted(hours), np.int64) * minutes * MINUTE
    text = describe_slots(slots, minutes * MINUTE)
    np.testing.assert_array_equal(session_slots(text, minutes * MINUTE), slots)


@given(st.sets(st.integers(0, 167), min_size=1, max_size=60), st.lists(st.integers(-(2**60), 2**60), min_size=1))
def test_split_and_join_round_trip_within_sessions(hours, ticks):
    text = describe_slots(np.array(sorted(hours), np.int64) * 60 * MINUTE, 60 * MINUTE)
    grid = parse_interval(f"h[{text}]")
    given_ticks = np.array(ticks, np.int64)
    numbers, phases = grid.split(given_ticks)
    assert np.all((phases >= 0) & (phases < WEEK))
    np.testing.assert_array_equal(grid.join(numbers, phases), given_ticks)
