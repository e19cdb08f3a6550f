"""Windows of labelled rows: they stay within a piece, and every row is answered once."""

import numpy as np
import pytest

from seqkit.data.tagged_series.windows import covering_windows, drawn_windows, pieces_of

PIECES = np.array([[0, 5], [5, 69], [100, 101], [101, 400], [500, 516]])


def covered(windows, rows=600):
    counts = np.zeros(rows, int)
    for first, length, answered, end in windows.tolist():
        assert first <= answered < end <= first + length, "a window answers rows that it reads"
        counts[answered:end] += 1
    return counts


@pytest.mark.parametrize("window", [1, 2, 3, 7, 16, 64, 1000])
def test_every_row_is_answered_once_and_by_a_window_of_its_piece(window):
    windows = covering_windows(PIECES, window)
    counts, expected = covered(windows), np.zeros(600, int)
    for first, end in PIECES:
        expected[first:end] = 1
        inside = windows[(windows[:, 0] >= first) & (windows[:, 0] < end)]
        assert (inside[:, 0] + inside[:, 1] <= end).all() and (inside[:, 1] == min(window, end - first)).all()
    assert counts.tolist() == expected.tolist()


def test_rows_within_a_piece_have_a_quarter_of_a_window_on_both_sides():
    for first, length, answered, end in covering_windows(np.array([[0, 1000]]), 64).tolist():
        assert answered == 0 or answered - first >= 16
        assert end == 1000 or first + length - end >= 16


@pytest.mark.parametrize("window", [1, 2, 7, 64])
def test_drawn_windows_read_every_row_and_begin_elsewhere_each_time(window):
    draws = [drawn_windows(PIECES, window, np.random.default_rng(seed)) for seed in range(20)]
    assert len({len(windows) for windows in draws}) == 1
    for windows in draws:
        counts = covered(windows)
        for first, end in PIECES:
            assert counts[first:end].min() >= 1
        assert counts.sum() == windows[:, 1].sum() and counts[69:100].sum() == counts[400:500].sum() == 0
    assert window == 1 or len({windows.tobytes() for windows in draws}) > 1


def test_pieces_end_at_gaps_recordings_and_the_borders_of_parts():
    segments = np.array([[0, 4], [4, 9], [9, 12]])  # a gap before row 4, another recording from row 9 on
    parts = np.array([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, -1, 0])
    assert pieces_of(segments, parts, 0).tolist() == [[0, 4], [4, 5], [7, 9], [9, 10], [11, 12]]
    assert pieces_of(segments, parts, 1).tolist() == [[5, 7]]
    assert pieces_of(segments, parts, 2).shape == (0, 2)
