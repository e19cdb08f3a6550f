"""The report of `check`: every problem with column, count, first row, value and flag."""

import json
import shlex
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.tables.findings import Choices, Finding, number
from seqkit.data.tables.reading import read_frame
from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import Report, check
from seqkit.errors import DataError, UsageError


def hourly(rows: int = 300) -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "ds": pd.date_range("2020-01-01", periods=rows, freq="h"),
            "y": random.normal(size=rows).round(3),
            "x": random.normal(5, 2, size=rows).round(3),
        }
    )


def only(report: Report, kind: str) -> Finding:
    (finding,) = [f for f in report.findings if f.kind == kind]
    return finding


def arguments(flags: str) -> dict:
    """The keyword arguments of a line of flags, parsed like a shell and the command line."""
    words, given = shlex.split(flags), {}
    for option, value in zip(words[::2], words[1::2], strict=True):
        name = option.removeprefix("--").replace("-", "_")
        default = getattr(Choices(), name)
        if name in ("sentinel", "not_sentinel"):
            given[name] = tuple(float(v) for v in value.split(","))
        elif isinstance(default, tuple):
            given[name] = (*given.get(name, ()), value)
        else:
            given[name] = value
    return given


def test_clean_table_has_no_findings():
    report = check(hourly(), target=("y",))
    assert report.findings == () and report.fixes_all
    assert (report.interval, report.series, report.lengths) == ("h", 1, (300, 300))
    assert (report.first, report.last) == ("2020-01-01", "2020-01-13 11:00")
    assert (report.time, report.targets, report.inputs) == (("ds",), ("y",), ("y", "x"))
    assert "Ready for training" in report.text()


def test_gap_is_reported_with_missing_rows_and_first_row():
    table = hourly().drop(index=[100, 101, 102, 200])
    finding = only(check(table), "gap")
    assert (finding.count, finding.row, finding.value, finding.column, finding.blocking) == (
        4,
        101,
        "2020-01-05 07:00",
        "ds",
        True,
    )
    assert "4 missing in 2 gaps, the longest, 4 h, before 2020-01-05 07:00" in finding.message


def test_duplicate_time_reports_whether_the_values_differ():
    table = hourly()
    same = only(check(pd.concat([table, table.iloc[[7]]])), "duplicate time")
    assert (same.count, same.row, same.flag) == (1, 301, "--duplicates first")
    other = only(check(pd.concat([table, table.iloc[[7]].assign(x=99)])), "duplicate time")
    assert (other.count, other.flag) == (1, "--duplicates mean")


def test_missing_and_infinite_values_are_reported_by_column():
    table = hourly()
    table.loc[[5, 6], "x"] = np.nan
    table.loc[9, "y"] = -np.inf
    report = check(table)
    missing, infinite = only(report, "missing value"), only(report, "infinite value")
    assert (missing.column, missing.count, missing.row) == ("x", 2, 6)
    assert (infinite.column, infinite.count, infinite.row) == ("y", 1, 10)


@pytest.mark.parametrize("value", [-9999.0, -999.9, -99.0, 9999.0, 1e20, -32768.0])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sentinel_far_from_all_other_values_is_reported_with_its_flag(value, dtype):
    table = hourly().astype({"x": dtype})
    table.loc[[3, 50], "x"] = value
    finding = only(check(table, target=("y",)), "sentinel")
    assert (finding.column, finding.count, finding.row, finding.blocking) == ("x", 2, 4, True)
    assert finding.value == number(value)
    fixed = regularise(table, target=("y",), missing="drop", **arguments(finding.flag))
    assert len(fixed.frame) == 298 and abs(fixed.frame["x"]).max() < 20


def test_two_sentinels_in_a_column_are_both_reported():
    table = hourly()
    table.loc[3, "x"], table.loc[8, "x"] = -9999, -999
    report = check(table)
    assert [f.value for f in report.findings if f.kind == "sentinel"] == ["-9999", "-999"]
    assert "--sentinel -9999,-999 " in report.suggested_flags + " "


@pytest.mark.parametrize(
    "values",
    [
        [998.7, 998.8, 999.0, 998.7],  # a pressure
        list(range(90, 100)),  # 99 is the largest of many
        [-1, 0, 1, 60, -1],  # a rest in music
        [0.0, 0.0, 0.0, 1.0],
        [9999.0, 1200.0, 8000.0, 9998.0],
    ],
)
def test_ordinary_values_are_not_sentinels(values):
    table = pd.DataFrame({"y": values})
    assert not [f for f in check(table).findings if f.kind == "sentinel"]


