"""The baseline "Holt-Winters": level, trend and season of each series, updated row by row with fixed constants.

The constants are chosen from a grid on the training rows. A finished run then smooths any rows with them: a forecast
from each of thousands of windows needs the state at each of their last rows, but no new fit.

Holt (1957), Forecasting seasonals and trends by exponentially weighted moving averages,
https://doi.org/10.1016/j.ijforecast.2003.09.015; Winters (1960), https://doi.org/10.1287/mnsc.6.3.324; damped trend:
Gardner & McKenzie (1985), https://doi.org/10.1287/mnsc.31.10.1237
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seqkit.data.series.ranges import rows_of
from seqkit.data.series.windows import Windows
from seqkit.tasks.forecast.baselines import SeasonalNaive
from seqkit.tasks.forecast.seasonal_constants import Smoothing
from seqkit.tasks.forecast.seasonal_growth import has_seasons

LEVELS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.8)
TRENDS = (0.0, 0.01, 0.05, 0.2)
SEASONS = (0.01, 0.05, 0.15, 0.35, 0.6)
DAMPINGS = (1.0, 0.95)
"""Values of the constants that are tried."""

MAX_SEASON = 2000
"""Rows of the longest season; more would take gigabytes."""

WARM_UP = 1000, 8
"""A state depends on at least so many rows or seasons before it, whichever is more, if the segment has them."""

MAX_FITTED = 6000
"""About as many training rows choose the constants: the newest of some segments."""

MAX_ORIGINS, MAX_STEPS = 64, 24
"""Most origins in a segment, and steps ahead of each, whose errors choose the constants."""

MAX_LOG_CHANGE = float(np.log(100))
"""Most that the logarithm of a forecast differs from that of known values."""


@dataclass(frozen=True)
class HoltWinters:
    """Additive Holt-Winters forecasts with a damped trend, of the values or of their logarithms.

    Windows whose segment has fewer than two seasons up to their last row are forecast by `SeasonalNaive`.

    Attributes:
        targets: The predicted columns, of shape (rows, targets).
        segments: Row ranges [first, end) without a gap, each within one series, ascending, of shape (segments, 2).
        season_rows: Rows per season, at least 1; with 1, there is no season.
        constants: Smoothing of each target.
    """

    targets: np.ndarray
    segments: np.ndarray
    season_rows: int
    constants: tuple[Smoothing, ...]

    def predict(self, windows: Windows) -> np.ndarray:
        """Returns forecasts of shape (windows, horizon, targets)."""
        smoothed = has_seasons(self.segments, windows.last_rows, 2 * self.season_rows)
        forecasts = np.empty((len(windows), windows.horizon, len(self.constants)))
        if not smoothed.all():
            naive = SeasonalNaive(self.targets, self.segments, self.season_rows)
            forecasts[~smoothed] = naive.predict(windows[~smoothed])
        windows = windows[smoothed]
        last = windows.last_rows
        ahead = windows.target_rows - last[:, None]  # (windows, horizon)
        level, trend, season = self._states
        places = self._places(last)
        damping = np.array([each.damping for each in self.constants])
        changes = damped_sum(damping, ahead[..., None]) * trend[places][:, None]  # (windows, horizon, targets)
        changes += season[places[:, None] + 1 - self.season_rows + (ahead - 1) % self.season_rows]
        logs = ~np.isnan(self._floors)
        smooth = level[places][:, None] + changes
        known = np.log(np.maximum(self.targets[last][:, None, logs], self._floors[logs]))  # (windows, 1, logs)
        smooth[..., logs] = np.exp(smooth[..., logs].clip(known - MAX_LOG_CHANGE, known + MAX_LOG_CHANGE))
        forecasts[smoothed] = smooth
        return forecasts

    @property
    def _floors(self) -> np.ndarray:
        """Least value of each target on the log scale, of shape (targets,); NaN for one smoothed as it is."""
        return np.array([np.nan if each.floor is None else each.floor for each in self.constants])

    @cached_property
    def _lanes(self) -> np.ndarray:
        """First row, end, and first row whose state is kept, of each lane, of shape (lanes, 3)."""
        return _lanes(self.segments, self.season_rows)

    def _places(self, rows: np.ndarray) -> np.ndarray:
        """Returns where the states of rows are: those of a lane follow a season that it repeats, less a row."""
        lane = np.searchsorted(self._lanes[:, 2], rows, side="right") - 1
        places: np.ndarray = rows + (lane + 1) * (self.season_rows - 1)
        return places

    @cached_property
    def _states(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Level, trend and season at each place, each of shape (places, targets); of a first season, only its end."""
        values = np.stack(
            [scaled(column, each) for column, each in zip(self.targets.T, self.constants, strict=True)], 1
        )
        season, lanes = self.season_rows, self._lanes
        states = np.zeros((3, len(values) + len(lanes) * (season - 1), values.shape[1]))
        order = np.argsort(lanes[:, 0] - lanes[:, 1], kind="stable")  # the longest first
        shifts = (order + 1) * (season - 1)
        firsts, kept_rows = lanes[order, 0], lanes[order, 2] - (season - 1)
        grid = np.array([[each.level, each.trend, each.season, each.damping] for each in self.constants]).T
        for step, level, trend, seasons in smooth_rows(values, lanes[order, :2], season, grid):
            rows = firsts[: len(level)] + step
            kept = np.flatnonzero(rows >= kept_rows[: len(level)])
            places = rows[kept] + shifts[kept]
            parts = level, trend, seasons[:, step % season]
            for state, part in zip(states, parts, strict=True):
                state[places] = part[kept]
        return states[0], states[1], states[2]


