"""`Rocket` and `MiniRocket` against loops in NumPy over each sequence alone."""

import keras
import numpy as np
import pytest

from seqkit.layers._dilated_responses import channel_choices
from seqkit.layers.mini_rocket import KERNELS, MiniRocket, _dilations
from seqkit.layers.rocket import Rocket

LENGTHS = (30, 11, 23, 5)
CHANNELS = 3


@pytest.fixture(scope="module")
def sequences() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=(length, CHANNELS)).astype("float32") for length in LENGTHS]


def padded(sequences: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Returns the sequences with 7s after their ends, and the mask."""
    steps = max(map(len, sequences)) + 3
    x = np.full((len(sequences), steps, CHANNELS), 7.0, "float32")
    for row, values in zip(x, sequences, strict=True):
        row[: len(values)] = values
    return x, np.arange(steps) < np.array([len(values) for values in sequences])[:, None]


def convolve(values: np.ndarray, kernel: np.ndarray, dilation: int) -> np.ndarray:
    """Returns the responses of one kernel (taps, channels) around each step, tap by tap."""
    out = np.zeros(len(values))
    for step in range(len(values)):
        for tap in range(len(kernel)):
            at = step + (tap - len(kernel) // 2) * dilation
            if 0 <= at < len(values):
                out[step] += values[at] @ kernel[tap]
    return out


def inner(values: np.ndarray, reach: int) -> np.ndarray:
    """Returns the responses that read no step beyond the ends; all of them if there are none."""
    return values[reach : len(values) - reach] if len(values) > 2 * reach else values


def expected_rocket(layer: Rocket, values: np.ndarray) -> np.ndarray:
    maxima_and_shares = []
    for length, dilation, count, kernel, bias in layer._groups:
        kernels = kernel.numpy().reshape(length, CHANNELS, -1)
        found = [convolve(values, kernels[:, :, i], dilation) + bias.numpy()[i] for i in range(kernels.shape[2])]
        found = found[:count] + [inner(r, dilation * (length // 2)) for r in found[count:]]
        for part in filter(None, (found[:count], found[count:])):
            maxima_and_shares += [r.max() for r in part] + [(r > 0).mean() for r in part]
    return np.array(maxima_and_shares)


def expected_mini_rocket(layer: MiniRocket, values: np.ndarray) -> np.ndarray:
    shares = []
    for number, (dilation, kernel, biases) in enumerate(layer._groups):
        for half in range(2):
            for i in range((number + half) % 2, len(KERNELS), 2):
                found = convolve(values, kernel.numpy().reshape(9, CHANNELS, -1)[:, :, i], dilation)
                found = inner(found, 4 * dilation) if half else found
                shares += [(found > bias).mean() for bias in biases.numpy()[i]]
    return np.array(shares)


def test_rocket_gives_the_maximum_and_the_share_of_positive_responses_of_each_sequence(sequences):
    layer = Rocket(40, 30, seed=3)
    x, mask = padded(sequences)
    features = layer(x, mask=mask).numpy()
    assert features.shape == (4, 80)
    for row, values in zip(features, sequences, strict=True):
        np.testing.assert_allclose(row, expected_rocket(layer, values), rtol=1e-4, atol=1e-5)


def test_mini_rocket_gives_the_share_of_responses_above_each_bias(sequences):
    layer = MiniRocket(84 * 7, 30, seed=3)
    x, mask = padded(sequences)
    layer.build(x.shape)
    layer.adapt(sequences)
    features = layer(x, mask=mask).numpy()
    assert features.shape == (4, 84 * 7)
    for row, values in zip(features, sequences, strict=True):
        np.testing.assert_allclose(row, expected_mini_rocket(layer, values), atol=1e-5)


@pytest.mark.parametrize("layer", [Rocket(30, 30, seed=3), MiniRocket(252, 30, seed=3)], ids=["rocket", "minirocket"])
def test_without_a_mask_all_steps_count(layer, sequences):
    x = sequences[0][None]
    np.testing.assert_allclose(layer(x).numpy(), layer(x, mask=np.ones(x.shape[:2], bool)).numpy(), rtol=1e-6)


def test_mini_rocket_kernels_sum_to_zero_and_are_all_of_that_form():
    layer = MiniRocket(84, 20, seed=0)
    layer.build((None, 20, 1))
    kernel = layer._groups[0][1].numpy()  # (9, 84)
    assert {tuple(column) for column in kernel.T} == {tuple(sorted(column)) and tuple(column) for column in kernel.T}
    assert len({tuple(column) for column in kernel.T}) == 84
    assert all(sorted(column) == [-1] * 6 + [2] * 3 for column in kernel.T.tolist())


def test_biases_of_a_kernel_are_quantiles_of_its_responses_to_a_training_sequence(sequences):
    layer = MiniRocket(84 * 20, 30, seed=1)
    layer.build((None, None, CHANNELS))
    layer.adapt(sequences[:1])
    dilation, kernel, biases = layer._groups[0]
    for i in (0, 41, 83):
        found = convolve(sequences[0], kernel.numpy().reshape(9, CHANNELS, -1)[:, :, i], dilation)
        own = biases.numpy()[i]
        assert found.min() <= own.min() and own.max() <= found.max()
        ranks = np.sort([(found < bias).mean() for bias in own])
        assert np.abs(ranks - (np.arange(len(own)) + 0.5) / len(own)).max() < 0.2, "spread evenly"


@pytest.mark.parametrize("length", [1, 8, 9, 30, 427, 5000])
def test_dilations_reach_the_length_and_share_all_features(length):
    dilations = _dilations(119, length)
    assert sum(count for _, count in dilations) == 119 and min(count for _, count in dilations) > 0
    assert dilations[0][0] == 1 and len({dilation for dilation, _ in dilations}) == len(dilations) <= 32
    assert 8 * dilations[-1][0] <= max(length - 1, 8) < 8 * (dilations[-1][0] + 1) or length < 9


def test_rocket_kernels_have_mean_zero_in_each_channel_they_read():
    layer = Rocket(500, 100, seed=0)
    layer.build((None, None, CHANNELS))
    for length, _, _, kernel, bias in layer._groups:
        taps = kernel.numpy().reshape(length, CHANNELS, -1)
        np.testing.assert_allclose(taps.mean(axis=0), 0, atol=1e-6)
        assert (np.abs(taps).sum(axis=(0, 1)) > 0).all() and np.abs(bias.numpy()).max() <= 1
    assert {length for length, *_ in layer._groups} == {7, 9, 11}
    assert {dilation for _, dilation, *_ in layer._groups} == {1, 2, 4, 8, 16}


def test_kernels_that_are_not_centred_see_the_level():
    layer = Rocket(200, 100, centred=0.5, seed=0)
    layer.build((None, None, 1))
    means = np.concatenate([kernel.numpy().mean(axis=0) for *_, kernel, _ in layer._groups])
    assert 70 < (np.abs(means) > 1e-6).sum() < 130


def test_a_kernel_reads_one_to_all_channels():
    choices = channel_choices(np.random.default_rng(0), 2000, 12, 9)
    counts = np.bincount(choices.sum(axis=1), minlength=13)
    assert counts[0] == 0 and (counts[1:10] > 0).all() and counts[10:].sum() == 0 and counts[1] == counts.max()
    assert choices.mean(axis=0).min() > 0.8 * choices.mean()


@pytest.mark.parametrize("make", [lambda seed: Rocket(20, 30, seed=seed), lambda seed: MiniRocket(168, 30, seed)])
def test_seed_of_keras_decides_and_is_saved(make, sequences):
    x, outputs = sequences[0][None], []
    for seed in (7, 7, 8):
        keras.utils.set_random_seed(seed)
        layer = make(None)
        outputs.append(layer(x).numpy())
        np.testing.assert_array_equal(type(layer).from_config(layer.get_config())(x).numpy(), outputs[-1])
        assert not layer.trainable_weights
    np.testing.assert_array_equal(outputs[0], outputs[1])
    assert not np.array_equal(outputs[0], outputs[2])
