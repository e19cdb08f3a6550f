"""The cost of each way to make a table regular, counted by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check
from seqkit.errors import DataError


def hourly(rows: int = 1000, **columns) -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {"ds": pd.date_range("2020-01-01", periods=rows, freq="h"), "y": random.normal(size=rows), **columns}
    )


def test_one_long_gap_is_split_and_filling_is_listed_with_its_cost():
    report = check(hourly().drop(index=range(500, 800)))
    best, other = report.fixes
    assert report.suggested_flags == "--missing drop"
    assert (best.kept, best.inserted, best.dropped, best.parts, best.longest) == (700, 0, 0, 2, 500)
    assert (other.choices.missing, other.inserted, other.kept) == ("ffill", 300, 700)
    text = report.text()
    assert "  keeps 700 of 700 rows; 2 parts without a gap, the longest of 500 rows\n" in text
    assert "  --missing ffill: keeps 700 of 700 rows; invents 300 rows, 30% of the table\n" in text


def test_many_short_gaps_are_filled():
    report = check(hourly().drop(index=range(10, 1000, 20)))
    assert report.suggested_flags == "--missing ffill" and report.fixes[0].inserted == 50
    assert report.fixes[1].choices.missing == "drop" and report.fixes[1].longest == 19


def test_filling_half_of_the_table_is_not_called_a_fix():
    report = check(hourly().drop(index=np.random.default_rng(1).choice(999, 500, replace=False)))
    assert not report.fixes[0].is_cheap and report.fixes_all
    assert "No flag keeps the data as it is: look at the file first, from row " in report.text()
    assert "invents 500 rows, 50% of the table" in report.text()


@pytest.mark.parametrize(
    ("rows", "end"),
    [
        (slice(0, 600), "before its first value: the column starts late"),
        (slice(500, 1000), "after its last value: the column ends early"),
    ],
)
def test_covariate_that_starts_late_or_ends_early_is_left_out(rows, end):
    table = hourly(x=np.arange(1000.0) % 7, z=np.arange(1000.0) % 5)
    table.loc[table.index[rows], "x"] = np.nan
    report = check(table, target=("y",))
    (finding,) = report.blocking
    assert end in finding.message
    assert report.suggested_flags == "--target y --features y --features z"
    assert report.fixes[0].kept == 1000 and "leaves out 'x'" in report.text()
    dropped = next(fix for fix in report.fixes if fix.choices.missing == "drop")
    assert dropped.dropped == rows.stop - rows.start and dropped.kept == 1000 - dropped.dropped
    assert regularise(table, target=("y",), features=("y", "z")).segments.tolist() == [[0, 1000]]


def test_covariate_that_lacks_few_values_is_kept():
    table = hourly(x=np.arange(1000.0) % 7)
    table.loc[[100, 500], "x"] = np.nan
    report = check(table, target=("y",))
    assert report.suggested_flags == "--target y --missing drop" and not any(fix.left_out for fix in report.fixes)


def test_only_the_emptiest_covariate_is_left_out():
    table = hourly(x=np.arange(1000.0) % 7, z=np.arange(1000.0) % 5)
    table.loc[np.random.default_rng(2).random(1000) < 0.7, "x"] = np.nan
    table.loc[:50, "z"] = np.nan
    best = check(table, target=("y",)).fixes[0]
    assert (best.left_out, best.dropped, best.kept) == (("x",), 51, 949)


def test_rows_lost_for_several_reasons_are_counted_once():
    table = hourly(x=np.arange(1000.0) % 7, z=np.arange(1000.0) % 5)
    table.loc[100:119, ["x", "z"]] = np.nan
    table.loc[110:129, "y"] = np.nan
    report = check(table, target=("y",))
    assert sum(finding.count for finding in report.blocking) == 60
    dropped = next(fix for fix in report.fixes if fix.choices.missing == "drop")
    assert (dropped.rows, dropped.empty, dropped.dropped, dropped.kept) == (990, 10, 20, 970)
    filled = next(fix for fix in report.fixes if fix.choices.missing == "ffill")
    assert (filled.filled, filled.inserted, filled.dropped, filled.kept) == (20, 10, 0, 970)
    assert "keeps 970 of 990 rows with values; drops 20 rows (2.0%)" in report.text()
    assert "invents 10 rows, 1.0% of the table; fills values in 20 rows (2.0%)" in filled.cost()


def test_rows_without_any_value_are_no_loss():
    table = hourly(2000).drop(columns="y").assign(y=np.arange(2000.0) % 7)
    table.loc[table["ds"].dt.day_of_week >= 5, "y"] = np.nan
    best = check(table).fixes[0]
    measured = int(table["y"].notna().sum())
    assert (best.choices.sessions, best.rows, best.kept, best.dropped) == ("Mon-Fri", measured, measured, 0)
    filled = next(fix for fix in check(table).fixes if fix.choices.missing == "ffill")
    assert (filled.inserted, filled.filled, filled.kept) == (2000 - measured, 0, measured)


def test_averaged_rows_are_counted():
    table = hourly(100)
    same = pd.concat([table, table.iloc[:4].assign(y=9.0)])
    report = check(same)
    assert (report.fixes[0].averaged, report.fixes[0].dropped, report.fixes[0].kept) == (8, 0, 96)
    assert "averages 8 rows (7.7%)" in report.text()


def test_rounding_is_weighed_against_bins():
    table = hourly(600)
    table["ds"] += pd.to_timedelta(np.random.default_rng(0).integers(-9, 10, len(table)), unit="s")
    best, bins, *_ = check(table).fixes
    assert best.choices.round == "h" and best.kept == 600 and best.averaged == 0
    assert bins.choices.resample == "h" and bins.averaged > 200 and bins.inserted > 100


def test_events_at_random_times_can_be_binned_or_counted():
    seconds = np.sort(np.random.default_rng(0).choice(40 * 86_400, 3000, replace=False))
    table = pd.DataFrame({"ds": pd.Timestamp("2020-01-01") + pd.to_timedelta(seconds, unit="s"), "y": seconds % 7})
    report = check(table)
    assert report.fixes[0].choices.resample == "h" and not report.fixes[0].is_cheap
    assert "--time none without --missing --resample: keeps 3,000 of 3,000 rows; counts the rows" in report.text()


def test_refusal_of_training_tells_the_costs_too():
    with pytest.raises(DataError, match=r"keeps 700 of 700 rows; 2 parts[\s\S]*invents 300 rows, 30% of the table"):
        regularise(hourly().drop(index=range(500, 800)))


def test_costs_are_in_the_json():
    report = json.loads(json.dumps(check(hourly().drop(index=range(500, 800))).as_dict()))
    assert [fix["flags"] for fix in report["fixes"]] == ["--missing drop", "--missing ffill"]
    assert report["fixes"][1]["inserted"] == 300 and report["fixes"][0]["kept"] == 700
    assert json.loads(json.dumps(check(hourly()).as_dict()))["fixes"] == []


def test_events_may_be_added_up_by_day():
    generator = np.random.default_rng(0)
    times = pd.Timestamp("2021-01-01") + pd.to_timedelta(np.sort(generator.integers(0, 60 * 86_400, 1500)), unit="s")
    table = pd.DataFrame({"time": times, "amount": generator.random(1500)})
    report = check(table.drop_duplicates("time"))
    assert "and adds up events with --resample-with sum" in report.blocking[-1].message
    (fix,) = [fix for fix in report.fixes if fix.choices.resample_with == "sum"]
    assert fix.choices.flags() == "--resample D --resample-with sum" and fix.works
    assert fix.cost() == f"keeps 0 of {report.rows:,} rows; adds up {report.rows:,} rows (100%)"
    sums = regularise(table, resample="D", resample_with="sum").frame.amount
    assert sums.to_numpy() == pytest.approx(table.groupby(table.time.dt.floor("D")).amount.sum().to_numpy())
