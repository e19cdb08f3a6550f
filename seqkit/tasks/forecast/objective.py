"""Loss and validation score of forecasts."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import tensorflow as tf

from seqkit.training.objective import CorpusScore, Measure, Objective


def forecast_objective(
    error_scale: np.ndarray, quantiles: tuple[float, ...], *, loss: Literal["mae", "mse", "huber"] = "mae"
) -> Objective:
    """Returns the loss and the validation score (MAE) of a forecast, for outputs of shape (batch, horizon, targets).

    With quantiles, outputs have one more axis, of the forecast and its quantiles, whose mean pinball loss is added: R.
    Koenker and G. Bassett, "Regression Quantiles", 1978, https://doi.org/10.2307/1913643. The score is that of the
    forecast.

    Args:
        error_scale: Factor from errors of scaled values to the unit of the scores, of shape (targets,).
        quantiles: Probabilities of the quantiles; empty if there are none.
        loss: Training loss: mean absolute error, mean squared error or Huber loss (delta 1), of scaled values.
    """
    largest = float(np.max(error_scale))
    weights = tf.constant(error_scale / largest, tf.float32)  # error_scale may exceed the range of float32
    losses: dict[str, Measure] = {"mae": _absolute, "mse": _squared, "huber": _huber}
    measure: Measure = losses[loss] if not quantiles else _with_pinball(losses[loss], quantiles)
    return Objective(
        measure,
        measure,
        lambda y_true, outputs: tf.abs(y_true - (outputs[..., 0] if quantiles else outputs)) * weights,
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


def _with_pinball(measure: Measure, quantiles: tuple[float, ...]) -> Measure:
    """Returns the measure of the forecast plus the mean pinball loss of its quantiles."""
    probabilities = tf.constant(quantiles, tf.float32)

    def total(y_true: Any, outputs: Any) -> Any:
        errors = y_true[..., None] - outputs[..., 1:]
        pinball = tf.maximum(probabilities * errors, (probabilities - 1) * errors)
        return measure(y_true, outputs[..., 0]) + tf.reduce_mean(pinball, axis=-1)

    return total


def _absolute(y_true: Any, outputs: Any) -> Any:
    return tf.abs(y_true - outputs)


def _squared(y_true: Any, outputs: Any) -> Any:
    return tf.square(y_true - outputs)


def _huber(y_true: Any, outputs: Any) -> Any:
    error = tf.abs(y_true - outputs)
    return tf.where(error < 1.0, 0.5 * tf.square(error), error - 0.5)
