"""State carried in and out: a text read in parts equals the text read at once, for every language model."""

from itertools import pairwise

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.errors import SeqkitError, UsageError
from seqkit.layers import _plain_recurrence
from seqkit.registry import find_recipe, recipes
from seqkit.spec import Spec
from seqkit.training.carried_state import CarriedState, check_memory, recurrent_layers, state_sizes
from seqkit.training.export import to_onnx, verify_stepwise
from seqkit.workflows.settings import tasks_of

SPEC = Spec.next_token(vocabulary=20, embedding=6)
LANGUAGE_MODELS = sorted(name for name, recipe in recipes().items() if "generate" in tasks_of(recipe))
TOKENS = np.random.default_rng(0).integers(0, 20, (3, 17)).astype(np.int32)


def build(name: str):
    return find_recipe(name).load().build_model(SPEC)


def called(function, *arguments):
    return tf.function(function)(*map(tf.constant, arguments)).numpy()


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_text_in_parts_equals_the_whole_text(name):
    model = build(name)
    whole = called(lambda tokens: model(tokens, training=False), TOKENS)
    for cuts in ((0, 5, 6, 17), tuple(range(18))):
        state = CarriedState(model, len(TOKENS))
        read = tf.function(lambda tokens, state=state: state.call(tokens, training=False), reduce_retracing=True)
        parts = [read(tf.constant(TOKENS[:, a:b])).numpy() for a, b in pairwise(cuts)]
        np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_onnx_model_read_step_by_step_equals_the_keras_model(name):
    model = build(name)
    content = to_onnx(model, ("tokens", "logits"), stepwise=True)
    assert verify_stepwise(content, model, TOKENS, state_sizes(model)) < 1e-5


def test_model_with_another_memory_than_recurrent_layers_is_refused():
    inputs, x = SPEC.inputs()
    model = keras.Model(inputs, SPEC.outputs(keras.layers.Conv1D(8, 3, padding="causal")(x)))
    content = to_onnx(model, ("tokens", "logits"), stepwise=True)
    with pytest.raises(SeqkitError, match="Use a recipe whose only memory are recurrent layers, such as lstm or gru"):
        verify_stepwise(content, model, TOKENS, state_sizes(model))


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_plain_layers_are_trained_by_the_fast_loop_with_the_outputs_of_keras(name, monkeypatch):
    model, calls, tokens = build(name), [], np.tile(TOKENS, (1, 2))
    recur = _plain_recurrence.recur
    monkeypatch.setattr(_plain_recurrence, "recur", lambda *arguments: calls.append(1) or recur(*arguments))
    monkeypatch.setattr("seqkit.training.carried_state.RESETS", 0.0)
    results = {}
    for training in (True, False):
        state = CarriedState(model, len(tokens))
        read = tf.function(lambda part, state=state, training=training: state.call(part, training=training))
        results[training] = [read(tf.constant(tokens)).numpy() for _ in range(2)]
        assert len(calls) == 1
    np.testing.assert_allclose(results[True], results[False], atol=1e-6)


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_causal_recipes_have_the_memory_of_a_language_model(name):
    check_memory(build(name))


@pytest.mark.parametrize(
    "layer",
    [
        keras.layers.Conv1D(8, 3, padding="causal"),
        keras.layers.Conv1D(8, 3, padding="same"),
        keras.layers.Bidirectional(keras.layers.GRU(4, return_sequences=True)),
    ],
    ids=lambda layer: layer.name,
)
def test_other_memory_is_refused_before_training(layer):
    inputs, x = SPEC.inputs()
    with pytest.raises(UsageError, match="reads a text in parts in another way than at once: it looks at later steps"):
        check_memory(keras.Model(inputs, SPEC.outputs(layer(x)), name="convolution"))


def test_reset_starts_a_text_anew():
    model = build("gru")
    state = CarriedState(model, len(TOKENS))
    first = called(lambda tokens: state.call(tokens, training=False), TOKENS)
    second = called(lambda tokens: state.call(tokens, training=False), TOKENS)
    state.reset()
    again = called(lambda tokens: state.call(tokens, training=False), TOKENS)
    assert np.abs(second - first).max() > 1e-3
    np.testing.assert_array_equal(again, first)


def test_gradient_ends_at_the_start_of_a_part():
    model = build("gru")
    state = CarriedState(model, len(TOKENS))
    (layer,) = recurrent_layers(model)
    table = model.get_layer("embedding").embeddings

    @tf.function
    def gradient():
        with tf.GradientTape() as tape:
            state.call(tf.constant(TOKENS[:, :8]), training=True)
            loss = tf.reduce_sum(state.call(tf.constant(TOKENS[:, 8:]), training=True))
        return tf.convert_to_tensor(tape.gradient(loss, table.value))

    reached = np.flatnonzero(np.abs(gradient().numpy()).sum(axis=1))
    assert set(reached) == set(TOKENS[:, 8:].ravel())
    assert "inner_loop" not in vars(layer)


def test_some_parts_start_from_zeros_in_training_and_none_in_validation(monkeypatch):
    monkeypatch.setattr("seqkit.training.carried_state.RESETS", 0.25)
    model, tokens = build("gru"), np.tile(TOKENS[:1, :1], (64, 1))
    fresh = called(lambda t: model(t, training=False), tokens)[0]

    def share_of_fresh(seed: int, training: bool) -> list[float]:
        state = CarriedState(model, 64, seed)
        read = tf.function(lambda t: state.call(t, training=training))
        outputs = [read(tf.constant(tokens)).numpy() for _ in range(20)]
        return [float(np.isclose(output, fresh, atol=1e-6).all(axis=(1, 2)).mean()) for output in outputs[1:]]

    first = share_of_fresh(0, True)
    assert 0.15 < np.mean(first) < 0.35 and first == share_of_fresh(0, True) != share_of_fresh(1, True)
    assert share_of_fresh(0, False) == [0.0] * 19


def test_states_of_an_lstm_are_two():
    assert state_sizes(build("lstm")) == [32, 32]
    assert state_sizes(build("stacked_gru")) == [32, 32]


def test_states_of_attention_are_keys_and_values_and_which_there_are():
    model = find_recipe("transformer").load().build_model(SPEC, units=8, heads=2, layers=1, context=5)
    assert state_sizes(model) == [4 * 2 * 8, 4]
