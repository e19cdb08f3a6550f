"""Classification metrics, from labels and class probabilities.

Labels are class indices of shape (examples,), or booleans of shape (examples, classes) if an example may have several.
Probabilities have the shape (examples, classes); with one label per example, rows sum to 1. This module knows neither
models nor files. An undefined metric is None, never NaN.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.errors import DataError

BINS = 15
"""Number of bins of the reliability table, all of equal width."""

MIN_PROBABILITY = float(np.finfo(np.float64).eps)
"""Probabilities are clipped to this distance from 0 and 1, as in scikit-learn, so that the log loss stays finite."""

NORMAL_95 = 1.959963984540054
"""Quantile of the standard normal distribution for a two-sided 95 % interval."""


def label_summary(
    y_true: np.ndarray, probabilities: np.ndarray, classes: Sequence[str], *, multi_label: bool
) -> dict[str, Any]:
    """Returns all metrics of one part of the data as JSON.

    Args:
        y_true: Class indices of shape (examples,); if `multi_label`, booleans of shape (examples, classes).
        probabilities: Class probabilities, of shape (examples, classes).
        classes: Class names, in the order of the columns.
        multi_label: Whether an example may have several labels.

    Returns:
        `examples`; `accuracy` (if `multi_label`, the share of examples with all labels correct) and its
        `accuracy_interval`; `macro_f1`; `micro_f1` if `multi_label`; `log_loss`; `roc_auc` for two classes and one
        label per example, else None; `calibration_error`; `calibration`, the reliability table; `confusion`, counts by
        true (rows) and predicted class (columns), None if `multi_label`; `classes`, with `name`, `precision`, `recall`,
        `f1` and `support` of each.

    Raises:
        ValueError: Shapes or class indices do not match.
        DataError: A value is not a probability.
    """
    y_true, probabilities = _checked(y_true, probabilities)
    if multi_label != (y_true.ndim == 2) or len(classes) != probabilities.shape[1]:
        raise ValueError(
            f"Received {len(classes)} classes, multi_label={multi_label}, labels of shape {y_true.shape} and "
            f"probabilities of shape {probabilities.shape}, which do not match."
        )
    is_correct = correct(y_true, probabilities)
    bins = calibration(y_true, probabilities)
    counts = _class_counts(y_true, probabilities)
    by_class = [
        {"name": str(name), **_class_metrics(*class_counts)}
        for name, class_counts in zip(classes, counts.tolist(), strict=True)
    ]
    summary: dict[str, Any] = {
        "examples": len(y_true),
        "accuracy": float(is_correct.mean()),
        "accuracy_interval": list(accuracy_interval(int(is_correct.sum()), len(is_correct))),
        "macro_f1": _mean([row["f1"] for row in by_class]),
    }
    if multi_label:
        summary["micro_f1"] = _class_metrics(*counts.sum(axis=0).tolist())["f1"]
    return summary | {
        "log_loss": float(log_losses(y_true, probabilities).mean()),
        "roc_auc": roc_auc(y_true == 1, probabilities[:, 1]) if not multi_label and len(classes) == 2 else None,
        "calibration_error": calibration_error(bins),
        "calibration": bins,
        "confusion": None if multi_label else confusion(y_true, probabilities).tolist(),
        "classes": by_class,
    }


def predicted(probabilities: np.ndarray, *, multi_label: bool) -> np.ndarray:
    """Returns the most likely class of each example (the first of equals); if `multi_label`, the classes above 0.5."""
    return probabilities > 0.5 if multi_label else probabilities.argmax(axis=1)


def correct(y_true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns whether each example is predicted correctly, with all of its labels, of shape (examples,)."""
    y_true, probabilities = _checked(y_true, probabilities)
    if y_true.ndim == 1:
        return np.asarray(predicted(probabilities, multi_label=False) == y_true)
    return np.asarray((predicted(probabilities, multi_label=True) == y_true).all(axis=1))


def log_losses(y_true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns the negative log-likelihood of each example in nats, of shape (examples,).

    With several labels, it is the mean over the classes. Probabilities are clipped by `MIN_PROBABILITY`, so a wrong
    prediction with probability 1 costs 36 nats, not infinity.
    """
    y_true, probabilities = _checked(y_true, probabilities)
    clipped = np.clip(probabilities, MIN_PROBABILITY, 1 - MIN_PROBABILITY)
    if y_true.ndim == 1:
        return -np.log(clipped[np.arange(len(y_true)), y_true])
    return -np.log(np.where(y_true, clipped, 1 - clipped)).mean(axis=1)


def confusion(y_true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns the counts by true (rows) and predicted class (columns), of shape (classes, classes)."""
    y_true, probabilities = _checked(y_true, probabilities)
    if y_true.ndim != 1:
        raise ValueError("A confusion matrix needs one label for each example, got several.")
    classes = probabilities.shape[1]
    pairs = y_true * classes + predicted(probabilities, multi_label=False)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def roc_auc(y_true: np.ndarray, scores: np.ndarray) -> float | None:
    """Returns the area under the ROC curve.

    It is the share of pairs in which the positive example has the higher score, ties counting one half: J. A. Hanley
    and B. J. McNeil, 1982, https://doi.org/10.1148/radiology.143.1.7063747

    Args:
        y_true: Whether each example is positive, of shape (examples,).
        scores: Score of each example, higher for positive ones, of shape (examples,).

    Returns:
        The area, in [0, 1]; None without a positive or without a negative example.
    """
    y_true = np.asarray(y_true, bool)
    values, value_of = np.unique(scores, return_inverse=True)
    positive, negative = (np.bincount(value_of[mask], minlength=len(values)) for mask in (y_true, ~y_true))
    pairs = int(y_true.sum()) * int((~y_true).sum())
    if not pairs:
        return None
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / pairs)


