"""Texts that could be months, and are other periods."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.report import check


def report(name: str, cells, **options):
    return check(pd.DataFrame({name: cells, "y": np.arange(len(cells)) ** 2 % 17}), target=("y",), **options)


WEEKS = [f"2012-{week:02}" for week in range(1, 53)]


def test_weeks_are_read_by_the_name_of_the_column():
    checked = report("Week", WEEKS)
    assert (checked.interval, checked.first, checked.last, checked.blocking) == (
        "W-MON",
        "2012-01-02",
        "2012-12-24",
        (),
    )
    assert "period in 'Week': 2012-01; texts are read as ISO year and week" in map(str, checked.findings)


def test_weeks_that_could_be_months_are_asked_about():
    checked = report("year_week", WEEKS[:12])
    (finding,) = checked.blocking
    assert finding.alternative_flags == ["--time-format week", "--time-format month"]
    assert "a week or a month" in finding.message
    assert report("Month", WEEKS[:12]).interval == "MS"
    assert report("year_week", WEEKS[:12], time_format="month").interval == "MS"


@pytest.mark.parametrize("separator", ["-", "/", "."])
def test_quarters_are_read_by_the_name_of_the_column(separator):
    cells = [f"{year}{separator}{quarter}" for year in (2012, 2013) for quarter in (1, 2, 3, 4)]
    assert report("Quarter", cells).interval == "QS" and report("quarter", cells).blocking == ()


@pytest.mark.parametrize("form", ["{0}-{1:02}", "{0}/{1:02}", "{0}/20{1:02}"])
def test_pairs_of_years_are_years(form):
    checked = report("season", [form.format(year, (year + 1) % 100) for year in range(2005, 2020)])
    assert (checked.interval, checked.first, checked.last) == ("YS", "2005-01-01", "2019-01-01")


def test_months_are_no_pairs_of_years():
    months = pd.date_range("2009-01", periods=40, freq="MS").strftime("%Y-%m")
    assert report("date", months).interval == "MS" and report("date", ["2009-10", "2009-11"]).interval == "MS"
