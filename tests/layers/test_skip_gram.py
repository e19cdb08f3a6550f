"""`SkipGram` pair by pair, and what it shares with `BagOfWords`: windows, draws, settings."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit

from seqkit.layers import BagOfWords, SkipGram

VOCABULARY, DIM, TINY = 7, 3, 1e-7
LAYERS = pytest.mark.parametrize("kind", [SkipGram, BagOfWords])


def made(kind: Any = SkipGram, **options: Any) -> Any:
    """Returns a built layer whose second vectors are random numbers."""
    layer = kind(VOCABULARY, **{"seed": 3, **options})
    layer.build((None, None), (None, None, DIM))
    context = np.random.default_rng(1).normal(size=(VOCABULARY + 1, DIM))
    layer.context.assign(context.astype(np.float32))
    return layer


def text(rows: int, time: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Returns word numbers with line ends among them, and their vectors."""
    rng = np.random.default_rng(seed)
    tokens = rng.integers(1, VOCABULARY + 1, (rows, time)).astype(np.int32)
    tokens[rng.random((rows, time)) < 0.15] = 0
    return tokens, rng.normal(size=(rows, time, DIM)).astype(np.float32)


def neighbours(layer: Any, near: np.ndarray, rows: int) -> list[tuple[int, int, int]]:
    """Returns which word stands in the window of which: row, place of the middle, place of the other."""
    chunks = len(near) // rows
    return [
        (
            int(k) // chunks,
            int(k) % chunks * layer.chunk + int(a),
            int(k) % chunks * layer.chunk + int(b) - layer.window,
        )
        for k, a, b in np.argwhere(near)
    ]


