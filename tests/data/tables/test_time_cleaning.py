"""Texts of times that are rewritten before they are read."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.report import check
from seqkit.data.tables.time_cleaning import cleaned_column


@pytest.mark.parametrize(
    ("cells", "first", "interval"),
    [
        (["01.01.2020 00:00 - 01.01.2020 01:00", "01.01.2020 01:00 - 01.01.2020 02:00"], "2020-01-01", "h"),
        (
            ["13/01/2020 00:00:00 – 13/01/2020 00:30:00", "13/01/2020 00:30:00 – 13/01/2020 01:00:00"],
            "2020-01-13",
            "30min",
        ),
        (["2020-01-01T00:00Z/2020-01-01T01:00Z", "2020-01-01T01:00Z/2020-01-01T02:00Z"], "2020-01-01 UTC", "h"),
        (["2020-01-01 to 2020-01-07", "2020-01-08 to 2020-01-14"], "2020-01-01", "W-WED"),
        (["2020-01-01 00:00:00 UTC", "2020-01-01 01:00:00 UTC"], "2020-01-01 UTC", "h"),
        (["Wed 01 Jan 2020", "Thu 02 Jan 2020"], "2020-01-01", "D"),
        (["Wednesday, January 1, 2020", "Thursday, January 2, 2020"], "2020-01-01", "D"),
        (["1st January 2020", "2nd January 2020"], "2020-01-01", "D"),
        (["Sept. 2020", "Oct. 2020"], "2020-09-01", "MS"),
    ],
)
def test_times_in_other_words_are_read(cells, first, interval):
    report = check(pd.DataFrame({"when": cells, "y": [1, 2]}), target=("y",))
    assert (report.time, report.first, report.interval, report.blocking) == (("when",), first, interval, ())


def test_start_of_a_range_is_told():
    cells = [f"2020-01-{day:02} to 2020-01-{day + 1:02}" for day in range(1, 10)]
    report = check(pd.DataFrame({"when": cells, "y": np.arange(9) ** 2}), target=("y",))
    assert str(report.findings[0]) == (
        "time range in 'when': 2020-01-01 to 2020-01-02; of a start and an end, the start is read"
    )


def test_missing_cells_stay_missing():
    text = pd.Series(["Mon 6 Jan 2020", None, "Mon 6 Jan 2020"], dtype="str", index=[3, 4, 7])
    read = cleaned_column(text)
    assert read.isna().tolist() == [False, True, False] and read[7] == "6 Jan 2020"
