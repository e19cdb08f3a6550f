"""Where the names of points are written, so that they hide neither one another nor what is drawn."""

import numpy as np

RINGS = (0.0, 6.0, 14.0, 24.0, 38.0, 56.0, 80.0, 110.0)
"""How far from its point, in pixels, a name may stand beyond the usual gap."""

PASSES = 30

_OUTSIDE, _NAME, _POINT, _DOT = 1000.0, 100.0, 40.0, 1.5  # what it costs a name to stand there


def place_labels(
    points: np.ndarray,
    sizes: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    *,
    lines: np.ndarray | None = None,
    gap: float = 6.0,
) -> np.ndarray:
    """Returns the lower left corner of each name.

    Each name takes, of the places around its point, the one that costs least while the others stay where they are;
    again and again, until none moves.

    Args:
        points: In pixels, of shape (names, 2).
        sizes: Width and height of each name in pixels, of shape (names, 2).
        low: Lower left corner of the space there is, of shape (2,).
        high: Upper right corner of it, of shape (2,).
        lines: Dots along what else is drawn, of shape (dots, 2).
        gap: Pixels between a point and its name, [0, inf).

    Returns:
        Pixels, of shape (names, 2).
    """
    dots = np.empty((0, 2)) if lines is None else lines
    offsets, prices = _offsets(sizes, gap)  # (names, places, 2), (places,)
    places = points[:, None] + offsets
    fixed = prices + np.stack(
        [_cost(own, size, points, dots, low, high) for own, size in zip(places, sizes, strict=True)]
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
    """Returns from a point to the corners of its name at each place, (names, places, 2), and what each place costs."""
    angles = np.arange(16) * np.pi / 8
    round_ = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    square = round_ / np.abs(round_).max(axis=1, keepdims=True)
    # The side or corner of the name's box that faces the point stands on the ring.
    offsets = [round_ * (gap + ring) + (square - 1) * sizes[:, None] / 2 for ring in RINGS]
    # At the right is where a name is looked for first, then at the left, above before below.
    turned = 0.3 * (1 - np.abs(round_[:, 0])) + 0.15 * (round_[:, 0] < -0.1) + 0.1 * (round_[:, 1] < -0.1)
    prices = [ring / 6 + turned for ring in RINGS]
    return np.concatenate(offsets, axis=1), np.concatenate(prices)


def _cost(
    corners: np.ndarray, size: np.ndarray, points: np.ndarray, dots: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Returns what it costs a name to stand at each of its places, (places, 2), whatever the other names do."""
    outside = (low - corners).clip(0) + (corners + size - high).clip(0)
    return (
        _OUTSIDE * (outside / size).sum(axis=1)
        + _POINT * _inside(corners, size, points, 2.0)
        + _DOT * _inside(corners, size, dots, 1.0)
    )


def _inside(corners: np.ndarray, size: np.ndarray, dots: np.ndarray, margin: float) -> np.ndarray:
    """Returns how many dots lie in the box at each corner, or within a margin around it."""
    beyond = (dots[None] > corners[:, None] - margin) & (dots[None] < corners[:, None] + size + margin)
    return beyond.all(axis=2).sum(axis=1)


def _overlaps(corners: np.ndarray, size: np.ndarray, others: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Returns, for a box at each corner, how many of the other boxes it meets and the share of it that they hide."""
    ends = np.minimum(corners[:, None] + size, others[None] + sizes)
    shared = (ends - np.maximum(corners[:, None], others[None])).clip(0).prod(axis=2)
    return (0.2 * (shared > 0) + shared / size.prod()).sum(axis=1)