def test_measured_value_can_be_declared_with_not_sentinel():
    table = hourly()
    table.loc[[3, 50], "x"] = -9999
    with pytest.raises(DataError, match="use --not-sentinel -9999"):
        regularise(table, target=("y",))
    unchanged = regularise(table, target=("y",), not_sentinel=(-9999.0,))
    assert unchanged.frame["x"].tolist() == table["x"].tolist()


def test_uncommon_extreme_value_is_reported_without_blocking():
    table = hourly()
    table.loc[3, "x"] = 12345.6
    report = check(table)
    finding = only(report, "extreme value")
    assert (finding.column, finding.row, finding.value, finding.blocking) == ("x", 4, "12345.6", False)
    assert not report.blocking


def test_non_numeric_cells_are_reported_with_row_and_value():
    table = pd.DataFrame({"y": ["1", "2", "?", "4", "?"], "x": ["1", "bad", "3", "NA", "5"]})
    report = check(table)
    first, second = (f for f in report.findings if f.kind == "not a number")
    assert (first.column, first.count, first.row, first.value, first.flag) == ("y", 2, 3, "?", "--null '?'")
    assert (second.column, second.count, second.row, second.value, second.flag) == ("x", 1, 2, "bad", "--null bad")


def test_decimal_commas_are_reported_and_mixed_ones_have_no_flag():
    comma = pd.DataFrame({"y": ["1,5", "2,25", "3"], "x": [1, 2, 4]})
    assert only(check(comma, target=("y",)), "decimal comma").flag == "--decimal ,"
    assert regularise(comma, target=("y",), decimal=",").frame["y"].tolist() == [1.5, 2.25, 3]
    with pytest.raises(DataError, match=r"not a number +y +1 +2 +1\.25 "):
        regularise(pd.DataFrame({"y": ["1,5", "1.25", "3", "4"]}), decimal=",")
    thousands = pd.DataFrame({"y": ["1,5", "1.250", "3", "4"]})
    assert regularise(thousands, decimal=",").columns["y"].tolist() == [1.5, 1250, 3, 4]
    assert "read as 1250" in only(check(thousands, decimal=","), "thousands separator").message
    report = check(pd.DataFrame({"y": ["1,5", "2.25", "3"]}))
    assert only(report, "decimal comma").flag is None and not report.fixes_all
    with pytest.raises(DataError, match="No flag fixes this"):
        regularise(pd.DataFrame({"y": ["1,5", "2.25", "3"]}))


def test_constant_empty_and_text_columns_are_reported_without_blocking():
    table = hourly().assign(c=3, e=np.nan, t="dry")
    report = check(table, target=("y",))
    assert only(report, "constant").column == "c" and only(report, "constant").value == "3"
    assert only(report, "empty column").column == "e"
    assert (only(report, "text column").column, only(report, "text column").value) == ("t", "dry")
    assert not report.blocking and report.inputs == ("y", "x", "c")


def test_constant_target_cannot_be_fixed():
    report = check(hourly().assign(y=2.0))
    assert only(report, "constant").blocking and not report.fixes_all


def test_row_off_the_grid_suggests_rounding_to_the_interval():
    table = hourly()
    table.loc[10, "ds"] += pd.Timedelta("7min")
    finding = only(check(table), "off the grid")
    assert (finding.count, finding.row, finding.value, finding.flag) == (1, 11, "2020-01-01 10:07", "--round h")


def test_irregular_rows_suggest_a_round_interval():
    table = hourly()
    table["ds"] += pd.to_timedelta(np.random.default_rng(0).integers(0, 600, len(table)), unit="s")
    report = check(table)
    assert only(report, "off the grid").flag == "--round h" and report.fixes_all


def test_rows_at_random_times_below_a_second_suggest_bins():
    ticks = np.sort(np.random.default_rng(0).choice(20_000_000_000, 1000, replace=False))
    table = pd.DataFrame({"ds": pd.Timestamp("2020-01-01") + pd.to_timedelta(ticks, unit="ns"), "y": ticks % 7})
    assert only(check(table), "off the grid").flag == "--resample 100ms"


