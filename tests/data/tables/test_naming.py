"""Columns that name the series, alone or together."""

import itertools
import time

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.naming import series_of_rows
from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check


def panel(rows: int = 20, **parts: list) -> pd.DataFrame:
    """A daily table with a series for each combination of the parts, each at a level of its own."""
    frames = []
    for number, values in enumerate(itertools.product(*parts.values())):
        columns = dict(zip(parts, values, strict=True))
        y = 1000.0 * number + np.arange(rows) ** 2 % 17
        frames.append(pd.DataFrame({**columns, "ds": pd.date_range("2020", periods=rows), "y": y}))
    return pd.concat(frames, ignore_index=True)


def test_two_numbered_columns_that_name_the_series_together_are_offered_before_averaging():
    report = check(panel(store=[1, 2, 3], dept=[1, 2, 7]), target=("y",))
    (finding,) = report.blocking
    assert finding.flag == "--id store --id dept" and "together" in finding.message
    assert report.fixes_all and "--duplicates" not in report.text()
    assert (report.series, report.id, report.inputs) == (9, "store + dept", ("y",))


def test_three_columns_that_name_the_series_together_are_offered():
    report = check(panel(country=["A", "B"], store=[1, 2], dept=["x", "y", "z"]), target=("y",))
    assert report.blocking[0].flag == "--id country --id store --id dept" and report.series == 12


def test_a_column_is_added_to_those_that_are_given():
    frame = panel(store=[1, 2, 3], dept=[1, 2, 7])
    assert check(frame, target=("y",), id=("store",)).blocking[0].flag == "--id store --id dept"
    assert check(frame, target=("y",), id=("dept",)).blocking[0].flag == "--id dept --id store"


def test_the_columns_are_found_where_no_target_or_all_is_given():
    frame = panel(store=[1, 2, 3], dept=[1, 2, 7])[["store", "ds", "y", "dept"]]
    for choices in ({}, {"target": ("all",)}):
        report = check(frame, **choices)
        assert report.blocking[0].flag == "--id store --id dept" and report.targets == ("y",)


def test_a_column_that_repeats_another_is_not_needed():
    frame = panel(store=[1, 2, 3], dept=[1, 2, 7])
    frame.insert(2, "size", frame["store"] * 10 + 5)
    assert check(frame, target=("y",)).blocking[0].flag == "--id store --id dept"


def test_a_single_column_that_names_the_series_goes_before_two():
    frame = panel(code=["a", "b", "c"], flag=[0]).assign(flag=lambda f: np.arange(len(f)) % 2)
    assert check(frame, target=("y",)).blocking[0].flag == "--id code"


@pytest.mark.parametrize("choices", [{"duplicates": "mean"}, {"duplicates": "last"}, {"resample": "W"}])
def test_series_that_are_merged_on_request_are_noted_with_the_columns_that_name_them(choices):
    report = check(panel(store=[1, 2, 3], dept=[1, 2, 7]), target=("y",), **choices)
    note = next(finding for finding in report.findings if finding.kind == "series")
    assert (
        note.column == "store + dept" and "--id store --id dept keeps them apart" in note.message and not note.blocking
    )
    named = check(panel(store=[1, 2, 3], dept=[1, 2, 7]), target=("y",), id=("store", "dept"), **choices)
    assert "series" not in [finding.kind for finding in named.findings]


def test_rare_repeats_do_not_make_an_identity_of_measurements():
    rows = pd.DataFrame({"ds": pd.date_range("2020", periods=60), "y": np.arange(60) ** 2 % 17})
    rows = rows.assign(mode=np.arange(60) % 2, level=np.arange(60) % 5)
    repeats = [rows.iloc[[i]].assign(**{c: rows[c] + 1}) for i, c in ((5, "mode"), (9, "level"))]
    report = check(pd.concat([rows, *repeats, rows.iloc[[20]].assign(y=3)], ignore_index=True), target=("y",))
    assert report.blocking[0].flag == "--duplicates mean"


