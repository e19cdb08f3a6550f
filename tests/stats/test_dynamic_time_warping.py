"""Dynamic time warping against the recursion written out, and nearest neighbours against a full search."""

import numpy as np
import pytest

from seqkit.stats import dynamic_time_warping
from seqkit.stats.dynamic_time_warping import nearest_warped, warped_distances


def recursion(a: np.ndarray, b: np.ndarray, band: int) -> float:
    steps = len(a)
    costs = np.full((steps + 1, steps + 1), np.inf)
    costs[0, 0] = 0
    for i in range(steps):
        for j in range(max(0, i - band), min(steps, i + band + 1)):
            costs[i + 1, j + 1] = ((a[i] - b[j]) ** 2).sum() + min(costs[i, j], costs[i, j + 1], costs[i + 1, j])
    return float(costs[-1, -1])


def random_series(count: int, steps: int, channels: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, steps, channels)).cumsum(axis=1).astype(np.float32)


@pytest.mark.parametrize("steps", [1, 2, 7, 12])
@pytest.mark.parametrize("band", [0, 1, 3, 11])
def test_distances_equal_the_recursion(steps, band):
    a, b = random_series(5, steps, 2, 0), random_series(5, steps, 2, 1)
    band = min(band, steps - 1)
    expected = [recursion(x.astype(float), y.astype(float), band) for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(warped_distances(a, b, band), expected, rtol=1e-4)


def test_without_a_band_it_is_the_euclidean_distance_and_a_shift_within_the_band_costs_little():
    x = np.zeros((1, 20, 1), np.float32)
    x[0, 8:11, 0] = [1, 2, 1]
    shifted = np.roll(x, 3, axis=1)
    assert warped_distances(x, shifted, 0)[0] == pytest.approx(12)
    assert warped_distances(x, shifted, 3)[0] == pytest.approx(0)


@pytest.mark.parametrize("cells", [1, 100, 1 << 22])
def test_memory_limit_does_not_change_distances(cells, monkeypatch):
    a, b = random_series(9, 8, 2, 0), random_series(9, 8, 2, 1)
    expected = warped_distances(a, b, 2)
    monkeypatch.setattr(dynamic_time_warping, "MAX_CELLS", cells)
    np.testing.assert_array_equal(warped_distances(a, b, 2), expected)


@pytest.mark.parametrize("band", [0, 2, 9])
def test_nearest_series_are_those_of_a_full_search(band):
    queries, series = random_series(12, 10, 2, 0), random_series(25, 10, 2, 1)
    full = np.array([[recursion(q.astype(float), s.astype(float), band) for s in series] for q in queries])
    nearest, distances = nearest_warped(queries, series, band)
    np.testing.assert_array_equal(nearest, full.argmin(axis=1))
    np.testing.assert_allclose(distances, full.min(axis=1), rtol=1e-4)


def test_left_out_series_is_not_its_own_neighbour():
    series = random_series(15, 10, 1, 0)
    full = np.array([[recursion(q.astype(float), s.astype(float), 2) for s in series] for q in series])
    np.fill_diagonal(full, np.inf)
    np.testing.assert_array_equal(nearest_warped(series, series, 2, leave_one_out=True)[0], full.argmin(axis=1))
    np.testing.assert_array_equal(
        nearest_warped(series[:6], series, 2, leave_one_out=True)[0], full[:6].argmin(axis=1), "a part of them"
    )
