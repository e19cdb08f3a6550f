"""The contract of every recipe that tags words."""

import numpy as np
import pytest

from seqkit import registry
from seqkit.spec import Spec

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # Keras warns about a softmax over a single word.
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning"),
]

RECIPES = {name: s for name, s in registry.recipes().items() if (s.module or "").startswith("seqkit.")}
TAGGING = sorted(name for name, s in RECIPES.items() if "tag" in s.constants["TASKS"])
SPEC = Spec.sentences(
    vocabulary=20, tags=3, crf=True, embedding=5, alphabet=9, characters=4, character_filters=3, slots=2, buckets=30
)
LENGTHS = (9, 1, 3, 6)


def sentences(lengths=LENGTHS, time: int = 0, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    batch = np.zeros((len(lengths), max(time, *lengths), SPEC.reads.columns), "int32")
    for row, length in zip(batch, lengths, strict=True):
        row[:length] = rng.integers(1, 9, row[:length].shape)
    return batch


def predict(model, x: np.ndarray) -> np.ndarray:
    return model(x, training=False).numpy()


@pytest.fixture(scope="module", params=TAGGING)
def tagger(request, randomise):
    """A model of each recipe with random weights; tests must not modify it."""
    return randomise(RECIPES[request.param].load().build_model(SPEC))


def test_eight_recipes_tag():
    expected = (
        "bidirectional_gru conv1d gru leaky_rnn lstm peephole_lstm recurrent_dropout simple_rnn stacked_gru transformer"
    )
    assert set(expected.split()) <= set(TAGGING)


def test_inputs_and_outputs_match_the_spec(tagger):
    assert (tagger.input_shape, tagger.output_shape) == (SPEC.input_shape, SPEC.output_shape)
    assert ([x.name for x in tagger.inputs], tagger.output_names) == (["sentences"], ["logits"])


def test_padding_does_not_change_the_logits_of_words(tagger):
    expected, longer = predict(tagger, sentences()), predict(tagger, sentences(time=15))
    for row, length in enumerate(LENGTHS):
        np.testing.assert_allclose(longer[row, :length], expected[row, :length], rtol=1e-5, atol=1e-5)
        alone = predict(tagger, sentences()[row : row + 1, :length])
        np.testing.assert_allclose(alone[0], expected[row, :length], rtol=1e-5, atol=1e-5)


def test_words_have_the_logits_of_their_own_step(tagger):
    x = sentences((7,))
    before, changed = predict(tagger, x), x.copy()
    changed[0, 3, -2:] = x[0, 3, -2:] % 8 + 10  # the features of a word count for that word alone
    after = predict(tagger, changed)
    assert (np.abs(after - before).max(axis=2) > 1e-6).tolist() == [[step == 3 for step in range(7)]]


def test_onnx_gives_the_same_logits_for_any_batch_size_and_length(tagger):
    import onnxruntime

    from seqkit.training.export import to_onnx

    session = onnxruntime.InferenceSession(to_onnx(tagger), providers=["CPUExecutionProvider"])
    (input_,), (output,) = session.get_inputs(), session.get_outputs()
    assert (input_.shape, output.shape) == (["batch", "time", 7], ["batch", "time", 3])
    for lengths in ((1,), (1, 1), (21, 2, 9)):
        x = sentences(lengths)
        (outputs,) = session.run(["logits"], {"sentences": x})
        expected = predict(tagger, x)
        for row, length in enumerate(lengths):
            np.testing.assert_allclose(outputs[row, :length], expected[row, :length], rtol=1e-4, atol=1e-4)


def test_saved_and_loaded_model_gives_the_same_logits(tagger, tmp_path):
    import keras

    tagger.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(predict(loaded, sentences()), predict(tagger, sentences()))


@pytest.mark.parametrize("name", [name for name in TAGGING if "CAUSAL" not in RECIPES[name].constants])
def test_recipes_that_are_not_causal_see_the_words_after(name, randomise):
    model = randomise(RECIPES[name].load().build_model(SPEC))
    x = sentences((7,))
    changed = x.copy()
    changed[0, 4, 0] = x[0, 4, 0] % 8 + 10
    assert np.abs(predict(model, changed) - predict(model, x))[0, 3].max() > 1e-6