def test_series_of_several_columns_have_joined_names_in_the_order_of_their_parts():
    table = regularise(panel(store=[1, 2, 10], dept=["b", "a"]), id=("store", "dept"), target=("y",))
    assert table.ids == ("1/a", "1/b", "2/a", "2/b", "10/a", "10/b") and table.id_column == "store + dept"
    assert [table.columns["y"][start] for start in table.starts[:-1]] == [1000, 0, 3000, 2000, 5000, 4000]


def test_joined_names_are_unambiguous():
    frame = pd.DataFrame({"a": ["x/y", "x", "x\\", "x"], "b": ["z", "y/z", "z", "\\/z"]})
    _, ids, _ = series_of_rows(frame, ("a", "b"))
    assert len(set(ids)) == 4 and "x\\/y/z" in ids


def test_a_row_without_a_part_of_its_name_belongs_to_no_series():
    frame = panel(store=[1, 2], dept=["a", "b"])
    frame.loc[[3, 25], "dept"] = None
    finding = next(f for f in check(frame, id=("store", "dept"), target=("y",)).blocking if f.kind == "missing series")
    assert (finding.column, finding.count, finding.row, finding.series) == ("store + dept", 2, 4, None)


def test_one_column_given_as_text_or_none_as_runs_of_before_hold_it():
    frame = panel(store=[1, 2])
    assert regularise(frame, id="store", target=("y",)).ids == ("1", "2")
    assert check(frame, id=["store"], target="y").series == 2
    assert regularise(frame.query("store == 1").drop(columns="store"), id=None, target=("y",)).ids == ("series",)


@pytest.mark.parametrize("columns", [12, 30])
def test_time_of_the_search_grows_with_rows_not_with_combinations(columns):
    frame = panel(60, store=list(range(40)), dept=list(range(40)))
    noise = {f"level_{i}": np.random.default_rng(i).integers(0, 5, len(frame)) for i in range(columns)}
    frame = pd.DataFrame(noise).join(frame)
    start = time.process_time()
    assert check(frame, target=("y",), features=("y",)).blocking[0].flag == "--id store --id dept"
    assert time.process_time() - start < 20


def by_the_minute(**columns) -> pd.DataFrame:
    """Two days of minutes, the date and the columns apart."""
    times = pd.date_range("2006-12-16", periods=2880, freq="min")
    return pd.DataFrame({"Date": times.strftime("%d/%m/%Y"), **columns, "y": np.arange(2880) ** 2 % 17})


@pytest.mark.parametrize("form", ["%H:%M:%S", "%H:%M", "%I:%M %p", "%H.%M.%S"])
def test_a_time_of_day_beside_a_date_is_part_of_the_time(form):
    clock = pd.date_range("2006-12-16", periods=2880, freq="min").strftime(form)
    report = check(by_the_minute(Time=clock), target=("y",))
    assert report.blocking[0].flag == "--time Date --time Time" and report.fixes_all
    assert (report.interval, report.series) == ("min", 1)


