"""Sorting of rows and merging of duplicate times."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.series.table import Table
from seqkit.data.tables.regularise import regularise
from tests.data.tables.frames import NAN, holed_series, hourly, regular


def test_rows_are_sorted_with_a_note():
    table = regularise(hourly([1, 2, 3, 4]).iloc[[2, 0, 3, 1]])
    assert table.frame["y"].tolist() == [1, 2, 3, 4]
    assert any(note.startswith("unsorted") for note in table.notes)


@pytest.mark.parametrize(("policy", "expected"), [("first", [1, 2, 3]), ("last", [1, 8, 3]), ("mean", [1, 5, 3])])
def test_duplicate_times_are_merged(policy, expected):
    frame = pd.concat([hourly([1.0, 2, 3]), hourly([8.0], start="2020-01-01 01:00")])
    table = regularise(frame, duplicates=policy)
    assert table.frame["y"].tolist() == expected and table.segments.tolist() == [[0, 3]]
    assert any(note.startswith("duplicate time") for note in table.notes)


def test_mean_of_duplicates_ignores_missing_values():
    frame = pd.concat([hourly([1.0, NAN, 3]), hourly([8.0], start="2020-01-01 01:00")])
    assert regularise(frame, duplicates="mean").frame["y"].tolist() == [1, 8, 3]


def same(a: Table, b: Table) -> bool:
    arrays = [(a.time, b.time), (a.starts, b.starts), (a.segments, b.segments)]
    return a.frame.equals(b.frame) and a.ids == b.ids and all(np.array_equal(x, y) for x, y in arrays)


@settings(max_examples=80, deadline=None)
@given(holed_series(), st.sampled_from(["drop", "ffill", "interpolate"]), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(frame, missing, random):
    order = list(range(len(frame)))
    random.shuffle(order)
    table, shuffled = regular(frame, missing), regular(frame.iloc[order], missing)
    assert (table is None) == (shuffled is None)
    assert table is None or same(table, shuffled)
