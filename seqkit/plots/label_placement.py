"""Places the labels of points so that they overlap neither each other nor the points."""

import numpy as np

RINGS = (0.0, 6.0, 14.0, 24.0, 38.0, 56.0, 80.0, 110.0)
"""Distances in pixels, beyond the usual gap, at which a label may be placed around its point."""

PASSES = 30

_OUTSIDE, _NAME, _POINT, _DOT = 1000.0, 100.0, 40.0, 1.5  # cost of overlapping each


def place_labels(
    points: np.ndarray,
    sizes: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    *,
    lines: np.ndarray | None = None,
    gap: float = 6.0,
) -> np.ndarray:
    """Returns the lower left corner of each label.

    Greedy coordinate descent: each label in turn moves to its cheapest position while the others stay fixed, until no
    label moves.

    Args:
        points: Points in pixels, of shape (labels, 2).
        sizes: Width and height of each label in pixels, of shape (labels, 2).
        low: Lower left corner of the available area, of shape (2,).
        high: Upper right corner of the available area, of shape (2,).
        lines: Dots along the other drawn elements, of shape (dots, 2).
        gap: Pixels between a point and its label, [0, inf).

    Returns:
        Corners in pixels, of shape (labels, 2).
    """
    dots = np.empty((0, 2)) if lines is None else lines
    offsets, prices = _offsets(sizes, gap)  # (labels, places, 2), (places,)
    places = points[:, None] + offsets
    fixed = prices + np.stack(
        [_cost(corners, size, points, dots, low, high) for corners, size in zip(places, sizes, strict=True)]
    )
    chosen = fixed.argmin(axis=1)
    rows = np.arange(len(points))
    for _ in range(PASSES):
        moved = False
        for i in rows:
            others = rows != i
            corners = places[rows, chosen][others]
            cost = fixed[i] + _NAME * _overlaps(places[i], sizes[i], corners, sizes[others])
            best = int(cost.argmin())
            moved, chosen[i] = moved or cost[best] < cost[chosen[i]], best
        if not moved:
            break
    return places[rows, chosen]


def _offsets(sizes: np.ndarray, gap: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns the offset from point to label corner for each place, (labels, places, 2), and the cost of each place."""
    angles = np.arange(16) * np.pi / 8
    round_ = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    square = round_ / np.abs(round_).max(axis=1, keepdims=True)
    # The side or corner of the label's box that faces the point lies on the ring.
    offsets = [round_ * (gap + ring) + (square - 1) * sizes[:, None] / 2 for ring in RINGS]
    # Readers expect a label on the right, then on the left, above before below.
    turned = 0.3 * (1 - np.abs(round_[:, 0])) + 0.15 * (round_[:, 0] < -0.1) + 0.1 * (round_[:, 1] < -0.1)
    prices = [ring / 6 + turned for ring in RINGS]
    return np.concatenate(offsets, axis=1), np.concatenate(prices)


def _cost(
    corners: np.ndarray, size: np.ndarray, points: np.ndarray, dots: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Returns the cost of each place of a label, (places,), that does not depend on the other labels."""
    outside = (low - corners).clip(0) + (corners + size - high).clip(0)
    return (
        _OUTSIDE * (outside / size).sum(axis=1)
        + _POINT * _inside(corners, size, points, 2.0)
        + _DOT * _inside(corners, size, dots, 1.0)
    )


def _inside(corners: np.ndarray, size: np.ndarray, dots: np.ndarray, margin: float) -> np.ndarray:
    """Returns the number of dots inside the box at each corner, including a margin."""
    beyond = (dots[None] > corners[:, None] - margin) & (dots[None] < corners[:, None] + size + margin)
    return beyond.all(axis=2).sum(axis=1)


def _overlaps(corners: np.ndarray, size: np.ndarray, others: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Returns an overlap cost for the box at each corner: other boxes that it meets, and the share they cover."""
    ends = np.minimum(corners[:, None] + size, others[None] + sizes)
    shared = (ends - np.maximum(corners[:, None], others[None])).clip(0).prod(axis=2)
    return (0.2 * (shared > 0) + shared / size.prod()).sum(axis=1)
