"""Names of series in newer rows, matched with those of a run."""

import pandas as pd
import pytest

from seqkit.data.tables.regularise import regularise
from seqkit.tasks.forecast.series_names import with_known_names


@pytest.mark.parametrize(
    ("names", "known", "expected"),
    [
        (["417", "9"], ("00417", "00009"), ("00417", "00009")),
        (["00417"], ("417", "5"), ("417",)),
        (["1/5", "1/a"], ("001/05", "001/a"), ("001/05", "001/a")),
        (["417"], ("00417", "417"), ("417",)),
        (["417"], ("00417", "0417"), ("417",)),  # either of two
        (["0417", "00417"], ("417",), ("00417", "0417")),  # two for one
        (["00417", "417"], ("00417",), ("00417", "417")),  # a series of its own
        (["0", "x0"], ("00", "x00"), ("00", "x0")),
        (["417"], (), ("417",)),
    ],
)
def test_names_that_differ_in_leading_zeros_are_those_of_the_run_if_only_one_can_be_meant(names, known, expected):
    days = pd.date_range("2020", periods=3)
    frame = pd.concat(pd.DataFrame({"unique_id": name, "ds": days, "y": [1.0, 2.0, 4.0]}) for name in names)
    table = regularise(frame)
    result = with_known_names(table, known)
    assert sorted(result.ids) == sorted(expected)
    assert (result is table) == (set(result.ids) == set(names))
    assert len(result.notes) == len(table.notes) + (result is not table)
