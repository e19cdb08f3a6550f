"""Loss and score of labels."""

from typing import Any, Literal

import numpy as np
import tensorflow as tf

from seqkit.training.objective import Measure, Objective


def classify_objective(
    class_priors: np.ndarray,
    multi_label: bool,
    *,
    class_weights: Literal["none", "balanced"] = "none",
    label_smoothing: float = 0.0,
) -> Objective:
    """Returns what is descended for labels: the cross-entropy of the model's logits (batch, classes).

    Args:
        class_priors: Of each class among the training examples, of shape (classes,).
        multi_label: Whether an example may carry several labels; each class is then a question of its own.
        class_weights: Whether rare classes count for more, each by the inverse of its share.
        label_smoothing: Share of each label's certainty that is spread over all classes, [0, 1).
    """
    make = _of_many if multi_label else _of_one
    minimised, told, right = make(np.clip(class_priors, 1e-6, 1), class_weights == "balanced", label_smoothing)
    return Objective(minimised, told, right, score_name="accuracy", larger_is_better=True)


def _of_one(class_priors: np.ndarray, balanced: bool, smoothing: float) -> tuple[Measure, Measure, Measure]:
    """One label an example: truth is a class index (batch,)."""
    classes = len(class_priors)
    weights = tf.constant(1 / (classes * class_priors) if balanced else np.ones(classes), tf.float32)

    def minimised(y_true: Any, logits: Any) -> Any:
        target = tf.one_hot(y_true, classes) * (1 - smoothing) + smoothing / classes
        return tf.nn.softmax_cross_entropy_with_logits(target, logits) * tf.gather(weights, y_true)

    return (
        minimised,
        lambda y_true, logits: tf.nn.sparse_softmax_cross_entropy_with_logits(y_true, logits),
        lambda y_true, logits: tf.cast(tf.argmax(logits, axis=1) == y_true, tf.float32),
    )


def _of_many(class_priors: np.ndarray, balanced: bool, smoothing: float) -> tuple[Measure, Measure, Measure]:
    """Any number of labels an example: truth is yes or no for each class (batch, classes)."""
    even = np.full(len(class_priors), 0.5)
    yes, no = (
        tf.constant(0.5 / (share if balanced else even), tf.float32)
        for share in (class_priors, 1 - class_priors + 1e-6)
    )

    def minimised(y_true: Any, logits: Any) -> Any:
        target = tf.cast(y_true, tf.float32) * (1 - smoothing) + smoothing / 2
        return tf.nn.sigmoid_cross_entropy_with_logits(target, logits) * tf.where(y_true, yes, no)

    return (
        minimised,
        lambda y_true, logits: tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(y_true, tf.float32), logits),
        lambda y_true, logits: tf.cast((logits > 0) == y_true, tf.float32),
    )
