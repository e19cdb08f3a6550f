"""Columns of numbers that look like the time although their names do not say so."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.report import check

ROWS = 40
Y = np.arange(ROWS) ** 2 % 17


def question(values, name: str = "x"):
    """The finding that stops training, or None."""
    blocking = check(pd.DataFrame({name: values, "y": Y})).blocking
    assert len(blocking) < 2
    return blocking[0] if blocking else None


@pytest.mark.parametrize(("unit", "scale"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
@pytest.mark.parametrize("backwards", [False, True])
def test_unix_time_under_any_name_is_asked_about(unit, scale, backwards):
    values = (1_609_459_200 + 86_400 * np.arange(ROWS)[:: -1 if backwards else 1]) * scale
    table = pd.DataFrame({"recorded": values, "y": Y})
    report = check(table)
    assert [(f.kind, f.flag) for f in report.blocking] == [("unread time", "--time recorded")]
    first = "2021-02-09" if backwards else "2021-01-01"
    assert report.blocking[0].message.startswith(f"looks like Unix time ({first}T00:00:00 UTC)")
    assert (report.first, report.interval, report.fixes_all) == ("2021-01-01 UTC", "D", True)
    assert check(table, time="none").blocking == ()


def test_unix_time_with_fractions_is_asked_about():
    assert question(1_609_459_200.5 + 86_400 * np.arange(ROWS)).flag == "--time x"


def test_counters_that_fall_are_asked_about():
    finding = question(np.arange(ROWS)[::-1], "t")
    assert (finding.flag, finding.value) == ("--time t", "39")
    assert finding.message.startswith("falls by 1 from row to row, so that the newest row may come first")


@pytest.mark.parametrize("per_year", [4, 12, 52, 365])
def test_years_with_decimals_are_asked_about(per_year):
    years = np.round(1990 + np.arange(ROWS) / per_year, 4)
    finding = question(years, "decimal_year")
    assert (finding.flag, finding.value) == ("--time none", "1990")
    assert "looks like years with decimals" in finding.message
    assert question(years[::-1], "decimal_year").flag is None
    assert question(np.delete(np.append(years, 1990 + ROWS / per_year), 7), "decimal_year").flag is None


@pytest.mark.parametrize(
    "values",
    [
        1.35e9 + 1e6 * np.arange(ROWS) ** 1.5,  # the inhabitants of a country
        np.arange(ROWS) * 0.1,
        np.arange(ROWS) * -2,
        2000 + np.sin(np.arange(ROWS)),
        np.where(np.arange(ROWS) == 3, np.nan, 1_609_459_200 + 86_400 * np.arange(ROWS)),
    ],
)
def test_other_numbers_are_inputs(values):
    assert question(values) is None or question(values).kind == "missing value"


def test_numbers_beside_a_time_are_inputs():
    table = pd.DataFrame({"ds": pd.date_range("2020", periods=ROWS), "x": np.arange(ROWS)[::-1], "y": Y})
    assert check(table).blocking == ()
