"""Inputs and outputs of a tagger."""

import numpy as np
import pytest

from seqkit.spec import Sentences, Spec, Tags

SPEC = Spec.sentences(
    vocabulary=6, tags=3, crf=True, embedding=4, alphabet=5, characters=3, character_filters=2, slots=2, buckets=7
)
WORDS = np.array([[[3, 2, 4, 0, 6, 1], [1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]], "int32")
"""A sentence of two words and padding: word, three characters, two features."""


def test_shapes_and_short_form():
    assert Spec(Sentences(6, 4, 5, 3, 2, 2), Tags(3, True, 2, 7), per_step=True) == SPEC
    assert (SPEC.input_shape, SPEC.output_shape) == ((None, None, 6), (None, None, 3))
    assert SPEC.ends == {"sentences": (None, 6), "logits": (None, 3)}
    assert (SPEC.features, SPEC.steps, SPEC.length, SPEC.vocabulary, SPEC.classes) == (6, None, None, 6, 0)


def test_recipe_reads_word_and_character_vectors_with_a_mask():
    import keras

    inputs, x = SPEC.inputs()
    model = keras.Model(inputs, x)
    read = model(WORDS)
    np.testing.assert_array_equal(read[0, :, :4], model.get_layer("embedding").embeddings.numpy()[[3, 1, 0]])
    np.testing.assert_allclose(read[0, :, 4:], model.get_layer("characters")(WORDS[:, :, 1:4])[0], rtol=1e-6)
    np.testing.assert_array_equal(keras.src.backend.get_keras_mask(read), [[True, True, False]])


def test_sentences_without_characters_are_word_vectors_alone():
    spec = Spec.sentences(vocabulary=6, tags=3, embedding=4)
    inputs, x = spec.inputs()
    assert inputs.shape == (None, None, 21) and x.shape == (None, None, 4) == (None, None, spec.features)


def test_logits_are_a_dense_layer_plus_the_weights_of_the_features():
    import keras

    inputs, x = SPEC.inputs()
    model = keras.Model(inputs, SPEC.outputs(x))
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=weight.shape) for weight in model.weights])
    kernel, bias = model.get_layer("readout").get_weights()
    weights = model.get_layer("feature_weights").get_weights()[0]
    read = keras.Model(inputs, x)(WORDS).numpy()[0]
    expected = read @ kernel + bias + np.array([weights[6] + weights[1], np.zeros(3), np.zeros(3)])
    np.testing.assert_allclose(model(WORDS)[0], expected, rtol=1e-5, atol=1e-6)
    assert model.output_names == ["logits"] and model.get_layer("transitions").weight.shape == (4, 4)


def test_softmax_has_no_transitions_and_no_features_have_no_weights():
    import keras

    spec = Spec.sentences(vocabulary=6, tags=3)
    inputs, x = spec.inputs()
    names = {layer.name for layer in keras.Model(inputs, spec.outputs(x)).layers}
    assert not names & {"transitions", "feature_weights", "emissions"}


def test_dropout_applies_in_training_only():
    import keras

    keras.utils.set_random_seed(0)
    spec = Spec.sentences(vocabulary=6, tags=3, embedding=8, token_dropout=0.5, input_dropout=0.5)
    inputs, x = spec.inputs()
    model = keras.Model(inputs, x)
    words = np.zeros((1, 400, 21), "int32")
    words[:, :, 0] = 2
    vectors = model.get_layer("embedding").embeddings.numpy()
    np.testing.assert_array_equal(model(words)[0], np.tile(vectors[2], (400, 1)))
    trained = model(words, training=True)[0].numpy()
    assert 0.4 < (trained == 0).mean() < 0.6
    is_unknown = np.isin(trained, [0, *(2 * vectors[1])]).all(axis=1)
    assert 0.4 < is_unknown.mean() < 0.6


def test_output_needs_every_step():
    import keras

    with pytest.raises(ValueError, match=r"expected \(batch, time, width\), got \(None, 4\)"):
        SPEC.outputs(keras.Input((4,)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"vocabulary": 1}, "`vocabulary`, expected an integer of at least 2, got 1"),
        ({"tags": 1}, "`tags`, expected an integer of at least 2, got 1"),
        ({"characters": 0}, "`characters`, expected a positive integer, got 0"),
        ({"slots": -1}, "`slots`, expected an integer of at least 0, got -1"),
        ({"buckets": 1}, "`buckets`, expected an integer of at least 2, got 1"),
        ({"token_dropout": 1.0}, r"`token_dropout`, expected a number in \[0, 1\), got 1.0"),
        ({"input_dropout": -0.1}, r"`input_dropout`, expected a number in \[0, 1\), got -0.1"),
        ({"feature_dropout": 1.0}, r"`feature_dropout`, expected a number in \[0, 1\), got 1.0"),
    ],
)
def test_invalid_arguments_raise(options, message):
    with pytest.raises(ValueError, match=message):
        Spec.sentences(**{"vocabulary": 5, "tags": 2, **options})