def calibration(y_true: np.ndarray, probabilities: np.ndarray) -> list[dict[str, Any]]:
    """Returns the reliability table: accuracy by confidence.

    With one label per example, each example counts once: its confidence is the probability of the predicted class. With
    several labels, each pair of example and class counts: its confidence is the probability of the class, and it counts
    as correct if the example has the label.

    Returns:
        For each of `BINS` equal bins of (0, 1], open at the lower edge (0 is in the first bin): the edges `low` and
        `high`, the mean `confidence`, the `accuracy` and the `count`; both means are None for an empty bin.
    """
    y_true, probabilities = _checked(y_true, probabilities)
    if y_true.ndim == 1:
        confidence, is_correct = probabilities.max(axis=1), correct(y_true, probabilities)
    else:
        confidence, is_correct = probabilities.ravel(), y_true.ravel()
    edges = np.linspace(0, 1, BINS + 1)
    bin_of = np.searchsorted(edges[1:-1], confidence, side="left")
    counts, confidence_sums, correct_counts = (
        np.bincount(bin_of, weights, minlength=BINS).tolist() for weights in (None, confidence, is_correct)
    )
    return [
        {
            "low": float(edges[i]),
            "high": float(edges[i + 1]),
            "confidence": confidence_sums[i] / count if count else None,
            "accuracy": correct_counts[i] / count if count else None,
            "count": count,
        }
        for i, count in enumerate(counts)
    ]


def calibration_error(bins: Sequence[dict[str, Any]]) -> float:
    """Returns the expected calibration error: |accuracy − confidence| of the bins, weighted by their counts.

    C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks", 2017,
    https://arxiv.org/abs/1706.04599
    """
    filled = [row for row in bins if row["count"]]
    total = sum(row["count"] for row in filled)
    return float(sum(row["count"] * abs(row["accuracy"] - row["confidence"]) for row in filled) / total)


def accuracy_interval(correct: int, examples: int) -> tuple[float, float]:
    """Returns Wilson's 95 % confidence interval of an accuracy.

    It holds for few examples and near 0 and 1, and stays within [0, 1]: E. B. Wilson, 1927,
    https://doi.org/10.1080/01621459.1927.10502953

    Args:
        correct: Number of correctly predicted examples, [0, examples].
        examples: Number of examples, [1, inf).
    """
    if not 0 <= correct <= examples or examples < 1:
        raise ValueError(f"Expected 0 <= correct <= examples and at least one example, got {correct} of {examples}.")
    share, square = correct / examples, NORMAL_95**2 / examples
    centre = (share + square / 2) / (1 + square)
    half_width = math.sqrt(share * (1 - share) * square + square**2 / 4) / (1 + square)
    return centre - half_width, min(centre + half_width, 1.0)  # rounding may exceed 1, but never goes below 0


def _class_counts(y_true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Counts true positives, false positives and false negatives of each class, of shape (classes, 3)."""
    if y_true.ndim == 1:
        matrix = confusion(y_true, probabilities)
        true_positives, positives, support = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    else:
        y_pred = predicted(probabilities, multi_label=True)
        true_positives, positives, support = (y_true & y_pred).sum(axis=0), y_pred.sum(axis=0), y_true.sum(axis=0)
    return np.stack([true_positives, positives - true_positives, support - true_positives], axis=1)


def _class_metrics(true_positives: int, false_positives: int, false_negatives: int) -> dict[str, Any]:
    positives, support = true_positives + false_positives, true_positives + false_negatives
    return {
        "precision": true_positives / positives if positives else None,
        "recall": true_positives / support if support else None,
        "f1": 2 * true_positives / (positives + support) if positives + support else None,
        "support": support,
    }


def _mean(values: Sequence[float | None]) -> float | None:
    """Returns the mean of the defined values: a class that neither occurs nor is predicted has no F1."""
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def _checked(y_true: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y_true, probabilities = np.asarray(y_true), np.asarray(probabilities, np.float64)
    shape = probabilities.shape if y_true.ndim == 2 else probabilities.shape[:1]
    if probabilities.ndim != 2 or y_true.shape != shape or 0 in probabilities.shape:
        raise ValueError(
            "Expected labels of shape (examples,) or (examples, classes) and probabilities of shape (examples, "
            f"classes), with at least one example, got {y_true.shape} and {probabilities.shape}."
        )
    if not (np.issubdtype(y_true.dtype, np.integer) if y_true.ndim == 1 else y_true.dtype == np.bool_):
        raise ValueError(f"Expected integer class indices, or a boolean per class, got labels of type {y_true.dtype}.")
    if y_true.ndim == 1 and not 0 <= int(y_true.min()) <= int(y_true.max()) < probabilities.shape[1]:
        raise ValueError(f"Expected class indices in [0, {probabilities.shape[1]}), got {y_true.min()}–{y_true.max()}.")
    valid = (probabilities >= 0) & (probabilities <= 1 + 1e-6)
    if not valid.all():
        row, column = np.argwhere(~valid)[0]
        raise DataError(
            f"The probability of class {column} for example {row} is {probabilities[row, column]}, expected [0, 1]. "
            "The model has diverged or is damaged: train it again."
        )
    return y_true, probabilities