def scaled(values: np.ndarray, constants: Smoothing) -> np.ndarray:
    """Returns values as they are smoothed: their logarithms, or themselves."""
    return values if constants.floor is None else np.log(np.maximum(values, constants.floor))


def damped_sum(damping: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Returns damping + damping² + … up to the power `steps`."""
    rest = np.where(damping < 1, 1 - damping, 1)
    return np.where(damping < 1, damping * (1 - damping**steps) / rest, steps)


def _lanes(segments: np.ndarray, season: int) -> np.ndarray:
    """Returns the lanes of `HoltWinters`, ascending, each of at least two seasons.

    Long segments are smoothed in pieces, each from some rows before it: a loop over the rows of a segment of millions
    would take minutes.
    """
    size, lanes = max(WARM_UP[0], WARM_UP[1] * season), []
    for first, end in np.asarray(segments).tolist():
        lanes += [(max(first, start - size), min(start + size, end), start) for start in range(first, end, size)]
    found = np.array(lanes, np.int64).reshape(-1, 3)
    return found[found[:, 1] - found[:, 0] >= 2 * season]


def smooth_rows(
    values: np.ndarray, lanes: np.ndarray, season: int, grid: np.ndarray
) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """Yields the state after each row, from the last row of the first season.

    Level and trend start from the means of the first two seasons, the season from the first one.

    Args:
        values: Values to smooth, of shape (rows, columns).
        lanes: Row ranges of at least two seasons, smoothed side by side, the longest first, of shape (lanes, 2).
        season: Rows per season, at least 1.
        grid: Constants of level, trend, season and damping, of shape (4, columns). Values and constants may have more
            axes, which are broadcast.

    Yields:
        The step from the lane's first row; and of the lanes that have it, level and trend, of shape (lanes, columns),
        and the season, of shape (lanes, season, columns), where step `s` is at `s % season`. The next step changes it.
    """
    of_level, of_trend, of_season, damping = grid
    firsts, lengths = lanes[:, 0], lanes[:, 1] - lanes[:, 0]
    rows = firsts[:, None] + np.arange(season)
    mean = values[rows].mean(axis=1)  # (lanes, columns)
    slope = (values[rows + season].mean(axis=1) - mean) / season
    centred = (np.arange(season) - (season - 1) / 2).reshape(-1, *(1 for _ in values.shape[1:]))
    seasons = values[rows] - mean[:, None] - slope[:, None] * centred  # (lanes, season, columns)
    seasons = seasons + np.zeros(np.broadcast_shapes(values.shape[1:], of_level.shape))
    trend = np.where(of_trend > 0, slope, 0.0)
    level = mean + trend * (season - 1) / 2
    yield season - 1, level, trend, seasons
    for step in range(season, int(lengths.max(initial=0))):
        active, place = int(np.searchsorted(-lengths, -step)), step % season
        predicted = level[:active] + damping * trend[:active]
        error = values[firsts[:active] + step] - predicted - seasons[:active, place]
        level = predicted + of_level * error
        trend = damping * trend[:active] + of_level * of_trend * error
        seasons[:active, place] += of_season * (1 - of_level) * error
        yield step, level, trend, seasons[:active]


def min_rows(season: int, ahead: int) -> int:
    """Returns the training rows without a gap that the choice of constants needs.

    Args:
        season: Rows per season.
        ahead: Rows from the last one of a window to the first predicted one.
    """
    return max(3 * season, 2 * season + ahead, 10)


def choose_smoothing(
    targets: np.ndarray, segments: np.ndarray, season: int, ahead: np.ndarray, scale: np.ndarray
) -> tuple[Smoothing, ...]:
    """Returns the constants of each target with the lowest error of forecasts within the training rows.

    The error is the mean absolute error in the targets' own units, whether values or logarithms are smoothed, so that
    it also chooses between these. Logarithms are tried for a target that is above 0 in all training rows.

    Args:
        targets: The predicted columns, of shape (rows, targets).
        segments: Ranges of training rows [first, end) without a gap, each within one series, of shape (segments, 2).
        season: Rows per season, at least 1.
        ahead: Rows from the last one of a window to each predicted one, ascending, of shape (horizon,).
        scale: Scale of the errors in each segment, of shape (segments, targets).

    Returns:
        Constants for each target; none if the season is longer than `MAX_SEASON` rows, or no segment has `min_rows`.
    """
    lengths = segments[:, 1] - segments[:, 0]
    usable = np.flatnonzero(lengths >= min_rows(season, int(ahead[0])))
    if not len(usable) or season > MAX_SEASON:
        return ()
    usable = usable[:: max(1, -(-int(lengths[usable].clip(max=MAX_FITTED).sum()) // MAX_FITTED))]
    ahead = ahead[np.unique(np.linspace(0, len(ahead) - 1, MAX_STEPS).round().astype(int))]
    floors = [column.min() / 2 for column in targets[rows_of(segments)].T]
    grid = _grid(season)
    errors = np.zeros((2, targets.shape[1], len(grid)))  # of values and of logarithms
    for segment in usable:
        first, end = segments[segment]
        values = targets[max(first, end - max(MAX_FITTED, min_rows(season, int(ahead[0])))) : end]
        errors[0] += _errors(values, values, season, ahead, grid) / scale[segment][:, None]
        for t, floor in enumerate(floors):
            logs = np.log(values[:, [t]]) if floor > 0 else None
            own = (
                np.inf if logs is None else _errors(values[:, [t]], logs, season, ahead, grid, back=_bounded_exp(logs))
            )
            errors[1, t] += np.ravel(own) / scale[segment, t]
    chosen = []
    for t, floor in enumerate(floors):
        of_logs, best = np.unravel_index(np.argmin(errors[:, t]), errors[:, t].shape)
        level, trend, share, damping = map(float, grid[best])
        chosen.append(
            Smoothing(level=level, trend=trend, season=share, damping=damping, floor=float(floor) if of_logs else None)
        )
    return tuple(chosen)


def _bounded_exp(logs: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Returns the exponential function without overflow, for forecasts of series with these logarithms."""
    low, high = logs.min() - MAX_LOG_CHANGE, logs.max() + MAX_LOG_CHANGE
    return lambda forecasts: np.exp(forecasts.clip(low, high))


def _grid(season: int) -> np.ndarray:
    """Returns the constants that are tried, of shape (choices, 4)."""
    trends = [(0.0, 1.0), *itertools.product(TRENDS[1:], DAMPINGS)]
    products = itertools.product(LEVELS, trends, SEASONS if season > 1 else (0.0,))
    return np.array([(level, trend, share, damping) for level, (trend, damping), share in products])


def _errors(
    values: np.ndarray,
    smoothed: np.ndarray,
    season: int,
    ahead: np.ndarray,
    grid: np.ndarray,
    back: Callable[[np.ndarray], np.ndarray] = np.positive,
) -> np.ndarray:
    """Returns the mean absolute error of forecasts from some rows of a segment, of shape (targets, choices).

    Args:
        values: Rows of the segment, of shape (rows, targets).
        smoothed: The values as they are smoothed, of the same shape.
        season: Rows per season.
        ahead: Rows ahead, ascending, of shape (steps,).
        grid: Constants that are tried, of shape (choices, 4).
        back: Turns forecasts of `smoothed` into those of `values`.
    """
    last = len(values) - 1 - int(ahead[0])
    first = min(max(2 * season - 1, len(values) // 3), last)
    origins = set(np.linspace(first, last, min(MAX_ORIGINS, last - first + 1)).round().astype(int).tolist())
    sums, count = np.zeros((values.shape[1], len(grid))), 0
    sums_of_trend = damped_sum(grid[:, 3], ahead[:, None])[:, None]  # (steps, 1, choices)
    lane = np.array([[0, len(values)]])
    for step, level, trend, seasons in smooth_rows(smoothed[..., None], lane, season, grid.T[:, None]):
        if step not in origins:
            continue
        known = ahead[step + ahead < len(values)]
        forecasts = level + sums_of_trend[: len(known)] * trend + seasons[0, (step + known) % season]
        with np.errstate(over="ignore"):  # an infinite error is never the lowest
            errors = np.abs(back(forecasts) - values[step + known][..., None])  # (steps, targets, choices)
        sums += errors.sum(axis=0)
        count += len(known)
    return sums / count
