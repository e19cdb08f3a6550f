"""What training descends and what it chooses by: one function a task, whose signature is its options."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import tensorflow as tf

Measure = Callable[[Any, Any], Any]
"""From truth and the model's outputs to one figure for each value that is predicted."""


@dataclass(frozen=True)
class Objective:
    """What training descends, and what chooses the best epoch.

    Attributes:
        loss: What is descended; its mean over a batch is.
        validation_loss: The loss that is told of validation: without weights of classes and the like.
        score: The figure that chooses the best epoch.
        score_name: What it is called.
        score_unit: What the mean of that figure is multiplied by to be the score.
        larger_is_better: Whether the best score is the largest.
    """

    loss: Measure
    validation_loss: Measure
    score: Measure
    score_name: str
    score_unit: float = 1.0
    larger_is_better: bool = False

    def rank(self, score: float, validation_loss: float) -> tuple[float, float]:
        """Returns what is the larger, the better an epoch was: by its score, and where scores are equal by its loss.

        Accuracies of few examples often are equal.
        """
        return score if self.larger_is_better else -score, -validation_loss


def forecast(error_scale: np.ndarray, *, loss: Literal["mae", "mse", "huber"] = "mae") -> Objective:
    """Returns what is descended for a forecast, between scaled changes (batch, horizon, targets).

    Args:
        error_scale: Turns an error between scaled values into the unit of the scores, of shape (targets,).
        loss: What is descended, between scaled changes: absolute, squared or Huber error.
    """
    largest = float(np.max(error_scale))
    shares = tf.constant(error_scale / largest, tf.float32)  # Units may be out of the reach of float32.
    descended: dict[str, Measure] = {"mae": _absolute, "mse": _squared, "huber": _huber}
    return Objective(
        descended[loss],
        descended[loss],
        lambda truth, outputs: tf.abs(truth - outputs) * shares,
        score_name="MAE",
        score_unit=largest,
    )


def where_counted(objective: Objective) -> Objective:
    """Returns an objective that is descended at some steps only: truth is what was true at each, and which count."""

    def descended(truth: Any, outputs: Any) -> Any:
        values, counts = truth
        return objective.loss(tf.boolean_mask(values, counts), tf.boolean_mask(outputs, counts))

    return replace(objective, loss=descended)


def _absolute(truth: Any, outputs: Any) -> Any:
    return tf.abs(truth - outputs)


def _squared(truth: Any, outputs: Any) -> Any:
    return tf.square(truth - outputs)


def _huber(truth: Any, outputs: Any) -> Any:
    error = tf.abs(truth - outputs)
    return tf.where(error < 1.0, 0.5 * tf.square(error), error - 0.5)


def classify(
    shares: np.ndarray,
    several: bool,
    *,
    class_weights: Literal["none", "balanced"] = "none",
    label_smoothing: float = 0.0,
) -> Objective:
    """Returns what is descended for labels: the cross-entropy of the model's logits (batch, classes).

    Args:
        shares: Of each class among the training examples, of shape (classes,).
        several: Whether an example may carry several labels; each class is then a question of its own.
        class_weights: Whether rare classes count for more, each by the inverse of its share.
        label_smoothing: Share of each label's certainty that is spread over all classes, [0, 1).
    """
    make = _of_many if several else _of_one
    descended, told, right = make(np.clip(shares, 1e-6, 1), class_weights == "balanced", label_smoothing)
    return Objective(descended, told, right, score_name="accuracy", larger_is_better=True)


def _of_one(shares: np.ndarray, balanced: bool, smoothing: float) -> tuple[Measure, Measure, Measure]:
    """One label an example: truth is a class index (batch,)."""
    classes = len(shares)
    weights = tf.constant(1 / (classes * shares) if balanced else np.ones(classes), tf.float32)

    def descended(truth: Any, logits: Any) -> Any:
        target = tf.one_hot(truth, classes) * (1 - smoothing) + smoothing / classes
        return tf.nn.softmax_cross_entropy_with_logits(target, logits) * tf.gather(weights, truth)

    return (
        descended,
        lambda truth, logits: tf.nn.sparse_softmax_cross_entropy_with_logits(truth, logits),
        lambda truth, logits: tf.cast(tf.argmax(logits, axis=1) == truth, tf.float32),
    )


def _of_many(shares: np.ndarray, balanced: bool, smoothing: float) -> tuple[Measure, Measure, Measure]:
    """Any number of labels an example: truth is yes or no for each class (batch, classes)."""
    even = np.full(len(shares), 0.5)
    yes, no = (tf.constant(0.5 / (share if balanced else even), tf.float32) for share in (shares, 1 - shares + 1e-6))

    def descended(truth: Any, logits: Any) -> Any:
        target = tf.cast(truth, tf.float32) * (1 - smoothing) + smoothing / 2
        return tf.nn.sigmoid_cross_entropy_with_logits(target, logits) * tf.where(truth, yes, no)

    return (
        descended,
        lambda truth, logits: tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(truth, tf.float32), logits),
        lambda truth, logits: tf.cast((logits > 0) == truth, tf.float32),
    )
