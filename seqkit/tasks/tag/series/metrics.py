"""Scores of labels of rows: accuracy and F1 by row, and F1 by segment.

A segment is a run of rows with the same label, in one stretch of rows. Rows without a true label are left out before,
so that they neither count nor end a segment. A predicted segment is correct if its label is that of the true segment
with which it has the largest intersection over union (IoU) of those of its label, the IoU is at least a threshold, and
no earlier predicted segment has been matched with that one:

C. Lea, M. D. Flynn, R. Vidal, A. Reiter and G. D. Hager, "Temporal Convolutional Networks for Action Segmentation and
Detection", 2017, https://arxiv.org/abs/1611.05267
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.data.series.ranges import overlaps
from seqkit.tasks.tag.metrics import accuracy, f1

THRESHOLDS = (0.5, 0.25, 0.1)
"""Thresholds of the IoU of F1@50, F1@25 and F1@10; the first one is that of the main score."""


@dataclass(frozen=True)
class Segments:
    """Runs of rows with the same label, in order.

    Attributes:
        ranges: Rows [first, end) of each segment, int64 of shape (segments, 2).
        labels: Label of each segment, of shape (segments,).
    """

    ranges: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


def segments_of(labels: np.ndarray, stretches: np.ndarray) -> Segments:
    """Returns the segments of rows.

    Args:
        labels: Label of each row, of shape (rows,).
        stretches: Number of the stretch of each row, of shape (rows,); rows of a stretch are together.
    """
    if not len(labels):
        return Segments(np.zeros((0, 2), np.int64), labels)
    begins = np.flatnonzero((labels[1:] != labels[:-1]) | (stretches[1:] != stretches[:-1])) + 1
    firsts, ends = np.append(0, begins), np.append(begins, len(labels))
    return Segments(np.stack([firsts, ends], axis=1).astype(np.int64), labels[firsts])


def matches(true: Segments, predicted: Segments, threshold: float) -> np.ndarray:
    """Returns whether each predicted segment is correct, of shape (predicted,).

    Args:
        true: True segments of some rows.
        predicted: Predicted segments of the same rows.
        threshold: Smallest IoU of a correct segment, (0, 1].
    """
    right, left = overlaps(predicted.ranges, true.ranges)
    same = predicted.labels[right] == true.labels[left]
    right, left = right[same], left[same]
    a, b = predicted.ranges[right], true.ranges[left]
    inter = np.minimum(a[:, 1], b[:, 1]) - np.maximum(a[:, 0], b[:, 0])
    union = np.maximum(a[:, 1], b[:, 1]) - np.minimum(a[:, 0], b[:, 0])
    # The best true segment of each predicted one, the first of equal ones; then the first predicted one of each.
    order = np.lexsort((left, -inter / np.maximum(union, 1), right))
    best = order[np.unique(right[order], return_index=True)[1]]
    enough = best[inter[best] >= threshold * union[best] - 1e-9]
    enough = enough[np.argsort(right[enough], kind="stable")]
    first = np.unique(left[enough], return_index=True)[1]
    correct = np.zeros(len(predicted), bool)
    correct[right[enough[first]]] = True
    return correct


def segment_counts(
    y_true: np.ndarray, y_pred: np.ndarray, stretches: np.ndarray, *, threshold: float = THRESHOLDS[0]
) -> np.ndarray:
    """Returns the numbers of correct, predicted and true segments, int64 of shape (3,).

    Args:
        y_true: True label of each row, of shape (rows,).
        y_pred: Predicted labels of the same rows.
        stretches: Number of the stretch of each row; no segment is in two of them.
        threshold: Smallest IoU of a correct segment.
    """
    true, predicted = segments_of(y_true, stretches), segments_of(y_pred, stretches)
    return np.array([matches(true, predicted, threshold).sum(), len(predicted), len(true)], np.int64)


def counts_by_item(y_true: np.ndarray, y_pred: np.ndarray, stretches: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Returns counts of each item, such as a recording or a block of time, int64 of shape (items, 5).

    They are the correct, predicted and true segments that begin in the item, and its rows with the right label and all
    its rows; their sums over all items are those of all rows.

    Args:
        y_true: True label of each row, of shape (rows,).
        y_pred: Predicted labels of the same rows.
        stretches: Number of the stretch of each row.
        items: Number of the item of each row, from 0.
    """
    true, predicted = segments_of(y_true, stretches), segments_of(y_pred, stretches)
    correct = matches(true, predicted, THRESHOLDS[0])
    count = int(items.max(initial=-1)) + 1
    item_of_span = items[predicted.ranges[:, 0]]
    columns = [
        np.bincount(item_of_span[correct], minlength=count),
        np.bincount(item_of_span, minlength=count),
        np.bincount(items[true.ranges[:, 0]], minlength=count),
        np.bincount(items[y_true == y_pred], minlength=count),
        np.bincount(items, minlength=count),
    ]
    return np.stack(columns, axis=1).astype(np.int64)


def summary(y_true: np.ndarray, y_pred: np.ndarray, stretches: np.ndarray, names: tuple[str, ...]) -> dict[str, Any]:
    """Returns the scores as JSON.

    Args:
        y_true: True label of each row, of shape (rows,): positions in `names`.
        y_pred: Predicted labels of the same rows.
        stretches: Number of the stretch of each row.
        names: The labels.

    Returns:
        "f1_50", "f1_25" and "f1_10", F1 of segments by threshold, 0 where there are none; "accuracy" of rows;
        "macro_f1", the mean of F1 of rows over the labels that are true or predicted; the numbers of "rows" and of
        true and predicted "segments"; and "types", for each true or predicted label its "precision", "recall" and "f1"
        of segments at the first threshold, its "row_f1", "segments" and "rows".
    """
    true, predicted = segments_of(y_true, stretches), segments_of(y_pred, stretches)
    correct = matches(true, predicted, THRESHOLDS[0])
    by_threshold = {
        f"f1_{threshold * 100:.0f}": float(f1(segment_counts(y_true, y_pred, stretches, threshold=threshold)))
        for threshold in THRESHOLDS
    }
    types = []
    for code in np.union1d(y_true, y_pred).tolist():
        segments = np.array([(correct & (predicted.labels == code)).sum(), (predicted.labels == code).sum(), 0])
        segments[2] = (true.labels == code).sum()
        rows = np.array([((y_true == code) & (y_pred == code)).sum(), (y_pred == code).sum(), (y_true == code).sum()])
        types.append(
            {
                "label": names[code],
                "precision": float(segments[0] / segments[1]) if segments[1] else 0.0,
                "recall": float(segments[0] / segments[2]) if segments[2] else 0.0,
                "f1": float(f1(segments)),
                "row_f1": float(f1(rows)),
                "segments": int(segments[2]),
                "rows": int(rows[2]),
            }
        )
    return {
        **by_threshold,
        "accuracy": float(accuracy(np.array([(y_true == y_pred).sum(), len(y_true)]))),
        "macro_f1": float(np.mean([row["row_f1"] for row in types])) if types else 0.0,
        "rows": len(y_true),
        "segments": len(true),
        "predicted_segments": len(predicted),
        "types": types,
    }
