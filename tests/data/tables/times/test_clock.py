"""The clock of the times: local dates survive any zone, instants are UTC; pandas is the reference."""

import zoneinfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.tables.intervals import future_times
from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check


def stamped(local: pd.DatetimeIndex, zone: str) -> pd.Series:
    """Local times as text with the UTC offset of a zone; a skipped midnight is written as 01:00."""
    aware = local.tz_localize(zone, ambiguous=np.ones(len(local), bool), nonexistent="shift_forward")
    return pd.Series([time.isoformat() for time in aware])


def rows(times, values=None) -> pd.DataFrame:
    return pd.DataFrame({"ts": times, "kwh": np.arange(len(times)) % 7 if values is None else values})


@pytest.mark.parametrize(("freq", "ahead"), [("D", "2023-01-01"), ("MS", "2023-01-01"), ("W-MON", "2023-01-02")])
@pytest.mark.parametrize("form", ["text", "frame"])
def test_local_dates_are_kept_at_local_midnight_and_forecast_on(freq, ahead, form):
    local = pd.date_range("2021-01-01", "2022-12-31", freq=freq)
    times = stamped(local, "Europe/Berlin") if form == "text" else local.tz_localize("Europe/Berlin")
    table = regularise(rows(times))
    assert (table.interval, table.utc) == (freq, False)
    np.testing.assert_array_equal(table.time, local.to_numpy().astype("datetime64[ns]"))
    assert future_times(table.time[-1], table.interval, np.array([1]))[0] == np.datetime64(ahead)
    assert any("keep the local dates of their UTC offsets" in note for note in table.notes)


def test_constant_offset_keeps_local_dates_too():
    days = pd.date_range("2021-01-01", periods=30)
    for times in (stamped(days, "Asia/Seoul"), days.tz_localize("Asia/Seoul"), days.tz_localize("-03:30")):
        table = regularise(rows(times))
        assert table.time[0] == np.datetime64("2021-01-01") and table.interval == "D"


def test_timezone_applies_to_times_with_offsets():
    utc = pd.date_range("2020-12-31 23:00", periods=20, freq="D", tz="UTC")
    kept = regularise(rows(utc))
    assert kept.utc and kept.time[0] == np.datetime64("2020-12-31T23:00")
    local = regularise(rows(utc), timezone="Europe/Berlin")
    assert not local.utc and local.time[0] == np.datetime64("2021-01-01")
    assert any("keep the local dates of Europe/Berlin" in note for note in local.notes)


def test_hourly_times_with_offsets_stay_utc_and_the_zone_is_said_to_change_nothing():
    times = pd.date_range("2021-03-27", periods=72, freq="h", tz="Europe/Berlin")
    for zone in (None, "Europe/Berlin"):
        table = regularise(rows([time.isoformat() for time in times]), timezone=zone)
        assert table.utc and table.time[0] == np.datetime64("2021-03-26T23:00") and len(table.segments) == 1
    assert any("--timezone Europe/Berlin applies to intervals or bins of a day or more" in n for n in table.notes)


@pytest.mark.parametrize("rule", ["D", "MS", "W-SUN"])
@pytest.mark.parametrize("form", ["offsets", "zone", "utc and zone"])
def test_bins_of_days_and_longer_follow_local_dates(rule, form):
    aware = pd.date_range("2021-01-01", "2021-08-01", freq="h", tz="Europe/Berlin", inclusive="left")
    naive, values = aware.tz_localize(None), np.random.default_rng(0).normal(size=len(aware))
    times = {"offsets": [time.isoformat() for time in aware], "zone": naive, "utc and zone": aware.tz_convert("UTC")}
    zone = None if form == "offsets" else "Europe/Berlin"
    table = regularise(rows(times[form], values), timezone=zone, resample=rule)
    expected = pd.Series(values, naive).resample(rule).mean().loc[table.time[0] : table.time[-1]]
    assert len(table) >= len(expected) - 2 and not table.utc
    np.testing.assert_array_equal(table.time, expected.index.to_numpy().astype("datetime64[ns]"))
    np.testing.assert_allclose(table.frame["kwh"], expected)
    assert any("bins follow the local dates" in note for note in table.notes)


def test_bins_of_utc_times_say_that_they_follow_utc_dates():
    times = pd.date_range("2021-01-01", periods=96, freq="h", tz="UTC")
    table = regularise(rows(times), resample="D")
    assert table.utc and table.time[0] == np.datetime64("2021-01-01")
    assert any("bins follow UTC dates, set --timezone for local ones" in note for note in table.notes)


def test_newer_rows_are_read_by_the_clock_of_training():
    local = pd.date_range("2023-05-01", periods=3)
    assert regularise(rows(stamped(local, "Europe/Berlin")), interval="D").time[0] == np.datetime64("2023-05-01")
    hours = pd.date_range("2023-05-01", periods=1, freq="h", tz="Europe/Berlin")
    assert regularise(rows(hours), interval="h", target=("kwh",)).time[0] == np.datetime64("2023-04-30T22:00")


def test_series_keep_the_dates_of_their_own_offsets():
    days = pd.date_range("2021-01-01", periods=20)
    parts = [rows(stamped(days, zone)).assign(unique_id=zone) for zone in ("America/New_York", "Asia/Tokyo")]
    table = regularise(pd.concat(parts))
    assert table.interval == "D" and set(table.time[table.starts[:-1]]) == {np.datetime64("2021-01-01", "ns")}


ZONES = sorted(zone for zone in zoneinfo.available_timezones() if zone not in ("Factory", "localtime"))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), st.sampled_from(["D", "W-WED", "MS", "ME", "QS"]), st.integers(2012, 2022))
def test_local_dates_survive_any_zone(zone, freq, year):
    local = pd.date_range(f"{year}-01-01", periods=12 if freq[0] in "MQ" else 60, freq=freq)
    times = stamped(local, zone)
    if times.str.endswith("+00:00").all():
        return
    table = regularise(rows(times))
    np.testing.assert_array_equal(table.time, local.to_numpy().astype("datetime64[ns]"))


@pytest.mark.parametrize("zone", ["Asia/Beirut", "America/Havana", "America/Santiago", "Africa/Cairo"])
@pytest.mark.parametrize("given", [None, "zone"])
def test_days_that_begin_at_one_because_the_clock_skipped_midnight_are_days(zone, given):
    local = pd.date_range("2023-02-01", periods=330)
    times = stamped(local, zone)
    assert times.str.contains("T01:00:00").any()
    table = regularise(rows(times), timezone=given and zone)
    np.testing.assert_array_equal(table.time, local.to_numpy().astype("datetime64[ns]"))


@pytest.mark.parametrize(("zone", "freq"), [("Europe/Berlin", "D"), ("Australia/Sydney", "D"), ("Europe/London", "MS")])
def test_local_midnights_in_utc_suggest_the_time_zone(zone, freq):
    local = pd.date_range("2021-01-01", periods=60 if freq == "MS" else 500, freq=freq)
    sample = rows(local.tz_localize(zone).tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ"))
    report = check(sample)
    assert report.suggested_flags == f"--timezone {zone}" and len(report.fixes) == 1
    assert f"at one local time of day in {zone}; --timezone keeps the local dates" in report.blocking[0].message
    table = regularise(sample, timezone=zone)
    np.testing.assert_array_equal(table.time, local.to_numpy().astype("datetime64[ns]"))


def test_report_tells_the_local_interval():
    report = check(rows(stamped(pd.date_range("2012-01-01", periods=132, freq="MS"), "Europe/Berlin")))
    assert (report.interval, report.blocking, report.first) == ("MS", (), "2012-01-01")
