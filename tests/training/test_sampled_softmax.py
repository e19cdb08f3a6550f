"""Training over a sample of the vocabulary, against the whole softmax."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.registry import find_recipe
from seqkit.spec import Spec
from seqkit.training.sampled_softmax import hidden_model, sampled_cross_entropy

VOCABULARY, SAMPLES = 40, 12
RNG = np.random.default_rng(0)
TRAIN = RNG.zipf(1.5, 5000).clip(max=VOCABULARY) - 1
TOKENS, LABELS = (RNG.integers(0, VOCABULARY, (3, 5)).astype(np.int32) for _ in range(2))


@pytest.fixture(scope="module")
def model():
    spec = Spec.next_token(vocabulary=VOCABULARY, embedding=6, tied=True)
    model = find_recipe("lstm").load().build_model(spec, units=8)
    model.set_weights([np.random.default_rng(1).normal(0, 0.7, weight.shape) for weight in model.weights])
    return model


def step_counter():
    return keras.Variable(0, trainable=False, dtype="int32")


def test_hidden_model_ends_before_the_output_layer_and_shares_the_weights(model):
    hidden, table = hidden_model(model)(TOKENS), model.get_layer("embedding")
    logits = hidden.numpy() @ table.embeddings.numpy().T + table.bias.numpy()
    np.testing.assert_allclose(model(TOKENS), logits, atol=1e-5)


def test_mean_over_many_samples_approaches_the_whole_softmax(model):
    step, hidden = step_counter(), hidden_model(model)(TOKENS)
    loss = tf.function(sampled_cross_entropy(model, TRAIN, 400, step, 0))
    values = []
    for number in range(100):
        step.assign(number)
        values.append(loss(LABELS, hidden).numpy())
    expected = tf.nn.sparse_softmax_cross_entropy_with_logits(LABELS, model(TOKENS)).numpy()
    np.testing.assert_allclose(np.mean(values, axis=0), expected, rtol=0.03, atol=0.03)


def test_sample_depends_on_seed_and_step_only(model):
    hidden = hidden_model(model)(TOKENS)

    def value(seed: int, number: int) -> float:
        step = step_counter()
        step.assign(number)
        return float(tf.reduce_sum(sampled_cross_entropy(model, TRAIN, SAMPLES, step, seed)(LABELS, hidden)))

    assert value(1, 5) == value(1, 5) != value(1, 6) != value(2, 6)


def test_logits_give_the_whole_cross_entropy(model):
    loss = sampled_cross_entropy(model, TRAIN, SAMPLES, step_counter(), 0)
    expected = tf.nn.sparse_softmax_cross_entropy_with_logits(LABELS, model(TOKENS))
    np.testing.assert_array_equal(loss(LABELS, model(TOKENS)), expected)


def test_gradient_reaches_the_drawn_and_the_right_tokens_only(model):
    loss, table = sampled_cross_entropy(model, TRAIN, SAMPLES, step_counter(), 0), model.get_layer("embedding")
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(loss(LABELS, tf.stop_gradient(hidden_model(model)(TOKENS))))
    gradient = tape.gradient(value, table.embeddings.value)
    assert isinstance(gradient, tf.IndexedSlices)
    assert len(gradient.indices) == LABELS.size + SAMPLES
