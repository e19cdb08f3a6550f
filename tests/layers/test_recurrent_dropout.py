"""Fast training of recurrent layers against Keras' layers, which draw the same dropout masks from the same seed."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import seqkit.layers._recurrence as recurrence
from seqkit.layers import RecurrentDropoutGRU, RecurrentDropoutLSTM

GRU, LSTM = (keras.layers.GRU, RecurrentDropoutGRU), (keras.layers.LSTM, RecurrentDropoutLSTM)
UNITS, FEATURES = 4, 3


def windows(batch: int, steps: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(batch, steps, FEATURES)).astype("float32")


def layer_of(kind, **options):
    """Returns a layer with random weights and biases."""
    layer = kind(UNITS, seed=3, **{"dropout": 0.2, "recurrent_dropout": 0.3, **options})
    layer.build((None, None, FEATURES))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(0, 0.4, weight.shape) for weight in layer.weights])
    return layer


def train_once(layer, x: np.ndarray, mask=None, states=(), eager: bool = False) -> list[np.ndarray]:
    """Returns outputs, final states, and the gradients of inputs, initial states and weights, for a dynamic length."""

    def outputs_and_gradients(x):
        initial = [tf.constant(state) for state in states]
        with tf.GradientTape() as tape:
            tape.watch([x, *initial])
            outputs = layer(x, initial_state=initial or None, mask=mask, training=True)
            loss = tf.add_n([tf.reduce_sum(tf.sin(output + i)) for i, output in enumerate(outputs)])
        return *outputs, *tape.gradient(loss, [x, *initial, *layer.trainable_variables])

    signature = [tf.TensorSpec((None, None, FEATURES))]
    run = outputs_and_gradients if eager else tf.function(outputs_and_gradients, input_signature=signature)
    return [tensor.numpy() for tensor in run(tf.constant(x))]


@pytest.fixture
def fast_calls(monkeypatch):
    """Lists the calls of the fast implementation, so that no test compares Keras with itself."""
    calls = []
    original = recurrence.recur
    monkeypatch.setattr("seqkit.layers._fast_training.recur", lambda *a, **k: calls.append(1) or original(*a, **k))
    return calls


@pytest.mark.parametrize(
    ("kinds", "batch", "steps", "masked", "options"),
    [
        (GRU, 2, 5, False, {"return_sequences": True}),
        (GRU, 12, 67, True, {"return_sequences": True}),
        (GRU, 3, 6, True, {"return_sequences": True, "go_backwards": True, "zero_output_for_mask": True}),
        (GRU, 3, 31, True, {"reset_after": False}),
        (GRU, 2, 4, False, {"reset_after": False, "use_bias": False, "dropout": 0.0, "return_sequences": True}),
        (GRU, 3, 31, True, {"recurrent_dropout": 0.0, "return_sequences": True}),
        (LSTM, 12, 67, True, {"return_sequences": True}),
        (LSTM, 3, 31, False, {"recurrent_dropout": 0.0, "dropout": 0.0}),
        (LSTM, 3, 6, True, {"go_backwards": True, "zero_output_for_mask": True}),
        (LSTM, 2, 5, False, {"use_bias": False, "dropout": 0.0, "return_sequences": True}),
    ],
    ids=str,
)
def test_outputs_states_and_gradients_equal_those_of_keras(fast_calls, kinds, batch, steps, masked, options):
    rng, x = np.random.default_rng(2), windows(batch, steps)
    mask = rng.random((batch, steps)) < 0.6 if masked else None
    if masked:
        mask[0] = False  # a sequence with only masked steps
    states = [rng.normal(size=(batch, UNITS)).astype("float32") for _ in range(1 if kinds is GRU else 2)]
    theirs, ours = (train_once(layer_of(k, return_state=True, **options), x, mask, states) for k in kinds)
    assert len(fast_calls) == 1
    assert len(theirs) == len(ours)
    for expected, actual in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kinds", [GRU, LSTM])
def test_eager_gradients_equal_those_of_keras(fast_calls, kinds):
    theirs, ours = (train_once(layer_of(kind, return_state=True), windows(2, 7), eager=True) for kind in kinds)
    assert fast_calls
    for expected, actual in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kinds", [GRU, LSTM])
def test_prediction_equals_that_of_keras_bit_for_bit(fast_calls, kinds):
    theirs, ours = (layer_of(kind, return_sequences=True)(windows(3, 5)).numpy() for kind in kinds)
    assert not fast_calls
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    "options",
    [{"activation": "relu"}, {"recurrent_activation": "hard_sigmoid"}, {"unroll": True}, {"dtype": "float64"}],
)
def test_unsupported_options_use_the_implementation_of_keras(fast_calls, options):
    theirs, ours = (layer_of(kind, **options)(windows(3, 5), training=True).numpy() for kind in GRU)
    assert not fast_calls
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(("steps", "fast"), [(29, 0), (30, 1)])
def test_short_sequences_without_recurrent_dropout_use_the_implementation_of_keras(fast_calls, steps, fast):
    layer_of(RecurrentDropoutGRU, recurrent_dropout=0.0)(windows(2, steps), training=True)
    assert len(fast_calls) == fast


def model_of(kind):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((7, FEATURES))
    layer = kind(UNITS, dropout=0.2, recurrent_dropout=0.3, weight_dropout=0.1)
    return keras.Model(inputs, keras.layers.Bidirectional(layer)(inputs))


@pytest.mark.parametrize("kind", [RecurrentDropoutGRU, RecurrentDropoutLSTM])
def test_resumed_training_gives_the_same_bits(fast_calls, kind):
    def train(model, steps):
        forward = tf.function(lambda x: tf.reduce_mean(model(x, training=True) ** 2))
        for _ in range(steps):
            with tf.GradientTape() as tape:
                loss = forward(tf.constant(windows(5, 7)))
            gradients = tape.gradient(loss, model.trainable_variables)
            for weight, gradient in zip(model.trainable_variables, gradients, strict=True):
                weight.assign_sub(0.1 * gradient)
        return [variable.numpy() for variable in model.variables]  # including the state of the random generators

    uninterrupted = train(model_of(kind), 3)
    resumed = model_of(kind)
    for variable, value in zip(resumed.variables, train(model_of(kind), 1), strict=True):
        variable.assign(value)
    assert fast_calls
    for actual, expected in zip(train(resumed, 2), uninterrupted, strict=True):
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("kind", [RecurrentDropoutGRU, RecurrentDropoutLSTM])
def test_saved_layer_is_loaded_with_its_configuration(tmp_path, kind):
    model = model_of(kind)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.layers[1].forward_layer) is kind
    assert loaded.layers[1].backward_layer.weight_dropout == 0.1
    np.testing.assert_array_equal(loaded(windows(3, 7)).numpy(), model(windows(3, 7)).numpy())


@pytest.mark.parametrize("rates", [{"recurrent_dropout": 0.0}, {"recurrent_dropout": 0.3}])
@pytest.mark.parametrize("kinds", [GRU, LSTM])
def test_weight_dropout_zeroes_weights_for_a_whole_batch_and_scales_the_others(monkeypatch, kinds, rates):
    kept = np.arange(UNITS * UNITS * (3 if kinds is GRU else 4)).reshape(UNITS, -1) % 5 != 0

    def dropout(kernel, rate, seed):
        assert rate == 0.2
        return kernel * kept / 0.8

    theirs, ours = (
        layer_of(kinds[0], dropout=0.0, **rates),
        layer_of(kinds[1], weight_dropout=0.2, dropout=0.0, **rates),
    )
    monkeypatch.setattr("seqkit.layers._fast_training.keras.random.dropout", dropout)
    before = [weight.numpy() for weight in ours.weights]
    x = windows(3, 7)
    outputs = ours(x, training=True).numpy()
    for after, expected in zip(ours.weights, before, strict=True):
        np.testing.assert_array_equal(after.numpy(), expected)
    assert ours.cell.recurrent_kernel is ours.weights[1]
    theirs.cell.recurrent_kernel.assign(theirs.cell.recurrent_kernel * kept / 0.8)
    np.testing.assert_allclose(outputs, theirs(x, training=True).numpy(), rtol=1e-5, atol=1e-5)


def test_weight_dropout_of_one_raises():
    with pytest.raises(ValueError, match=r"`weight_dropout`, expected a number in \[0, 1\), got 1"):
        RecurrentDropoutGRU(3, weight_dropout=1)
