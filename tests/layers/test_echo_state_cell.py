"""`EchoStateCell` against a loop in NumPy, and the properties of its random weights."""

import keras
import numpy as np
import pytest

from seqkit.layers import EchoStateCell
from seqkit.training.carried_state import carried


def reservoir(seed: int = 0, **options) -> keras.Model:
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((None, 3))
    layer = keras.layers.RNN(EchoStateCell(**options), return_sequences=True, name="reservoir")
    return keras.Model(inputs, layer(inputs))


def test_states_equal_leaky_tanh_units_step_by_step(windows):
    model = reservoir(units=7, leak=0.3, sparsity=0.5)
    x, states = windows(4, 6, 3), []
    kernel, recurrent_kernel, bias = model.get_layer("reservoir").get_weights()
    h = np.zeros((4, 7))
    for step in range(6):
        h = 0.7 * h + 0.3 * np.tanh(x[:, step] @ kernel + h @ recurrent_kernel + bias)
        states.append(h)
    np.testing.assert_allclose(model(x).numpy(), np.stack(states, axis=1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("units", [20, 150])
@pytest.mark.parametrize(("spectral_radius", "sparsity"), [(0.9, 0.8), (1.3, 0.0)])
def test_recurrent_weights_have_the_spectral_radius_and_sparsity(units, spectral_radius, sparsity):
    model = reservoir(units=units, spectral_radius=spectral_radius, sparsity=sparsity)
    recurrent_kernel = model.get_layer("reservoir").get_weights()[1]
    assert np.abs(np.linalg.eigvals(recurrent_kernel)).max() == pytest.approx(spectral_radius, rel=1e-4)
    assert (recurrent_kernel == 0).mean() == pytest.approx(sparsity, abs=0.06)


def test_inputs_are_weighted_within_the_scale():
    kernel, _, bias = reservoir(units=200, input_scale=0.25).get_layer("reservoir").get_weights()
    for weights in (kernel, bias):
        assert 0.23 < np.abs(weights).max() <= 0.25 and abs(weights.mean()) < 0.03


def test_state_forgets_where_it_started(windows):
    model, x = reservoir(units=50, spectral_radius=0.8), windows(1, 200, 3)
    ends = []
    for start in (-1.0, 1.0):
        with carried(model, [np.full((1, 50), start, "float32")]) as last_states:
            model(x)
        ends.append(np.asarray(last_states()[0]))
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-6)


def test_a_reservoir_without_connections_has_only_its_inputs(windows):
    model = reservoir(units=1, sparsity=0.999999)
    assert model.get_layer("reservoir").get_weights()[1] == 0
    assert np.isfinite(model(windows(2, 3, 3)).numpy()).all()


def test_rounding_errors_of_a_reservoir_without_cycles_are_no_radius():
    recurrent_kernel = reservoir(units=300, sparsity=0.999, seed=1).get_layer("reservoir").get_weights()[1]
    power = (recurrent_kernel != 0).astype(float)
    for _ in range(9):
        power = (power @ power > 0).astype(float)
    assert recurrent_kernel.any() and not power.any(), "no path of 512 steps, so no unit reaches itself"
    assert np.abs(recurrent_kernel).max() <= 1


def test_nothing_of_it_is_trained_and_a_seed_determines_it():
    one, same, other = (reservoir(seed, units=5) for seed in (1, 1, 2))
    assert not one.trainable_variables
    for weight, equal, different in zip(one.get_weights(), same.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, equal)
        assert not np.array_equal(weight, different)
