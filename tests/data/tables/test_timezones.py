"""Daylight saving time: repeated and skipped hours; Python's time zone database is the reference."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check
from seqkit.data.tables.timezones import clock_changes, find_zone
from seqkit.errors import DataError, UsageError


def local_table(zone: str, freq: str = "h", days: int = 400) -> pd.DataFrame:
    """Rows that are regular in UTC, with their local times."""
    utc = pd.date_range("2020-01-01", periods=days * (24 if freq == "h" else 96), freq=freq, tz="UTC")
    return pd.DataFrame(
        {"ds": utc.tz_convert(zone).tz_localize(None), "y": np.arange(len(utc)) % 97, "utc": utc.tz_localize(None)}
    )


def test_clock_changes_are_those_of_the_time_zone_database():
    first, last = np.array(["2020-01-01", "2021-01-01"], "datetime64[ns]").view(np.int64)
    changes = clock_changes(int(first), int(last), "Europe/Berlin")
    shown = [(str(np.datetime64(a, "ns"))[:16], str(np.datetime64(b, "ns"))[:16], twice) for a, b, twice in changes]
    assert shown == [
        ("2020-03-29T02:00", "2020-03-29T03:00", False),
        ("2020-10-25T02:00", "2020-10-25T03:00", True),
    ]
    assert clock_changes(int(first), int(last), "Asia/Seoul") == []


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Europe/London", "Australia/Sydney"])
@pytest.mark.parametrize("freq", ["h", "15min"])
def test_repeated_hour_suggests_the_time_zone_that_fixes_it(zone, freq):
    table = local_table(zone, freq)
    with pytest.raises(DataError, match=f"--timezone {zone}") as error:
        regularise(table[["ds", "y"]])
    assert "daylight saving" in str(error.value) and "--duplicates" not in str(error.value)
    fixed = regularise(table[["ds", "y"]], timezone=zone)
    np.testing.assert_array_equal(fixed.time, table["utc"].to_numpy().astype("datetime64[ns]"))
    np.testing.assert_array_equal(fixed.frame["y"], table["y"])
    np.testing.assert_array_equal(fixed.segments, [[0, len(table)]])


def test_repeated_hour_is_found_in_every_series():
    table = local_table("Europe/Berlin")
    long = pd.concat([table.assign(unique_id=name) for name in ("b", "a")])
    with pytest.raises(DataError, match="--timezone Europe/Berlin"):
        regularise(long[["unique_id", "ds", "y"]])
    fixed = regularise(long[["unique_id", "ds", "y"]], timezone="Europe/Berlin")
    np.testing.assert_array_equal(fixed.segments, [[0, len(table)], [len(table), 2 * len(table)]])


def test_duplicate_row_is_not_a_clock_change():
    table = pd.DataFrame({"ds": pd.date_range("2020-01-01", periods=9000, freq="h"), "y": np.arange(9000) % 7})
    table = pd.concat([table.iloc[:5000], table.iloc[4999:]])
    with pytest.raises(DataError, match="--duplicates first"):
        regularise(table)


def test_find_zone_requires_every_autumn_hour_twice():
    table = local_table("Europe/Berlin", days=800)
    ticks = table["ds"].to_numpy().astype("datetime64[ns]").view(np.int64)
    distinct, counts = np.unique(ticks, return_counts=True)
    assert find_zone(distinct, distinct[counts > 1]) == "Europe/Berlin"
    assert find_zone(distinct, distinct[counts > 1][:1]) is None


def spring_table(zone: str = "Europe/Berlin", freq: str = "h", first: str = "2021-01-01", last: str = "2021-05-01"):
    """Rows that are regular in UTC, in local time, over a northern spring."""
    utc = pd.date_range(first, last, freq=freq, tz="UTC")
    return pd.DataFrame({"ds": utc.tz_convert(zone).tz_localize(None), "y": np.arange(len(utc)) % 97})


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Europe/London"])
@pytest.mark.parametrize("freq", ["h", "15min"])
def test_skipped_spring_hour_suggests_the_time_zone_that_fixes_it(zone, freq):
    table = spring_table(zone, freq)
    report = check(table)
    (finding,) = report.blocking
    assert (finding.kind, finding.count) == ("daylight saving", 1) and f"as in {zone}" in finding.message
    assert report.suggested_flags == f"--timezone {zone}" and report.fixes_all
    np.testing.assert_array_equal(regularise(table, timezone=zone).segments, [[0, len(table)]])


def test_spring_hour_is_found_off_the_full_hour_and_in_every_series():
    table = spring_table()
    table["ds"] += pd.Timedelta("30min")
    long = pd.concat([table.assign(unique_id=name) for name in "ab"])
    assert check(long).suggested_flags == "--timezone Europe/Berlin"


def test_other_gaps_suggest_no_time_zone():
    table = spring_table()
    elsewhere = table.drop(index=[100])
    longer = table[~table["ds"].between("2021-03-28 01:00", "2021-03-28 01:59")]
    another_day = spring_table()
    another_day["ds"] += pd.Timedelta("1D")
    standing = pd.concat([table.assign(unique_id="a"), hourly_wall("2021-05-01").assign(unique_id="b")])
    autumn = hourly_wall("2021-12-01")
    autumn = autumn[autumn["ds"] != "2021-03-28 02:00"]
    for broken in (elsewhere, longer, another_day, standing, autumn):
        flags = check(broken).suggested_flags
        assert "--timezone" not in flags and "--missing" in flags


def hourly_wall(last: str) -> pd.DataFrame:
    """Every hour of a clock without daylight saving."""
    times = pd.date_range("2021-01-01", last, freq="h")
    return pd.DataFrame({"ds": times, "y": np.arange(len(times)) % 97})


def test_utc_attribute_is_true_only_for_a_known_time_zone():
    local = hourly_wall("2021-01-03")
    text = local.assign(ds=local["ds"].astype("str") + "+01:00")
    days = pd.DataFrame({"ds": pd.date_range("2021-01-01", periods=9), "y": np.arange(9) % 4})
    assert not regularise(local).utc and not regularise(local[["y"]]).utc
    assert not regularise(days, timezone="Europe/Berlin").utc
    assert regularise(local, timezone="Europe/Berlin").utc and regularise(text).utc
    assert regularise(local.assign(ds=local["ds"].dt.tz_localize("Europe/Berlin"))).utc


def test_skipped_time_is_reported():
    table = pd.DataFrame({"ds": pd.date_range("2020-03-28", periods=72, freq="h"), "y": np.arange(72)})
    with pytest.raises(DataError, match=r"nonexistent time +ds +1 +27 +2020-03-29 02:00"):
        regularise(table, timezone="Europe/Berlin")


def test_ambiguous_time_is_reported():
    table = pd.DataFrame({"ds": pd.date_range("2020-10-24", periods=72, freq="h"), "y": np.arange(72)})
    with pytest.raises(DataError, match=r"ambiguous time +ds +1 +27 +2020-10-25 02:00"):
        regularise(table, timezone="Europe/Berlin")
    left = regularise(table, timezone="Europe/Berlin", missing="drop")
    assert len(left.frame) == 71 and 26 not in left.frame["y"].tolist()
    np.testing.assert_array_equal(left.segments, [[0, 26], [26, 71]])


def test_days_are_not_shifted_by_a_zone():
    table = pd.DataFrame({"ds": pd.date_range("2020-01-01", periods=400), "y": np.arange(400) % 7})
    fixed = regularise(table, timezone="Europe/Berlin")
    assert fixed.interval == "D" and fixed.time[0] == np.datetime64("2020-01-01")
    assert any("dates are not converted" in note for note in fixed.notes)


def test_single_row_is_shifted_if_the_interval_is_known():
    row = pd.DataFrame({"ds": [pd.Timestamp("2020-07-01 12:00")], "y": [1.0]})
    assert regularise(row, timezone="Europe/Berlin", interval="h").time[0] == np.datetime64("2020-07-01T10:00")
    assert regularise(row, timezone="Europe/Berlin", interval="D").time[0] == np.datetime64("2020-07-01T12:00")


def test_repeated_hour_can_be_merged_instead():
    table = local_table("Europe/Berlin")
    merged = regularise(table[["ds", "y"]], duplicates="mean", missing="drop")
    assert len(merged.frame) == len(table) - 1 and len(merged.segments) == 2
    assert any(note.startswith("daylight saving") for note in merged.notes)


def test_times_with_an_offset_are_utc_regardless_of_timezone():
    stamps = ["2020-03-29T01:00+01:00", "2020-03-29T03:00+02:00", "2020-03-29T04:00+02:00"]
    table = regularise(pd.DataFrame({"ds": stamps, "y": [1, 2, 4]}), timezone="America/New_York")
    np.testing.assert_array_equal(table.time, np.array(["2020-03-29T00", "2020-03-29T01", "2020-03-29T02"], "M8[ns]"))


def test_unknown_time_zone_suggests_the_nearest():
    table = pd.DataFrame({"ds": pd.date_range("2020-01-01", periods=9, freq="h"), "y": np.arange(9)})
    with pytest.raises(UsageError, match=r"no time zone 'Europe/Berlni'\. Did you mean 'Europe/Berlin'"):
        regularise(table, timezone="Europe/Berlni")
    with pytest.raises(UsageError, match="needs timestamps"):
        regularise(table[["y"]], timezone="Europe/Berlin")
