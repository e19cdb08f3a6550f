"""`PeepholeLSTMCell` against NumPy and, without peepholes, against `keras.layers.LSTM`."""

import keras
import numpy as np
from scipy.special import expit

from seqkit.layers import PeepholeLSTMCell


def peephole_lstm(units: int = 5) -> keras.Model:
    inputs = keras.Input((6, 3))
    layer = keras.layers.RNN(PeepholeLSTMCell(units), return_sequences=True, name="peephole_lstm")
    return keras.Model(inputs, layer(inputs))


def test_outputs_equal_the_paper_step_by_step(windows):
    model, x, outputs = peephole_lstm(), windows(4, 6, 3), []
    layer = model.get_layer("peephole_lstm")
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(0, 0.7, weight.shape) for weight in layer.get_weights()])
    kernel, recurrent_kernel, bias, peepholes = layer.get_weights()
    h = c = np.zeros((4, 5))
    for step in range(6):
        i, f, candidate, o = np.split(x[:, step] @ kernel + h @ recurrent_kernel + bias, 4, axis=1)
        i, f = expit(i + peepholes[0] * c), expit(f + peepholes[1] * c)
        c = f * c + i * np.tanh(candidate)
        h = expit(o + peepholes[2] * c) * np.tanh(c)
        outputs.append(h)
    np.testing.assert_allclose(model(x).numpy(), np.stack(outputs, axis=1), rtol=1e-4, atol=1e-5)


def test_without_peepholes_it_equals_the_lstm_of_keras(windows):
    model, x = peephole_lstm(), windows(4, 6, 3)
    plain = keras.layers.LSTM(5, return_sequences=True)
    plain.build((None, 6, 3))
    *weights, peepholes = model.get_layer("peephole_lstm").get_weights()
    assert not peepholes.any(), "zero at the start"
    np.testing.assert_array_equal(weights[2], plain.get_weights()[2], "so is the bias: one for the forget gate")
    plain.set_weights(weights)
    np.testing.assert_allclose(model(x).numpy(), plain(x).numpy(), rtol=1e-5, atol=1e-6)