def drawn_for(layer: Any, draws: np.ndarray, rows: int, row: int, place: int) -> np.ndarray:
    return draws[row * (len(draws) // rows) + place // layer.group]


def one_loss(layer: Any, tokens: Any, vectors: Any) -> float:
    layer(tokens, vectors, training=True)
    (loss,) = layer.losses
    return float(loss)


@pytest.mark.parametrize(("time", "window"), [(256, 2), (300, 5), (70, 8), (512, 20)])
def test_loss_is_the_sum_over_pairs_of_neighbours_and_their_share_of_the_words_drawn(time, window, watched):
    layer = made(window=window, negative=3.0, pool=4)
    seen = watched(layer)
    tokens, vectors = text(3, time)
    loss = one_loss(layer, tokens, vectors)
    context = layer.context.numpy().astype(float)
    expected = 0.0
    for row, middle, other in neighbours(layer, seen["_near"], 3):
        vector = vectors[row, middle].astype(float)
        expected -= np.log(expit(vector @ context[tokens[row, other]]) + TINY)
        for word in drawn_for(layer, seen["_draw"], 3, row, middle):
            expected -= 3.0 / 4 * np.log(expit(-vector @ context[word]) + TINY)
    assert expected > 0
    np.testing.assert_allclose(loss, expected / (tokens > 0).sum(), rtol=1e-5)


def test_gradient_is_that_of_the_formula_by_automatic_differentiation(watched):
    layer = made(window=3, negative=2.5, pool=3)
    seen = watched(layer)
    tokens, vectors = text(2, 270)
    given = tf.constant(vectors)
    with tf.GradientTape() as tape:
        tape.watch(given)
        layer(tokens, given, training=True)
        loss = layer.losses[0] * 5.0
    to_vectors, to_context = tape.gradient(loss, [given, layer.context.value])
    place = np.array(neighbours(layer, seen["_near"], 2))
    draws = np.stack([drawn_for(layer, seen["_draw"], 2, row, middle) for row, middle, _ in place])
    first, second = tf.constant(vectors, tf.float64), tf.constant(layer.context.numpy(), tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([first, second])
        middle = tf.gather_nd(first, place[:, :2])
        true = tf.reduce_sum(middle * tf.gather(second, tokens[place[:, 0], place[:, 2]]), axis=1)
        false = tf.einsum("pd,pnd->pn", middle, tf.gather(second, draws))
        total = tf.reduce_sum(tf.nn.softplus(-true)) + 2.5 / 3 * tf.reduce_sum(tf.nn.softplus(false))
        loss = total / (tokens > 0).sum() * 5.0
    expected_vectors, expected_context = tape.gradient(loss, [first, second])
    np.testing.assert_allclose(to_vectors, tf.convert_to_tensor(expected_vectors), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        tf.convert_to_tensor(to_context), tf.convert_to_tensor(expected_context), rtol=1e-4, atol=1e-6
    )


@LAYERS
@pytest.mark.parametrize("window", [1, 4, 9])
def test_a_window_is_what_lies_within_one_reach_up_to_the_ends_of_line_and_row(kind, window, watched):
    layer = made(kind, window=window)
    seen = watched(layer)
    tokens, vectors = text(3, 300)
    one_loss(layer, tokens, vectors)
    found: dict[tuple[int, int], set[int]] = {}
    for row, middle, other in neighbours(layer, seen["_near"], 3):
        found.setdefault((row, middle), set()).add(other)
    assert found
    for row in range(3):
        for middle in range(300):
            line = set()
            for step in (-1, 1):
                other = middle + step
                while 0 <= other < 300 and tokens[row, other]:
                    line.add(other)
                    other += step
            windows = [{o for o in line if abs(o - middle) <= reach} for reach in range(1, window + 1)]
            expected = windows if tokens[row, middle] else [set()]
            assert found.pop((row, middle), set()) in expected, (row, middle)
    assert not found, "nothing lies in the window of a place that is not there"


def test_every_reach_up_to_the_window_is_equally_likely_and_drawn_anew(watched):
    layer = made(window=4)
    seen = watched(layer)
    tokens, vectors = np.ones((4, 1024), np.int32), np.zeros((4, 1024, DIM), np.float32)
    one_loss(layer, tokens, vectors)
    reach = seen["_near"].sum(axis=2).reshape(4, 1024)[:, 4:-4] / 2
    shares = [(reach == r).mean() for r in range(1, 5)]
    np.testing.assert_allclose(shares, 0.25, atol=0.03)
    before = seen["_near"]
    one_loss(layer, tokens, vectors)
    assert not np.array_equal(seen["_near"], before)


def test_words_are_drawn_in_proportion_to_the_power_of_their_counts_and_absent_ones_never():
    counts = np.array([1000, 0, 300, 50, 8, 1, 0])
    for power in (0.75, 1.0):
        layer = made(pool=64, power=power)
        layer.adapt(counts)
        found = np.bincount(layer._draw(2000).numpy().ravel(), minlength=8)[1:]
        expected = counts**power / (counts**power).sum() * 2000 * 64
        assert (found[counts == 0] == 0).all()
        there = counts > 0
        chi_square = ((found - expected)[there] ** 2 / expected[there]).sum()
        assert chi_square < 18.5  # four degrees of freedom: exceeded once in a thousand times


def test_all_words_are_drawn_equally_often_before_it_is_adapted():
    found = np.bincount(made(pool=64)._draw(2000).numpy().ravel(), minlength=8)
    assert found[0] == 0
    np.testing.assert_allclose(found[1:] / found.sum(), 1 / VOCABULARY, rtol=0.05)


@LAYERS
def test_a_row_of_any_length_has_the_loss_of_one_filled_up_with_zeros(kind):
    tokens, vectors = text(2, 300)
    more = (0, -300 % made(kind).group)
    filled = np.pad(tokens, [(0, 0), more]), np.pad(vectors, [(0, 0), more, (0, 0)], constant_values=9.0)
    assert one_loss(made(kind), tokens, vectors) == pytest.approx(one_loss(made(kind), *filled), rel=1e-6)


@LAYERS
def test_without_any_pair_the_loss_is_zero(kind):
    tokens = np.zeros((1, 256), np.int32)
    vectors = np.ones((1, 256, DIM), np.float32)
    assert one_loss(made(kind), tokens, vectors) == 0
    tokens[0, ::2] = 3
    assert one_loss(made(kind), tokens, vectors) == 0


@LAYERS
def test_the_same_seed_gives_the_same_losses_and_another_one_others(kind):
    given = text(1, 256)
    first, again, other = made(kind), made(kind), made(kind, seed=4)
    losses = [one_loss(first, *given) for _ in range(2)]
    assert losses == [one_loss(again, *given) for _ in range(2)]
    assert losses[0] != losses[1]
    assert one_loss(other, *given) != losses[0]


@LAYERS
def test_prediction_gives_the_vectors_on_and_adds_no_loss(kind):
    layer = made(kind)
    tokens, vectors = text(2, 30)
    np.testing.assert_array_equal(layer(tokens, vectors), vectors)
    assert layer.losses == []
    np.testing.assert_array_equal(layer(tokens, vectors, training=True), vectors)


@LAYERS
def test_it_is_saved_with_its_settings_second_vectors_and_counts(kind, tmp_path):
    tokens = keras.Input((None,), dtype="int32")
    layer = kind(VOCABULARY, window=3, negative=2.0, pool=5, power=0.5, seed=8, name="sampling")
    model = keras.Model(tokens, layer(tokens, keras.layers.Embedding(VOCABULARY + 1, DIM)(tokens)))
    layer.context.assign(np.random.default_rng(0).normal(size=(VOCABULARY + 1, DIM)).astype(np.float32))
    layer.adapt(np.arange(1, VOCABULARY + 1))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    again = loaded.get_layer("sampling")
    assert type(again) is kind
    assert again.get_config() == layer.get_config()
    assert (again.window, again.negative, again.pool, again.power, again.seed) == (3, 2.0, 5, 0.5, 8)
    np.testing.assert_array_equal(again.context.numpy(), layer.context.numpy())
    expected = np.cumsum(np.arange(1, VOCABULARY + 1) ** 0.5)
    np.testing.assert_allclose(again.noise.numpy(), expected / expected[-1], rtol=1e-12)
    x, _ = text(2, 40)
    np.testing.assert_array_equal(loaded(x).numpy(), model(x).numpy())


@LAYERS
@pytest.mark.parametrize(
    ("name", "value"), [("window", 0), ("negative", 0.0), ("negative", -1.0), ("negative", VOCABULARY + 1), ("pool", 0)]
)
def test_settings_without_sense_are_refused(kind, name, value):
    with pytest.raises(ValueError, match=rf"`{name}`, expected .* got {value}"):
        kind(VOCABULARY, **{name: value})
