"""Scores of labels: from what is true and how likely a model held each class, to figures.

Truth is (examples,) of class indices where each example has one label, and (examples, classes) of yes or no where it
may have several. Probabilities are (examples, classes): in the first case rows sum to 1, in the second each class
stands for itself. Nothing here knows of models or files. A figure that is not defined is None, never NaN.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.errors import DataError

BINS = 15
"""Of the reliability table, all equally wide."""

MIN_PROBABILITY = float(np.finfo(np.float64).eps)
"""Probabilities are held this far from 0 and 1 for the log loss, as scikit-learn does, so that it stays finite."""

NORMAL_95 = 1.959963984540054
"""Standard deviations to either side of the mean that hold 95 % of a normal distribution."""


def label_summary(
    y_true: np.ndarray, probabilities: np.ndarray, classes: Sequence[str], *, multi_label: bool
) -> dict[str, Any]:
    """Returns every figure of one part of the data as JSON.

    Args:
        y_true: Class index of each example, of shape (examples,); if `multi_label`, yes or no of shape (examples,
            classes).
        probabilities: Of shape (examples, classes).
        classes: Names, in the order of the columns.
        multi_label: Whether an example may carry several labels.

    Returns:
        `examples`; `accuracy` (of several labels: the share of examples with all of them right) and its
        `accuracy_interval`; `macro_f1`; `micro_f1` if several; `log_loss`; `roc_auc` if there are two classes and one
        label, else None; `calibration_error` and `calibration`, the rows of `calibration`; `confusion`, counts by true
        (rows) and predicted class (columns), None if several; `classes`, for each its `name`, `precision`, `recall`,
        `f1` and `support`.

    Raises:
        ValueError: Shapes or class indices do not fit.
        DataError: A probability is none.
    """
    y_true, probabilities = _checked(y_true, probabilities)
    if multi_label != (y_true.ndim == 2) or len(classes) != probabilities.shape[1]:
        raise ValueError(
            f"Received {len(classes)} classes, multi_label={multi_label}, labels of shape {y_true.shape} and "
            "probabilities of "
            f"shape {probabilities.shape}, which do not fit together."
        )
    right = correct(y_true, probabilities)
    bins = calibration(y_true, probabilities)
    counts = _outcomes(y_true, probabilities)
    by_class = [{"name": str(name), **_class_figures(*own)} for name, own in zip(classes, counts.tolist(), strict=True)]
    summary: dict[str, Any] = {
        "examples": len(y_true),
        "accuracy": float(right.mean()),
        "accuracy_interval": list(accuracy_interval(int(right.sum()), len(right))),
        "macro_f1": _mean([each["f1"] for each in by_class]),
    }
    if multi_label:
        summary["micro_f1"] = _class_figures(*counts.sum(axis=0).tolist())["f1"]
    return summary | {
        "log_loss": float(log_losses(y_true, probabilities).mean()),
        "roc_auc": roc_auc(y_true == 1, probabilities[:, 1]) if not multi_label and len(classes) == 2 else None,
        "calibration_error": calibration_error(bins),
        "calibration": bins,
        "confusion": None if multi_label else confusion(y_true, probabilities).tolist(),
        "classes": by_class,
    }


def predicted(probabilities: np.ndarray, *, multi_label: bool) -> np.ndarray:
    """Returns the likeliest class of each example, the first where two are; of several, those above one half."""
    return probabilities > 0.5 if multi_label else probabilities.argmax(axis=1)


def correct(y_true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns whether each example is labelled right, of shape (examples,); of several labels, all of them."""
    y_true, probabilities = _checked(y_true, probabilities)
    if y_true.ndim == 1:
        return np.asarray(predicted(probabilities, multi_label=False) == y_true)
    return np.asarray((predicted(probabilities, multi_label=True) == y_true).all(axis=1))


def log_losses(y_true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns minus the logarithm of the probability of what is true, of shape (examples,), in nats.

    Of several labels it is the mean over the classes. Probabilities are first clipped to `MIN_PROBABILITY` from 0
    and from 1: so a class that was held impossible and came costs 36 nats and not infinitely many.
    """
    y_true, probabilities = _checked(y_true, probabilities)
    clipped = np.clip(probabilities, MIN_PROBABILITY, 1 - MIN_PROBABILITY)
    if y_true.ndim == 1:
        return -np.log(clipped[np.arange(len(y_true)), y_true])
    return -np.log(np.where(y_true, clipped, 1 - clipped)).mean(axis=1)


def confusion(y_true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns how often each true class (rows) was labelled each class (columns), (classes, classes); one label."""
    y_true, probabilities = _checked(y_true, probabilities)
    if y_true.ndim != 1:
        raise ValueError("A confusion matrix needs one label for each example, got several.")
    classes = probabilities.shape[1]
    pairs = y_true * classes + predicted(probabilities, multi_label=False)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def roc_auc(y_true: np.ndarray, scores: np.ndarray) -> float | None:
    """Returns how often a positive example scores above a negative one, a tie counting one half.

    This is the area under the ROC curve: J. A. Hanley and B. J. McNeil, 1982,
    https://doi.org/10.1148/radiology.143.1.7063747

    Args:
        y_true: Whether each example is positive, of shape (examples,).
        scores: The higher, the likelier positive, of shape (examples,).

    Returns:
        In [0, 1]; None where there is no positive or no negative example.
    """
    y_true = np.asarray(y_true, bool)
    values, place = np.unique(scores, return_inverse=True)
    positive, negative = (np.bincount(place[own], minlength=len(values)) for own in (y_true, ~y_true))
    pairs = int(y_true.sum()) * int((~y_true).sum())
    if not pairs:
        return None
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / pairs)


