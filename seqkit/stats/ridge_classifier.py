"""Ridge regression on class indicators: exact leave-one-out scores for every penalty, and calibrated logits.

For few examples and many features. Only the examples' inner products are decomposed, so that time is O(rows³) and
O(rows² · features) for any number of penalties.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PENALTIES = tuple(float(p) for p in 10.0 ** np.arange(-4, 4.5, 0.5))
"""Default penalties, relative to the mean square of an example's features."""

COLUMNS = 1024
"""Features that are converted to float64 at a time."""


@dataclass(frozen=True)
class RidgeClassifier:
    """Linear logits of classes, with the penalty that has the lowest leave-one-out log loss.

    Attributes:
        coefficients: Of shape (features, classes); logits are `x @ coefficients + intercept`.
        intercept: Of shape (classes,).
        penalty: The chosen penalty.
        scale: Logits per unit of the regression, whose targets are −1 and 1.
        left_out: Logits of each training row by the regression on all other rows, of shape (rows, classes).
        log_loss: Mean log loss of `left_out`.
    """

    coefficients: np.ndarray
    intercept: np.ndarray
    penalty: float
    scale: float
    left_out: np.ndarray
    log_loss: float


def fit_ridge_classifier(
    x: np.ndarray, y_true: np.ndarray, classes: int, penalties: Sequence[float] = PENALTIES
) -> RidgeClassifier:
    """Regresses −1 and 1 for each class on standardised features, and chooses the penalty by leave-one-out.

    The score of a row by the regression on all others follows from its residual and leverage. One factor turns scores
    into logits, the same for all classes: the one with the lowest leave-one-out log loss, as in temperature scaling (C.
    Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, 2017, https://arxiv.org/abs/1706.04599).

    Args:
        x: Features, of shape (rows, features); finite.
        y_true: Class indices of shape (rows,), or booleans of shape (rows, classes) if a row may have several labels.
        classes: Number of classes.
        penalties: Candidates, above 0.
    """
    targets = 2.0 * (y_true if y_true.ndim == 2 else np.eye(classes)[y_true]) - 1  # (rows, classes)
    rows, features = x.shape
    mean, deviation = x.mean(axis=0, dtype=np.float64), x.std(axis=0, dtype=np.float64)
    is_constant = deviation <= 1e-6 * np.abs(mean) + 1e-30
    inverse = np.where(is_constant, 0.0, 1 / np.where(is_constant, 1.0, deviation))

    def columns(first: int) -> np.ndarray:
        part = slice(first, first + COLUMNS)
        standardised: np.ndarray = (x[:, part] - mean[part]) * inverse[part]
        return standardised

    products = np.zeros((rows, rows))
    for first in range(0, features, COLUMNS):
        part = columns(first)
        products += part @ part.T
    values, vectors = np.linalg.eigh(products)
    values, squares = np.maximum(values, 0), vectors**2
    target_mean = targets.mean(axis=0)
    projected = vectors.T @ (targets - target_mean)
    unit = max(float(values.mean()), 1e-30)
    best: tuple[float, float, float, np.ndarray] | None = None
    for penalty in sorted(penalties, reverse=True):  # ties go to the larger penalty
        shrunk = values / (values + penalty * unit)
        fitted = vectors @ (shrunk[:, None] * projected) + target_mean
        leverage = np.minimum(squares @ shrunk + 1 / rows, 1 - 1e-9)
        scores = targets - (targets - fitted) / (1 - leverage)[:, None]
        scale = logit_scale(scores, y_true)
        loss = _log_loss(scale * scores, _smoothed(y_true, classes))
        if best is None or loss < best[0]:
            best = loss, penalty, scale, scores
    assert best is not None, "there is at least one penalty"
    _, penalty, scale, scores = best
    weights = vectors @ (projected / (values + penalty * unit)[:, None])  # (rows, classes)
    coefficients = np.concatenate([columns(first).T @ weights for first in range(0, features, COLUMNS)])
    coefficients *= scale * inverse[:, None]
    intercept = scale * target_mean - mean @ coefficients
    loss = _log_loss(scale * scores, _indicators(y_true, classes))
    return RidgeClassifier(coefficients, intercept, penalty, scale, scale * scores, loss)


def logit_scale(scores: np.ndarray, y_true: np.ndarray) -> float:
    """Returns the factor that turns scores of held-out rows into logits with the lowest log loss.

    The labels are smoothed as if one more row had any label, as in J. Platt, "Probabilistic outputs for support vector
    machines", 1999, so that the factor stays finite where every score is right.

    Args:
        scores: Of shape (rows, classes).
        y_true: As in `fit_ridge_classifier`.
    """
    from scipy.optimize import minimize_scalar

    targets = _smoothed(y_true, scores.shape[1])
    found = minimize_scalar(lambda power: _log_loss(np.exp(power) * scores, targets), bounds=(-6, 8), method="bounded")
    return float(np.exp(found.x))


def _indicators(y_true: np.ndarray, classes: int) -> np.ndarray:
    indicators: np.ndarray = y_true.astype(float) if y_true.ndim == 2 else np.eye(classes)[y_true]
    return indicators if y_true.ndim == 1 else np.stack([1 - indicators, indicators])


def _smoothed(y_true: np.ndarray, classes: int) -> np.ndarray:
    """Returns target probabilities (rows, classes), with several labels (2, rows, classes) of absence and presence."""
    rows, outcomes = len(y_true), classes if y_true.ndim == 1 else 2
    smoothed: np.ndarray = (_indicators(y_true, classes) * rows + 1) / (rows + outcomes)
    return smoothed


def _log_loss(logits: np.ndarray, targets: np.ndarray) -> float:
    """Returns the mean cross-entropy of target probabilities from `_smoothed`."""
    if targets.ndim == 3:
        return float((targets[0] * np.logaddexp(0, logits) + targets[1] * np.logaddexp(0, -logits)).mean())
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-(targets * log_probabilities).sum(axis=1).mean())
