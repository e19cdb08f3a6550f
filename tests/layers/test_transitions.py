"""The conditional random field against the enumeration of all sequences of tags."""

from itertools import product

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.layers import Transitions

TAGS = 3


def layer_of(tags: int = TAGS, scale: float = 1.0) -> Transitions:
    """Returns a layer with random weights."""
    layer = Transitions()
    layer.build((None, None, tags))
    layer.weight.assign(np.random.default_rng(0).normal(size=(tags + 1, tags + 1)) * scale)
    return layer


def score_of(tags, logits: np.ndarray, weight: np.ndarray) -> float:
    border = len(weight) - 1
    pairs = zip((border, *tags), (*tags, border), strict=True)
    return sum(logits[step, tag] for step, tag in enumerate(tags)) + sum(weight[pair] for pair in pairs)


@pytest.fixture
def batch() -> tuple[np.ndarray, np.ndarray]:
    """Logits (3, 4, tags) and tags, padded after 4, 1 and 2 steps."""
    rng = np.random.default_rng(1)
    y_true = rng.integers(0, TAGS, (3, 4))
    y_true[1, 1:] = y_true[2, 2:] = -1
    return rng.normal(size=(3, 4, TAGS)).astype("float32"), y_true


@pytest.mark.parametrize("scale", [1.0, 10.0])
def test_loss_is_minus_the_log_probability_among_all_sequences(batch, scale):
    logits, y_true = batch
    layer = layer_of(scale=scale)
    weight = layer.weight.numpy().astype(float)
    for row, found in enumerate(layer.loss(tf.constant(y_true), tf.constant(logits)).numpy()):
        length = int((y_true[row] >= 0).sum())
        every = [score_of(t, logits[row], weight) for t in product(range(TAGS), repeat=length)]
        expected = np.logaddexp.reduce(every) - score_of(y_true[row, :length].tolist(), logits[row], weight)
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_padding_changes_neither_loss_nor_gradients(batch):
    logits, y_true = batch
    layer = layer_of()

    def loss_and_gradients(logits, y_true):
        logits = tf.constant(logits)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = layer.loss(tf.constant(y_true), logits)
        return loss.numpy(), *(g.numpy() for g in tape.gradient(loss, [logits, layer.weight.value]))

    longer = np.concatenate([logits, np.full((3, 5, TAGS), 1e3, np.float32)], axis=1)
    loss, by_logits, by_weight = loss_and_gradients(logits, y_true)
    found, by_longer, by_same = loss_and_gradients(longer, np.pad(y_true, ((0, 0), (0, 5)), constant_values=-1))
    np.testing.assert_allclose(found, loss, rtol=1e-6)
    np.testing.assert_allclose(by_longer[:, :4], by_logits, atol=1e-6)
    assert not by_longer[:, 4:].any()
    np.testing.assert_allclose(by_same, by_weight, atol=1e-6)


def test_gradient_of_the_logits_is_the_probability_of_each_tag_minus_the_truth(batch):
    from seqkit.inference.linear_chain import marginals

    logits, y_true = batch
    layer, x = layer_of(), tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = layer.loss(tf.constant(y_true), x)
    expected = marginals(logits, (y_true >= 0).sum(axis=1), layer.weight.numpy())
    expected -= np.eye(TAGS + 1)[y_true][:, :, :TAGS]
    np.testing.assert_allclose(tape.gradient(loss, x), expected, atol=1e-5)


def test_sequence_without_steps_costs_nothing():
    logits, y_true = tf.zeros((2, 3, TAGS)), tf.constant([[-1, -1, -1], [0, -1, -1]])
    empty, single = layer_of().loss(y_true, logits).numpy()
    assert empty == 0 and single > 0


def test_loss_and_gradient_are_computed_for_any_dynamic_length():
    layer = layer_of()

    def gradients(y_true, logits):
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = tf.reduce_sum(layer.loss(y_true, logits))
        return loss, *tape.gradient(loss, [logits, layer.weight.value])

    signature = [tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None, None, TAGS))]
    compiled = tf.function(gradients, input_signature=signature)
    for steps in (1, 2, 7):
        y_true, logits = tf.zeros((2, steps), tf.int32), tf.ones((2, steps, TAGS))
        for found, expected in zip(compiled(y_true, logits), gradients(y_true, logits), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_gradient_of_the_transitions_is_that_of_finite_differences(batch):
    logits, y_true = (tf.constant(values) for values in batch)
    layer = layer_of()
    weight = layer.weight.numpy()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer.loss(y_true, logits) * [1.0, 2.0, -3.0])
    found = tape.gradient(loss, layer.weight.value).numpy()
    for pair in np.ndindex(weight.shape):
        changed = []
        for step in (1e-2, -1e-2):
            other = weight.copy()
            other[pair] += step
            layer.weight.assign(other)
            changed.append(float(tf.reduce_sum(layer.loss(y_true, logits) * [1.0, 2.0, -3.0])))
        assert found[pair] == pytest.approx((changed[0] - changed[1]) / 2e-2, abs=2e-3)


def test_layer_returns_its_inputs_and_mask():
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(5, TAGS, mask_zero=True)(tokens)
    y = Transitions()(x)
    model = keras.Model(tokens, [x, y])
    before, after = model(np.array([[1, 2, 0]]))
    np.testing.assert_array_equal(before, after)
