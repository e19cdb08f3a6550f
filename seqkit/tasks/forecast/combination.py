"""Forecast combination: a weighted mean of the model's forecast and the linear baseline.

A mean of two forecasts has a lower error than either if their errors differ. The weight is a single number, so choosing
it on the validation windows hardly overfits.

Validation MAE of `recurrent_dropout`, of the linear baseline, and of their combination, one seed each: simulated
weather 1.764, 1.888, 1.731 °C; Jena 2020 2.697, 2.570, 2.535 °C; ETTh1 0.603, 0.549, 0.537 standard deviations.
Training the network on the residuals of the linear baseline instead, with zero-initialised outputs and the best of
three learning rates, gave 1.840, 2.523 and 0.548.

J. M. Bates and C. W. J. Granger, "The Combination of Forecasts", 1969, https://doi.org/10.1057/jors.1969.103
"""

from typing import Literal

import keras
import numpy as np
import tensorflow as tf

from seqkit.data.series.windows import Windows
from seqkit.layers.linear_forecast import LinearForecast
from seqkit.stopwatch import spent
from seqkit.tasks.forecast.baselines import Ridge

SHARES = tuple(n / 20 for n in range(1, 21))
"""Candidate weights of the model. Zero is not among them: every run forecasts with its recipe."""

EQUAL_WINDOWS = 30
"""Validation windows that equal shares count as."""

MAX_WINDOWS = 20_000
"""Validation windows used to choose the share; of more, every n-th is used."""

BATCH_SIZE = 1024


@spent("combining")
def combine_with_linear(
    model: keras.Model,
    linear: Ridge,
    validation: Windows,
    error_scale: np.ndarray,
    measured: np.ndarray | None,
    *,
    combine: Literal["linear", "none"] = "linear",
) -> tuple[keras.Model, float]:
    """Combines a trained model with the linear baseline.

    Args:
        model: Trained model. The combination reuses its layers.
        linear: Linear baseline, fitted on the encoded table.
        validation: Windows that choose the share.
        error_scale: Factor from errors of scaled values to the unit of the scores, of shape (targets,).
        measured: Whether each value of the targets was measured, of shape (rows, targets); None if all were. Only
            measured values choose the share.
        combine: `linear`: forecast with the weighted mean of the model and the linear baseline. The weights minimise
            the validation MAE, and are shrunk towards equal ones where there are few validation windows that do not
            overlap. `none`: forecast with the model only.

    Returns:
        The combined model, and the share (weight) of `model` in it, (0, 1]. The share is 1 and the model is `model`
        itself with `combine="none"`, if the linear baseline does not lower the validation MAE, or if it has no
        coefficients.
    """
    if combine == "none" or not linear.coefficients.size:
        return model, 1.0
    share = _best_share(model, linear, validation.thinned(MAX_WINDOWS), error_scale, measured)
    if share == 1:
        return model, 1.0
    line = LinearForecast(
        linear.positions,
        validation.horizon,
        shared=linear.shared,
        calendar_terms=linear.calendar.terms if linear.calendar else 0,
        name="linear_forecast",
    )
    linear_share = line(model.input)  # its weights include the factor 1 − share
    centre = linear.calendar.centre if linear.calendar else np.zeros(line.centre.shape)
    line.set_weights([(1 - share) * linear.coefficients, (1 - share) * linear.intercept, centre])
    if len(model.output.shape) == 4:  # with quantiles, which keep their distances from the forecast
        shift = linear_share - (1 - share) * model.output[..., 0]
        outputs = keras.layers.Add(name="combination")([model.output, shift[..., None]])
        return keras.Model(model.input, outputs, name=model.name), share
    model_share = keras.layers.Rescaling(share, name="share")(model.output)
    outputs = keras.layers.Add(name="combination")([model_share, linear_share])
    return keras.Model(model.input, outputs, name=model.name), share


def _best_share(
    model: keras.Model, linear: Ridge, windows: Windows, error_scale: np.ndarray, measured: np.ndarray | None
) -> float:
    """Returns the share with the lowest mean absolute error (the largest one if several tie), shrunk towards a half."""
    predict = tf.function(lambda inputs: model(inputs, training=False), reduce_retracing=True)
    shares = (0.0, *SHARES)
    totals = np.zeros(len(shares))
    targets = linear.inputs[:, linear.positions]
    for batch in windows.batches(BATCH_SIZE):
        last = targets[batch.last_rows][:, None]
        y_true = batch.read_targets(targets)
        outputs = predict(tf.constant(batch.read(linear.inputs))).numpy()
        model_errors = (outputs[..., 0] if outputs.ndim == 4 else outputs) + last - y_true
        linear_errors = linear.predict(batch) - y_true
        if measured is not None:
            is_measured = batch.read_targets(measured)
            model_errors, linear_errors = model_errors * is_measured, linear_errors * is_measured
        for i, share in enumerate(shares):
            totals[i] += (np.abs(share * model_errors + (1 - share) * linear_errors) * error_scale).sum()
    independent = len(windows) / (windows.sampling_rate * (windows.lead + windows.horizon - 1))
    return shrunk_share(dict(zip(shares, totals, strict=True)), independent)


def shrunk_share(errors: dict[float, float], independent: float) -> float:
    """Returns the share of `SHARES` that chosen and equal shares agree on.

    Equal shares err little where both models are good, and chosen ones follow chance where validation is short: the
    share with the lowest error is averaged with one half, which counts as `EQUAL_WINDOWS` windows. It is not shrunk so
    far that the combination errs more than one of the two alone.

    Args:
        errors: Validation error by share, of 0 and all of `SHARES`; the largest share wins a tie.
        independent: Number of validation windows whose targets do not overlap.
    """
    best = max((-error, share) for share, error in errors.items() if share)[1]
    weight = independent / (independent + EQUAL_WINDOWS)
    shrunk = round((weight * best + (1 - weight) / 2) * 20) / 20
    return shrunk if errors[shrunk] <= min(errors[0.0], errors[1.0]) else best
