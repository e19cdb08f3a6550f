"""`LeakyCell` against a loop in NumPy, and its time constants."""

import keras
import numpy as np
import pytest

from seqkit.layers import LeakyCell
from seqkit.training.carried_state import carried, state_sizes


def leaky_rnn(**options) -> keras.Model:
    inputs = keras.Input((None, 3))
    layer = keras.layers.RNN(LeakyCell(**options), return_sequences=True, name="leaky_rnn")
    return keras.Model(inputs, layer(inputs))


def randomise(model: keras.Model) -> dict[str, np.ndarray]:
    """Randomises the trained weights, and returns all of them by name."""
    rng, cell = np.random.default_rng(0), model.get_layer("leaky_rnn").cell
    for weight in cell.trainable_weights:
        weight.assign(rng.normal(0, 0.5, weight.shape))
    return {weight.name: weight.numpy() for weight in cell.weights}


@pytest.mark.parametrize("skip", [1, 2, 4])
@pytest.mark.parametrize("learn_times", [False, True])
def test_states_equal_the_formula_step_by_step(skip, learn_times, windows):
    model, x, states = leaky_rnn(units=5, max_time=20.0, skip=skip, learn_times=learn_times), windows(4, 9, 3), []
    weights = randomise(model)
    leak = 1 / np.maximum(np.exp(weights["log_times"]), 1)
    for step in range(9):
        before = states[-1] if states else np.zeros((4, 5))
        product = x[:, step] @ weights["kernel"] + before @ weights["recurrent_kernel"] + weights["bias"]
        if skip > 1 and step >= skip:
            product = product + states[step - skip] @ weights["skip_kernel"]
        states.append((1 - leak) * before + leak * np.tanh(product))
    np.testing.assert_allclose(model(x).numpy(), np.stack(states, axis=1), rtol=1e-4, atol=1e-5)


def test_time_constants_grow_geometrically_from_one_and_are_trained_if_asked():
    fixed, learned = leaky_rnn(units=3, max_time=100.0), leaky_rnn(units=3, max_time=100.0, learn_times=True)
    for model in (fixed, learned):
        times = np.exp(model.get_layer("leaky_rnn").cell.log_times.numpy())
        np.testing.assert_allclose(times, [1, 10, 100], rtol=1e-5)
    assert len(learned.trainable_variables) == len(fixed.trainable_variables) + 1


def test_a_sequence_read_in_two_parts_equals_one_read_at_once(windows):
    model, x = leaky_rnn(units=5, skip=3), windows(2, 9, 3)
    randomise(model)
    states, parts = [np.zeros((2, size), "float32") for size in state_sizes(model)], []
    assert state_sizes(model) == [5, 10]
    for part in (x[:, :4], x[:, 4:]):
        with carried(model, states) as last_states:
            parts.append(model(part).numpy())
        states = last_states()
    np.testing.assert_allclose(np.concatenate(parts, axis=1), model(x).numpy(), rtol=1e-5, atol=1e-6)
