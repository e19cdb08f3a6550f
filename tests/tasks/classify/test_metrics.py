"""Classification metrics against hand-computed values, scikit-learn and SciPy."""

import json
import math

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as reference

from seqkit.errors import DataError
from seqkit.tasks.classify.metrics import (
    accuracy_interval,
    calibration,
    calibration_error,
    confusion,
    correct,
    label_summary,
    log_losses,
    roc_auc,
)

RNG = np.random.default_rng(3)


def one_label(examples: int = 400, classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Labels correlated with the probabilities, so that no metric is trivial."""
    probabilities = RNG.dirichlet(np.full(classes, 0.5), examples)
    y_true = np.array([RNG.choice(classes, p=0.7 * p + 0.3 / classes) for p in probabilities])
    return y_true, probabilities


def several_labels(examples: int = 400, classes: int = 5) -> tuple[np.ndarray, np.ndarray]:
    probabilities = RNG.beta(0.6, 0.9, (examples, classes))
    return RNG.random((examples, classes)) < 0.2 + 0.6 * probabilities, probabilities


def names(probabilities: np.ndarray) -> list[str]:
    return [f"class {i}" for i in range(probabilities.shape[1])]


def test_summary_of_six_examples_matches_hand_computed_values():
    y_true = np.array([0, 0, 0, 1, 1, 2])
    probabilities = np.array(
        [[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.2, 0.7, 0.1], [0.5, 0.4, 0.1], [0.1, 0.5, 0.4]]
    )
    summary = label_summary(y_true, probabilities, ["a", "b", "c"], multi_label=False)
    assert summary["examples"] == 6
    assert summary["accuracy"] == 0.5
    assert summary["confusion"] == [[2, 1, 0], [1, 1, 0], [0, 1, 0]]
    assert summary["classes"] == [
        {"name": "a", "precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3},
        {"name": "b", "precision": 1 / 3, "recall": 1 / 2, "f1": 0.4, "support": 2},
        {"name": "c", "precision": None, "recall": 0.0, "f1": 0.0, "support": 1},
    ]
    assert summary["macro_f1"] == pytest.approx((2 / 3 + 0.4 + 0) / 3)
    assert summary["log_loss"] == pytest.approx(-np.log([0.7, 0.6, 0.1, 0.7, 0.4, 0.4]).mean())
    assert summary["roc_auc"] is None
    assert "micro_f1" not in summary


def test_multi_label_accuracy_requires_all_labels():
    y_true = np.array([[True, False], [True, True], [False, False]])
    probabilities = np.array([[0.9, 0.5], [0.8, 0.2], [0.1, 0.3]])  # 0.5 itself is not above the threshold
    summary = label_summary(y_true, probabilities, ["a", "b"], multi_label=True)
    assert correct(y_true, probabilities).tolist() == [True, False, True]
    assert summary["accuracy"] == pytest.approx(2 / 3)
    assert summary["micro_f1"] == pytest.approx(2 * 2 / (2 * 2 + 0 + 1))
    assert summary["macro_f1"] == pytest.approx((1 + 0) / 2)
    losses = -np.log([[0.9, 0.5], [0.8, 0.2], [0.9, 0.7]]).mean(axis=1)
    np.testing.assert_allclose(log_losses(y_true, probabilities), losses)
    assert (summary["log_loss"], summary["confusion"], summary["roc_auc"]) == (pytest.approx(losses.mean()), None, None)


@pytest.mark.parametrize("classes", [2, 4])
def test_metrics_match_scikit_learn(classes):
    y_true, probabilities = one_label(classes=classes)
    y_pred = probabilities.argmax(axis=1)
    summary = label_summary(y_true, probabilities, names(probabilities), multi_label=False)
    assert summary["accuracy"] == pytest.approx(reference.accuracy_score(y_true, y_pred))
    assert summary["macro_f1"] == pytest.approx(reference.f1_score(y_true, y_pred, average="macro"))
    assert summary["log_loss"] == pytest.approx(reference.log_loss(y_true, probabilities))
    np.testing.assert_array_equal(summary["confusion"], reference.confusion_matrix(y_true, y_pred))
    np.testing.assert_array_equal(confusion(y_true, probabilities), summary["confusion"])
    expected = np.array(reference.precision_recall_fscore_support(y_true, y_pred)).T
    by_class = [[row["precision"], row["recall"], row["f1"], row["support"]] for row in summary["classes"]]
    np.testing.assert_allclose(by_class, expected)
    if classes == 2:
        assert summary["roc_auc"] == pytest.approx(reference.roc_auc_score(y_true, probabilities[:, 1]))


def test_multi_label_metrics_match_scikit_learn():
    y_true, probabilities = several_labels()
    y_pred = probabilities > 0.5
    summary = label_summary(y_true, probabilities, names(probabilities), multi_label=True)
    assert summary["accuracy"] == pytest.approx(reference.accuracy_score(y_true, y_pred))
    assert summary["macro_f1"] == pytest.approx(reference.f1_score(y_true, y_pred, average="macro"))
    assert summary["micro_f1"] == pytest.approx(reference.f1_score(y_true, y_pred, average="micro"))
    losses = [reference.log_loss(y_true[:, i], probabilities[:, i]) for i in range(5)]
    assert summary["log_loss"] == pytest.approx(np.mean(losses))
    expected = np.array(reference.precision_recall_fscore_support(y_true, y_pred)).T
    by_class = [[row["precision"], row["recall"], row["f1"], row["support"]] for row in summary["classes"]]
    np.testing.assert_allclose(by_class, expected)


def test_a_class_that_neither_occurs_nor_is_predicted_is_left_out_of_macro_f1():
    y_true = np.array([0, 1, 1])
    probabilities = np.array([[0.8, 0.2, 0], [0.6, 0.4, 0], [0.1, 0.9, 0]])
    summary = label_summary(y_true, probabilities, ["a", "b", "c"], multi_label=False)
    assert summary["classes"][2] == {"name": "c", "precision": None, "recall": None, "f1": None, "support": 0}
    assert summary["macro_f1"] == pytest.approx(reference.f1_score(y_true, [0, 0, 1], average="macro"))


def test_f1_is_undefined_if_no_label_occurs_or_is_predicted():
    summary = label_summary(np.zeros((2, 2), bool), np.full((2, 2), 0.1), ["a", "b"], multi_label=True)
    assert (summary["accuracy"], summary["macro_f1"], summary["micro_f1"]) == (1.0, None, None)


@pytest.mark.parametrize("multi_label", [False, True])
def test_summary_is_json_without_nan(multi_label):
    y_true, probabilities = several_labels(3) if multi_label else one_label(3)
    written = json.dumps(
        label_summary(y_true, probabilities, names(probabilities), multi_label=multi_label), allow_nan=False
    )
    assert json.loads(written)["examples"] == 3


def test_log_loss_of_a_class_predicted_impossible_is_finite():
    certain = np.array([[1.0, 0.0], [0.0, 1.0]])
    limit = -math.log(np.finfo(np.float64).eps)
    np.testing.assert_allclose(log_losses(np.array([1, 1]), certain), [limit, 0], atol=1e-12)
    assert limit == pytest.approx(36.04, abs=0.01)
    np.testing.assert_allclose(log_losses(np.array([[True, True], [False, False]]), certain), [limit / 2] * 2)


def test_roc_auc_counts_a_tie_as_one_half():
    # Pairs of a positive and a negative: 0.9 beats both, 0.5 beats one and ties with one.
    assert roc_auc(np.array([1, 1, 0, 0]), np.array([0.9, 0.5, 0.5, 0.1])) == 3.5 / 4
    y_true, scores = RNG.random(500) < 0.3, np.round(RNG.random(500), 1)
    assert roc_auc(y_true, scores) == pytest.approx(reference.roc_auc_score(y_true, scores))
    assert roc_auc(y_true, np.zeros(500)) == 0.5


def test_roc_auc_is_undefined_with_one_class():
    assert roc_auc(np.ones(3, bool), np.array([0.1, 0.2, 0.3])) is None
    summary = label_summary(np.zeros(2, int), np.array([[0.9, 0.1], [0.4, 0.6]]), ["a", "b"], multi_label=False)
    assert summary["roc_auc"] is None
    assert summary["classes"][1] == {"name": "b", "precision": 0.0, "recall": None, "f1": 0.0, "support": 0}


def test_calibration_uses_the_predicted_class():
    probabilities = np.array([[0.95, 0.05], [0.97, 0.03], [0.04, 0.96], [0.55, 0.45], [0.4, 0.6]])
    bins = calibration(np.array([0, 1, 1, 1, 1]), probabilities)
    assert len(bins) == 15
    assert [row["count"] for row in bins] == [0] * 8 + [2] + [0] * 5 + [3]  # 0.6 closes the ninth bin
    assert bins[8] == {
        "low": pytest.approx(8 / 15),
        "high": pytest.approx(9 / 15),
        "confidence": pytest.approx(0.575),
        "accuracy": 0.5,
        "count": 2,
    }
    assert bins[14]["confidence"] == pytest.approx(0.96)
    assert bins[14]["accuracy"] == pytest.approx(2 / 3)
    assert (bins[0]["confidence"], bins[0]["accuracy"]) == (None, None)
    assert calibration_error(bins) == pytest.approx(0.4 * 0.075 + 0.6 * abs(2 / 3 - 0.96))


def test_multi_label_calibration_uses_each_pair_of_example_and_class():
    bins = calibration(np.array([[True, False], [False, False]]), np.array([[0.9, 0.0], [0.9, 1.0]]))
    assert [row["count"] for row in bins] == [1] + [0] * 12 + [2, 1]
    assert (bins[13]["accuracy"], bins[14]["accuracy"], bins[0]["accuracy"]) == (0.5, 0, 0)
    assert calibration_error(bins) == pytest.approx((2 * 0.4 + 1 + 0) / 4)


def test_wilson_interval_matches_scipy_and_stays_between_0_and_1():
    for successes, examples in [(0, 5), (5, 5), (1, 3), (22_700, 25_000)]:
        expected = stats.binomtest(successes, examples).proportion_ci(0.95, "wilson")
        assert accuracy_interval(successes, examples) == pytest.approx((expected.low, expected.high), abs=1e-12)
    for examples in range(1, 200):
        assert accuracy_interval(0, examples)[0] == 0
        assert accuracy_interval(examples, examples)[1] <= 1
    with pytest.raises(ValueError, match="0 of 0"):
        accuracy_interval(0, 0)


@pytest.mark.parametrize(
    ("y_true", "probabilities"),
    [
        (np.array([0, 2]), np.full((2, 2), 0.5)),
        (np.array([0, -1]), np.full((2, 2), 0.5)),
        (np.array([0.0, 1.0]), np.full((2, 2), 0.5)),
        (np.array([0]), np.full((2, 2), 0.5)),
        (np.zeros((2, 3), bool), np.full((2, 2), 0.5)),
        (np.zeros(0, int), np.zeros((0, 2))),
    ],
    ids=["class", "negative class", "type", "length", "columns", "no example"],
)
def test_mismatched_labels_are_rejected(y_true, probabilities):
    with pytest.raises(ValueError, match="Expected"):
        log_losses(y_true, probabilities)


def test_class_indices_are_rejected_as_multi_label():
    with pytest.raises(ValueError, match="do not match"):
        label_summary(np.array([0, 1]), np.full((2, 2), 0.5), ["a", "b"], multi_label=True)


@pytest.mark.parametrize("value", [np.nan, -0.1, 1.1, np.inf])
def test_an_invalid_probability_is_named(value):
    probabilities = np.array([[0.5, 0.5], [0.5, value]])
    with pytest.raises(DataError, match="class 1 for example 1"):
        correct(np.array([0, 1]), probabilities)


def test_rounding_above_one_is_accepted():
    assert log_losses(np.array([0]), np.array([[1 + 1e-9, 0]]))[0] == pytest.approx(0, abs=1e-12)
