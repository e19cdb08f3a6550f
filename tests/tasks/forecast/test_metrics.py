"""Forecast metrics against values worked out by hand."""

import math

import numpy as np
import pytest

from seqkit.tasks.forecast.metrics import ForecastErrors, mase_scale, skill

NAN = float("nan")

# Two windows, two steps, two targets. Errors: window 0 [[1, 0], [-3, 2]], window 1 [[0, 0], [1, -2]].
Y_TRUE = np.array([[[1, 10], [2, 20]], [[3, 30], [4, 40]]], np.float32)

PREDICTED = np.array([[[2, 10], [-1, 22]], [[3, 30], [5, 38]]], np.float32)


@pytest.fixture
def errors() -> ForecastErrors:
    metrics = ForecastErrors()
    metrics.add(Y_TRUE, PREDICTED)
    return metrics


def test_errors_are_means_over_windows_steps_and_targets(errors):
    assert len(errors) == 2
    assert errors.mae == pytest.approx(9 / 8)
    assert errors.mse == pytest.approx(19 / 8)
    assert errors.rmse == pytest.approx(math.sqrt(19 / 8))


def test_bias_is_positive_if_forecasts_are_too_high():
    metrics = ForecastErrors()
    metrics.add(np.zeros((1, 1, 2)), np.array([[[3.0, -1.0]]]))
    assert metrics.bias == 1
    np.testing.assert_allclose(metrics.bias_by_target, [3, -1])


def test_errors_are_split_by_target_step_and_window(errors):
    np.testing.assert_allclose(errors.mae_by_target, [5 / 4, 4 / 4])
    np.testing.assert_allclose(errors.mse_by_target, [11 / 4, 8 / 4])
    np.testing.assert_allclose(errors.rmse_by_target, np.sqrt([11 / 4, 8 / 4]))
    np.testing.assert_allclose(errors.mae_by_step, [1 / 4, 8 / 4])
    np.testing.assert_allclose(errors.mae_by_window, [6 / 4, 3 / 4])
    np.testing.assert_allclose(errors.mse_by_window, [14 / 4, 5 / 4])


def test_metrics_do_not_depend_on_the_batches():
    rng = np.random.default_rng(0)
    y_true, predicted = rng.normal(size=(2, 17, 3, 2))
    whole, parts = ForecastErrors(), ForecastErrors()
    whole.add(y_true, predicted)
    for first in range(0, 17, 5):
        parts.add(y_true[first : first + 5], predicted[first : first + 5])
    for name in ("mae", "mse", "bias", "mae_by_target", "mae_by_step", "mae_by_window", "mse_by_window"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-13)


def test_scale_converts_errors_to_original_units():
    metrics = ForecastErrors()
    metrics.add(Y_TRUE, PREDICTED, [10, 0.5])
    np.testing.assert_allclose(metrics.mae_by_target, [12.5, 0.5])
    np.testing.assert_allclose(metrics.mse_by_target, [275, 0.5])
    np.testing.assert_allclose(metrics.mae_by_window, [(10 + 30 + 1) / 4, (10 + 1) / 4])


def test_scale_may_differ_by_window():
    metrics = ForecastErrors()
    metrics.add(Y_TRUE, PREDICTED, np.array([[10, 1], [1, 0.5]]))
    np.testing.assert_allclose(metrics.mae_by_window, [(10 + 30 + 2) / 4, (1 + 1) / 4])


def test_small_float32_errors_are_not_lost_in_a_long_sum():
    metrics = ForecastErrors()
    metrics.add(np.zeros((1, 1, 1), np.float32), np.full((1, 1, 1), 2.0**24, np.float32))
    for _ in range(64):
        metrics.add(np.zeros((1, 1, 1), np.float32), np.ones((1, 1, 1), np.float32))
    assert metrics.mae == (2**24 + 64) / 65  # in float32, 2**24 + 1 is 2**24


def test_float32_values_are_subtracted_in_float64():
    metrics = ForecastErrors()
    metrics.add(np.ones((1, 1, 1), np.float32), np.full((1, 1, 1), 2.0**25, np.float32))
    assert metrics.mae == 2**25 - 1  # which float32 cannot hold


@pytest.mark.parametrize("shape", [(2, 2), (2, 2, 1), (2, 1, 2), (3, 2, 2)])
def test_different_shapes_are_rejected_and_not_broadcast(shape):
    with pytest.raises(ValueError, match="shapes"):
        ForecastErrors().add(Y_TRUE, np.zeros(shape))


def test_a_batch_with_another_horizon_is_rejected(errors):
    with pytest.raises(ValueError, match="after"):
        errors.add(Y_TRUE[:, :1], PREDICTED[:, :1])


