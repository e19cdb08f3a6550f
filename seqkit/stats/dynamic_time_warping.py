"""Dynamic time warping with a Sakoe-Chiba band, for many pairs of series at once.

H. Sakoe and S. Chiba, "Dynamic programming algorithm optimization for spoken word recognition", 1978,
https://doi.org/10.1109/TASSP.1978.1163055
"""

import numpy as np

MAX_CELLS = 1 << 22
"""Most values of an array in memory: 16 MiB."""

FIRST = 4
"""Candidates of each query, those with the lowest bounds, whose distances rule out others."""


def warped_distances(a: np.ndarray, b: np.ndarray, band: int) -> np.ndarray:
    """Returns the squared distance of each pair of series along the best warping path.

    All channels are warped together. A path pairs steps that are at most `band` apart; with 0 it is the Euclidean one.

    Args:
        a: First series of the pairs, of shape (pairs, steps, channels).
        b: Second series, of the same shape.
        band: Most steps between two paired ones, [0, steps).
    """
    pairs = max(1, MAX_CELLS // ((2 * band + 1) * a.shape[2] + a.shape[1] * a.shape[2]))
    parts = [_warped(a[i : i + pairs], b[i : i + pairs], band) for i in range(0, len(a), pairs)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def nearest_warped(
    queries: np.ndarray, series: np.ndarray, band: int, *, leave_one_out: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the position of the series nearest to each query, the first of equals, and its squared distance.

    A lower bound of the distance, by E. Keogh and C. A. Ratanamahatana, 2005,
    https://doi.org/10.1007/s10115-004-0154-9, rules out most pairs.

    Args:
        queries: Of shape (queries, steps, channels).
        series: Of shape (series, steps, channels).
        band: As in `warped_distances`.
        leave_one_out: Whether `queries` are the first of the series themselves, each of which then ignores itself.
    """
    bounds = _lower_bounds(queries, series, band)  # (queries, series)
    if leave_one_out:
        np.fill_diagonal(bounds, np.inf)
    distances = np.full(bounds.shape, np.inf, np.float32)
    first = np.argsort(bounds, axis=1, kind="stable")[:, : min(FIRST, len(series) - leave_one_out)]
    rows, columns = np.repeat(np.arange(len(queries)), first.shape[1]), first.ravel()
    distances[rows, columns] = warped_distances(queries[rows], series[columns], band)
    is_open = (bounds <= distances.min(axis=1, keepdims=True) * (1 + 1e-5)) & np.isinf(distances) & np.isfinite(bounds)
    rows, columns = np.nonzero(is_open)
    distances[rows, columns] = _by_index(queries, series, rows, columns, band)
    nearest = distances.argmin(axis=1)
    return nearest, distances[np.arange(len(queries)), nearest]


def _by_index(a: np.ndarray, b: np.ndarray, rows: np.ndarray, columns: np.ndarray, band: int) -> np.ndarray:
    """Returns the distances of the pairs `rows` of `a` and `columns` of `b`, without all of them in memory at once."""
    size = max(1, MAX_CELLS // (a.shape[1] * a.shape[2]))
    parts = [warped_distances(a[rows[i : i + size]], b[columns[i : i + size]], band) for i in range(0, len(rows), size)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _warped(a: np.ndarray, b: np.ndarray, band: int) -> np.ndarray:
    """Fills the table of costs along its anti-diagonals, whose cells depend only on the two before."""
    steps = a.shape[1]
    a, b = (np.ascontiguousarray(x.transpose(1, 0, 2), np.float32) for x in (a, b))  # (steps, pairs, channels)
    reversed_b = b[::-1]
    # Row i of a diagonal k is the pair of step i of `a` and step k - i of `b`; index 0 is a border of infinity.
    before, last = (np.full((steps + 2, a.shape[1]), np.inf, np.float32) for _ in range(2))
    for k in range(2 * steps - 1):
        low = max(0, k - steps + 1, -((band - k) // 2))
        high = min(steps - 1, k, (k + band) // 2)
        current = np.full_like(last, np.inf)
        if low <= high:
            difference = a[low : high + 1] - reversed_b[steps - 1 - k + low : steps - k + high]
            cost = np.einsum("spc,spc->sp", difference, difference)
            if k:
                best = np.minimum(last[low : high + 1], last[low + 1 : high + 2])  # from (i-1, j) and (i, j-1)
                cost += np.minimum(best, before[low : high + 1], out=best)  # from (i-1, j-1)
            current[low + 1 : high + 2] = cost
        before, last = last, current
    return last[steps]


def _lower_bounds(queries: np.ndarray, series: np.ndarray, band: int) -> np.ndarray:
    """Returns how far each query leaves the envelope of each series, squared, of shape (queries, series)."""
    steps = series.shape[1]
    upper, lower = series.copy(), series.copy()
    for shift in range(1, band + 1):
        for target, source in (
            (slice(shift, None), slice(None, steps - shift)),
            (slice(None, steps - shift), slice(shift, None)),
        ):
            np.maximum(upper[:, target], series[:, source], out=upper[:, target])
            np.minimum(lower[:, target], series[:, source], out=lower[:, target])
    bounds = np.empty((len(queries), len(series)), np.float32)
    for row, query in enumerate(queries):
        outside = np.maximum(np.maximum(query - upper, lower - query), 0)
        bounds[row] = np.einsum("nsc,nsc->n", outside, outside)
    return bounds
