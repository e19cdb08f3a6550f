"""What every recipe owes that labels texts and series, of equal and of unequal length."""

import numpy as np
import pytest

from seqkit import registry
from seqkit.spec import Spec

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # Attention over a text of one word has nothing to choose from, and Keras says so.
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning"),
]

RECIPES = {name: s for name, s in registry.recipes().items() if (s.module or "").startswith("seqkit.")}
LABELLING = sorted(name for name, s in RECIPES.items() if "classify" in s.constants["TASKS"])
SPECS = {
    "texts": Spec.tokens(length=9, vocabulary=20, classes=3, embedding=5),
    "unequal series": Spec.series(steps=None, features=2, classes=3),
    "equal series": Spec.series(steps=6, features=2, classes=4, multi_label=True),
}
LENGTHS = (9, 1, 3, 6)
READ_TEXTS_ONLY = {"one_hot_conv1d"}
SMALLER = {"transformer": {"layers": 1}}
"""What saves time here and shows no less."""

PAIRS = [(r, k) for r in LABELLING for k in SPECS if k == "texts" or r not in READ_TEXTS_ONLY]


def build(recipe: str, spec: Spec):
    return RECIPES[recipe].load().build_model(spec, **SMALLER.get(recipe, {}))


def predict(model, x: np.ndarray) -> np.ndarray:
    return model(x, training=False).numpy()


@pytest.fixture(scope="module", params=PAIRS, ids=" of ".join)
def labeller(request, randomise):
    """A model of every recipe for every kind of sequence, with random weights; tests leave it as it is."""
    recipe, kind = request.param
    return randomise(build(recipe, SPECS[kind])), SPECS[kind]


@pytest.fixture(scope="module", params=[p for p in PAIRS if SPECS[p[1]].steps is None], ids=" of ".join)
def of_any_length(request, randomise):
    """Of those, the models whose sequences are of unequal length."""
    recipe, kind = request.param
    return randomise(build(recipe, SPECS[kind])), SPECS[kind]


def lengths(spec: Spec) -> tuple[int, ...]:
    return LENGTHS if spec.steps is None else (spec.steps,) * 4


def test_all_but_autoregression_of_the_first_recipes_label_and_transformer_does():
    first = "dense simple_rnn lstm gru recurrent_dropout stacked_gru bidirectional_gru conv1d cnn_rnn transformer"
    assert set(first.split()) <= set(LABELLING)


@pytest.mark.parametrize("recipe", sorted(READ_TEXTS_ONLY))
def test_a_recipe_for_texts_refuses_series(recipe):
    for kind in ("unequal series", "equal series"):
        with pytest.raises(ValueError, match="series"):
            build(recipe, SPECS[kind])


def test_ends_are_those_of_the_spec_and_end_in_a_plain_readout(labeller, sequences):
    model, spec = labeller
    assert (model.input_shape, model.output_shape) == (spec.input_shape, spec.output_shape)
    assert model.output_names == ["logits"]
    assert [x.name for x in model.inputs] == ["tokens" if spec.vocabulary else "window"]
    assert model.get_layer("readout").kernel.shape[1] == spec.classes
    x = sequences(spec, lengths(spec))
    assert predict(model, x).shape == (4, spec.classes)


