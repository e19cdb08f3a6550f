"""Loss and score of forecasts against values worked out by hand."""

import numpy as np
import pytest
import tensorflow as tf

from seqkit.tasks.forecast.objective import forecast_objective, measured_objective


def test_score_is_in_the_unit_of_the_targets_and_loss_is_not():
    y_true, outputs = np.array([[[1.0, 2.0]]], np.float32), np.array([[[0.0, 4.0]]], np.float32)
    objective = forecast_objective(np.array([10.0, 1.0]), (), loss="mse")
    np.testing.assert_allclose(objective.loss(y_true, outputs), [[[1.0, 4.0]]])
    np.testing.assert_allclose(objective.score(y_true, outputs) * objective.score_unit, [[[10.0, 2.0]]])
    assert objective.rank(1.0, 9.0) > objective.rank(2.0, 1.0)


def test_huber_loss_is_quadratic_below_one_and_linear_above():
    objective = forecast_objective(np.ones(1), (), loss="huber")
    loss = objective.loss(np.zeros((1, 2, 1), np.float32), np.array([[[0.5], [3.0]]], np.float32))
    np.testing.assert_allclose(np.ravel(loss), [0.125, 2.5])


def test_only_measured_targets_enter_loss_and_score():
    objective = measured_objective(forecast_objective(np.array([10.0, 1.0]), (), loss="mse"))
    values = np.array([[[1.0, 2.0], [5.0, 7.0]]], np.float32)
    y_true, outputs = (values, np.array([[[True, False], [True, True]]])), np.zeros((1, 2, 2), np.float32)
    for measure in (objective.loss, objective.validation_loss):
        np.testing.assert_allclose(measure(y_true, outputs), [1, 25, 49])
    np.testing.assert_allclose(objective.score(y_true, outputs) * objective.score_unit, [10, 50, 7])


@pytest.mark.parametrize("poison", [np.inf, np.nan, 1e30])
def test_outputs_without_a_measured_target_have_no_gradient(poison):
    objective = measured_objective(forecast_objective(np.ones(1), (), loss="mse"))
    outputs, mask = tf.constant([[[1.0], [poison]]]), np.array([[[True], [False]]])
    for measured, gradient in ((mask, [2.0, 0]), (mask & False, [0.0, 0])):
        with tf.GradientTape() as tape:
            tape.watch(outputs)
            loss = tf.reduce_mean(objective.loss((np.zeros((1, 2, 1), np.float32), measured), outputs))
        assert np.isfinite(loss)
        np.testing.assert_array_equal(np.ravel(tf.convert_to_tensor(tape.gradient(loss, outputs))), gradient)
