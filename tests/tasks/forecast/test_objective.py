"""What a forecast's training descends, against sums written out in NumPy."""

import numpy as np

from seqkit.tasks.forecast.objective import forecast_objective


def test_a_forecast_is_scored_in_its_own_unit():
    y_true, outputs = np.array([[[1.0, 2.0]]], np.float32), np.array([[[0.0, 4.0]]], np.float32)
    objective = forecast_objective(np.array([10.0, 1.0]), loss="mse")
    np.testing.assert_allclose(objective.loss(y_true, outputs), [[[1.0, 4.0]]])
    np.testing.assert_allclose(objective.score(y_true, outputs) * objective.score_unit, [[[10.0, 2.0]]])
    assert objective.rank(1.0, 9.0) > objective.rank(2.0, 1.0)


def test_huber_is_square_below_one_and_straight_above():
    objective = forecast_objective(np.ones(1), loss="huber")
    found = objective.loss(np.zeros((1, 2, 1), np.float32), np.array([[[0.5], [3.0]]], np.float32))
    np.testing.assert_allclose(np.ravel(found), [0.125, 2.5])