def test_padding_changes_nothing(of_any_length, sequences):
    model, spec = of_any_length
    together = predict(model, sequences(spec, LENGTHS))
    np.testing.assert_allclose(predict(model, sequences(spec, LENGTHS, time=15)), together, rtol=1e-5, atol=1e-5)
    for row, length in enumerate(LENGTHS):
        alone = sequences(spec, LENGTHS)[row : row + 1, :length]
        np.testing.assert_allclose(predict(model, alone)[0], together[row], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("recipe", LABELLING)
def test_nothing_is_told_by_the_vector_of_the_padding(recipe, sequences, randomise):
    model = randomise(build(recipe, SPECS["texts"]))
    if "embedding" not in [layer.name for layer in model.layers]:
        pytest.skip("reads the words themselves")
    x = sequences(SPECS["texts"], LENGTHS)
    before = predict(model, x)
    vectors = model.get_layer("embedding").embeddings
    vectors.assign(np.concatenate([np.full((1, 5), 100.0, "float32"), vectors.numpy()[1:]]))
    np.testing.assert_array_equal(predict(model, x), before)


def test_a_sequence_is_labelled_by_its_own_steps_first_and_last(labeller, sequences):
    model, spec = labeller
    x = sequences(spec, lengths(spec))
    before = predict(model, x)
    for step in (0, lengths(spec)[0] - 1):
        changed = x.copy()
        changed[0, step] = x[0, step] % 19 + 1 if spec.vocabulary else x[0, step] + 3
        after = predict(model, changed)
        assert np.abs(after[0] - before[0]).max() > 1e-6
        np.testing.assert_allclose(after[1:], before[1:], rtol=1e-5, atol=1e-6)


def test_every_trainable_weight_is_reached_by_the_gradient(labeller, sequences):
    import tensorflow as tf

    model, spec = labeller
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(sequences(spec, lengths(spec)), training=False)[:, 0])
    for variable, gradient in zip(
        model.trainable_variables, tape.gradient(loss, model.trainable_variables), strict=True
    ):
        assert gradient is not None, variable.path
        found = tf.convert_to_tensor(gradient).numpy()
        assert np.isfinite(found).all() and found.any(), variable.path


def test_a_saved_and_loaded_model_predicts_the_same(labeller, sequences, tmp_path):
    import keras

    model, spec = labeller
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    x = sequences(spec, lengths(spec))
    np.testing.assert_array_equal(predict(loaded, x), predict(model, x))


def test_onnx_predicts_the_same_for_one_and_many_short_and_long(labeller, sequences):
    import onnxruntime

    from seqkit.training.export import to_onnx

    model, spec = labeller
    session = onnxruntime.InferenceSession(to_onnx(model), providers=["CPUExecutionProvider"])
    (taken,), (given,) = session.get_inputs(), session.get_outputs()
    assert (taken.name, given.name) == ("tokens" if spec.vocabulary else "window", "logits")
    free = ["batch", "time"] if spec.steps is None else ["batch", spec.steps]
    assert (taken.shape, given.shape) == ([*free, spec.features][: len(taken.shape)], ["batch", spec.classes])
    for chosen in ((1,), (1, 1), (21, 2, 9)) if spec.steps is None else ((6,), (6,) * 5):
        x = sequences(spec, chosen)
        (found,) = session.run(["logits"], {taken.name: x})
        np.testing.assert_allclose(found, predict(model, x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("recipe", LABELLING)
def test_the_same_seed_gives_the_same_model(recipe, sequences):
    import keras

    found = []
    for _ in range(2):
        keras.utils.set_random_seed(7)
        found.append(build(recipe, SPECS["texts"]))
        build(recipe, Spec.tokens(length=5, vocabulary=9, classes=2))
    x = sequences(SPECS["texts"], LENGTHS)
    np.testing.assert_array_equal(predict(found[0], x), predict(found[1], x))
    np.testing.assert_array_equal(found[0](x, training=True).numpy(), found[1](x, training=True).numpy())


@pytest.mark.parametrize("recipe", LABELLING)
def test_tokens_may_have_a_column_each_or_vectors_that_stay_as_they_are(recipe, sequences, randomise):
    columns = Spec.tokens(length=9, vocabulary=20, classes=3, one_hot=True)
    frozen = Spec.tokens(length=9, vocabulary=20, classes=3, embedding=5, tune=False)
    x = sequences(columns, LENGTHS)
    for spec in (columns, frozen):
        model = randomise(build(recipe, spec))
        assert not [v.path for v in model.trainable_variables if "embedding" in v.path]
        longer = sequences(columns, LENGTHS, time=13)
        np.testing.assert_allclose(predict(model, longer), predict(model, x), rtol=1e-5, atol=1e-5)
