"""Chunks: each window is in exactly one chunk, and every chunk reads valid rows."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seqkit.data.series.chunks import find_chunks
from seqkit.data.series.windows import Windows, legal_windows

SEGMENTS = [(0, 90), (90, 97), (100, 101), (103, 160)]


def drawn(chunks, seed: int = 0) -> np.ndarray:
    return chunks.draw(np.random.default_rng(seed))


def counted(rows: np.ndarray, rate: int) -> list[int]:
    """The last rows of the windows in all chunks."""
    return [row for _, first, last in rows.tolist() for row in range(first, last + 1, rate)]


@given(
    steps=st.integers(1, 12),
    lead=st.integers(1, 3),
    horizon=st.integers(1, 3),
    rate=st.integers(1, 4),
    warmup=st.integers(0, 20),
    length=st.integers(1, 30),
    border=st.integers(60, 160),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=200)
def test_last_row_of_every_window_is_in_exactly_one_chunk(steps, lead, horizon, rate, warmup, length, border, seed):
    windows = legal_windows(SEGMENTS, [(0, border)], steps=steps, lead=lead, horizon=horizon, sampling_rate=rate)
    assume(len(windows) > 0)
    chunks = find_chunks(windows, warmup=warmup, length=length)
    rows = drawn(chunks, seed)

    assert len(rows) == len(chunks) and rows.dtype == np.int64
    assert sorted(counted(rows, rate)) == windows.last_rows.tolist()
    starts = np.array([first for first, _ in SEGMENTS])
    read_from, first, last = rows.T
    segment_start = starts[np.searchsorted(starts, last, side="right") - 1]
    assert (read_from >= segment_start).all(), "a chunk reads across a gap or a border"
    assert ((first - read_from) % rate == 0).all() and ((last - first) // rate < length).all()
    enough = (first - read_from) // rate >= warmup
    from_the_start = read_from - segment_start < rate
    assert (enough | from_the_start).all(), "a chunk has a shorter warm-up than possible"
    assert ((last - read_from) // rate < chunks.steps).all()
    assert ((first - read_from) // rate >= min(warmup, steps - 1)).all()


def test_chunks_of_a_short_series_by_hand():
    # Rows 0 to 20 read every second one, three at a time, one step ahead: the newest rows are 4 to 18.
    windows = legal_windows([(0, 21)], [(0, 21)], steps=3, sampling_rate=2)
    chunks = find_chunks(windows, warmup=1, length=10)
    # The course of even rows has 8 windows (newest rows 4, 6, …, 18), that of odd rows 7 (5, 7, …, 17).
    assert chunks.steps == 9  # 8 windows and one step of warm-up; the shorter course has one step more
    np.testing.assert_array_equal(drawn(chunks), [[2, 4, 18], [1, 5, 17]])
    np.testing.assert_array_equal(drawn(find_chunks(windows, warmup=5, length=10)), [[0, 4, 18], [1, 5, 17]])


def test_cuts_vary_between_draws_and_cover_all_positions():
    windows = Windows(np.arange(100), steps=10)
    chunks = find_chunks(windows, warmup=4, length=20)
    firsts = [set(drawn(chunks, seed)[:, 1].tolist()) for seed in range(200)]
    assert {len(draw_rows) for draw_rows in firsts} == {6}, "five even parts, one of them in two"
    assert len(set.union(*firsts)) == 100 - 4, "everywhere but at the four places where even parts meet"
    np.testing.assert_array_equal(drawn(chunks, 5), drawn(chunks, 5))


@pytest.mark.parametrize("count", [1, 2, 7])
def test_chunk_of_one_window_is_not_cut_further(count):
    windows = Windows(np.arange(count), steps=3)
    chunks = find_chunks(windows, warmup=2, length=1)
    np.testing.assert_array_equal(drawn(chunks), [[i, i + 2, i + 2] for i in range(count)])
    assert chunks.steps == 3


def test_chunk_is_no_longer_than_the_longest_course():
    windows = Windows(np.arange(10), steps=5)
    assert find_chunks(windows, warmup=100, length=100).steps == 14
