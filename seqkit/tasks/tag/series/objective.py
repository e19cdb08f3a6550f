"""Loss and validation score of a tagger of series."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.inference.linear_chain import IMPOSSIBLE, most_likely
from seqkit.tasks.tag.metrics import accuracy
from seqkit.tasks.tag.series.state import SeriesState
from seqkit.training.objective import CorpusScore, Measure, Objective

PADDING = -1
"""Label of what follows the end of a window; see `seqkit.training.feeds.tagged_windows`."""


def series_objective(model: keras.Model, state: SeriesState, *, is_complete: bool) -> Objective:
    """Returns the loss in nats per row, and the score that selects the best epoch, the accuracy of rows.

    The loss is the cross-entropy of the labels. With a conditional random field it is that of the sequence of labels,
    summed over all labels of the rows that are no targets.

    Args:
        model: The model; with a conditional random field, the loss reads its transitions.
        state: The state.
        is_complete: Whether all training rows have a label, which makes the loss cheaper.
    """
    loss: Measure = _cross_entropy
    validation_loss: Measure = _cross_entropy
    if state.decoder == "crf":
        layer = model.get_layer("transitions")

        def validation_loss(y_true: Any, logits: Any) -> Any:
            is_row = y_true != PADDING
            known = layer.log_partition(is_row, _only_labels(y_true, logits))
            return _per_row(layer.log_partition(is_row, logits) - known, y_true >= 0)

        def complete_loss(y_true: Any, logits: Any) -> Any:
            return _per_row(layer.loss(y_true, logits), y_true >= 0)

        loss = complete_loss if is_complete else validation_loss
    score = CorpusScore(
        lambda y_true, logits: _counts(model, state, y_true, logits), lambda sums: float(accuracy(sums))
    )
    return Objective(loss, validation_loss, score, score_name="accuracy", larger_is_better=True)


def pair_weights(model: keras.Model, state: SeriesState) -> np.ndarray:
    """Returns the weights of pairs of labels, with the border of a stretch last, float64."""
    if state.decoder == "softmax":
        return np.zeros((len(state.labels) + 1,) * 2)
    weights: np.ndarray = model.get_layer("transitions").weight.numpy().astype(np.float64)
    return weights


def _cross_entropy(y_true: Any, logits: Any) -> Any:
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(y_true, 0), logits)
    return tf.boolean_mask(losses, y_true >= 0)


def _only_labels(y_true: Any, logits: Any) -> Any:
    """Returns logits in which a row with a label has no other one."""
    is_label = tf.one_hot(y_true, logits.shape[-1], on_value=True, off_value=False, dtype=tf.bool)
    return tf.where((y_true < 0)[:, :, None] | is_label, logits, IMPOSSIBLE)


def _per_row(losses: Any, is_target: Any) -> Any:
    """Spreads the loss of each window over its targets, so that the mean is that over rows."""
    counts = tf.reduce_sum(tf.cast(is_target, losses.dtype), axis=1, keepdims=True)
    return tf.boolean_mask(tf.broadcast_to(losses[:, None] / tf.maximum(counts, 1.0), tf.shape(is_target)), is_target)


def _counts(model: keras.Model, state: SeriesState, y_true: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Returns the numbers of right and of all targets."""
    predicted = most_likely(logits, (y_true != PADDING).sum(axis=1), pair_weights(model, state))
    is_target = y_true >= 0
    return np.array([(predicted == y_true)[is_target].sum(), is_target.sum()])