def test_rows_at_random_times_suggest_bins():
    table = hourly()
    table["ds"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(
        np.sort(np.random.default_rng(0).choice(300 * 3600, len(table), replace=False)), unit="s"
    )
    report = check(table)
    assert "--resample" in only(report, "off the grid").flag and report.fixes_all


@pytest.mark.parametrize(
    ("freq", "words"),
    [
        ("BME", "every month (BME)"),
        ("BQS", "every quarter (BQS)"),
        ("B", "every business day (B)"),
        ("SMS", "every half-month (SMS)"),
        ("QE", "every quarter (QE)"),
        ("10min", "every 10min"),
    ],
)
def test_interval_is_told_in_words(freq, words):
    table = pd.DataFrame({"ds": pd.date_range("2020-01-01", periods=40, freq=freq), "y": np.arange(40) % 7})
    assert f"  time    ds, {words}\n" in check(table).text()


def test_sessions_are_told_with_the_interval():
    times = [day + pd.Timedelta(hours=hour) for day in pd.date_range("2020-01-06", periods=12) for hour in range(8, 20)]
    table = pd.DataFrame({"ds": times, "y": np.arange(len(times)) % 7})
    text = check(table, sessions="Mon-Sun 08:00-19:00").text()
    assert "  time    ds, every hour (h) within Mon-Sun 08:00-19:00\n" in text


def count_calls(table: pd.DataFrame) -> int:
    """The calls of Python functions and generators while a table is checked."""
    calls = 0

    def count(*_) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        check(table, target=("y",))
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("damage", ["none", "values", "rows", "jitter"])
def test_work_grows_with_columns_and_series(damage):
    def wide(columns: int) -> pd.DataFrame:
        random = np.random.default_rng(0)
        table = pd.DataFrame(random.normal(size=(40, columns))).rename(columns=lambda i: f"c{i}")
        if damage == "values":
            table = table.mask(random.random(table.shape) < 0.02)
        times = pd.DataFrame({"ds": pd.date_range("2020-01-01", periods=40), "y": range(40)})
        return pd.concat([times, table], axis=1)

    def long(series: int) -> pd.DataFrame:
        random, rows = np.random.default_rng(0), 30 * series
        times = pd.Series(np.tile(pd.date_range("2020-01-01", periods=30, freq="h"), series))
        if damage == "jitter":
            times += pd.to_timedelta(random.integers(0, 9, rows), unit="s")
        names = np.repeat([f"s{i}" for i in range(series)], 30)
        table = pd.DataFrame({"unique_id": names, "ds": times, "y": random.normal(size=rows)})
        if damage == "values":
            table["y"] = table["y"].mask(random.random(rows) < 0.02)
        return table[random.random(rows) > 0.03] if damage == "rows" else table

    assert count_calls(wide(800)) < 6 * count_calls(wide(200))
    assert count_calls(long(800)) < 6 * count_calls(long(200))


def test_two_intervals_in_a_series_suggest_the_longer_one():
    fine = pd.DataFrame({"ds": pd.date_range("2020-01-13 12:00", periods=600, freq="10min"), "y": 1.0, "x": 2.0})
    report = check(pd.concat([hourly(), fine]), target=("y",))
    finding = only(report, "mixed intervals")
    assert (report.interval, finding.count, finding.row, finding.flag) == ("10min", 300, 1, "--resample h")


def test_two_intervals_can_be_treated_as_gaps():
    fine = pd.DataFrame({"ds": pd.date_range("2020-01-13 12:00", periods=600, freq="10min"), "y": 1.0, "x": 2.0})
    report = check(pd.concat([hourly(), fine]), target=("y",), missing="ffill")
    assert not only(report, "mixed intervals").blocking and only(report, "gap").count == 300 * 5
    assert not report.blocking


def test_series_with_another_interval_are_reported():
    slow = hourly(300).iloc[::2].assign(unique_id="b")
    finding = only(check(pd.concat([hourly().assign(unique_id="a"), slow])), "mixed intervals")
    assert (finding.series, finding.flag) == ("b", "--resample 2h")


def test_short_series_are_named():
    parts = [hourly(rows).assign(unique_id=f"s{rows}") for rows in (300, 200, 31, 29, 2)]
    finding = only(check(pd.concat(parts), target=("y",)), "short series")
    assert finding.message.startswith("2 of 5 have less than a tenth of the rows of the longest: 's2', 's29'; training")
    assert not finding.blocking
    assert not [f for f in check(pd.concat(parts[:3]), target=("y",)).findings if f.kind == "short series"]


def test_unsorted_rows_are_reported_without_blocking():
    table = hourly()
    report = check(pd.concat([table.iloc[100:], table.iloc[:100]]))
    finding = only(report, "unsorted")
    assert (finding.count, finding.row, finding.blocking) == (1, 201, False)
    assert not report.blocking


def test_first_row_is_the_first_in_the_file_not_in_time():
    table = hourly()
    table.loc[[5, 200], "x"] = np.nan
    finding = only(check(table.iloc[::-1]), "missing value")
    assert (finding.count, finding.row, finding.value) == (2, 100, "2020-01-09 08:00")


def test_column_that_distinguishes_duplicate_times_is_suggested_as_id():
    table = hourly()
    long = pd.concat([table.assign(station="S1"), table.assign(station="S2", y=table["y"] + 1)])
    report = check(long)
    assert only(report, "duplicate time").flag == "--id station"
    assert (report.series, report.id) == (2, "station")


def test_misread_table_is_examined_again_with_corrected_roles():
    days = pd.date_range("2020-01-01", periods=20).repeat(24)
    table = pd.DataFrame({"day": days, "hour": np.tile(np.arange(24), 20), "y": np.arange(480) % 7}).drop(
        index=[50, 51]
    )
    report = check(table, target=("y",))
    assert only(report, "duplicate time").flag == "--time day --time hour"
    assert (report.interval, only(report, "gap").count) == ("h", 2)
    assert report.suggested_flags == "--time day --time hour --target y --missing drop"


def test_missing_target_is_not_an_error_of_check():
    report = check(hourly().rename(columns={"y": "a"}))
    assert not report.chosen_target and report.targets == ("x",)
    assert report.suggested_flags == "--target x" and "choose one with --target" in report.text()


def test_damaged_name_is_reported_and_matched_without_the_damage():
    table = hourly().rename(columns={"x": "SWDR (W/m\ufffd)"})
    finding = only(check(table), "damaged name")
    assert (finding.column, finding.blocking) == ("SWDR (W/m\ufffd)", False)
    for name in ("SWDR (W/m\ufffd)", "SWDR (W/m²)", "SWDR", "swdr (w/m?)"):
        assert check(table, target=(name,)).targets == ("SWDR (W/m\ufffd)",)


def test_ambiguous_column_name_is_refused():
    table = hourly().rename(columns={"y": "wind (m/s)", "x": "wind (deg)"})
    with pytest.raises(UsageError, match=r"--target 'wind' matches 'wind \(m/s\)', 'wind \(deg\)'"):
        check(table, target=("wind",))


def test_unknown_column_name_suggests_the_nearest():
    with pytest.raises(UsageError, match=r"no column 'temprature' for --features\. Did you mean 'temperature'"):
        check(hourly().rename(columns={"x": "temperature"}), features=("temprature",))


def test_flags_are_quoted_for_a_shell_and_include_the_encoding():
    table = hourly().rename(columns={"y": "T (degC)", "x": "it's"})
    table.attrs = {"source": "x.csv", "encoding": "cp949"}
    flags = check(table, target=("T (degC)", "it's")).suggested_flags
    assert shlex.split(flags) == ["--encoding", "cp949", "--target", "T (degC)", "--target", "it's"]
    assert Choices(null=("-", "?")).flags() == "--null=- --null '?'"


def test_report_is_json_and_its_text_lists_everything():
    table = hourly().drop(index=[100]).rename(columns={"x": "x\ufffd"})
    table.loc[[3, 50], "x\ufffd"] = -9999
    table.attrs = {"source": "x.csv", "format": "CSV, comma, UTF-8"}
    report = check(table, target=("y",))
    content = json.loads(json.dumps(report.as_dict()))
    assert [f["blocking"] for f in content["findings"]] == [True, True, False]
    assert content["interval"] == "h" and content["fixes_all"] is True
    assert {f["kind"]: f["flag"] for f in content["findings"]} == {
        "sentinel": "--sentinel -9999",
        "gap": "--missing drop",
        "damaged name": None,
    }
    text = report.text()
    for part in ("x.csv (CSV, comma, UTF-8): 299 rows, 3 columns", "every hour (h)", "2 problems", "damaged name"):
        assert part in text
    assert f"\n  {report.suggested_flags}\n" in text and "Row 1 is the first row below the header." in text
    assert max(map(len, text.splitlines())) <= 130


def test_same_problem_in_many_columns_is_summarised():
    table = hourly().assign(**{f"c{i}": np.where(np.arange(300) == 7, np.nan, np.arange(300)) for i in range(40)})
    report = check(table, target=("y",))
    assert len(report.blocking) == 40 and "and 28 more columns" in report.text()
    assert len(report.text().splitlines()) < 40
    notes = regularise(table, target=("y",), missing="drop").notes
    assert len(notes) == 1 and notes[0].startswith("missing value in 40 columns, 'c0', 'c1'")


def test_choices_that_fix_everything_leave_nothing_to_fix():
    table = hourly().drop(index=[100])
    table.loc[[3, 50], "x"] = -9999
    report = check(table, target=("y",), sentinel=(-9999.0,), missing="ffill")
    assert not report.blocking and "Ready for training" in report.text()


def test_report_on_the_weather_file(requires_data):
    frame = read_frame(requires_data("jena_weather_2020/weather.csv"))
    report = check(frame, target=("OT",))
    sentinels = {f.column: (f.count, f.row, f.value) for f in report.findings if f.kind == "sentinel"}
    assert sentinels == {
        "wv (m/s)": (1, 7246, "-9999"),
        "max. PAR (\ufffdmol/m\ufffd/s)": (30, 17346, "-9999"),
        "OT": (50, 7245, "-9999"),
    }
    duplicate, gap = only(report, "duplicate time"), only(report, "gap")
    assert (duplicate.count, duplicate.row) == (1, 19_045)
    assert (gap.count, gap.row) == (9, 21_515) and "1 h 40 min" in gap.message
    assert len([f for f in report.findings if f.kind == "damaged name"]) == 3
    assert len(report.blocking) == 5 and report.interval == "10min"
    table = regularise(frame, **arguments(report.suggested_flags))
    assert table.interval == "10min" and len(table.frame) == 52_696 - 81


def test_report_on_the_bicycle_file(requires_data):
    frame = read_frame(requires_data("bike_sharing/hour.csv"))
    report = check(frame)
    assert report.time == ("dteday", "hr") and report.interval == "h"
    assert only(report, "gap").count == 731 * 24 - 17_379
    assert regularise(frame, **arguments(report.suggested_flags)).targets == ("cnt",)


def test_report_on_the_passengers_file(requires_data):
    report = check(read_frame(requires_data("air_passengers/AirPassengers.csv")))
    assert (report.interval, report.targets, report.findings) == ("MS", ("#Passengers",), ())
    assert (report.first, report.last, report.suggested_flags) == ("1949-01-01", "1960-12-01", "")


@st.composite
def broken_tables(draw):
    """A table of one or two series with any of the usual problems."""
    rows = draw(st.integers(30, 60))
    freq = draw(st.sampled_from(["h", "10min", "D", "MS", "B"]))
    random = np.random.default_rng(draw(st.integers(0, 9)))
    series = []
    for name in draw(st.sampled_from([["a"], ["a", "b"]])):
        table = pd.DataFrame({"ds": pd.date_range("2020-01-01", periods=rows, freq=freq)})
        table["unique_id"] = name
        table["y"], table["x"] = random.normal(size=rows), random.normal(size=rows)
        series.append(table)
    table = pd.concat(series, ignore_index=True)
    places = st.lists(st.integers(0, len(table) - 1), max_size=3)
    table.loc[draw(places), "y"] = -9999
    table.loc[draw(places), "x"] = draw(st.sampled_from([np.nan, np.inf, -999.0]))
    table = pd.concat([table, table.iloc[draw(places)]], ignore_index=True)
    table = table.drop(index=draw(places), errors="ignore")
    if draw(st.booleans()):
        table["ds"] = table["ds"].where(table.index != draw(st.integers(0, 20)))
    if draw(st.booleans()):
        table["ds"] += pd.to_timedelta(np.where(table.index == 5, 7, 0), unit="min")
    if draw(st.booleans()):
        table["x"] = table["x"].astype("str").where(table.index != 9, "broken")
    return table.sample(frac=1, random_state=draw(st.integers(0, 9))) if draw(st.booleans()) else table


@settings(max_examples=60, deadline=None)
@given(broken_tables())
def test_suggested_flags_make_any_table_pass(table):
    report = check(table)
    # A mistyped date has no flag: only the file shows whether the row or its date is wrong.
    assert report.fixes_all == all(finding.kind != "mistyped date" for finding in report.blocking)
    if not report.fixes_all:
        with pytest.raises(DataError, match="mistyped date"):
            regularise(table, **arguments(report.suggested_flags))
        return
    fixed = regularise(table, **arguments(report.suggested_flags))
    assert np.isfinite(fixed.frame.to_numpy(np.float64)).all()
