"""Tables with times in their column names."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.report import check

YEARS = range(1990, 2021)


def wide(names, **columns) -> pd.DataFrame:
    values = np.random.default_rng(0).random((len(YEARS), len(names)))
    return pd.DataFrame({**columns, **dict(zip(map(str, names), values.T, strict=True))})


@pytest.mark.parametrize(
    ("names", "part"),
    [
        (["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], "month"),
        (
            [
                "Januar",
                "Februar",
                "März",
                "April",
                "Mai",
                "Juni",
                "Juli",
                "August",
                "September",
                "Oktober",
                "November",
                "Dezember",
                "Summe",
            ],
            "month",
        ),
        ([f"H{hour:02}" for hour in range(24)], "hour"),
        ([f"Hour {hour}" for hour in range(1, 25)], "hour"),
        ([f"{hour:02}:00" for hour in range(24)], "hour"),
    ],
)
def test_months_or_hours_in_the_header_stop_training(names, part):
    report = check(wide(names, Year=YEARS))
    assert [(f.kind, f.value, f.count) for f in report.blocking] == [
        ("times in the header", names[0], {"month": 12, "hour": 24}[part])
    ]
    assert f"the columns are the {part}s of each row" in report.text() and report.time == ("Year",)
    assert check(wide(names, Year=YEARS), target=names[0]).blocking == ()


@pytest.mark.parametrize(
    "names", [range(24), ["Jan", "Feb", "Mar", "Apr"], [f"H{i}" for i in range(20)], [f"sensor{i}" for i in range(24)]]
)
def test_other_names_do_not(names):
    assert check(wide(names, Year=YEARS)).blocking == ()
