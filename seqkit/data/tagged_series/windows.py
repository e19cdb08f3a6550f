"""Windows of a series with a label in every row: which rows a model reads at once, and which of them it answers.

Nothing here depends on columns or labels. A piece is a range of rows without a gap, of one recording and one part; no
window reads beyond it. Windows have at most `window` rows: a shorter piece is a window of its own.
"""

import numpy as np

from seqkit.data.series.ranges import count_up


def pieces_of(segments: np.ndarray, parts: np.ndarray, part: int) -> np.ndarray:
    """Returns the ranges of rows [first, end) of a part, int64 of shape (pieces, 2).

    Args:
        segments: Ranges of rows without a gap, each in one recording, ascending, of shape (segments, 2).
        parts: Number of the part of each row, of shape (rows,).
        part: Number of the part.
    """
    inside = np.zeros(len(parts) + 1, bool)
    inside[:-1] = parts == part
    is_covered = np.zeros(len(parts) + 1, np.int8)
    np.add.at(is_covered, segments[:, 0], 1)
    np.add.at(is_covered, segments[:, 1], -1)
    inside &= np.cumsum(is_covered) > 0
    begins = inside.copy()
    begins[1:] &= ~inside[:-1]
    begins[segments[:, 0]] |= inside[segments[:, 0]]
    firsts = np.flatnonzero(begins)
    outside = np.flatnonzero(~inside)
    ends = outside[np.searchsorted(outside, firsts)]  # the next row that is not in the part
    ends = np.minimum(ends, np.append(firsts[1:], len(parts)))
    return np.stack([firsts, ends], axis=1).astype(np.int64)


def covering_windows(pieces: np.ndarray, window: int) -> np.ndarray:
    """Returns overlapping windows, of which each row is answered by the one in whose middle half it lies.

    At the ends of a piece, the first window also answers its first rows and the last one its last rows.

    Args:
        pieces: Ranges of rows [first, end), of shape (pieces, 2).
        window: Rows of a window, at least 1.

    Returns:
        First row, number of rows, first row that is answered and end of the answered rows of each window, int64 of
        shape (windows, 4); every row of the pieces is answered once.
    """
    margin = window // 4
    stride = window - 2 * margin
    lengths = pieces[:, 1] - pieces[:, 0]
    counts = 1 + np.maximum(0, -(-(lengths - window) // stride))
    piece = np.repeat(np.arange(len(pieces)), counts)
    number = count_up(np.zeros(len(pieces), np.int64), counts)
    first, end = pieces[piece, 0], pieces[piece, 1]
    starts = np.minimum(first + number * stride, np.maximum(end - window, first))
    read = np.minimum(window, end - starts)
    answered = np.where(number == 0, first, starts + margin)
    is_last = number == counts[piece] - 1
    following = np.append(answered[1:], 0)
    return np.stack([starts, read, answered, np.where(is_last, end, following)], axis=1)


def drawn_windows(pieces: np.ndarray, window: int, rng: np.random.Generator) -> np.ndarray:
    """Returns windows that together read every row of the pieces, from a random place on in each piece.

    Their number depends on the lengths of the pieces alone. All their rows are answered.

    Args:
        pieces: Ranges of rows [first, end), of shape (pieces, 2).
        window: Rows of a window, at least 1.
        rng: Generator of the places.

    Returns:
        As `covering_windows`.
    """
    lengths = pieces[:, 1] - pieces[:, 0]
    counts = np.where(lengths > window, -(-lengths // window) + 1, 1)
    piece = np.repeat(np.arange(len(pieces)), counts)
    number = count_up(np.zeros(len(pieces), np.int64), counts)
    first, last = pieces[piece, 0], np.maximum(pieces[piece, 1] - window, pieces[piece, 0])
    phase = rng.integers(1, window + 1, len(pieces))
    starts = np.clip(first + phase[piece] + (number - 1) * window, first, last)
    read = np.minimum(window, pieces[piece, 1] - starts)
    return np.stack([starts, read, starts, starts + read], axis=1)
