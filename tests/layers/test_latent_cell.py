"""`LatentCell` against a loop in NumPy."""

import keras
import numpy as np

from seqkit.layers import LatentCell


def test_states_equal_the_formula_step_by_step(windows):
    inputs = keras.Input((6, 3))
    layer = keras.layers.RNN(LatentCell(5, hidden=7), return_sequences=True)
    model = keras.Model(inputs, layer(inputs))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(0, 0.5, weight.shape) for weight in layer.get_weights()])
    kernel, recurrent_kernel, bias, state_kernel, state_bias = layer.get_weights()
    x, h, states = windows(4, 6, 3), np.zeros((4, 5)), []
    for step in range(6):
        hidden = np.maximum(x[:, step] @ kernel + h @ recurrent_kernel + bias, 0)
        h = np.tanh(hidden @ state_kernel + state_bias)
        states.append(h)
    np.testing.assert_allclose(model(x).numpy(), np.stack(states, axis=1), rtol=1e-4, atol=1e-5)
