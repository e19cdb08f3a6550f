"""Scores of tags: precision, recall and F1 of spans as conlleval counts them, and accuracy of words.

A span is correct if a predicted one has the same words and the same label. Spans are counted over all sentences, and
precision and recall are 0 where there is nothing to divide by, as in conlleval:
https://www.clips.uantwerpen.be/conll2000/chunking/conlleval.txt
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.data.tagged.schemes import spans_of

Tags = Sequence[Sequence[str]]
"""Tags of the words of each sentence."""


def span_counts(y_true: Tags, y_pred: Tags, scheme: str) -> np.ndarray:
    """Returns the numbers of correct, predicted and true spans of each sentence, int64 of shape (sentences, 3).

    Args:
        y_true: True tags.
        y_pred: Predicted tags of the same words; they may break the scheme, and are read as conlleval does.
        scheme: Scheme of both; plain tags have no spans.

    Raises:
        ValueError: The sentences have different lengths.
    """
    counts = np.zeros((len(y_true), 3), np.int64)
    for row, (true, predicted) in enumerate(_pairs(y_true, y_pred)):
        if true == predicted:
            counts[row] = len(spans_of(true, scheme))
        else:
            true_spans, predicted_spans = spans_of(true, scheme), spans_of(predicted, scheme)
            counts[row] = len({*true_spans} & {*predicted_spans}), len(predicted_spans), len(true_spans)
    return counts


def f1(sums: np.ndarray) -> np.ndarray:
    """Returns F1, the harmonic mean of precision and recall, of shape (…).

    Args:
        sums: Correct, predicted and true spans, of shape (…, 3). Where there are neither predicted nor true spans, F1
            is 0.
    """
    return _ratio(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def token_counts(y_true: Tags, y_pred: Tags) -> np.ndarray:
    """Returns the numbers of words with the right tag and of all words, int64 of shape (sentences, 2).

    Raises:
        ValueError: The sentences have different lengths.
    """
    counts = [
        (sum(a == b for a, b in zip(true, predicted, strict=True)), len(true))
        for true, predicted in _pairs(y_true, y_pred)
    ]
    return np.array(counts, np.int64).reshape(len(counts), 2)


def accuracy(sums: np.ndarray) -> np.ndarray:
    """Returns the share of right words, of shape (…), from sums of `token_counts`, of shape (…, 2)."""
    return _ratio(sums[..., 0], sums[..., 1])


def tag_summary(y_true: Tags, y_pred: Tags, scheme: str) -> dict[str, Any]:
    """Returns the scores as JSON.

    Args:
        y_true: True tags.
        y_pred: Predicted tags of the same words.
        scheme: Scheme of both.

    Returns:
        "precision", "recall" and "f1" of spans, None for plain tags; "token_accuracy"; the numbers of "sentences",
        "words" and true "spans"; and "types", those scores and the number of true "spans" for each "label" in order,
        or for plain tags for each tag and its words.

    Raises:
        ValueError: The sentences have different lengths.
    """
    words = token_counts(y_true, y_pred).sum(axis=0)
    types = _by_label(y_true, y_pred, scheme)
    total = np.array(list(types.values()), np.int64).reshape(-1, 3).sum(axis=0)
    whole = _scores(total) if scheme != "plain" else dict.fromkeys(("precision", "recall", "f1"))
    return {
        **whole,
        "token_accuracy": float(accuracy(words)),
        "sentences": len(y_true),
        "words": int(words[1]),
        "spans": int(total[2]) if scheme != "plain" else 0,
        "types": [
            {"label": label, **_scores(counts), "spans": int(counts[2])} for label, counts in sorted(types.items())
        ],
    }


def _by_label(y_true: Tags, y_pred: Tags, scheme: str) -> dict[str, np.ndarray]:
    """Returns the numbers of correct, predicted and true spans, or words of plain tags, of each label."""
    correct: Counter[str] = Counter()
    predicted_count: Counter[str] = Counter()
    true_count: Counter[str] = Counter()
    for true, predicted in _pairs(y_true, y_pred):
        if scheme == "plain":
            correct.update(a for a, b in zip(true, predicted, strict=True) if a == b)
            predicted_count.update(predicted)
            true_count.update(true)
        else:
            true_spans, predicted_spans = spans_of(true, scheme), spans_of(predicted, scheme)
            correct.update(span.label for span in {*true_spans} & {*predicted_spans})
            predicted_count.update(span.label for span in predicted_spans)
            true_count.update(span.label for span in true_spans)
    return {
        label: np.array([correct[label], predicted_count[label], true_count[label]])
        for label in true_count | predicted_count
    }


def _scores(counts: np.ndarray) -> dict[str, float]:
    return {
        "precision": float(_ratio(counts[0], counts[1])),
        "recall": float(_ratio(counts[0], counts[2])),
        "f1": float(f1(counts)),
    }


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Returns part / whole; 0 where `whole` is 0."""
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _pairs(y_true: Tags, y_pred: Tags) -> list[tuple[Sequence[str], Sequence[str]]]:
    lengths = [[len(tags) for tags in sentences] for sentences in (y_true, y_pred)]
    if lengths[0] != lengths[1]:
        raise ValueError(
            f"Expected tags of the same words, got {len(y_true)} and {len(y_pred)} sentences of {sum(lengths[0])} and "
            f"{sum(lengths[1])} words."
        )
    return [(list(true), list(predicted)) for true, predicted in zip(y_true, y_pred, strict=True)]
