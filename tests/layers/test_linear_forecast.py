"""`LinearForecast` with the weights of the ridge baseline: predictions, saving and ONNX export."""

import keras
import numpy as np
import pytest

from seqkit.data.series.windows import Windows, legal_windows
from seqkit.layers import LinearForecast
from seqkit.tasks.forecast.baselines import Ridge
from seqkit.training.export import to_onnx, verify_onnx


def fitted(*, shared: bool, calendar_terms: int) -> tuple[Ridge, Windows]:
    values = np.cumsum(np.random.default_rng(0).normal(size=(400, 5)), axis=0).astype(np.float32)
    values[:, 3:] = np.sin(np.arange(400)[:, None] * [0.26, 0.26] + [0, np.pi / 2])
    train, validation = (
        legal_windows([(0, 400)], [part], steps=6, horizon=3, lead=2, sampling_rate=2)
        for part in ((0, 300), (300, 400))
    )
    linear = Ridge.fit(values, [2, 0], train, validation, shared=shared, calendar_terms=calendar_terms)
    return linear, validation


def as_model(linear: Ridge) -> keras.Model:
    terms = linear.calendar.terms if linear.calendar else 0
    window = keras.Input((6, 5), name="window")
    layer = LinearForecast((2, 0), 3, shared=linear.shared, calendar_terms=terms)
    model = keras.Model(window, layer(window))
    centre = linear.calendar.centre if linear.calendar else np.zeros(5)
    layer.set_weights([linear.coefficients, linear.intercept, centre])
    return model


@pytest.mark.parametrize(("shared", "calendar_terms"), [(True, 0), (False, 0), (False, 2)])
def test_layer_forecasts_as_the_baseline_does(shared, calendar_terms, tmp_path):
    linear, windows = fitted(shared=shared, calendar_terms=calendar_terms)
    assert bool(linear.calendar) == bool(calendar_terms)
    # Random coefficients, so that products that the baseline did not select contribute, too.
    linear.coefficients[:] = np.random.default_rng(1).normal(size=linear.coefficients.shape) / 10
    model = as_model(linear)
    inputs = windows.read(linear.inputs)
    expected = linear.predict(windows) - linear.inputs[windows.last_rows][:, None, [2, 0]]
    assert np.abs(expected).mean() > 0.1
    np.testing.assert_allclose(model(inputs).numpy(), expected, atol=1e-4, rtol=1e-4)
    assert not model.trainable_weights
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(inputs), model(inputs))
    assert verify_onnx(to_onnx(model), model, inputs) < 1e-4


def test_forecast_from_a_window_of_one_step_is_linear_in_its_values():
    window = keras.Input((1, 2))
    layer = LinearForecast((1,), 1, shared=False)
    model = keras.Model(window, layer(window))
    layer.set_weights([np.array([[2.0], [3.0]]), np.array([0.5]), np.zeros(2)])
    np.testing.assert_allclose(model(np.array([[[10.0, 1.0]]])), [[[23.5]]])
