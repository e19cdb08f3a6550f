"""Loss and score of forecasts against values worked out by hand."""

import numpy as np

from seqkit.tasks.forecast.objective import forecast_objective


def test_score_is_in_the_unit_of_the_targets_and_loss_is_not():
    y_true, outputs = np.array([[[1.0, 2.0]]], np.float32), np.array([[[0.0, 4.0]]], np.float32)
    objective = forecast_objective(np.array([10.0, 1.0]), loss="mse")
    np.testing.assert_allclose(objective.loss(y_true, outputs), [[[1.0, 4.0]]])
    np.testing.assert_allclose(objective.score(y_true, outputs) * objective.score_unit, [[[10.0, 2.0]]])
    assert objective.rank(1.0, 9.0) > objective.rank(2.0, 1.0)


def test_huber_loss_is_quadratic_below_one_and_linear_above():
    objective = forecast_objective(np.ones(1), loss="huber")
    loss = objective.loss(np.zeros((1, 2, 1), np.float32), np.array([[[0.5], [3.0]]], np.float32))
    np.testing.assert_allclose(np.ravel(loss), [0.125, 2.5])
