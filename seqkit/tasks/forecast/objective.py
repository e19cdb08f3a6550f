"""Loss and validation score of forecasts."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import tensorflow as tf

from seqkit.training.objective import CorpusScore, Measure, Objective


def forecast_objective(error_scale: np.ndarray, *, loss: Literal["mae", "mse", "huber"] = "mae") -> Objective:
    """Returns the loss and the validation score (MAE) of a forecast, for outputs of shape (batch, horizon, targets).

    Args:
        error_scale: Factor from errors of scaled values to the unit of the scores, of shape (targets,).
        loss: Training loss: mean absolute error, mean squared error or Huber loss (delta 1), of scaled values.
    """
    largest = float(np.max(error_scale))
    weights = tf.constant(error_scale / largest, tf.float32)  # error_scale may exceed the range of float32
    losses: dict[str, Measure] = {"mae": _absolute, "mse": _squared, "huber": _huber}
    return Objective(
        losses[loss],
        losses[loss],
        lambda y_true, outputs: tf.abs(y_true - outputs) * weights,
        score_name="MAE",
        score_unit=largest,
    )


def masked_objective(objective: Objective) -> Objective:
    """Returns the objective with a loss that reads `y_true` as a pair (values, mask) and skips masked steps.

    Args:
        objective: Objective whose loss reads the values only.
    """

    def masked_loss(y_true: Any, outputs: Any) -> Any:
        values, mask = y_true
        losses = objective.loss(tf.boolean_mask(values, mask), tf.boolean_mask(outputs, mask))
        is_empty = tf.cast(tf.equal(tf.size(losses), 0), tf.int32)  # a chunk may lie within a gap
        return tf.pad(losses, [[0, is_empty], *[[0, 0]] * (len(losses.shape) - 1)])

    return replace(objective, loss=masked_loss)


def measured_objective(objective: Objective) -> Objective:
    """Returns the objective for `y_true` as a pair (values, mask): loss and score are of measured values only.

    Args:
        objective: Objective that reads the values only.
    """

    def masked(measure: Measure) -> Measure:
        return lambda y_true, outputs: tf.boolean_mask(measure(y_true[0], outputs), y_true[1])

    assert not isinstance(objective.score, CorpusScore)
    return replace(
        masked_objective(objective),
        validation_loss=masked(objective.validation_loss),
        score=masked(objective.score),
    )


def _absolute(y_true: Any, outputs: Any) -> Any:
    return tf.abs(y_true - outputs)


def _squared(y_true: Any, outputs: Any) -> Any:
    return tf.square(y_true - outputs)


def _huber(y_true: Any, outputs: Any) -> Any:
    error = tf.abs(y_true - outputs)
    return tf.where(error < 1.0, 0.5 * tf.square(error), error - 0.5)
