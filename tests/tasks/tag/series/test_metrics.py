"""F1 by segment and by row, beside versions written as loops over every pair of segments."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from seqkit.tasks.tag.series.metrics import counts_by_item, matches, segment_counts, segments_of, summary


def runs(labels, stretches):
    """The segments of rows, one row after another: label, first row, end."""
    found = []
    for row, (label, stretch) in enumerate(zip(labels, stretches, strict=True)):
        if found and found[-1][0] == label and found[-1][3] == stretch:
            found[-1][2] = row + 1
        else:
            found.append([label, row, row + 1, stretch])
    return found


def brute_force(true, predicted, stretches, threshold):
    """The counts of Lea et al. (2017), whose published code compares every pair of segments."""
    true_runs, predicted_runs = runs(true, stretches), runs(predicted, stretches)
    used, correct = set(), 0
    for label, first, end, _ in predicted_runs:
        best, chosen = 0.0, None
        for place, (true_label, true_first, true_end, _) in enumerate(true_runs):
            if true_label == label:
                rows, others = set(range(first, end)), set(range(true_first, true_end))
                iou = len(rows & others) / len(rows | others)
                if iou > best:
                    best, chosen = iou, place
        if chosen is not None and best >= threshold and chosen not in used:
            used.add(chosen)
            correct += 1
    return [correct, len(predicted_runs), len(true_runs)]


@pytest.mark.parametrize("threshold", [0.1, 0.25, 0.5, 1.0])
def test_counts_are_those_of_a_comparison_of_every_pair(threshold):
    for seed in range(150):
        draw = np.random.default_rng(seed)
        rows = int(draw.integers(1, 60))
        stretches = np.sort(draw.integers(0, 3, rows))
        true, predicted = (np.repeat(draw.integers(0, 3, rows), draw.integers(1, 6, rows))[:rows] for _ in range(2))
        found = segment_counts(true, predicted, stretches, threshold=threshold)
        assert found.tolist() == brute_force(true.tolist(), predicted.tolist(), stretches.tolist(), threshold)


def test_half_of_a_segment_is_enough_and_less_is_not():
    stretches = np.zeros(10, int)
    true, half, less = (np.array([1] * n + [0] * (10 - n)) for n in (8, 4, 3))
    for predicted, expected in ((half, [True, False]), (less, [False, False])):
        found = matches(segments_of(true, stretches), segments_of(predicted, stretches), 0.5)
        assert found.tolist() == expected


def test_a_true_segment_is_found_once_however_often_it_is_predicted():
    stretches = np.zeros(12, int)
    true, predicted = np.array([0] * 12), np.array([0] * 4 + [1] * 4 + [0] * 4)
    assert segment_counts(true, predicted, stretches, threshold=0.25).tolist() == [1, 3, 1]


def test_no_segment_reaches_from_one_stretch_into_the_next():
    labels, stretches = np.zeros(6, int), np.array([0, 0, 0, 1, 1, 2])
    assert segments_of(labels, stretches).ranges.tolist() == [[0, 3], [3, 5], [5, 6]]


def test_counts_of_items_add_up_to_those_of_all_rows():
    draw = np.random.default_rng(1)
    true, predicted = (np.repeat(draw.integers(0, 3, 40), 5) for _ in range(2))
    items, stretches = np.arange(200) // 30, np.arange(200) // 90
    counts = counts_by_item(true, predicted, stretches, items)
    assert counts.shape == (7, 5)
    assert counts[:, :3].sum(axis=0).tolist() == segment_counts(true, predicted, stretches).tolist()
    assert counts[:, 3:].sum(axis=0).tolist() == [(true == predicted).sum(), 200]
    assert counts[:, 4].tolist() == [30] * 6 + [20]


def test_scores_of_rows_are_those_of_scikit_learn():
    draw = np.random.default_rng(2)
    true, predicted, stretches = draw.integers(0, 4, 300), draw.integers(1, 5, 300), np.zeros(300, int)
    scores = summary(true, predicted, stretches, tuple("abcde"))
    assert scores["accuracy"] == pytest.approx((true == predicted).mean())
    assert scores["macro_f1"] == pytest.approx(f1_score(true, predicted, average="macro", zero_division=0))
    for row, expected in zip(scores["types"], f1_score(true, predicted, average=None, zero_division=0), strict=True):
        assert row["row_f1"] == pytest.approx(expected)
    assert [row["rows"] for row in scores["types"]] == np.bincount(true, minlength=5).tolist()


def test_perfect_labels_score_one_and_wrong_ones_zero():
    true, stretches = np.array([0, 0, 1, 1, 0]), np.zeros(5, int)
    perfect, wrong = (summary(true, predicted, stretches, ("a", "b", "c")) for predicted in (true, np.full(5, 2)))
    keys = ("f1_50", "f1_25", "f1_10", "accuracy", "macro_f1")
    assert [perfect[key] for key in keys] == [1.0] * 5 and [wrong[key] for key in keys] == [0.0] * 5
    assert (perfect["segments"], wrong["predicted_segments"]) == (3, 1)


def test_no_rows_score_zero():
    nothing = np.zeros(0, int)
    assert segment_counts(nothing, nothing, nothing).tolist() == [0, 0, 0]
    assert summary(nothing, nothing, nothing, ())["f1_50"] == 0
