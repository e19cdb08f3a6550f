"""Prediction intervals from the quantiles that a model gives: as they are, or conformalised on the validation windows.

Y. Romano, E. Patterson and E. J. Candès, "Conformalized Quantile Regression", 2019, https://arxiv.org/abs/1905.03222
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqkit.stats.conformal import LEVELS, quantile_shift, winkler_score


@dataclass(frozen=True)
class QuantileBounds:
    """The interval of one level between two quantiles of the model.

    Attributes:
        lower: Position of the lower quantile.
        upper: Position of the upper quantile.
        shifts: What to add to both, in deviations of the training rows, of shape (2, horizon, targets); zero for
            quantiles that are used as they are.
    """

    lower: int
    upper: int
    shifts: np.ndarray

    def around(self, quantiles: np.ndarray, deviations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns the bounds, each of shape (windows, horizon, targets).

        Args:
            quantiles: Quantiles, of shape (windows, horizon, targets, quantiles).
            deviations: Deviations of the targets in the training rows, of shape (windows, 1, targets).
        """
        lower = quantiles[..., self.lower] + self.shifts[0] * deviations
        upper = quantiles[..., self.upper] + self.shifts[1] * deviations
        return np.minimum(lower, upper), np.maximum(lower, upper)


def quantile_levels(probabilities: Sequence[float]) -> dict[int, tuple[int, int]]:
    """Returns the levels in percent that two quantiles enclose with equal tails, and the positions of these."""
    levels = {}
    for level in LEVELS:
        tail = (1 - level / 100) / 2
        ends = [[i for i, each in enumerate(probabilities) if abs(each - p) < 1e-6] for p in (tail, 1 - tail)]
        if all(ends):
            levels[level] = ends[0][0], ends[1][0]
    return levels


def calibrate_quantiles(
    y_true: np.ndarray,
    quantiles: np.ndarray,
    deviations: np.ndarray,
    probabilities: Sequence[float],
    rivals: dict[int, tuple[np.ndarray, np.ndarray]],
    earlier: np.ndarray,
    later: np.ndarray,
) -> dict[int, QuantileBounds]:
    """Returns the bounds of the levels where quantiles have the best interval score on the later windows.

    Candidates are the quantiles as they are, and shifted by what the earlier windows lack; both must be better than the
    intervals without quantiles. The shifts that are returned are those of all windows.

    Args:
        y_true: Actual values, of shape (windows, horizon, targets); NaN where there is none.
        quantiles: Quantiles, of shape (windows, horizon, targets, quantiles).
        deviations: Deviations of the targets in the training rows, of shape (windows, 1, targets).
        probabilities: Probabilities of the quantiles.
        rivals: Bounds without quantiles for the later windows, calibrated on the earlier ones, by level.
        earlier: Positions of the earlier windows.
        later: Positions of the later windows.
    """
    result = {}
    for level, (lower, upper) in quantile_levels(probabilities).items():
        if level not in rivals:
            continue
        tail, none = (1 - level / 100) / 2, np.zeros((2, *y_true.shape[1:]))
        errors = [(y_true - quantiles[..., position]) / deviations for position in (lower, upper)]

        def shifts(rows: np.ndarray, errors: list[np.ndarray] = errors, tail: float = tail) -> np.ndarray:
            return np.stack([-quantile_shift(-errors[0][rows], 1 - tail), quantile_shift(errors[1][rows], 1 - tail)])

        def score(bounds: tuple[np.ndarray, np.ndarray], level: int = level) -> float:
            scores = winkler_score(y_true[later], *bounds, level / 100) / deviations[later]
            return float(np.nanmean(scores)) if np.isfinite(bounds[0] + bounds[1]).all() else np.inf

        plain, shifted = QuantileBounds(lower, upper, none), QuantileBounds(lower, upper, shifts(earlier))
        scores = {
            "none": score(rivals[level]),
            "plain": score(plain.around(quantiles[later], deviations[later])),
            "shifted": score(shifted.around(quantiles[later], deviations[later])),
        }
        best = min(scores, key=lambda name: scores[name])
        if best != "none":
            result[level] = plain if best == "plain" else QuantileBounds(lower, upper, shifts(np.arange(len(y_true))))
    return result