@pytest.mark.parametrize(("name", "factor"), [("Time", 1), ("hhmm", 1), ("TIME (CET)", 0.01)])
def test_numbers_of_hours_and_minutes_beside_a_date_are_part_of_the_time(name, factor):
    numbers = np.arange(2880) % 1440
    frame = by_the_minute(**{name: (numbers // 60 * 100 + numbers % 60) * factor})
    assert check(frame, target=("y",)).blocking[0].remedy == {"time": ("Date", name)}


def test_hours_that_end_with_24_beside_a_date_are_part_of_the_time():
    times = pd.date_range("2020-01-01", periods=480, freq="h")
    frame = pd.DataFrame({"date": times.strftime("%Y-%m-%d"), "Hour": times.hour + 1, "y": np.arange(480) ** 2 % 17})
    report = check(frame, target=("y",))
    assert report.blocking[0].flag == "--time date --time Hour" and report.interval == "h"
    assert (report.first, report.last) == ("2020-01-01 01:00", "2020-01-21")


@pytest.mark.parametrize("first", [0, 1])
def test_numbered_parts_of_days_are_counted_and_name_no_series(first):
    days = pd.date_range("2020-01-01", periods=10).strftime("%Y-%m-%d")
    frame = pd.DataFrame(
        {"SettlementDate": np.repeat(days, 48), "SettlementPeriod": np.tile(np.arange(48) + first, 10)}
    )
    frame = frame.drop(index=[46, 47]).assign(y=np.arange(478) ** 2 % 17)  # a day of 23 hours
    finding = check(frame, target=("y",)).blocking[0]
    assert finding.flag == "--time none" and "'SettlementPeriod' numbers the rows of each date" in finding.message
    assert "--time none" not in check(frame.sample(frac=1, random_state=0), target=("y",)).suggested_flags


def test_a_time_of_day_is_part_of_the_time_though_values_are_constant_within_dates():
    clock = pd.date_range("2006-12-16", periods=2880, freq="min").strftime("%H:%M")
    frame = by_the_minute(Time=clock).assign(y=lambda table: (table["Date"] == "17/12/2006") * 1)
    assert check(frame, target=("y",)).blocking[0].flag == "--time Date --time Time"


def test_numbers_of_stores_are_no_hours():
    frame = panel(store=list(range(1, 25)))
    assert check(frame, target=("y",)).blocking[0].flag == "--id store"


def test_a_time_of_day_is_part_of_the_time_in_a_panel_too():
    times = pd.date_range("2020-01-01", periods=240, freq="h")
    frames = [
        pd.DataFrame(
            {
                "shop": shop,
                "date": times.strftime("%Y-%m-%d"),
                "time": times.strftime("%H:%M"),
                "y": np.arange(240) ** 2 % 17 + number,
            }
        )
        for number, shop in enumerate("abc")
    ]
    report = check(pd.concat(frames, ignore_index=True), target=("y",))
    assert report.blocking[0].flag == "--time date --time time"
    assert report.suggested_flags == "--time date --time time --id shop --target y" and report.fixes_all
    given = check(pd.concat(frames, ignore_index=True), target=("y",), id=("shop",))
    assert given.blocking[0].flag == "--time date --time time"


def test_whole_numbers_that_are_stored_as_floats_name_series():
    table = pd.DataFrame(
        {
            "ds": np.tile(pd.date_range("2020", periods=20), 2),
            "shop": np.repeat([1.0, 2.0], 20),
            "y": np.arange(40) ** 1.5,
        }
    )
    report = check(table, target=("y",))
    assert (report.suggested_flags, report.series) == ("--id shop --target y", 2)
    halves = table.assign(shop=table.shop + 0.5)
    assert "--id" not in check(halves, target=("y",)).suggested_flags


def test_hours_that_end_a_row_are_part_of_the_time():
    table = pd.DataFrame(
        {"Date": np.repeat(pd.date_range("2020", periods=10), 24), "HE": np.tile(np.arange(1, 25), 10)}
    )
    report = check(table.assign(y=np.arange(240) ** 1.5))
    assert (report.suggested_flags, report.interval) == ("--time Date --time HE", "h")
    assert (report.first, report.last) == ("2020-01-01 01:00", "2020-01-11")


def test_series_whose_names_differ_only_in_case_or_blanks_are_noted():
    names = ["Berlin", "berlin", "Paris"]
    report = check(panel(store=names), id="store", target=("y",))
    assert [str(f) for f in report.findings if f.kind == "similar series"] == [
        "similar series in 'store': 'Berlin', 'berlin' differ only in case or blanks and are series of their own; if "
        "not, write them alike"
    ]
    assert report.blocking == () and report.series == 3
    others = check(panel(store=["Berlin 1", "Berlin 2", "Bern"]), id="store", target=("y",))
    assert "similar series" not in [f.kind for f in others.findings]
