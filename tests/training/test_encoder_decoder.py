"""Cutting a teacher-forced model: any recurrent decoder, states from the encoder or from zeros, and what is refused."""

import keras
import numpy as np
import pytest

from seqkit.errors import SeqkitError, UsageError
from seqkit.spec import Spec
from seqkit.training.encoder_decoder import cut, to_onnx_parts, verify_parts

SPEC = Spec.translation(source_vocabulary=20, target_vocabulary=15, embedding=6)
SOURCE = np.array([[3, 4, 5, 6], [7, 8, 0, 0], [9, 0, 0, 0]], np.int32)
PREVIOUS = np.array([[1, 2, 3], [1, 5, 4], [1, 9, 9]], np.int32)


def model_of(encode, decode):
    """Returns a model of an encoder, from the embedded source, and a decoder, from its result and the target."""
    source, x = SPEC.inputs()
    memory = encode(x)
    previous, y = SPEC.decoder_inputs()
    return keras.Model([source, previous], SPEC.outputs(decode(memory, y)))


def lstm_with_state(memory, y):
    return keras.layers.LSTM(5, return_sequences=True)(y, initial_state=memory[1:])


def lstm_from_zeros(memory, y):
    y = keras.layers.LSTM(5, return_sequences=True)(y)
    return keras.layers.Add()([y, keras.layers.Dense(5)(keras.layers.Attention()([y, memory]))])


def test_states_of_an_lstm_start_from_the_memories_of_the_encoder():
    model = model_of(keras.layers.LSTM(5, return_state=True), lstm_with_state)
    parts = cut(model)
    assert parts.is_recurrent and parts.starts == (0, 1) and parts.masks == (None, None)
    assert verify_parts(*to_onnx_parts(parts, SPEC), model, SOURCE, PREVIOUS) < 1e-5


def test_states_without_a_memory_start_from_zeros_and_masks_cross_the_cut():
    model = model_of(keras.layers.GRU(5, return_sequences=True), lstm_from_zeros)
    parts = cut(model)
    assert parts.starts == (None, None) and parts.masks == (1,)
    assert verify_parts(*to_onnx_parts(parts, SPEC), model, SOURCE, PREVIOUS) < 1e-5


def test_decoder_that_looks_ahead_is_refused():
    def both_ways(memory, y):
        return keras.layers.Bidirectional(keras.layers.GRU(5, return_sequences=True))(y, initial_state=[memory] * 2)

    model = model_of(keras.layers.GRU(5), both_ways)
    with pytest.raises(SeqkitError, match=r"give different predictions: .* Use a recipe whose decoder looks back only"):
        verify_parts(*to_onnx_parts(cut(model), SPEC), model, SOURCE, PREVIOUS)


def test_decoder_that_ignores_the_source_is_refused():
    model = model_of(lambda x: x, lambda memory, y: keras.layers.GRU(5, return_sequences=True)(y))
    source, _ = SPEC.inputs()
    with pytest.raises(UsageError, match="must read what an encoder makes"):
        cut(keras.Model([source, model.inputs[1]], model.outputs))


def test_model_without_readout_is_refused():
    source, x = SPEC.inputs()
    previous, y = SPEC.decoder_inputs()
    y = keras.layers.GRU(15, return_sequences=True)(y, initial_state=keras.layers.GRU(15)(x))
    with pytest.raises(UsageError, match=r"must end with `spec.outputs\(x\)`"):
        cut(keras.Model([source, previous], y))
