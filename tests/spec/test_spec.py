"""Model inputs and outputs."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from seqkit.spec import SERIES_PAD, Forecast, Spec, Window

TOKENS = Spec.tokens(length=9, vocabulary=6, classes=3, embedding=4)


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def test_target_defaults_to_the_first_column():
    assert Spec.series(steps=4, features=3).targets == (0,)
    assert Spec.series(steps=4, features=1).targets == (0,)
    assert Spec.series(steps=4, features=3, targets=[2, 0]).targets == (2, 0)


def test_horizon_defaults_to_one():
    assert Spec.series(steps=4, features=3).horizon == 1
    assert Spec.series(steps=4, features=3, outputs=24).horizon == 24


def test_specs_compare_by_value():
    spec = Spec.series(steps=4, features=3)
    assert spec == Spec(Window(4, 3), Forecast(1, (0,)))
    assert len({spec, Spec.series(steps=4, features=3)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.steps = 5


@pytest.mark.parametrize("argument", ["steps", "features", "outputs"])
@pytest.mark.parametrize("value", [0, -1, 2.0, "2", None])
def test_length_that_is_not_a_positive_integer_raises(argument, value):
    with pytest.raises(ValueError, match=f"`{argument}`, expected a positive integer, got {value!r}"):
        Spec.series(**{"steps": 2, "features": 2, argument: value})


@pytest.mark.parametrize("targets", [(), (2,), (-1,), (0, 0), (0, 2)])
def test_targets_that_are_not_columns_raise(targets):
    with pytest.raises(ValueError, match="`targets`, expected distinct positions from 0 to 1"):
        Spec.series(steps=2, features=2, targets=targets)


def test_inputs_are_windows_with_a_dynamic_batch():
    inputs, x = Spec.series(steps=4, features=3).inputs()
    assert inputs.name == "window"
    assert inputs.shape == x.shape == (None, 4, 3)


def test_single_readout_predicts_all_targets_at_each_step():
    import keras

    spec = Spec.series(steps=2, features=3, outputs=2, targets=(0, 2))
    features = keras.Input((5,))
    model = keras.Model(features, spec.outputs(features))
    x = numbers(4, 5)
    kernel = model.get_layer("readout").kernel
    kernel.assign(numbers(5, 4, seed=1))
    flat = x @ kernel.numpy()
    actual = model(x).numpy()
    assert actual.shape == (4, 2, 2)
    for step in range(2):
        for target in range(2):
            np.testing.assert_allclose(actual[:, step, target], flat[:, 2 * step + target], rtol=1e-5, atol=1e-6)


def test_shared_readout_is_applied_to_the_row_of_each_target():
    import keras

    spec = Spec.series(steps=2, features=3, outputs=4, targets=(0, 2))
    features = keras.Input((2, 5))
    model = keras.Model(features, spec.outputs(features))
    x = numbers(3, 2, 5)
    kernel = model.get_layer("readout").kernel
    assert kernel.shape == (5, 4)
    kernel.assign(numbers(5, 4, seed=1))
    actual = model(x).numpy()
    assert actual.shape == (3, 4, 2)
    for target in range(2):
        np.testing.assert_allclose(actual[:, :, target], x[:, target] @ kernel.numpy(), rtol=1e-5, atol=1e-6)


def test_shared_readout_is_applied_to_each_segment_of_the_horizon():
    import keras

    spec = Spec.series(steps=2, features=3, outputs=5, targets=(0, 2))
    features = keras.Input((2, 3, 4))
    model = keras.Model(features, spec.outputs(features))
    x, kernel = numbers(2, 2, 3, 4), model.get_layer("readout").kernel
    assert kernel.shape == (4, 2)  # two steps a segment; the last one has only one
    kernel.assign(numbers(4, 2, seed=1))
    actual = model(x).numpy()
    assert actual.shape == (2, 5, 2)
    for step in range(5):
        expected = x[:, :, step // 2] @ kernel.numpy()[:, step % 2]
        np.testing.assert_allclose(actual[:, step], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(3, 5), (3, 2, 5), (2, 2, 3, 5)])
def test_unexpected_shape_raises(shape):
    import keras

    spec = Spec.series(steps=2, features=3, targets=(0, 2))
    with pytest.raises(
        ValueError, match=r"expected \(batch, width\), \(batch, 2, width\) or \(batch, 2, segments, width\)"
    ):
        spec.outputs(keras.Input(shape))


def test_classification_has_no_horizon():
    spec = Spec.series(steps=8, features=3, classes=4, multi_label=True)
    assert (spec.classes, spec.gives.multi_label, spec.horizon, spec.targets) == (4, True, 0, ())
    assert Spec.series(steps=8, features=3).classes == 0


def test_shapes_have_none_for_dynamic_dimensions():
    assert Spec.series(steps=8, features=3, outputs=5).input_shape == (None, 8, 3)
    assert Spec.series(steps=8, features=3, outputs=5, targets=(0, 2)).output_shape == (None, 5, 2)
    assert Spec.series(steps=None, features=3, classes=4).input_shape == (None, None, 3)
    assert TOKENS.input_shape == (None, None)
    assert TOKENS.output_shape == (None, 3)


def test_maximum_length_is_given_if_known():
    assert Spec.series(steps=8, features=3).length == 8
    assert Spec.series(steps=None, features=3, classes=2).length is None
    assert (TOKENS.steps, TOKENS.length) == (None, 9)


def test_only_classification_accepts_variable_lengths():
    assert Spec.series(steps=None, features=2, classes=2).steps is None
    with pytest.raises(ValueError, match="`steps`, expected a positive integer, got None"):
        Spec.series(steps=None, features=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": 1}, "`classes`, expected an integer of at least 2, got 1"),
        ({"classes": 0, "multi_label": True}, "`classes`, expected a positive integer, got 0"),
        ({"classes": 2, "outputs": 3}, "`outputs` and `targets` define a forecast"),
        ({"classes": 2, "targets": (0,)}, "`outputs` and `targets` define a forecast"),
        ({"multi_label": True}, "`multi_label` needs a classification: set `classes`, too"),
        ({"classes": 2, "steps": 0}, "`steps`, expected a positive integer, got 0"),
    ],
)
def test_invalid_classes_raise(options, message):
    with pytest.raises(ValueError, match=message):
        Spec.series(**{"steps": 4, "features": 2, **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": 0}, "`length`, expected a positive integer, got 0"),
        ({"vocabulary": 1}, "`vocabulary`, expected an integer of at least 2, got 1"),
        ({"embedding": True}, "`embedding`, expected a positive integer, got True"),
        ({"classes": 1}, "`classes`, expected an integer of at least 2, got 1"),
        ({"token_dropout": 1.0}, r"`token_dropout`, expected a number in \[0, 1\), got 1.0"),
        ({"vocabulary": 1001, "one_hot": True}, "1001 tokens are too many for one-hot tokens, expected at most 1000"),
    ],
)
def test_invalid_tokens_raise(options, message):
    with pytest.raises(ValueError, match=message):
        Spec.tokens(**{"length": 4, "vocabulary": 5, "classes": 2, **options})


def read(spec: Spec, x: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """What a recipe reads of an input, and the mask it carries."""
    import keras

    inputs, read = spec.inputs()
    steps = keras.Model(inputs, read)(x)
    mask = keras.src.backend.get_keras_mask(steps)
    return steps.numpy(), None if mask is None else mask.numpy()


def test_tokens_are_embedded_and_padding_is_masked():
    import keras

    tokens, x = TOKENS.inputs()
    assert (tokens.name, tokens.shape, tokens.dtype) == ("tokens", (None, None), "int32")
    assert x.shape == (None, None, 4)
    model = keras.Model(tokens, x)
    ids = np.array([[3, 1, 0], [2, 0, 0]], "int32")
    actual = model(ids)
    vectors = model.get_layer("embedding").get_weights()[0]
    assert vectors.shape == (6, 4)
    np.testing.assert_array_equal(actual.numpy(), vectors[ids])
    np.testing.assert_array_equal(keras.src.backend.get_keras_mask(actual), [[1, 1, 0], [1, 0, 0]])


def test_embedding_is_frozen_without_tune():
    import keras

    for tune in (True, False):
        tokens, x = Spec.tokens(length=9, vocabulary=6, classes=3, tune=tune).inputs()
        assert len(keras.Model(tokens, x).trainable_variables) == tune


def test_token_dropout_applies_in_training_only():
    import keras

    keras.utils.set_random_seed(0)
    tokens, x = Spec.tokens(length=9, vocabulary=6, classes=3, token_dropout=0.25).inputs()
    model = keras.Model(tokens, x)
    ids = np.repeat([[2, 3, 4, 5, 0]], 500, axis=0).astype("int32")
    vectors = model.get_layer("embedding").get_weights()[0]
    np.testing.assert_array_equal(model(ids).numpy(), vectors[ids])
    learning = model(ids, training=True)
    unknown = (learning.numpy() == vectors[1]).all(axis=2)
    assert 0.2 < unknown[:, :4].mean() < 0.3 and not unknown[:, 4].any()
    np.testing.assert_array_equal(keras.src.backend.get_keras_mask(learning), ids != 0)


def test_one_hot_tokens_have_one_column_each_except_padding():
    spec = Spec.tokens(length=9, vocabulary=4, classes=3, one_hot=True)
    actual, mask = read(spec, np.array([[3, 1, 2, 0], [2, 0, 0, 0]], "int32"))
    assert spec.features == 3
    one, two, three, none = [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]
    np.testing.assert_array_equal(actual, [[three, one, two, none], [two, none, none, none]])
    np.testing.assert_array_equal(mask, [[1, 1, 1, 0], [1, 0, 0, 0]])


def test_series_of_variable_length_are_zero_and_masked_after_their_end():
    x = np.full((2, 3, 2), SERIES_PAD, "float32")
    x[0], x[1, :1] = numbers(3, 2), 0.0  # Zeros are values like others.
    actual, mask = read(Spec.series(steps=None, features=2, classes=2), x)
    np.testing.assert_array_equal(actual, np.where(x == np.float32(SERIES_PAD), 0, x))
    np.testing.assert_array_equal(mask, [[1, 1, 1], [1, 0, 0]])


def test_series_of_equal_length_have_no_mask():
    x = numbers(2, 3, 2)
    actual, mask = read(Spec.series(steps=3, features=2, classes=2), x)
    np.testing.assert_array_equal(actual, x)
    assert mask is None


def test_classes_are_logits():
    import keras

    features = keras.Input((5,))
    model = keras.Model(features, TOKENS.outputs(features))
    x = numbers(4, 5)
    model.set_weights([numbers(5, 3, seed=1), numbers(3, seed=2)])
    assert model.output_names == ["logits"]
    kernel, bias = model.get_layer("readout").get_weights()
    np.testing.assert_allclose(model(x).numpy(), x @ kernel + bias, rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match=r"expected \(batch, width\), got \(None, 3, 5\)"):
        TOKENS.outputs(keras.Input((3, 5)))


def test_spec_is_created_without_keras():
    program = "import sys, seqkit.spec as s; s.Spec.series(steps=1, features=1); print('keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_readout_per_step_shares_its_weights():
    import keras

    spec = Spec.series(steps=3, features=3, outputs=2, targets=(0, 2)).at_each_step(3)
    features = keras.Input((3, 5))
    model = keras.Model(features, spec.outputs(features))
    x = numbers(4, 3, 5)
    kernel = model.get_layer("readout").kernel
    kernel.assign(numbers(5, 4, seed=1))
    assert model.output_shape == spec.output_shape == (None, 3, 2, 2)
    np.testing.assert_allclose(model(x).numpy(), (x @ kernel.numpy()).reshape(4, 3, 2, 2), rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match=r"expected \(batch, steps, width\).*got \(None, 5\)"):
        spec.outputs(keras.Input((5,)))


def test_only_outputs_at_every_step_of_forecasts_and_language_models_are_causal():
    assert Spec.next_token(vocabulary=9).causal
    assert Spec.series(steps=4, features=3).at_each_step(9).causal
    assert not Spec.series(steps=4, features=3).causal
    assert not TOKENS.causal


def test_notes_are_embedded_with_the_place_in_the_bar():
    import keras

    spec = Spec.next_note(vocabulary=9, voices=2, places=4, embedding=3)
    assert (spec.input_shape, spec.output_shape, spec.features) == ((None, None, 3), (None, None, 9), 9)
    assert spec.causal and spec.steps is None and spec.length is None
    inputs, x = spec.inputs()
    assert (inputs.name, x.shape) == ("notes", (None, None, 9))
    model = keras.Model(inputs, x)
    notes, places = (model.get_layer(name).get_weights()[0] for name in ("embedding", "place"))
    columns = np.array([[[8, 5, 3], [1, 8, 0]]], "int32")
    expected = [[*notes[8], *notes[5], *places[3]], [*notes[1], *notes[8], *places[0]]]
    np.testing.assert_array_equal(model(columns).numpy(), [expected])


@pytest.mark.parametrize("field", ["vocabulary", "voices", "places", "embedding"])
def test_notes_need_positive_numbers(field):
    values = {"vocabulary": 9, "voices": 2, "places": 4, "embedding": 3, field: 0}
    with pytest.raises(ValueError, match=f"`{field}`, expected"):
        Spec.next_note(**values)


def test_translation_has_two_inputs_and_logits_with_or_without_attention():
    spec = Spec.translation(source_vocabulary=9, target_vocabulary=7, embedding=4)
    source, x = spec.inputs()
    previous, y = spec.decoder_inputs()
    assert (source.name, previous.name) == ("tokens", "previous")
    assert x.shape == y.shape == (None, None, 4)
    assert spec.output_shape == spec.outputs(y).shape == (None, None, 7)
    logits, attention = spec.outputs(y, y)
    assert logits.shape == (None, None, 7) and attention.shape == (None, None, 4)


def test_wrong_shapes_of_a_decoder_are_refused():
    spec = Spec.translation(source_vocabulary=9, target_vocabulary=7, embedding=4)
    _, y = spec.decoder_inputs()
    with pytest.raises(ValueError, match="Received an invalid shape for argument `x`"):
        spec.outputs(y[:, 0])
    with pytest.raises(ValueError, match="Received an invalid shape for argument `attention`"):
        spec.outputs(y, y[:, 0])
    with pytest.raises(ValueError, match="A model that gives Forecast has no decoder"):
        Spec.series(steps=3, features=2).decoder_inputs()
