"""Losses and scores of classification against sums computed in NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from seqkit.tasks.classify.objective import classify_objective

LOGITS = np.array([[2.0, -1.0, 0.5], [0.0, 0.0, 0.0], [-3.0, 1.0, 4.0]], np.float32)

TRUTH = np.array([0, 1, 1])


def log_softmax(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def test_single_label_is_scored_by_cross_entropy_and_accuracy():
    objective = classify_objective(np.array([0.2, 0.5, 0.3]), False)
    expected = -log_softmax(LOGITS)[np.arange(3), TRUTH]
    np.testing.assert_allclose(objective.loss(tf.constant(TRUTH), LOGITS), expected, rtol=1e-5)
    np.testing.assert_allclose(objective.validation_loss(tf.constant(TRUTH), LOGITS), expected, rtol=1e-5)
    np.testing.assert_array_equal(objective.score(tf.constant(TRUTH), LOGITS), [1, 0, 0])
    assert objective.rank(0.9, 9.0) > objective.rank(0.8, 1.0)


def test_label_smoothing_affects_training_loss_only():
    objective = classify_objective(np.full(3, 1 / 3), False, label_smoothing=0.3)
    target = np.full((3, 3), 0.1) + 0.7 * np.eye(3)[TRUTH]
    expected = -(target * log_softmax(LOGITS)).sum(axis=1)
    np.testing.assert_allclose(objective.loss(tf.constant(TRUTH), LOGITS), expected, rtol=1e-5)
    plain = -log_softmax(LOGITS)[np.arange(3), TRUTH]
    np.testing.assert_allclose(objective.validation_loss(tf.constant(TRUTH), LOGITS), plain, rtol=1e-5)


def test_balanced_class_weights_are_inverse_frequencies_with_mean_one():
    shares = np.array([0.1, 0.6, 0.3])
    weighed = classify_objective(shares, False, class_weights="balanced")
    plain = classify_objective(shares, False)
    each = tf.constant([0, 1, 2], tf.int64)
    weights = np.array(
        weighed.loss(each, np.zeros((3, 3), np.float32)) / plain.loss(each, np.zeros((3, 3), np.float32))
    )
    np.testing.assert_allclose(weights * shares, weights[0] * shares[0], rtol=1e-5)
    np.testing.assert_allclose((weights * shares).sum(), 1, rtol=1e-5)


def test_multi_label_is_scored_as_independent_binary_labels():
    y_true = np.array([[True, False, True]])
    objective = classify_objective(np.array([0.5, 0.5, 0.5]), True)
    p = 1 / (1 + np.exp(-LOGITS[:1]))
    np.testing.assert_allclose(objective.loss(y_true, LOGITS[:1]), -np.log(np.where(y_true, p, 1 - p)), rtol=1e-5)
    np.testing.assert_array_equal(objective.score(y_true, LOGITS[:1]), [[1, 1, 1]])


def test_balanced_multi_label_weights_positives_and_negatives_equally():
    shares = np.array([0.05, 0.5])
    objective = classify_objective(shares, True, class_weights="balanced")
    logits = np.zeros((1, 2), np.float32)
    yes, no = (np.array(objective.loss(np.array([[flag, flag]]), logits))[0] for flag in (True, False))
    np.testing.assert_allclose(yes * shares, no * (1 - shares), rtol=1e-4)
    np.testing.assert_allclose(yes[1], np.log(2), rtol=1e-4)


@pytest.mark.parametrize("multi_label", [True, False])
def test_ties_in_accuracy_are_broken_by_the_loss(multi_label):
    objective = classify_objective(np.array([0.5, 0.5]), multi_label)
    assert objective.rank(1.0, 0.2) > objective.rank(1.0, 0.3)