def calibration(y_true: np.ndarray, probabilities: np.ndarray) -> list[dict[str, Any]]:
    """Returns the reliability table: what was held this likely, how often did it come?

    Of one label, each example counts once: its confidence is the probability of the likeliest class, and it is right
    or not. Of several, each pair of example and class counts: its confidence is the probability of the class, and it is
    right where the example carries it.

    Returns:
        For each of `BINS` equal bins of (0, 1], the lower edge not in it (0 is in the first): its edges `low` and
        `high`, the mean `confidence`, the `accuracy` and the `count`; both means None where the bin is empty.
    """
    y_true, probabilities = _checked(y_true, probabilities)
    if y_true.ndim == 1:
        confidence, right = probabilities.max(axis=1), correct(y_true, probabilities)
    else:
        confidence, right = probabilities.ravel(), y_true.ravel()
    edges = np.linspace(0, 1, BINS + 1)
    place = np.searchsorted(edges[1:-1], confidence, side="left")
    counts, confidences, rights = (
        np.bincount(place, weights, minlength=BINS).tolist() for weights in (None, confidence, right)
    )
    return [
        {
            "low": float(edges[i]),
            "high": float(edges[i + 1]),
            "confidence": confidences[i] / count if count else None,
            "accuracy": rights[i] / count if count else None,
            "count": count,
        }
        for i, count in enumerate(counts)
    ]


def calibration_error(bins: Sequence[dict[str, Any]]) -> float:
    """Returns the expected calibration error: |accuracy − confidence| of the bins, each weighed by its count.

    C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks", 2017,
    https://arxiv.org/abs/1706.04599
    """
    filled = [each for each in bins if each["count"]]
    total = sum(each["count"] for each in filled)
    return float(sum(each["count"] * abs(each["accuracy"] - each["confidence"]) for each in filled) / total)


def accuracy_interval(right: int, examples: int) -> tuple[float, float]:
    """Returns the 95 % confidence interval of an accuracy, after E. B. Wilson, 1927.

    It keeps its promise for few examples and near 0 and 1, and never leaves [0, 1]:
    https://doi.org/10.1080/01621459.1927.10502953

    Args:
        right: How many examples were labelled right, [0, examples].
        examples: How many there were, [1, inf).
    """
    if not 0 <= right <= examples or examples < 1:
        raise ValueError(f"Received {right} of {examples} examples right, expected 0 to all of at least one.")
    share, square = right / examples, NORMAL_95**2 / examples
    middle = (share + square / 2) / (1 + square)
    reach = math.sqrt(share * (1 - share) * square + square**2 / 4) / (1 + square)
    return middle - reach, min(middle + reach, 1.0)  # Rounding may lead above 1, and never below 0.


def _outcomes(y_true: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Counts true positives, false positives and false negatives of each class, of shape (classes, 3)."""
    if y_true.ndim == 1:
        matrix = confusion(y_true, probabilities)
        hits, said, there = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    else:
        chosen = predicted(probabilities, multi_label=True)
        hits, said, there = ((y_true & chosen).sum(axis=0), chosen.sum(axis=0), y_true.sum(axis=0))
    return np.stack([hits, said - hits, there - hits], axis=1)


def _class_figures(hits: int, false: int, missed: int) -> dict[str, Any]:
    return {
        "precision": hits / (hits + false) if hits + false else None,
        "recall": hits / (hits + missed) if hits + missed else None,
        "f1": 2 * hits / (2 * hits + false + missed) if hits + false + missed else None,
        "support": hits + missed,
    }


def _mean(values: Sequence[float | None]) -> float | None:
    """Leaves out classes that neither came nor were predicted, of which there is nothing to say."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _checked(y_true: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y_true, probabilities = np.asarray(y_true), np.asarray(probabilities, np.float64)
    shape = probabilities.shape if y_true.ndim == 2 else probabilities.shape[:1]
    if probabilities.ndim != 2 or y_true.shape != shape or 0 in probabilities.shape:
        raise ValueError(
            "Expected truth of shape (examples,) or (examples, classes) and probabilities of shape (examples, classes) "
            f"of at least one example, got {y_true.shape} and {probabilities.shape}."
        )
    if not (np.issubdtype(y_true.dtype, np.integer) if y_true.ndim == 1 else y_true.dtype == np.bool_):
        raise ValueError(f"Expected class indices, or yes and no of each class, got truth of type {y_true.dtype}.")
    if y_true.ndim == 1 and not 0 <= int(y_true.min()) <= int(y_true.max()) < probabilities.shape[1]:
        raise ValueError(f"Expected class indices in [0, {probabilities.shape[1]}), got {y_true.min()}–{y_true.max()}.")
    valid = (probabilities >= 0) & (probabilities <= 1 + 1e-6)
    if not valid.all():
        row, column = np.argwhere(~valid)[0]
        raise DataError(
            f"Probabilities lie between 0 and 1, but that of class {column} of example {row} is "
            f"{probabilities[row, column]}. The model has diverged or is damaged: train it again."
        )
    return y_true, probabilities
