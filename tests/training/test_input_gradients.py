"""Gradients with respect to each step, against products of Jacobians worked out by hand."""

import keras
import numpy as np
import pytest

from seqkit.errors import DataError
from seqkit.training.input_gradients import gradient_norms, load_model


def linear_recurrence(factor: float) -> keras.Model:
    """Returns h ← factor · h + 2 x of one unit, whose last state is the output."""
    inputs = keras.Input((6, 1))
    layer = keras.layers.SimpleRNN(1, activation="linear", use_bias=False)
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([np.array([[2.0]]), np.array([[factor]])])
    return model


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_gradients_vanish_or_explode_by_the_recurrent_weight(factor):
    norms = gradient_norms(linear_recurrence(factor), np.random.default_rng(0).normal(size=(70, 6, 1)))
    np.testing.assert_allclose(norms, 2 * factor ** np.arange(6)[::-1], rtol=1e-5)


def test_gradients_of_several_outputs_are_those_of_the_jacobian():
    inputs = keras.Input((2, 3))
    outputs = keras.layers.Reshape((2, 2))(keras.layers.Dense(4)(inputs[:, 0]))
    model = keras.Model(inputs, outputs)
    norms = gradient_norms(model, np.zeros((4000, 2, 3)))
    assert norms[1] == 0
    assert norms[0] == pytest.approx(np.linalg.norm(model.get_weights()[0]), rel=0.05)


def test_a_damaged_model_is_named(tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(b"no model")
    with pytest.raises(DataError, match=r"model\.keras cannot be read: .*Train the run again\."):
        load_model(path)
