"""`WindowScale`: centre and deviation of each window."""

import keras
import numpy as np
import pytest

from seqkit.layers import WindowScale
from seqkit.layers.window_scale import MIN_DEVIATION

WINDOWS = np.array([[[1.0, 5.0], [2.0, 5.0], [6.0, 8.0]], [[4.0, 5.0], [4.0, 5.0], [4.0, 7.0]]], np.float32)


def scale(by, windows=WINDOWS, columns=(0,)):
    return [part.numpy() for part in WindowScale(columns, by)(windows)]


def test_window_mean_and_deviation_by_hand():
    centre, deviation = scale("window")
    assert centre.tolist() == [[[3.0, 0.0]], [[4.0, 0.0]]]
    np.testing.assert_allclose(deviation[0], [[np.sqrt(14 / 3), 1.0]], rtol=1e-6)


def test_last_value_is_a_centre_without_deviation():
    centre, deviation = scale("last", columns=(1,))
    assert centre.tolist() == [[[0.0, 8.0]], [[0.0, 7.0]]]
    assert (deviation == 1).all()


def test_constant_window_has_the_least_deviation():
    _, deviation = scale("window")
    assert deviation[1, 0, 0] == pytest.approx(MIN_DEVIATION)


def test_layer_is_saved_with_its_options(tmp_path):
    window = keras.Input((3, 2))
    model = keras.Model(window, WindowScale((0,), "window")(window))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    for part, expected in zip(loaded(WINDOWS), model(WINDOWS), strict=True):
        np.testing.assert_array_equal(part, expected)
