"""Split-conformal prediction intervals: quantiles of the residuals on data that the forecast was not fitted on.

Under exchangeable residuals the interval of a level covers at least that share of new values, whatever the forecast and
the distribution are: J. Lei, M. G'Sell, A. Rinaldo, R. J. Tibshirani and L. Wasserman, "Distribution-Free Predictive
Inference for Regression", 2018, https://doi.org/10.1080/01621459.2017.1307116. Residuals of a series are not quite
exchangeable, so the coverage on newer rows is measured and reported.
"""

import numpy as np

LEVELS = tuple(range(1, 100))
"""Levels of the intervals that are kept, in percent."""

MIN_TWO_SIDED = 200
"""Residuals from which each side of an interval has its own quantile; below, an interval is symmetric."""


def residual_bounds(residuals: np.ndarray) -> np.ndarray:
    """Returns what to add to a forecast for the bounds of its intervals.

    With at least `MIN_TWO_SIDED` residuals of a step, each side is a quantile of its own; below, both are the quantile
    of the absolute residuals, which needs half as many for a level. A bound for which the residuals are too few is
    infinite: a level of c needs 1 / (1 − c) − 1 of them, for instance 4 for 80 % and 19 for 95 %.

    Args:
        residuals: Actual minus forecast values, of shape (windows, horizon, targets); NaN where there is none.

    Returns:
        Lower and upper bounds, of shape (levels, 2, horizon, targets), with the levels of `LEVELS`, float64.
    """
    ordered = np.sort(residuals.astype(np.float64), axis=0)  # NaN last
    absolute = np.sort(np.abs(residuals.astype(np.float64)), axis=0)
    counts = np.isfinite(ordered).sum(axis=0)  # (horizon, targets)
    two_sided = counts >= MIN_TWO_SIDED
    bounds = np.empty((len(LEVELS), 2, *counts.shape))
    for level, (lower, upper) in zip(LEVELS, bounds, strict=True):
        tail = (1 - level / 100) / 2
        rank = np.ceil((counts + 1) * (1 - tail) - 1e-9).astype(int)  # of the upper bound, from 1
        symmetric = _ranked(absolute, np.ceil((counts + 1) * level / 100 - 1e-9).astype(int), counts)
        upper[:] = np.where(two_sided, _ranked(ordered, rank, counts), symmetric)
        lower[:] = np.where(two_sided, -_ranked(-ordered[::-1], rank, counts, last=len(ordered)), -symmetric)
    return bounds


def quantile_shift(residuals: np.ndarray, probability: float) -> np.ndarray:
    """Returns the value that a new residual does not exceed with the given probability.

    Args:
        residuals: Residuals, of shape (windows, horizon, targets); NaN where there is none.
        probability: Probability, (0, 1).

    Returns:
        Values of shape (horizon, targets); infinite where the residuals are too few.
    """
    ordered = np.sort(residuals.astype(np.float64), axis=0)
    counts = np.isfinite(ordered).sum(axis=0)
    return _ranked(ordered, np.ceil((counts + 1) * probability - 1e-9).astype(int), counts)


def _ranked(ordered: np.ndarray, rank: np.ndarray, counts: np.ndarray, *, last: int | None = None) -> np.ndarray:
    """Returns the value of each rank, from 1, in ascending columns; infinity where a rank is above the count.

    Args:
        ordered: Values, of shape (n, horizon, targets); those that are missing come last, or first with `last`.
        rank: Ranks, of shape (horizon, targets).
        counts: Values that are not missing, of shape (horizon, targets).
        last: Where the values end, if those that are missing come first.
    """
    position = rank - 1 if last is None else last - counts + rank - 1
    values = np.take_along_axis(ordered, np.clip(position, 0, len(ordered) - 1)[None], axis=0)[0]
    return np.where((rank <= counts) & (counts > 0), values, np.inf)


def winkler_score(y_true: np.ndarray, lower: np.ndarray, upper: np.ndarray, level: float) -> np.ndarray:
    """Returns the interval score of each value: the width, and a penalty for values outside; lower is better.

    R. L. Winkler, 1972, https://doi.org/10.1080/01621459.1972.10481224

    Args:
        y_true: Actual values.
        lower: Lower bounds, of the same shape.
        upper: Upper bounds, of the same shape.
        level: Level of the intervals, (0, 1).
    """
    outside: np.ndarray = np.maximum(lower - y_true, 0) + np.maximum(y_true - upper, 0)
    return upper - lower + 2 / (1 - level) * outside


def pinball_loss(y_true: np.ndarray, predicted: np.ndarray, probability: float) -> np.ndarray:
    """Returns the quantile loss of each value; lower is better.

    Args:
        y_true: Actual values.
        predicted: Predicted quantiles, of the same shape.
        probability: Probability of the quantile, (0, 1).
    """
    errors = y_true - predicted
    loss: np.ndarray = np.maximum(probability * errors, (probability - 1) * errors)
    return loss
