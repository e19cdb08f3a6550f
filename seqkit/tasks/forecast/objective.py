"""Loss and score of forecasts."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import tensorflow as tf

from seqkit.training.objective import Measure, Objective


def forecast_objective(error_scale: np.ndarray, *, loss: Literal["mae", "mse", "huber"] = "mae") -> Objective:
    """Returns what is descended for a forecast, between scaled changes (batch, horizon, targets).

    Args:
        error_scale: Turns an error between scaled values into the unit of the scores, of shape (targets,).
        loss: What is descended, between scaled changes: absolute, squared or Huber error.
    """
    largest = float(np.max(error_scale))
    shares = tf.constant(error_scale / largest, tf.float32)  # Units may be out of the reach of float32.
    minimised: dict[str, Measure] = {"mae": _absolute, "mse": _squared, "huber": _huber}
    return Objective(
        minimised[loss],
        minimised[loss],
        lambda y_true, outputs: tf.abs(y_true - outputs) * shares,
        score_name="MAE",
        score_unit=largest,
    )


def masked_objective(objective: Objective) -> Objective:
    """Returns an objective that is descended at some steps only: truth is what was true at each, and which count."""

    def minimised(y_true: Any, outputs: Any) -> Any:
        values, counts = y_true
        return objective.loss(tf.boolean_mask(values, counts), tf.boolean_mask(outputs, counts))

    return replace(objective, loss=minimised)


def _absolute(y_true: Any, outputs: Any) -> Any:
    return tf.abs(y_true - outputs)


def _squared(y_true: Any, outputs: Any) -> Any:
    return tf.square(y_true - outputs)


def _huber(y_true: Any, outputs: Any) -> Any:
    error = tf.abs(y_true - outputs)
    return tf.where(error < 1.0, 0.5 * tf.square(error), error - 0.5)