def test_a_scale_of_another_length_is_rejected():
    with pytest.raises(ValueError, match="scale"):
        ForecastErrors().add(Y_TRUE, PREDICTED, [1, 2, 3])


def test_metrics_without_windows_raise():
    with pytest.raises(ValueError, match="No window"):
        _ = ForecastErrors().mae


@pytest.mark.parametrize(("mae", "reference", "expected"), [(1, 2, 0.5), (2, 2, 0), (3, 2, -0.5), (1, 0, -math.inf)])
def test_skill_is_the_relative_reduction_of_the_reference_error(mae, reference, expected):
    assert skill(mae, reference) == expected


def test_skill_is_undefined_between_two_perfect_forecasts():
    assert math.isnan(skill(0, 0))


def test_mase_scale_is_the_error_of_the_seasonal_naive_forecast():
    values = np.array([[1, 0], [2, 0], [4, 0], [8, 5]], np.float32)
    np.testing.assert_allclose(mase_scale(values, [(0, 4)], 1), [7 / 3, 5 / 3])
    np.testing.assert_allclose(mase_scale(values, [(0, 4)], 2), [(3 + 6) / 2, 5 / 2])


def test_mase_scale_takes_no_difference_across_a_gap():
    values = np.array([[0.0], [1.0], [100.0], [103.0]])
    np.testing.assert_allclose(mase_scale(values, np.array([[0, 2], [2, 4]]), 1), [(1 + 3) / 2])


def test_mase_scale_is_nan_if_no_segment_is_longer_than_a_season():
    assert np.isnan(mase_scale(np.zeros((4, 2)), [(0, 2), (2, 4)], 2)).all()


def test_mase_scale_leaves_out_values_that_were_not_measured_but_not_their_use_as_a_forecast():
    values = np.array([[1.0, 0], [2, 0], [4, 0], [8, 5]])
    measured = np.array([[True, True], [False, True], [True, True], [True, False]])
    np.testing.assert_allclose(mase_scale(values, [(0, 4)], 1, measured), [(2 + 4) / 2, 0])
    np.testing.assert_array_equal(mase_scale(values, [(0, 4)], 3, measured), [7, NAN])


def test_mase_scale_rejects_a_season_of_zero_rows():
    with pytest.raises(ValueError, match="season"):
        mase_scale(np.zeros((4, 1)), [(0, 4)], 0)


def test_values_that_were_not_measured_do_not_count():
    y_true = np.array([[[1, 10], [NAN, 20]], [[3, NAN], [NAN, 40]]])
    metrics = ForecastErrors()
    for window in range(2):
        metrics.add(y_true[window : window + 1], PREDICTED[window : window + 1])
    # Errors: window 0 [[1, 0], [–, 2]], window 1 [[0, –], [–, -2]].
    np.testing.assert_allclose(metrics.mae_by_target, [1 / 2, 4 / 3])
    assert metrics.mae == pytest.approx((1 / 2 + 4 / 3) / 2)
    assert metrics.mse == pytest.approx((1 / 2 + 8 / 3) / 2)
    np.testing.assert_allclose(metrics.bias_by_target, [1 / 2, 0])
    np.testing.assert_allclose(metrics.mae_by_step, [(1 / 2 + 0) / 2, 2])
    np.testing.assert_allclose(metrics.mae_by_window, [1, 1])
    np.testing.assert_allclose(metrics.mse_by_window, [5 / 3, 2])


def test_target_or_step_without_a_measured_value_has_no_error_and_does_not_count():
    metrics = ForecastErrors()
    metrics.add(np.array([[[1, NAN], [NAN, NAN]]]), PREDICTED[:1])
    np.testing.assert_array_equal(metrics.mae_by_target, [1, NAN])
    np.testing.assert_array_equal(metrics.mae_by_step, [1, NAN])
    assert metrics.mae == 1


def test_window_without_a_measured_value_is_refused():
    metrics = ForecastErrors()
    metrics.add(Y_TRUE, PREDICTED)
    with pytest.raises(ValueError, match="no actual value for window 3: leave it out"):
        metrics.add(np.where([[[False]], [[True]]], NAN, Y_TRUE), PREDICTED)


def test_error_of_a_forecast_that_is_not_a_number_is_not_a_number():
    metrics = ForecastErrors()
    metrics.add(np.where(Y_TRUE == 2, NAN, Y_TRUE), np.where(PREDICTED == 10, NAN, PREDICTED))
    assert math.isnan(metrics.mae) and math.isnan(metrics.mae_by_step[0])
