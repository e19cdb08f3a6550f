"""The loss of `SkipGram` pair by pair, and what it shares with `BagOfWords`: windows, sampling, configuration."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit

from seqkit.layers import BagOfWords, SkipGram

VOCABULARY, DIM, EPSILON = 7, 3, 1e-7
LAYERS = pytest.mark.parametrize("kind", [SkipGram, BagOfWords])


def build_layer(kind: Any = SkipGram, **options: Any) -> Any:
    """Returns a built layer with random context vectors."""
    layer = kind(VOCABULARY, **{"seed": 3, **options})
    layer.build((None, None), (None, None, DIM))
    context = np.random.default_rng(1).normal(size=(VOCABULARY + 1, DIM))
    layer.context.assign(context.astype(np.float32))
    return layer


def text(rows: int, time: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Returns word ids with some line ends, and their vectors."""
    rng = np.random.default_rng(seed)
    tokens = rng.integers(1, VOCABULARY + 1, (rows, time)).astype(np.int32)
    tokens[rng.random((rows, time)) < 0.15] = 0
    return tokens, rng.normal(size=(rows, time, DIM)).astype(np.float32)


def context_pairs(layer: Any, in_window: np.ndarray, rows: int) -> list[tuple[int, int, int]]:
    """Returns the pairs of centre and context word: row, position of the centre, position of the context word."""
    chunks = len(in_window) // rows
    return [
        (
            int(k) // chunks,
            int(k) % chunks * layer.chunk + int(a),
            int(k) % chunks * layer.chunk + int(b) - layer.window,
        )
        for k, a, b in np.argwhere(in_window)
    ]


