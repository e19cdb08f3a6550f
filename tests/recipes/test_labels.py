"""The contract of every classification recipe, for texts and for series of equal and variable length."""

from dataclasses import replace

import numpy as np
import pytest

from seqkit import registry
from seqkit.spec import Spec
from seqkit.spec.classes import Classes

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # Keras warns about a softmax over a single word.
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning"),
]

RECIPES = {name: s for name, s in registry.recipes().items() if (s.module or "").startswith("seqkit.")}
CLASSIFYING = sorted(name for name, s in RECIPES.items() if "classify" in s.constants["TASKS"])
SPECS = {
    "texts": Spec.tokens(length=9, vocabulary=20, classes=3, embedding=5),
    "variable-length series": Spec.series(steps=None, features=2, classes=3),
    "equal series": Spec.series(steps=6, features=2, classes=4, multi_label=True),
}
LENGTHS = (9, 1, 3, 6)
TEXTS_ONLY, SERIES_ONLY = {"one_hot_conv1d"}, {"random_convolutions"}
SMALL_OPTIONS = {"transformer": {"layers": 1}, "random_convolutions": {"features": 252}}
"""Options that make the tests faster without testing less."""

PAIRS = [(r, k) for r in CLASSIFYING for k in SPECS if r not in (SERIES_ONLY if k == "texts" else TEXTS_ONLY)]
READING_TEXTS = [recipe for recipe in CLASSIFYING if recipe not in SERIES_ONLY]


def build(recipe: str, spec: Spec):
    return RECIPES[recipe].load().build_model(spec, **SMALL_OPTIONS.get(recipe, {}))


def predict(model, x: np.ndarray) -> np.ndarray:
    return model(x, training=False).numpy()


@pytest.fixture(scope="module", params=PAIRS, ids=" of ".join)
def classifier(request, randomise):
    """A model of each recipe for each kind of sequence with random weights; tests must not modify it."""
    recipe, kind = request.param
    return randomise(build(recipe, SPECS[kind])), SPECS[kind]


@pytest.fixture(scope="module", params=[p for p in PAIRS if SPECS[p[1]].steps is None], ids=" of ".join)
def variable_length_classifier(request, randomise):
    """The models among them that read sequences of variable length."""
    recipe, kind = request.param
    return randomise(build(recipe, SPECS[kind])), SPECS[kind]


def lengths(spec: Spec) -> tuple[int, ...]:
    return LENGTHS if spec.steps is None else (spec.steps,) * 4


def test_ten_recipes_classify():
    first = "dense simple_rnn lstm gru recurrent_dropout stacked_gru bidirectional_gru conv1d cnn_rnn transformer"
    assert set(first.split()) <= set(CLASSIFYING)


@pytest.mark.parametrize("recipe", sorted(TEXTS_ONLY))
def test_recipe_for_texts_rejects_series(recipe):
    for kind in ("variable-length series", "equal series"):
        with pytest.raises(ValueError, match="series"):
            build(recipe, SPECS[kind])


@pytest.mark.parametrize("recipe", sorted(SERIES_ONLY))
def test_recipe_for_series_rejects_texts(recipe):
    with pytest.raises(ValueError, match="reads series"):
        build(recipe, SPECS["texts"])


def test_inputs_and_outputs_match_the_spec(classifier, sequences):
    model, spec = classifier
    assert (model.input_shape, model.output_shape) == (spec.input_shape, spec.output_shape)
    assert model.output_names == ["logits"]
    assert [x.name for x in model.inputs] == ["tokens" if spec.vocabulary else "window"]
    assert model.get_layer("readout").kernel.shape[1] == spec.classes
    x = sequences(spec, lengths(spec))
    assert predict(model, x).shape == (4, spec.classes)


