"""`conv1d`, `cnn_rnn` and `dense` against sums computed in NumPy, on very short windows and on texts."""

import keras
import numpy as np
import pytest

from seqkit.recipes import cnn_rnn, conv1d, dense, inception
from seqkit.spec import Spec


def causal_convolution(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Returns relu of Σ kernel[k] · x[step − (size − 1) + k], with zeros before the window."""
    size = len(kernel)
    padded = np.concatenate([np.zeros((len(x), size - 1, x.shape[2])), x], axis=1)
    steps = [sum(padded[:, t + k] @ kernel[k] for k in range(size)) + bias for t in range(x.shape[1])]
    return np.maximum(np.stack(steps, axis=1), 0)


def pool(x: np.ndarray, size: int) -> np.ndarray:
    """Returns the maximum of each group of `size` steps; the last group may be shorter."""
    return np.stack([x[:, t : t + size].max(axis=1) for t in range(0, x.shape[1], size)], axis=1)


@pytest.mark.parametrize("steps", [1, 2, 7, 12])
def test_conv1d_is_causal_and_halves_the_steps(steps, randomise, windows):
    spec = Spec.series(steps=steps, features=3, outputs=2)
    # The kernel is longer than a window of two steps and divides none of the windows.
    model = randomise(conv1d.build_model(spec, filters=(4, 5), kernel_size=(3,)))
    x = windows(6, steps, 3)
    expected = x.astype(float)
    for number in (1, 2):
        expected = pool(causal_convolution(expected, *model.get_layer(f"conv_{number}_1").get_weights()), 2)
    kernel, bias = model.get_layer("readout").get_weights()
    expected = expected.reshape(6, -1) @ kernel + bias
    np.testing.assert_allclose(model(x).numpy()[:, :, 0], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("steps", [1, 2, 7, 12])
def test_cnn_rnn_passes_pooled_steps_to_its_recurrent_layer(steps, randomise, windows):
    import keras

    spec = Spec.series(steps=steps, features=3)
    model = randomise(cnn_rnn.build_model(spec, filters=4, kernel_size=3, pool_size=3))
    x = windows(6, steps, 3)
    expected = pool(causal_convolution(x.astype(float), *model.get_layer("conv").get_weights()), 3)
    gru_inputs = keras.Model(model.input, model.get_layer("gru").input)(x).numpy()
    assert gru_inputs.shape == (6, -(-steps // 3), 4)
    np.testing.assert_allclose(gru_inputs, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("build", [conv1d.build_model, cnn_rnn.build_model], ids=["conv1d", "cnn_rnn"])
@pytest.mark.parametrize("steps", [1, 4, 5, 6])
def test_default_filters_accept_windows_shorter_than_themselves(build, steps, windows):
    model = build(Spec.series(steps=steps, features=2))
    assert np.isfinite(model(windows(2, steps, 2)).numpy()).all()


def test_dense_flattens_the_window(randomise, windows):
    model = randomise(dense.build_model(Spec.series(steps=3, features=2, outputs=2), units=(5, 4)))
    x = windows(6, 3, 2)
    hidden = x.reshape(6, 6)
    for number in (1, 2):
        kernel, bias = model.get_layer(f"hidden_{number}").get_weights()
        hidden = np.maximum(hidden @ kernel + bias, 0)
    kernel, bias = model.get_layer("readout").get_weights()
    np.testing.assert_allclose(model(x).numpy()[:, :, 0], hidden @ kernel + bias, rtol=1e-5, atol=1e-5)


TEXTS = Spec.tokens(length=9, vocabulary=11, classes=3, embedding=4)
LENGTHS = (9, 1, 5)


def vectors(model, texts: np.ndarray) -> list[np.ndarray]:
    """The word vectors of each text without padding, each (1, words, width)."""
    table = model.get_layer("embedding").get_weights()[0].astype(float)
    return [table[text[:length]][None] for text, length in zip(texts, LENGTHS, strict=True)]


def test_dense_averages_the_words_of_a_text(randomise, sequences):
    model = randomise(dense.build_model(TEXTS, units=(5,)))
    x = sequences(TEXTS, LENGTHS)
    mean = np.concatenate([words.mean(axis=1) for words in vectors(model, x)])
    kernel, bias = model.get_layer("hidden_1").get_weights()
    hidden = np.maximum(mean @ kernel + bias, 0)
    kernel, bias = model.get_layer("readout").get_weights()
    np.testing.assert_allclose(model(x).numpy(), hidden @ kernel + bias, rtol=1e-5, atol=1e-5)


def test_conv1d_max_pools_filters_of_several_widths_over_time(randomise, sequences):
    model = randomise(conv1d.build_model(TEXTS, filters=(3,), kernel_size=(2, 3)))
    x = sequences(TEXTS, LENGTHS)
    pooled = []
    for words in vectors(model, x):
        outputs = [causal_convolution(words, *model.get_layer(f"conv_1_{i}").get_weights()) for i in (1, 2)]
        pooled.append(np.concatenate(outputs, axis=2).max(axis=1))
    kernel, bias = model.get_layer("readout").get_weights()
    np.testing.assert_allclose(model(x).numpy(), np.concatenate(pooled) @ kernel + bias, rtol=1e-5, atol=1e-5)


def test_deeper_layers_of_conv1d_read_all_widths_of_the_layer_below(randomise, sequences):
    model = randomise(conv1d.build_model(TEXTS, filters=(3, 2), kernel_size=(2, 3), pool_size=2))
    x = sequences(TEXTS, LENGTHS)
    pooled = []
    for words in vectors(model, x):
        for layer in (1, 2):
            words = pool(words, 2) if layer == 2 else words  # noqa: PLW2901
            outputs = [causal_convolution(words, *model.get_layer(f"conv_{layer}_{i}").get_weights()) for i in (1, 2)]
            words = np.concatenate(outputs, axis=2)  # noqa: PLW2901
        pooled.append(words.max(axis=1))
    kernel, bias = model.get_layer("readout").get_weights()
    np.testing.assert_allclose(model(x).numpy(), np.concatenate(pooled) @ kernel + bias, rtol=1e-5, atol=1e-5)


def test_conv1d_pooling_defaults_to_flatten_for_forecasts_and_max_for_classes():
    forecast, classify = Spec.series(steps=8, features=2), Spec.series(steps=8, features=2, classes=3)

    def width(spec, **options) -> int:
        return conv1d.build_model(spec, filters=(5,), **options).get_layer("readout").kernel.shape[0]

    assert (width(forecast), width(forecast, pooling="max")) == (4 * 5, 5)
    assert (width(classify), width(classify, pooling="flatten")) == (5, 4 * 5)


def test_conv1d_rejects_flatten_for_variable_lengths():
    with pytest.raises(ValueError, match='`pooling="flatten"` for sequences of variable length'):
        conv1d.build_model(TEXTS, pooling="flatten")


def test_conv1d_without_a_kernel_size_raises():
    with pytest.raises(ValueError, match="`kernel_size`, expected at least one width"):
        conv1d.build_model(TEXTS, kernel_size=())


def test_inception_without_a_width_raises():
    with pytest.raises(ValueError, match="expected at least one width"):
        inception.build_model(Spec.series(steps=6, features=2, classes=2), kernel_size=())


def conv1d_features(model):
    """Returns the model from the input to the maxima of the filters over time."""
    return keras.Model(model.input, model.get_layer("strongest").output)


def test_shifted_pattern_gives_the_same_pooled_features_and_label(randomise):
    model = randomise(conv1d.build_model(Spec.series(steps=40, features=1, classes=2), filters=(8,)))
    x = np.zeros((1, 40, 1), "float32")
    x[0, 10:14, 0] = [1, -2, 3, 1]
    features = conv1d_features(model)
    for shift in (1, 7, 22):
        shifted = np.roll(x, shift, axis=1)
        np.testing.assert_allclose(features(shifted).numpy(), features(x).numpy(), rtol=1e-6)
        np.testing.assert_allclose(model(shifted).numpy(), model(x).numpy(), rtol=1e-6)


def test_pooled_features_do_not_tell_the_order_of_distant_patterns(randomise):
    model = randomise(conv1d.build_model(Spec.series(steps=60, features=1, classes=2), filters=(8,)))
    first, second = [1, -2, 3, 1], [2, 2, -1, -3]
    a, b = np.zeros((2, 1, 60, 1), "float32")
    a[0, 10:14, 0], a[0, 40:44, 0] = first, second
    b[0, 10:14, 0], b[0, 40:44, 0] = second, first
    features = conv1d_features(model)
    np.testing.assert_allclose(features(a).numpy(), features(b).numpy(), rtol=1e-6)
    flat = randomise(conv1d.build_model(Spec.series(steps=60, features=1, classes=2), filters=(8,), pooling="flatten"))
    assert np.abs(flat(a).numpy() - flat(b).numpy()).max() > 0.1, "a recipe that keeps the places tells them apart"
