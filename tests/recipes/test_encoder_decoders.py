"""Recipes with a decoder: they look back in the target only, ignore padding, and are cut into encoder and decoder."""

import numpy as np
import pytest

from seqkit.inference.decoding import EncoderDecoder
from seqkit.inference.sessions import session_of
from seqkit.registry import find_recipe
from seqkit.spec import Spec
from seqkit.training.encoder_decoder import cut, to_onnx_parts, verify_parts

pytestmark = pytest.mark.filterwarnings(r"ignore:[\s\S]*You are using a softmax over axis:UserWarning")  # of one token

RECIPES = {
    "encoder_decoder": {"units": 12},
    "attention_encoder_decoder": {"units": 12},
    "transformer_encoder_decoder": {"units": 12, "heads": 2, "layers": 2, "feedforward": 16},
}
SPEC = Spec.translation(source_vocabulary=20, target_vocabulary=15, embedding=8)
WITH_ATTENTION = ["attention_encoder_decoder", "transformer_encoder_decoder"]


@pytest.fixture(scope="module", params=sorted(RECIPES))
def name(request):
    return request.param


@pytest.fixture(scope="module")
def model(name, randomise):
    """A model with random weights; tests must not modify it."""
    return randomise(find_recipe(name).load().build_model(SPEC, **RECIPES[name]))


@pytest.fixture(scope="module")
def parts(model):
    return EncoderDecoder(*map(session_of, to_onnx_parts(cut(model), SPEC)))


def tokens(rows: int, time: int, vocabulary: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, vocabulary, (rows, time)).astype(np.int32)


def padded_sources() -> np.ndarray:
    source = tokens(4, 7, SPEC.vocabulary)
    source[1, 5:] = source[2, 1:] = source[3, 3:] = 0
    return source


def logits_of(model, source, previous) -> np.ndarray:
    outputs = model([source, previous], training=False)
    return np.asarray(outputs[0] if isinstance(outputs, list) else outputs)


def test_shapes_are_those_of_the_spec(name, model):
    assert [tensor.shape for tensor in model.inputs] == [(None, None), (None, None)]
    assert model.outputs[0].shape == SPEC.output_shape == (None, None, 15)
    assert [tensor.shape for tensor in model.outputs[1:]] == [(None, None, None)] * (name in WITH_ATTENTION)


def test_later_target_tokens_do_not_change_earlier_logits(model):
    source, previous = padded_sources(), tokens(4, 6, 15, seed=1)
    changed = previous.copy()
    changed[:, 3:] = tokens(4, 3, 15, seed=2)
    before, after = logits_of(model, source, previous), logits_of(model, source, changed)
    np.testing.assert_allclose(after[:, :3], before[:, :3], atol=1e-6)
    assert (np.abs(after[:, 3:] - before[:, 3:]) > 1e-4).any(axis=(1, 2)).all()


def test_source_changes_the_logits_and_its_padding_does_not(model):
    source, previous = padded_sources(), tokens(4, 5, 15, seed=1)
    expected = logits_of(model, source, previous)
    for row in range(4):
        alone = source[row : row + 1, source[row] != 0]
        np.testing.assert_allclose(logits_of(model, alone, previous[row : row + 1])[0], expected[row], atol=1e-5)
        if alone.shape[1] > 1:
            other = logits_of(model, alone[:, ::-1], previous[row : row + 1])
            assert np.abs(other[0] - expected[row]).max() > 1e-4


def test_decoder_step_by_step_in_onnx_equals_the_whole_target_in_keras(model):
    parts = to_onnx_parts(cut(model), SPEC)
    assert verify_parts(*parts, model, padded_sources(), tokens(4, 6, 15, seed=3)) < 1e-5


@pytest.mark.parametrize("name", WITH_ATTENTION, indirect=True)
def test_attention_sums_to_one_and_is_zero_on_padding(model, parts):
    source, previous = padded_sources(), tokens(4, 6, 15, seed=4)
    weights = parts.attention(source, previous)
    np.testing.assert_allclose(weights, np.asarray(model([source, previous])[1]), atol=1e-5)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)
    assert (weights[np.broadcast_to(source[:, None] == 0, weights.shape)] == 0).all()


def test_each_trainable_weight_gets_a_gradient(model):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        outputs = model([padded_sources(), tokens(4, 6, 15)], training=True)
        loss = tf.reduce_sum(tf.square(outputs[0] if isinstance(outputs, list) else outputs))
    gradients = tape.gradient(loss, model.trainable_variables)
    for gradient, variable in zip(gradients, model.trainable_variables, strict=True):
        assert gradient is not None, variable.path
        assert np.abs(np.asarray(tf.convert_to_tensor(gradient))).max() > 0 or "key/bias" in variable.path


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_options_change_the_model(name):
    build = find_recipe(name).load().build_model
    default = build(SPEC, **RECIPES[name]).to_json()
    for option in find_recipe(name).options("build_model"):
        value = RECIPES[name].get(option.name, option.default)
        value = not value if option.kind is bool else value + 1 if option.kind is int else value / 2
        assert build(SPEC, **{**RECIPES[name], option.name: value}).to_json() != default, option.name


def test_saved_and_loaded_model_gives_the_same_logits(model, tmp_path):
    import keras

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    source, previous = padded_sources(), tokens(4, 5, 15)
    np.testing.assert_array_equal(logits_of(loaded, source, previous), logits_of(model, source, previous))
