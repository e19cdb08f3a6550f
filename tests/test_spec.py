"""The ends of a model."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from seqkit.spec import Spec


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def test_first_column_is_the_target_unless_others_are_named():
    assert Spec.series(steps=4, features=3).targets == (0,)
    assert Spec.series(steps=4, features=1).targets == (0,)
    assert Spec.series(steps=4, features=3, targets=[2, 0]).targets == (2, 0)


def test_outputs_is_the_horizon_and_one_by_default():
    assert Spec.series(steps=4, features=3).horizon == 1
    assert Spec.series(steps=4, features=3, outputs=24).horizon == 24


def test_a_spec_is_a_value():
    spec = Spec.series(steps=4, features=3)
    assert spec == Spec(steps=4, features=3, horizon=1, targets=(0,))
    assert len({spec, Spec.series(steps=4, features=3)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.steps = 5


@pytest.mark.parametrize("argument", ["steps", "features", "outputs"])
@pytest.mark.parametrize("value", [0, -1, 2.0, "2", None])
def test_a_length_that_is_no_positive_integer_is_refused_by_name(argument, value):
    with pytest.raises(ValueError, match=f"`{argument}`, expected a positive integer, got {value!r}"):
        Spec.series(**{"steps": 2, "features": 2, argument: value})


@pytest.mark.parametrize("targets", [(), (2,), (-1,), (0, 0), (0, 2)])
def test_targets_that_are_no_columns_are_refused(targets):
    with pytest.raises(ValueError, match="`targets`, expected distinct positions from 0 to 1"):
        Spec.series(steps=2, features=2, targets=targets)


def test_inputs_are_windows_of_any_batch():
    inputs, x = Spec.series(steps=4, features=3).inputs()
    assert inputs.name == "window"
    assert inputs.shape == x.shape == (None, 4, 3)


def test_one_readout_for_everything_gives_step_by_step_all_targets():
    import keras

    spec = Spec.series(steps=2, features=3, outputs=2, targets=(0, 2))
    features = keras.Input((5,))
    model = keras.Model(features, spec.outputs(features))
    x = numbers(4, 5)
    kernel = model.get_layer("readout").kernel
    kernel.assign(numbers(5, 4, seed=1))
    flat = x @ kernel.numpy()
    found = model(x).numpy()
    assert found.shape == (4, 2, 2)
    for step in range(2):
        for target in range(2):
            np.testing.assert_allclose(found[:, step, target], flat[:, 2 * step + target], rtol=1e-5, atol=1e-6)


def test_a_shared_readout_is_applied_to_every_targets_row():
    import keras

    spec = Spec.series(steps=2, features=3, outputs=4, targets=(0, 2))
    features = keras.Input((2, 5))
    model = keras.Model(features, spec.outputs(features))
    x = numbers(3, 2, 5)
    kernel = model.get_layer("readout").kernel
    assert kernel.shape == (5, 4)
    kernel.assign(numbers(5, 4, seed=1))
    found = model(x).numpy()
    assert found.shape == (3, 4, 2)
    for target in range(2):
        np.testing.assert_allclose(found[:, :, target], x[:, target] @ kernel.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(3, 5), (2, 3, 5)])
def test_other_shapes_are_refused_with_the_ones_expected(shape):
    import keras

    spec = Spec.series(steps=2, features=3, targets=(0, 2))
    with pytest.raises(ValueError, match=r"expected \(batch, width\) or \(batch, 2, width\)"):
        spec.outputs(keras.Input(shape))


def test_a_spec_is_made_without_keras():
    program = "import sys, seqkit.spec as s; s.Spec.series(steps=1, features=1); print('keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
