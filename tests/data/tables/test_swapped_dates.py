"""Dates of which a spreadsheet swapped day and month where it could."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check
from seqkit.errors import DataError


@pytest.mark.parametrize(("frequency", "clock"), [("D", ""), ("B", ""), ("h", " %H:%M")])
@pytest.mark.parametrize("backwards", [False, True])
def test_days_that_a_spreadsheet_swapped_with_months_are_found(frequency, clock, backwards):
    days = pd.date_range("2021-01-01", "2021-03-31", freq=frequency)
    orders = np.where(days.day > 12, "%d/%m/%Y", "%m/%d/%Y").tolist()
    cells = [day.strftime(order + clock) for day, order in zip(days, orders, strict=True)][:: -1 if backwards else 1]
    report = check(pd.DataFrame({"ds": cells, "y": np.arange(len(cells)) ** 1.5}))
    assert [(f.kind, f.flag) for f in report.blocking] == [("swapped date", None)]
    assert (report.first, report.last[:10], report.fixes_all) == ("2021-01-01", "2021-03-31", False)
    swapped = np.flatnonzero((days.day < 13) & (days.day != days.month))
    first = len(days) - swapped[-1] if backwards else swapped[0] + 1
    assert (report.blocking[0].count, report.blocking[0].row) == (len(swapped), first)


def test_swapped_days_are_told_with_both_dates():
    days = pd.date_range("2021-01-01", "2021-03-31")
    cells = [f"{day:%d/%m/%Y}" if day.day > 12 else f"{day:%m/%d/%Y}" for day in days]
    with pytest.raises(DataError, match=r"01/02/2021 +is 2021-02-01 as %d/%m/%Y, 2021-01-02 by the rows around it"):
        regularise(pd.DataFrame({"ds": cells, "y": np.arange(90) ** 1.5}))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shuffled", [False, True])
def test_days_before_months_with_gaps_are_not_taken_for_swapped_ones(seed, shuffled):
    generator = np.random.default_rng(seed)
    days = pd.date_range("2021-01-01", periods=300)[generator.random(300) > 0.3]
    days = generator.permutation(days) if shuffled else days
    report = check(pd.DataFrame({"ds": pd.DatetimeIndex(days).strftime("%d/%m/%Y"), "y": generator.random(len(days))}))
    assert [f.kind for f in report.blocking] == ["gap"]


def test_swapped_days_of_newer_rows_are_refused_by_name():
    days = pd.date_range("2021-04-01", "2021-06-30")
    cells = [f"{day:%d/%m/%Y}" if day.day > 12 else f"{day:%m/%d/%Y}" for day in days]
    table = pd.DataFrame({"ds": cells, "y": np.arange(len(cells)) ** 1.5})
    with pytest.raises(DataError, match=r"swapped date +ds +33 +1 +04/01/2021 +is 2021-01-04 as %d/%m/%Y") as refused:
        regularise(table, time_format="%d/%m/%Y", interval="D", missing="ffill")
    assert "\nFix these rows in the file.\n" in str(refused.value) and "--" not in str(refused.value)
    steady = table.assign(ds=days.strftime("%d/%m/%Y"))
    assert (
        len(regularise(steady.drop(index=range(20, 40)), time_format="%d/%m/%Y", interval="D", missing="ffill")) == 91
    )
