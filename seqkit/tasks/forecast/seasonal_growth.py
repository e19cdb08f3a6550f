"""The baseline "seasonal naive with growth": last season's values, moved by the growth from the season before.

`predict(windows)` returns an array of shape (windows, horizon, targets) in the units of the targets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seqkit.data.series.windows import Windows
from seqkit.tasks.forecast.baselines import SeasonalNaive
from seqkit.tasks.forecast.seasonal_constants import Growth

KINDS: tuple[Growth, ...] = ("none", "ratio", "difference")

MAX_FACTOR = 10.0
"""Most that ratios multiply a value by over the horizon; the least is its reciprocal."""

MAX_WINDOWS = 1000
"""Most training windows that choose the kind of growth."""


@dataclass(frozen=True)
class SeasonalNaiveWithGrowth:
    """Repeats the value of the most recent matching season, with the growth between the last two seasons.

    The growth is the ratio or the difference of the mean of the last season to that of the season before, applied once
    for each season that the value is repeated. A ratio of means that are not both positive is replaced by the
    difference. Where the segment has fewer than two seasons up to the window's last row, there is no growth.

    Attributes:
        targets: The predicted columns, of shape (rows, targets).
        segments: Row ranges [first, end) without a gap, each within one series, ascending, of shape (segments, 2).
        season_rows: Rows per season, at least 1.
        kinds: Kind of growth of each target.
    """

    targets: np.ndarray
    segments: np.ndarray
    season_rows: int
    kinds: tuple[Growth, ...]

    def predict(self, windows: Windows) -> np.ndarray:
        """Returns forecasts of shape (windows, horizon, targets)."""
        season, last = self.season_rows, windows.last_rows
        naive = SeasonalNaive(self.targets, self.segments, season).predict(windows)
        grows = has_seasons(self.segments, last, 2 * season)[:, None]  # (windows, 1)
        ends = np.maximum(last + 1, 2 * season)
        level = (self._sums[ends] - self._sums[ends - season]) / season  # (windows, targets)
        before = (self._sums[ends - season] - self._sums[ends - 2 * season]) / season
        kinds, grows = np.array(self.kinds), grows & (np.array(self.kinds) != "none")
        is_ratio = (level > 0) & (before > 0) & (kinds == "ratio") & grows
        ratio = np.divide(level, before, out=np.ones(level.shape), where=is_ratio)
        difference = np.where(grows & ~is_ratio, level - before, 0.0)
        seasons = -(-(windows.target_rows - last[:, None]) // season)[..., None]  # rounded up, (windows, horizon, 1)
        limit = np.log(MAX_FACTOR)
        factor = np.exp(np.clip(seasons * np.log(ratio)[:, None], -limit, limit))
        return naive * factor + seasons * difference[:, None]

    @cached_property
    def _sums(self) -> np.ndarray:
        """Sums of the rows before each row, of shape (rows + 1, targets)."""
        zero = np.zeros((1, self.targets.shape[1]))
        return np.concatenate([zero, np.cumsum(self.targets, axis=0, dtype=np.float64)])


def has_seasons(segments: np.ndarray, last_rows: np.ndarray, rows: int) -> np.ndarray:
    """Returns whether a segment has enough rows up to each of some rows, of shape (windows,).

    Args:
        segments: Row ranges [first, end) without a gap, ascending, of shape (segments, 2).
        last_rows: The last row of each window, of shape (windows,).
        rows: Rows needed up to it, itself included.
    """
    firsts = np.asarray(segments)[:, 0]
    enough: np.ndarray = last_rows - firsts[np.searchsorted(firsts, last_rows, side="right") - 1] + 1 >= rows
    return enough


def choose_growth(
    targets: np.ndarray, segments: np.ndarray, season_rows: int, train: Windows, scale: np.ndarray
) -> tuple[Growth, ...]:
    """Returns the kind of growth of each target that has the lower error on training windows.

    Args:
        targets: The predicted columns, of shape (rows, targets).
        segments: As in `SeasonalNaiveWithGrowth`.
        season_rows: As in `SeasonalNaiveWithGrowth`.
        train: Training windows.
        scale: Scale of the errors of each training window, of shape (windows, targets).

    Returns:
        A kind for each target; none if no training window follows two whole seasons.
    """
    usable = np.flatnonzero(has_seasons(segments, train.last_rows, 2 * season_rows))
    usable = usable[:: max(1, -(-len(usable) // MAX_WINDOWS))]
    if not len(usable):
        return ()
    windows, scale = train[usable], scale[usable][:, None]
    y_true = windows.read_targets(targets)

    def errors(kinds: Sequence[Growth]) -> np.ndarray:
        forecasts = SeasonalNaiveWithGrowth(targets, segments, season_rows, tuple(kinds)).predict(windows)
        absolute: np.ndarray = (np.abs(forecasts - y_true) / scale).mean(axis=(0, 1))
        return absolute

    by_kind = [errors([kind] * targets.shape[1]) for kind in KINDS]
    return tuple(KINDS[best] for best in np.argmin(by_kind, axis=0))
