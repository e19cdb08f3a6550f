"""Loss and metric of the classify task."""

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
    """Returns the cross-entropy of the model's logits, of shape (batch, classes), and the accuracy.

    Args:
        class_priors: Share of each class among the training examples, of shape (classes,).
        multi_label: Whether an example may have several labels; the loss is then binary for each class.
        class_weights: "balanced" weights each class by the inverse of its frequency.
        label_smoothing: Share of each label's probability that is spread evenly over all classes, [0, 1).
    """
    make = _binary if multi_label else _categorical
    minimised, reported, correct = make(np.clip(class_priors, 1e-6, 1), class_weights == "balanced", label_smoothing)
    return Objective(minimised, reported, correct, score_name="accuracy", larger_is_better=True)


def _categorical(class_priors: np.ndarray, balanced: bool, smoothing: float) -> tuple[Measure, Measure, Measure]:
    """Softmax cross-entropy for one label per example; labels are class indices, of shape (batch,)."""
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


def _binary(class_priors: np.ndarray, balanced: bool, smoothing: float) -> tuple[Measure, Measure, Measure]:
    """Binary cross-entropy for any number of labels per example; labels are booleans, of shape (batch, classes)."""
    uniform = np.full(len(class_priors), 0.5)
    positive_weights, negative_weights = (
        tf.constant(0.5 / (priors if balanced else uniform), tf.float32)
        for priors in (class_priors, 1 - class_priors + 1e-6)
    )

    def minimised(y_true: Any, logits: Any) -> Any:
        target = tf.cast(y_true, tf.float32) * (1 - smoothing) + smoothing / 2
        losses = tf.nn.sigmoid_cross_entropy_with_logits(target, logits)
        return losses * tf.where(y_true, positive_weights, negative_weights)

    return (
        minimised,
        lambda y_true, logits: tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(y_true, tf.float32), logits),
        lambda y_true, logits: tf.cast((logits > 0) == y_true, tf.float32),
    )
