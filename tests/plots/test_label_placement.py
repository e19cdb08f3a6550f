import numpy as np
import pytest

from seqkit.plots.label_placement import place_labels

LOW, HIGH = np.array([0.0, 0.0]), np.array([800.0, 600.0])


def boxes(corners: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Left, lower, right and upper edge of each label."""
    return np.concatenate([corners, corners + sizes], axis=1)


def meet(a: np.ndarray, b: np.ndarray) -> bool:
    return bool((a[:2] < b[2:]).all() and (b[:2] < a[2:]).all())


def crowd(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    points = rng.uniform([5, 5], [795, 595], (count, 2))
    return points, np.stack([rng.uniform(20, 90, count), np.full(count, 16.0)], axis=1)


def test_single_label_is_right_of_its_point():
    corner = place_labels(np.array([[100.0, 100.0]]), np.array([[40.0, 10.0]]), LOW, HIGH, gap=6)
    np.testing.assert_allclose(corner, [[106, 95]])


def test_label_at_the_right_edge_is_left_of_its_point():
    corner = place_labels(np.array([[790.0, 100.0]]), np.array([[40.0, 10.0]]), LOW, HIGH, gap=6)
    np.testing.assert_allclose(corner, [[744, 95]])


@pytest.mark.parametrize("seed", range(5))
def test_labels_neither_overlap_nor_cover_points_nor_leave_the_area(seed):
    points, sizes = crowd(40, seed)
    placed = boxes(place_labels(points, sizes, LOW, HIGH), sizes)
    assert not any(meet(placed[i], placed[j]) for i in range(40) for j in range(i))
    assert not any(meet(box, np.r_[point, point]) for box in placed for point in points)
    assert (placed[:, :2] >= LOW).all() and (placed[:, 2:] <= HIGH).all()


def test_labels_of_coincident_points_do_not_overlap():
    sizes = np.full((8, 2), [60.0, 16.0])
    placed = boxes(place_labels(np.full((8, 2), 300.0), sizes, LOW, HIGH), sizes)
    assert not any(meet(placed[i], placed[j]) for i in range(8) for j in range(i))


def test_label_avoids_lines():
    line = np.stack([np.linspace(100, 300, 60), np.full(60, 100.0)], axis=1)
    corner = place_labels(np.array([[100.0, 100.0]]), np.array([[40.0, 10.0]]), LOW, HIGH, lines=line, gap=6)
    box = boxes(corner, np.array([[40.0, 10.0]]))[0]
    assert not any(meet(box, np.r_[dot, dot]) for dot in line)
    assert np.abs(corner - 100).max() <= 46  # and stays beside its point
