"""Loss and score of labels."""

from typing import Any, Literal

import numpy as np
import tensorflow as tf

from seqkit.training.objective import Measure, Objective


def classify_objective(
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