def samples_for(layer: Any, samples: np.ndarray, rows: int, row: int, position: int) -> np.ndarray:
    return samples[row * (len(samples) // rows) + position // layer.group]


def training_loss(layer: Any, tokens: Any, vectors: Any) -> float:
    layer(tokens, vectors, training=True)
    (loss,) = layer.losses
    return float(loss)


@pytest.mark.parametrize(("time", "window"), [(256, 2), (300, 5), (70, 8), (512, 20)])
def test_loss_is_the_sum_over_context_pairs_and_their_weighted_negative_samples(time, window, record):
    layer = build_layer(window=window, negative=3.0, pool=4)
    recorded = record(layer)
    tokens, vectors = text(3, time)
    loss = training_loss(layer, tokens, vectors)
    context = layer.context.numpy().astype(float)
    expected = 0.0
    for row, centre, other in context_pairs(layer, recorded["_in_window"], 3):
        vector = vectors[row, centre].astype(float)
        expected -= np.log(expit(vector @ context[tokens[row, other]]) + EPSILON)
        for word in samples_for(layer, recorded["_sample"], 3, row, centre):
            expected -= 3.0 / 4 * np.log(expit(-vector @ context[word]) + EPSILON)
    assert expected > 0
    np.testing.assert_allclose(loss, expected / (tokens > 0).sum(), rtol=1e-5)


def test_gradient_equals_automatic_differentiation_of_the_formula(record):
    layer = build_layer(window=3, negative=2.5, pool=3)
    recorded = record(layer)
    tokens, vectors = text(2, 270)
    inputs = tf.constant(vectors)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        layer(tokens, inputs, training=True)
        loss = layer.losses[0] * 5.0
    d_vectors, d_context = tape.gradient(loss, [inputs, layer.context.value])
    pairs = np.array(context_pairs(layer, recorded["_in_window"], 2))
    samples = np.stack([samples_for(layer, recorded["_sample"], 2, row, centre) for row, centre, _ in pairs])
    first, second = tf.constant(vectors, tf.float64), tf.constant(layer.context.numpy(), tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([first, second])
        centre = tf.gather_nd(first, pairs[:, :2])
        true = tf.reduce_sum(centre * tf.gather(second, tokens[pairs[:, 0], pairs[:, 2]]), axis=1)
        false = tf.einsum("pd,pnd->pn", centre, tf.gather(second, samples))
        total = tf.reduce_sum(tf.nn.softplus(-true)) + 2.5 / 3 * tf.reduce_sum(tf.nn.softplus(false))
        loss = total / (tokens > 0).sum() * 5.0
    expected_vectors, expected_context = tape.gradient(loss, [first, second])
    np.testing.assert_allclose(d_vectors, tf.convert_to_tensor(expected_vectors), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        tf.convert_to_tensor(d_context), tf.convert_to_tensor(expected_context), rtol=1e-4, atol=1e-6
    )


@LAYERS
@pytest.mark.parametrize("window", [1, 4, 9])
def test_window_extends_to_the_sampled_reach_within_line_and_row(kind, window, record):
    layer = build_layer(kind, window=window)
    recorded = record(layer)
    tokens, vectors = text(3, 300)
    training_loss(layer, tokens, vectors)
    context: dict[tuple[int, int], set[int]] = {}
    for row, centre, other in context_pairs(layer, recorded["_in_window"], 3):
        context.setdefault((row, centre), set()).add(other)
    assert context
    for row in range(3):
        for centre in range(300):
            line = set()
            for step in (-1, 1):
                other = centre + step
                while 0 <= other < 300 and tokens[row, other]:
                    line.add(other)
                    other += step
            windows = [{o for o in line if abs(o - centre) <= reach} for reach in range(1, window + 1)]
            expected = windows if tokens[row, centre] else [set()]
            assert context.pop((row, centre), set()) in expected, (row, centre)
    assert not context, "positions beyond the row have a context"


def test_reach_is_uniform_up_to_the_window_and_sampled_at_every_step(record):
    layer = build_layer(window=4)
    recorded = record(layer)
    tokens, vectors = np.ones((4, 1024), np.int32), np.zeros((4, 1024, DIM), np.float32)
    training_loss(layer, tokens, vectors)
    reach = recorded["_in_window"].sum(axis=2).reshape(4, 1024)[:, 4:-4] / 2
    fractions = [(reach == r).mean() for r in range(1, 5)]
    np.testing.assert_allclose(fractions, 0.25, atol=0.03)
    before = recorded["_in_window"]
    training_loss(layer, tokens, vectors)
    assert not np.array_equal(recorded["_in_window"], before)


def test_sampling_is_proportional_to_count_to_the_power_and_never_returns_absent_words():
    counts = np.array([1000, 0, 300, 50, 8, 1, 0])
    for power in (0.75, 1.0):
        layer = build_layer(pool=64, power=power)
        layer.adapt(counts)
        observed = np.bincount(layer._sample(2000).numpy().ravel(), minlength=8)[1:]
        expected = counts**power / (counts**power).sum() * 2000 * 64
        assert (observed[counts == 0] == 0).all()
        present = counts > 0
        chi_square = ((observed - expected)[present] ** 2 / expected[present]).sum()
        assert chi_square < 18.5  # 99.9th percentile for four degrees of freedom


def test_sampling_is_uniform_before_adapt():
    observed = np.bincount(build_layer(pool=64)._sample(2000).numpy().ravel(), minlength=8)
    assert observed[0] == 0
    np.testing.assert_allclose(observed[1:] / observed.sum(), 1 / VOCABULARY, rtol=0.05)


@LAYERS
def test_padding_a_row_with_zeros_does_not_change_the_loss(kind):
    tokens, vectors = text(2, 300)
    padding = (0, -300 % build_layer(kind).group)
    padded = np.pad(tokens, [(0, 0), padding]), np.pad(vectors, [(0, 0), padding, (0, 0)], constant_values=9.0)
    assert training_loss(build_layer(kind), tokens, vectors) == pytest.approx(
        training_loss(build_layer(kind), *padded), rel=1e-6
    )


@LAYERS
def test_loss_without_context_pairs_is_zero(kind):
    tokens = np.zeros((1, 256), np.int32)
    vectors = np.ones((1, 256, DIM), np.float32)
    assert training_loss(build_layer(kind), tokens, vectors) == 0
    tokens[0, ::2] = 3
    assert training_loss(build_layer(kind), tokens, vectors) == 0


@LAYERS
def test_seed_determines_the_losses(kind):
    batch = text(1, 256)
    first, same, other = build_layer(kind), build_layer(kind), build_layer(kind, seed=4)
    losses = [training_loss(first, *batch) for _ in range(2)]
    assert losses == [training_loss(same, *batch) for _ in range(2)]
    assert losses[0] != losses[1]
    assert training_loss(other, *batch) != losses[0]


@LAYERS
def test_prediction_returns_the_vectors_and_adds_no_loss(kind):
    layer = build_layer(kind)
    tokens, vectors = text(2, 30)
    np.testing.assert_array_equal(layer(tokens, vectors), vectors)
    assert layer.losses == []
    np.testing.assert_array_equal(layer(tokens, vectors, training=True), vectors)


@LAYERS
def test_saved_layer_keeps_configuration_context_vectors_and_counts(kind, tmp_path):
    tokens = keras.Input((None,), dtype="int32")
    layer = kind(VOCABULARY, window=3, negative=2.0, pool=5, power=0.5, seed=8, name="sampling")
    model = keras.Model(tokens, layer(tokens, keras.layers.Embedding(VOCABULARY + 1, DIM)(tokens)))
    layer.context.assign(np.random.default_rng(0).normal(size=(VOCABULARY + 1, DIM)).astype(np.float32))
    layer.adapt(np.arange(1, VOCABULARY + 1))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    restored = loaded.get_layer("sampling")
    assert type(restored) is kind
    assert restored.get_config() == layer.get_config()
    assert (restored.window, restored.negative, restored.pool, restored.power, restored.seed) == (3, 2.0, 5, 0.5, 8)
    np.testing.assert_array_equal(restored.context.numpy(), layer.context.numpy())
    expected = np.cumsum(np.arange(1, VOCABULARY + 1) ** 0.5)
    np.testing.assert_allclose(restored.noise.numpy(), expected / expected[-1], rtol=1e-12)
    x, _ = text(2, 40)
    np.testing.assert_array_equal(loaded(x).numpy(), model(x).numpy())


@LAYERS
@pytest.mark.parametrize(
    ("name", "value"), [("window", 0), ("negative", 0.0), ("negative", -1.0), ("negative", VOCABULARY + 1), ("pool", 0)]
)
def test_invalid_arguments_raise(kind, name, value):
    with pytest.raises(ValueError, match=rf"`{name}`, expected .* got {value}"):
        kind(VOCABULARY, **{name: value})