def test_padding_does_not_change_predictions(variable_length_classifier, sequences):
    model, spec = variable_length_classifier
    expected = predict(model, sequences(spec, LENGTHS))
    np.testing.assert_allclose(predict(model, sequences(spec, LENGTHS, time=15)), expected, rtol=1e-5, atol=1e-5)
    for row, length in enumerate(LENGTHS):
        unpadded = sequences(spec, LENGTHS)[row : row + 1, :length]
        np.testing.assert_allclose(predict(model, unpadded)[0], expected[row], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("recipe", READING_TEXTS)
def test_padding_embedding_does_not_change_predictions(recipe, sequences, randomise):
    model = randomise(build(recipe, SPECS["texts"]))
    if "embedding" not in [layer.name for layer in model.layers]:
        pytest.skip("reads tokens without an embedding")
    x = sequences(SPECS["texts"], LENGTHS)
    before = predict(model, x)
    vectors = model.get_layer("embedding").embeddings
    vectors.assign(np.concatenate([np.full((1, 5), 100.0, "float32"), vectors.numpy()[1:]]))
    np.testing.assert_array_equal(predict(model, x), before)


def test_prediction_depends_on_first_and_last_step_of_its_own_sequence_only(classifier, sequences):
    model, spec = classifier
    x = sequences(spec, lengths(spec))
    before = predict(model, x)
    for step in (0, lengths(spec)[0] - 1):
        changed = x.copy()
        changed[0, step] = x[0, step] % 19 + 1 if spec.vocabulary else x[0, step] + 3
        after = predict(model, changed)
        assert np.abs(after[0] - before[0]).max() > 1e-6
        np.testing.assert_allclose(after[1:], before[1:], rtol=1e-5, atol=1e-6)


def test_every_trainable_weight_has_a_gradient(classifier, sequences):
    import tensorflow as tf

    model, spec = classifier
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(sequences(spec, lengths(spec)), training=False)[:, 0])
    for variable, gradient in zip(
        model.trainable_variables, tape.gradient(loss, model.trainable_variables), strict=True
    ):
        assert gradient is not None, variable.path
        values = tf.convert_to_tensor(gradient).numpy()
        assert np.isfinite(values).all() and values.any(), variable.path


def test_saved_and_loaded_model_gives_the_same_predictions(classifier, sequences, tmp_path):
    import keras

    model, spec = classifier
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    x = sequences(spec, lengths(spec))
    np.testing.assert_array_equal(predict(loaded, x), predict(model, x))


def test_onnx_gives_the_same_predictions_for_any_batch_size_and_length(classifier, sequences):
    import onnxruntime

    from seqkit.training.export import to_onnx

    model, spec = classifier
    session = onnxruntime.InferenceSession(to_onnx(model), providers=["CPUExecutionProvider"])
    (input_,), (output,) = session.get_inputs(), session.get_outputs()
    assert (input_.name, output.name) == ("tokens" if spec.vocabulary else "window", "logits")
    axes = ["batch", "time"] if spec.steps is None else ["batch", spec.steps]
    assert (input_.shape, output.shape) == ([*axes, spec.features][: len(input_.shape)], ["batch", spec.classes])
    for batch_lengths in ((1,), (1, 1), (21, 2, 9)) if spec.steps is None else ((6,), (6,) * 5):
        x = sequences(spec, batch_lengths)
        (outputs,) = session.run(["logits"], {input_.name: x})
        np.testing.assert_allclose(outputs, predict(model, x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("recipe", CLASSIFYING)
def test_seed_determines_the_model(recipe, sequences):
    import keras

    spec = SPECS["variable-length series" if recipe in SERIES_ONLY else "texts"]
    models = []
    for classes in (2, 5):
        keras.utils.set_random_seed(7)
        models.append(build(recipe, spec))
        build(recipe, replace(spec, gives=Classes(classes)))
    x = sequences(spec, LENGTHS)
    np.testing.assert_array_equal(predict(models[0], x), predict(models[1], x))
    np.testing.assert_array_equal(models[0](x, training=True).numpy(), models[1](x, training=True).numpy())


@pytest.mark.parametrize("recipe", READING_TEXTS)
def test_one_hot_tokens_and_frozen_vectors_add_no_trainable_embedding(recipe, sequences, randomise):
    one_hot = Spec.tokens(length=9, vocabulary=20, classes=3, one_hot=True)
    frozen = Spec.tokens(length=9, vocabulary=20, classes=3, embedding=5, tune=False)
    x = sequences(one_hot, LENGTHS)
    for spec in (one_hot, frozen):
        model = randomise(build(recipe, spec))
        assert not [v.path for v in model.trainable_variables if "embedding" in v.path]
        longer = sequences(one_hot, LENGTHS, time=13)
        np.testing.assert_allclose(predict(model, longer), predict(model, x), rtol=1e-5, atol=1e-5)
