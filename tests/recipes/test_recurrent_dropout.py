"""`recurrent_dropout`: one mask per window, for inputs and state.

The weights keep the units independent, so the last state of a unit shows whether its mask was constant. If it was, the
last state has one of two values computed by hand: dropped at every step or kept at every step.
"""

import numpy as np
import pytest

from seqkit.recipes.recurrent_dropout import build_model
from seqkit.spec import Spec

STEPS, UNITS, RATE = 5, 4, 0.25
SPEC = Spec.series(steps=STEPS, features=UNITS)


def last_states(cell: str, from_inputs: float, from_state: float, bias: float, **rates: float) -> np.ndarray:
    """Trains on windows of ones and returns the last states, (256, units).

    Gates have no weights (each is σ(0) = 1/2); the candidate of unit j is
    tanh(from_inputs · input j + from_state · state j + bias), where GRU halves the state's part by its reset gate.
    """
    import keras

    keras.utils.set_random_seed(0)
    model = build_model(SPEC, cell=cell, units=UNITS, **rates)
    layer = model.get_layer(cell)
    candidate = slice(2 * UNITS, 3 * UNITS)  # the third block in either cell
    kernel, recurrent, biases = (np.zeros_like(w) for w in layer.get_weights())
    kernel[:, candidate] = from_inputs * np.eye(UNITS)
    recurrent[:, candidate] = from_state * np.eye(UNITS)
    (biases[0] if cell == "gru" else biases)[candidate] = bias
    layer.set_weights([kernel, recurrent, biases])
    return keras.Model(model.input, layer.output)(np.ones((256, STEPS, UNITS), "float32"), training=True).numpy()


def expected_state(cell: str, from_inputs: float, from_state: float, bias: float) -> float:
    """The last state of a unit whose mask, already applied to the weights, is constant."""
    h = c = 0.0
    for _ in range(STEPS):
        if cell == "gru":
            h = h / 2 + np.tanh(from_inputs + bias + from_state * h / 2) / 2
        else:
            c = c / 2 + np.tanh(from_inputs + bias + from_state * h) / 2
            h = np.tanh(c) / 2
    return h


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_the_same_inputs_are_dropped_at_every_step(cell):
    states = last_states(cell, 1.0, 0.0, 0.5, dropout=RATE, recurrent_dropout=0.0)
    dropped, kept = expected_state(cell, 0.0, 0.0, 0.5), expected_state(cell, 1 / (1 - RATE), 0.0, 0.5)
    is_dropped = np.isclose(states, dropped, atol=1e-6)
    assert np.all(is_dropped | np.isclose(states, kept, atol=1e-6))
    assert 0.15 < is_dropped.mean() < 0.35


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_the_same_states_are_dropped_at_every_step(cell):
    states = last_states(cell, 0.0, 1.0, 0.5, dropout=0.0, recurrent_dropout=RATE)
    dropped, kept = expected_state(cell, 0.0, 0.0, 0.5), expected_state(cell, 0.0, 1 / (1 - RATE), 0.5)
    is_dropped = np.isclose(states, dropped, atol=1e-6)
    assert np.all(is_dropped | np.isclose(states, kept, atol=1e-6))
    assert 0.15 < is_dropped.mean() < 0.35


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_weights_are_dropped_for_the_whole_batch(cell):
    states = last_states(cell, 0.0, 1.0, 0.5, dropout=0.0, recurrent_dropout=0.0, weight_dropout=RATE)
    dropped, kept = expected_state(cell, 0.0, 0.0, 0.5), expected_state(cell, 0.0, 1 / (1 - RATE), 0.5)
    is_dropped = np.isclose(states, dropped, atol=1e-6)
    assert np.all(is_dropped | np.isclose(states, kept, atol=1e-6))
    assert np.all(is_dropped == is_dropped[0])
    assert 0 < is_dropped[0].sum() < UNITS


def test_each_window_of_a_batch_has_its_own_mask():
    states = last_states("gru", 1.0, 0.0, 0.5, dropout=RATE, recurrent_dropout=0.0)
    assert len(np.unique(states > states.mean(), axis=0)) == 2**UNITS


def test_prediction_applies_no_dropout(windows):
    model = build_model(SPEC)
    x = windows(3, STEPS, UNITS)
    np.testing.assert_array_equal(model(x, training=False).numpy(), model(x, training=False).numpy())
