"""Overlaps of row ranges, and the rows they contain."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqkit.data.series.ranges import intersections, overlaps, rows_of


@st.composite
def ranges(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Draws ascending, disjoint ranges, some of them empty or adjacent."""
    edges = draw(st.lists(st.integers(0, 30), max_size=12).map(sorted))
    return list(zip(edges[0::2], edges[1::2], strict=False))


@given(ranges(), ranges())
def test_overlaps_are_all_pairs_with_a_common_row(left, right):
    pairs = [
        (i, j) for i, (a, b) in enumerate(left) for j, (c, d) in enumerate(right) if set(range(a, b)) & set(range(c, d))
    ]
    assert list(zip(*(positions.tolist() for positions in overlaps(left, right)), strict=True)) == pairs


@given(ranges(), ranges())
def test_intersections_contain_the_common_rows(left, right):
    common = np.intersect1d(rows_of(left), rows_of(right))
    np.testing.assert_array_equal(rows_of(intersections(left, right)), common)


def test_rows_are_counted_up_in_each_range():
    assert rows_of([(2, 5), (7, 7), (9, 11)]).tolist() == [2, 3, 4, 9, 10]
