"""Single dates with a mistyped year or month."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.report import check


def with_date(row: int, date: str, *, freq: str = "D", rows: int = 400, **columns) -> pd.DataFrame:
    """Rows from 2012 on, one of them with another date."""
    times = pd.date_range("2012-01-01", periods=rows, freq=freq).strftime("%Y-%m-%d %H:%M").to_numpy(object)
    times[row] = date
    return pd.DataFrame({"ds": times, **columns, "y": np.arange(rows) ** 2 % 17})


@pytest.mark.parametrize(
    ("row", "date", "freq", "right"),
    [
        (60, "2102-03-01", "D", "2012-03-01"),
        (60, "1912-03-01", "D", "2012-03-01"),
        (60, "2013-03-01", "D", "2012-03-01"),
        (60, "2012-08-01", "D", "2012-03-01"),
        (0, "2102-01-01", "D", "2012-01-01"),
        (399, "2103-02-03", "D", "2013-02-03"),
        (60, "2021-01-03 12:00", "h", "2012-01-03 12:00"),
        (14, "2031-03-01", "MS", "2013-03-01"),
        (7, "2109-01-01", "YS", "2019-01-01"),
    ],
)
def test_mistyped_date_is_named_with_its_row_and_the_right_one(row, date, freq, right):
    report = check(with_date(row, date, freq=freq, rows=400 if freq in "Dh" else 60))
    (finding,) = report.blocking
    assert (finding.kind, finding.column, finding.count, finding.row) == ("mistyped date", "ds", 1, row + 1)
    assert finding.value == date and f"the rows around it tell {right}: correct it" in finding.message
    assert not report.fixes_all and "--missing" not in report.suggested_flags


def test_mistyped_date_is_found_in_a_file_that_begins_with_the_newest():
    frame = with_date(60, "2102-03-01").iloc[::-1].reset_index(drop=True)
    (finding,) = check(frame).blocking
    assert (finding.kind, finding.row) == ("mistyped date", 340)


def test_mistyped_date_is_found_in_a_panel():
    frame = pd.concat([with_date(60, "2102-03-01", unique_id="a"), with_date(0, "2012-01-01", unique_id="b")])
    (finding,) = check(frame.sort_values("y", kind="stable").sort_index(kind="stable")).blocking
    assert (finding.kind, finding.series, finding.row) == ("mistyped date", "a", 121)


@pytest.mark.parametrize("date", ["2010-06-17", "2012-03-02"])
def test_other_rows_out_of_place_are_not_mistyped(date):
    assert "mistyped date" not in [finding.kind for finding in check(with_date(60, date)).findings]


def test_rows_in_random_order_are_not_mistyped():
    frame = with_date(0, "2012-01-01").sample(frac=1, random_state=0)
    assert check(frame).blocking == ()


def test_a_gap_of_years_is_a_gap():
    frame = pd.concat([with_date(0, "2012-01-01", rows=100), with_date(0, "2012-01-01", rows=1000).iloc[900:]])
    assert [finding.kind for finding in check(frame).blocking] == ["gap"]


def test_row_in_another_place_and_copy_of_a_row_are_not_mistyped():
    months = pd.date_range("2020-01-01", periods=54, freq="MS")
    table = pd.DataFrame({"ds": months, "y": np.arange(54) % 7})
    moved = pd.concat([table.drop(index=6), table.iloc[[6]]])
    copied = pd.concat([table, table.iloc[[6]]])
    for sample in (moved, copied):
        assert "mistyped date" not in [finding.kind for finding in check(sample, target=("y",)).findings]
    other = pd.concat([table, table.iloc[[6]].assign(y=99)])
    assert "mistyped date" in [finding.kind for finding in check(other, target=("y",)).findings]
