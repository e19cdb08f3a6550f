"""Chooses window, normalisation and logarithm of short series by rolling validation of a ridge regression.

One validation part of a short series holds too few windows for a choice. Here forecasts are made from many past times,
each by a regression on the rows before it, in seconds: each target from its own past, with weights that all share.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqkit.stats.ridge import NormalEquations, penalised_solutions

FOLDS = 12
"""Most past times at which forecasts are made."""

MIN_TRAIN_WINDOWS = 6
"""Windows of which a regression is fitted at least."""

MAX_SERIES = 100
"""Most series that are read; of more, every n-th."""

MIN_GAIN = 0.02
"""Share by which logarithms must lower the error to be chosen."""

MAX_LOG_CHANGE = 7.0
"""Most that a logarithm may be forecast to grow, so that its exponential is finite."""

PENALTIES = tuple(10.0**power for power in range(-6, 3))


@dataclass(frozen=True)
class Choice:
    """A window and the scale of the targets in it.

    Attributes:
        window: Steps of the window.
        normalise: `last` or `window`, as in `seqkit.tasks.forecast.prepare.prepare`.
        log: Whether logarithms are forecast.
    """

    window: int
    normalise: str
    log: bool


def rolling_errors(
    series: Sequence[np.ndarray],
    windows: Sequence[int],
    normalisations: Sequence[str],
    logs: Sequence[bool],
    *,
    horizon: int,
    lead: int = 1,
    season: int = 1,
) -> dict[Choice, float]:
    """Returns the error of each choice: the mean over the past times of the lowest error of any penalty.

    Args:
        series: Targets of rows before the test part, each of shape (steps,), without gaps.
        windows: Steps of the windows to try.
        normalisations: Normalisations to try.
        logs: Whether to forecast logarithms, to try; only where all values are above 0.
        horizon: Steps to predict.
        lead: Steps from the end of a window to the first predicted step.
        season: Steps per season: an error is relative to the mean error of the seasonal naive forecast, if it has one.

    Returns:
        Errors by choice; empty if no series is long enough for one forecast after `MIN_TRAIN_WINDOWS` windows.
    """
    ahead, positive = lead + horizon - 1, all((values > 0).all() for values in series)
    series = series[:: max(1, -(-len(series) // MAX_SERIES))]
    series = [values / _naive_error(values[: len(values) - ahead], season) for values in series]
    longest = max(map(len, series), default=0)
    usable = [window for window in windows if longest - window - 2 * ahead + 1 >= MIN_TRAIN_WINDOWS]
    if not usable:
        return {}
    last_end = longest - ahead  # rows known at the newest of the past times, counted from the end of the series
    first_end = max(max(usable) + ahead + MIN_TRAIN_WINDOWS - 1, longest // 2)
    backs = longest - np.unique(np.linspace(min(first_end, last_end), last_end, FOLDS).round().astype(int))
    errors = {}
    for log, window, normalise in itertools.product(
        [log for log in logs if positive or not log], usable, normalisations
    ):
        scaled = [np.log(values) for values in series] if log else series
        pieces = [_pieces(values, window, horizon, lead, normalise) for values in scaled]
        sums, count = np.zeros(len(PENALTIES)), 0
        for back in backs.tolist():
            known = [max(0, len(values) - back) for values in series]
            equations = NormalEquations(max(window - 1, 1), horizon)
            for (x, y, _, _), rows in zip(pieces, known, strict=True):
                if (fitted := rows - window - ahead + 1) > 0:
                    equations.add(x[:fitted], y[:fitted])
            if equations.rows < MIN_TRAIN_WINDOWS:
                continue
            tested = [s for s, rows in enumerate(known) if rows >= window]
            solutions = penalised_solutions(equations, PENALTIES)
            for s in tested:
                x, _, level, factor = (part[known[s] - window] for part in pieces[s])
                forecasts = np.stack([x @ weights + intercept for weights, intercept in solutions]) * factor + level
                forecasts = np.exp(np.minimum(forecasts, level + MAX_LOG_CHANGE)) if log else forecasts
                y_true = series[s][known[s] + lead - 1 : known[s] + ahead]
                sums += np.abs(forecasts - y_true).mean(axis=1)
            count += len(tested)
        if count:
            errors[Choice(window, normalise, log)] = float(sums.min() / count)
    return errors


def best_choice(errors: dict[Choice, float]) -> Choice:
    """Returns the choice with the lowest error; logarithms only if they are clearly better than the values.

    Args:
        errors: From `rolling_errors`, not empty.
    """
    by_log = {
        log: min((choice for choice in errors if choice.log == log), key=lambda choice: errors[choice])
        for log in {choice.log for choice in errors}
    }
    plain, logged = by_log.get(False), by_log.get(True)
    if plain is None or logged is None:
        return next(iter(by_log.values()))
    return logged if errors[logged] < (1 - MIN_GAIN) * errors[plain] else plain


def _pieces(
    values: np.ndarray, window: int, horizon: int, lead: int, normalise: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Returns features and outputs of all windows of a series, and what turns outputs into values.

    The features of the newest windows have no outputs, and outputs that are not known are NaN.

    Returns:
        Features (windows, window − 1), outputs (windows, horizon), levels and factors (windows,).
    """
    count = max(len(values) - window + 1, 0)
    if not count:
        return np.empty((0, max(window - 1, 1))), np.empty((0, horizon)), np.empty(0), np.empty(0)
    x = np.lib.stride_tricks.sliding_window_view(values, window)
    padded = np.concatenate([values, np.full(lead + horizon - 1, np.nan)])
    y = np.lib.stride_tricks.sliding_window_view(padded[window + lead - 1 :], horizon)[:count]
    level, factor = x[:, -1], np.ones(count)
    if normalise == "window":
        deviation = x.std(axis=1)
        factor = np.where(deviation > 0, deviation, 1.0)
    differences = (x - level[:, None])[:, : max(window - 1, 1)] / factor[:, None]
    return differences, (y - level[:, None]) / factor[:, None], level, factor


def _naive_error(values: np.ndarray, season: int) -> float:
    """Returns the error of the seasonal naive forecast, else the mean size of the values, else 1."""
    differences = np.abs(values[season:] - values[:-season])
    for sizes in (differences, np.abs(values)):
        if len(sizes) and sizes.mean() > 0:
            return float(sizes.mean())
    return 1.0
