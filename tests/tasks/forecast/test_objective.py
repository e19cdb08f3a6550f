"""Losses and scores of forecasts against sums computed in NumPy."""

import numpy as np

from seqkit.tasks.forecast.objective import forecast_objective


def test_forecast_is_scored_in_the_unit_of_its_target():
    y_true, outputs = np.array([[[1.0, 2.0]]], np.float32), np.array([[[0.0, 4.0]]], np.float32)
    objective = forecast_objective(np.array([10.0, 1.0]), loss="mse")
    np.testing.assert_allclose(objective.loss(y_true, outputs), [[[1.0, 4.0]]])
    np.testing.assert_allclose(objective.score(y_true, outputs) * objective.score_unit, [[[10.0, 2.0]]])
    assert objective.rank(1.0, 9.0) > objective.rank(2.0, 1.0)


def test_huber_is_quadratic_below_one_and_linear_above():
    objective = forecast_objective(np.ones(1), loss="huber")
    found = objective.loss(np.zeros((1, 2, 1), np.float32), np.array([[[0.5], [3.0]]], np.float32))
    np.testing.assert_allclose(np.ravel(found), [0.125, 2.5])
