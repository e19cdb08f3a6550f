"""`conv1d`, `cnn_rnn` and `dense` against sums written out in NumPy, and on the shortest windows."""

import numpy as np
import pytest

from seqkit.recipes import cnn_rnn, conv1d, dense
from seqkit.spec import Spec


def causal_convolution(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Returns relu of Σ kernel[k] · x[step − (size − 1) + k], with zeros before the window."""
    size = len(kernel)
    padded = np.concatenate([np.zeros((len(x), size - 1, x.shape[2])), x], axis=1)
    steps = [sum(padded[:, t + k] @ kernel[k] for k in range(size)) + bias for t in range(x.shape[1])]
    return np.maximum(np.stack(steps, axis=1), 0)


def pool(x: np.ndarray, size: int) -> np.ndarray:
    """Returns the largest of each `size` steps; where the steps do not divide, fewer at the end, then at the start."""
    first = -(-x.shape[1] % size // 2)
    return np.stack([x[:, max(t, 0) : t + size].max(axis=1) for t in range(first, x.shape[1], size)], axis=1)


@pytest.mark.parametrize("steps", [1, 2, 7, 12])
def test_conv1d_looks_back_only_and_halves_the_steps(steps, randomise, windows):
    spec = Spec.series(steps=steps, features=3, outputs=2)
    # A kernel that is longer than a window of two and divides none of them.
    model = randomise(conv1d.build_model(spec, filters=(4, 5), kernel_size=3))
    x = windows(6, steps, 3)
    expected = x.astype(float)
    for number in (1, 2):
        expected = pool(causal_convolution(expected, *model.get_layer(f"conv_{number}").get_weights()), 2)
    kernel, bias = model.get_layer("readout").get_weights()
    expected = expected.reshape(6, -1) @ kernel + bias
    np.testing.assert_allclose(model(x).numpy()[:, :, 0], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("steps", [1, 2, 7, 12])
def test_cnn_rnn_hands_its_recurrent_layer_the_pooled_steps(steps, randomise, windows):
    import keras

    spec = Spec.series(steps=steps, features=3)
    model = randomise(cnn_rnn.build_model(spec, filters=4, kernel_size=3, pool_size=3))
    x = windows(6, steps, 3)
    expected = pool(causal_convolution(x.astype(float), *model.get_layer("conv").get_weights()), 3)
    found = keras.Model(model.input, model.get_layer("gru").input)(x).numpy()
    assert found.shape == (6, -(-steps // 3), 4)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("build", [conv1d.build_model, cnn_rnn.build_model], ids=["conv1d", "cnn_rnn"])
@pytest.mark.parametrize("steps", [1, 4, 5, 6])
def test_default_filters_fit_windows_as_short_as_themselves(build, steps, windows):
    model = build(Spec.series(steps=steps, features=2))
    assert np.isfinite(model(windows(2, steps, 2)).numpy()).all()


def test_dense_lays_the_window_flat(randomise, windows):
    model = randomise(dense.build_model(Spec.series(steps=3, features=2, outputs=2), units=(5, 4)))
    x = windows(6, 3, 2)
    hidden = x.reshape(6, 6)
    for number in (1, 2):
        kernel, bias = model.get_layer(f"hidden_{number}").get_weights()
        hidden = np.maximum(hidden @ kernel + bias, 0)
    kernel, bias = model.get_layer("readout").get_weights()
    np.testing.assert_allclose(model(x).numpy()[:, :, 0], hidden @ kernel + bias, rtol=1e-5, atol=1e-5)
