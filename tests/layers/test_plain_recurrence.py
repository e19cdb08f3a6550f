"""The training loop of LSTM and GRU without dropout, against Keras' layers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.layers import RecurrentDropoutLSTM
from seqkit.layers import _plain_recurrence as plain_recurrence

UNITS, FEATURES, STEPS = 6, 3, plain_recurrence.MIN_STEPS


def layer_of(kind, **options):
    """Returns a layer with random weights and biases."""
    layer = kind(UNITS, return_sequences=True, return_state=True, **options)
    layer.build((None, STEPS, FEATURES))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(0, 0.4, weight.shape) for weight in layer.weights])
    return layer


def batch_for(layer, batch: int) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """Returns random inputs and initial states."""
    rng = np.random.default_rng(2)
    states = 2 if isinstance(layer, keras.layers.LSTM) else 1
    shapes = [(batch, STEPS, FEATURES), *[(batch, UNITS)] * states]
    inputs, *initial = (tf.constant(rng.normal(size=shape).astype(np.float32)) for shape in shapes)
    return inputs, initial


@pytest.mark.parametrize("kind", [keras.layers.LSTM, keras.layers.GRU])
@pytest.mark.parametrize("batch", [3, 19])
def test_outputs_states_and_gradients_equal_those_of_keras(kind, batch):
    layer = layer_of(kind)
    x, initial = batch_for(layer, batch)

    @tf.function
    def outputs_and_gradients(fast: bool):
        with tf.GradientTape() as tape:
            tape.watch([x, *initial])
            if fast:
                last, outputs, states = plain_recurrence.recur(layer, x, initial)
                tf.debugging.assert_equal(last, states[0])
            else:
                outputs, *states = layer(x, initial_state=initial)
            loss = tf.add_n([tf.reduce_sum(tf.sin(tensor + i)) for i, tensor in enumerate([outputs, *states])])
        return [outputs, *states], tape.gradient(loss, [x, *initial, *layer.trainable_variables])

    assert plain_recurrence.is_supported(layer, x, initial, None)
    for ours, theirs in zip(*(tf.nest.flatten(outputs_and_gradients(fast)) for fast in (True, False)), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-4)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (keras.layers.SimpleRNN, {}),
        (RecurrentDropoutLSTM, {}),
        (keras.layers.LSTM, {"dropout": 0.1}),
        (keras.layers.LSTM, {"recurrent_dropout": 0.1}),
        (keras.layers.LSTM, {"activation": "relu"}),
        (keras.layers.LSTM, {"recurrent_activation": "hard_sigmoid"}),
        (keras.layers.LSTM, {"use_bias": False}),
        (keras.layers.LSTM, {"go_backwards": True}),
        (keras.layers.LSTM, {"unroll": True}),
        (keras.layers.GRU, {"reset_after": False}),
        (keras.layers.GRU, {"dtype": "float64"}),
    ],
    ids=str,
)
def test_layers_that_compute_something_else_are_not_supported(kind, options):
    layer = layer_of(kind, **options)
    assert not plain_recurrence.is_supported(layer, *batch_for(layer, 4), None)


def test_masks_short_sequences_and_unknown_shapes_are_not_supported():
    layer = layer_of(keras.layers.GRU)
    x, initial = batch_for(layer, 4)
    assert not plain_recurrence.is_supported(layer, x, initial, tf.ones((4, STEPS), tf.bool))
    assert not plain_recurrence.is_supported(layer, x[:, 1:], initial, None)
    for shape, state_shape in (((4, None, FEATURES), (4, UNITS)), ((None, STEPS, FEATURES), (None, UNITS))):
        arguments = keras.KerasTensor(shape), [keras.KerasTensor(state_shape)]
        assert not plain_recurrence.is_supported(layer, *arguments, None)
