"""The contract of every recipe that learns word vectors."""

import math

import keras
import numpy as np
import pytest

from seqkit import registry
from seqkit.spec import Spec

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RECIPES = {name: s for name, s in registry.recipes().items() if (s.module or "").startswith("seqkit.")}
EMBEDDING = sorted(name for name, s in RECIPES.items() if "embed" in s.constants["TASKS"])
SPECS = {
    "words": Spec.words(vocabulary=12, dim=5),
    "words and n-grams": Spec.words(vocabulary=12, dim=5, buckets=9, ngrams=24),
}


def build(recipe: str, spec: Spec, **options):
    model = RECIPES[recipe].load().build_model(spec, **options)
    if spec.reads.buckets:  # Each word has two n-grams.
        model.get_layer("embedding").adapt(np.arange(24) % 9, np.arange(0, 25, 2))
    return model


def text(rows: int, time: int) -> np.ndarray:
    """Returns random word ids with all words and some line ends."""
    return np.random.default_rng(0).integers(0, 13, (rows, time)).astype("int32")


@pytest.fixture(params=EMBEDDING)
def recipe(request):
    return request.param


@pytest.fixture(scope="module", params=[(r, k) for r in EMBEDDING for k in SPECS], ids=" of ".join)
def model(request, randomise):
    """A model of each recipe for each kind of vectors with random weights; tests must not modify it."""
    name, kind = request.param
    return randomise(build(name, SPECS[kind]))


def sampling(model):
    """Returns the layer that adds the loss."""
    from seqkit.layers.negative_sampling import NegativeSampling

    (layer,) = (layer for layer in model.layers if isinstance(layer, NegativeSampling))
    return layer


def test_skipgram_and_cbow_learn_word_vectors():
    assert {"skipgram", "cbow"} <= set(EMBEDDING)


def test_output_is_the_vector_of_each_word(model):
    assert model.input_shape == (None, None)
    assert model.output_shape == (None, None, 5)
    tokens = text(3, 40)
    outputs = model(tokens, training=False).numpy()
    assert outputs.shape == (3, 40, 5)
    embedding = model.get_layer("embedding")
    ids = np.arange(13)
    table = embedding.vectors(ids).numpy() if hasattr(embedding, "vectors") else embedding.get_weights()[0]
    np.testing.assert_allclose(outputs, table[tokens], rtol=1e-6)


def test_model_has_one_loss_in_training_and_none_in_prediction(model):
    tokens = text(2, 30)
    model(tokens, training=True)
    (loss,) = model.losses
    assert math.isfinite(float(loss)) and float(loss) > 0
    model(tokens, training=False)
    assert model.losses == []


@pytest.mark.parametrize("kind", SPECS)
def test_one_training_step_changes_every_trainable_weight(recipe, kind, randomise):
    model = randomise(build(recipe, SPECS[kind]))
    before = [v.numpy().copy() for v in model.trainable_variables]
    assert len(before) == (2 if kind == "words" else 3)
    model.compile(keras.optimizers.SGD(0.1), run_eagerly=True)
    assert math.isfinite(model.train_on_batch(text(4, 60)))
    for old, variable in zip(before, model.trainable_variables, strict=True):
        assert not np.array_equal(old, variable.numpy()), variable.path


def test_every_option_is_passed_to_the_loss_layer(recipe):
    for option in RECIPES[recipe].options("build_model"):
        for value in (option.kind(option.interval.low) + 1, option.kind(option.default) + 1):
            built = build(recipe, SPECS["words"], **{option.name: value})
            assert getattr(sampling(built), option.name) == value
            built(text(2, 300), training=True)
            assert math.isfinite(float(built.losses[0]))


def test_saved_and_loaded_model_gives_the_same_vectors_and_loss(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    tokens = text(2, 50)
    np.testing.assert_array_equal(loaded(tokens).numpy(), model(tokens).numpy())
    sampling(loaded).generator.state.assign(sampling(model).generator.state)
    for m in (model, loaded):
        m(tokens, training=True)
    assert float(loaded.losses[0]) == float(model.losses[0])


@pytest.mark.parametrize("kind", SPECS)
def test_seed_determines_the_model_whatever_was_built_before(recipe, kind):
    models = []
    for other in SPECS.values():
        keras.utils.set_random_seed(7)
        models.append(build(recipe, SPECS[kind]))
        build(recipe, other)
    first, second = models
    tokens = text(2, 30)
    np.testing.assert_array_equal(first(tokens).numpy(), second(tokens).numpy())
    losses = []
    for m in models:
        m(tokens, training=True)
        losses.append(float(m.losses[0]))
    assert losses[0] == losses[1]
    assert [v.path for v in first.weights] == [v.path for v in second.weights]
