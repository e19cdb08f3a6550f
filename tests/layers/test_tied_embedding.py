"""Embedding that is the output layer, too."""

import keras
import numpy as np
import pytest

from seqkit.spec import Spec
from seqkit.training.carried_state import state_sizes
from seqkit.training.export import to_onnx, verify_stepwise

TOKENS = np.array([[1, 2]])


def test_tied_output_layer_is_the_embedding():
    spec = Spec.next_token(vocabulary=9, embedding=4, tied=True)
    inputs, x = spec.inputs()
    model = keras.Model(inputs, spec.outputs(keras.layers.GRU(5, return_sequences=True)(x)))
    assert model.output_shape == (None, None, 9)
    assert [weight.shape for weight in model.get_layer("embedding").weights] == [(9, 4), (9,)]
    assert model.get_layer("project_output").kernel.shape == (5, 4)
    hidden = keras.Model(inputs, model.get_layer("hidden").output)(TOKENS).numpy()
    table = model.get_layer("embedding").embeddings.numpy()
    np.testing.assert_allclose(model(TOKENS), hidden @ table.T, atol=1e-6)


def test_tied_output_layer_needs_the_embedding():
    with pytest.raises(ValueError, match="`one_hot` tokens have no embedding that could be `tied`"):
        Spec.next_token(vocabulary=9, one_hot=True, tied=True)
    with pytest.raises(ValueError, match=r"does not depend on the token embedding: start with `spec\.inputs\(\)`"):
        Spec.next_token(vocabulary=9, tied=True).outputs(keras.Input((None, 4)))


def test_large_table_is_exported_once(monkeypatch):
    monkeypatch.setattr("seqkit.training.export.LARGE", 1000)
    spec = Spec.next_token(vocabulary=3000, embedding=8, tied=True)
    inputs, x = spec.inputs()
    model = keras.Model(inputs, spec.outputs(keras.layers.GRU(8, return_sequences=True)(x)))
    content = to_onnx(model, ("tokens", "logits"), stepwise=True)
    assert verify_stepwise(content, model, TOKENS.astype(np.int32), state_sizes(model)) < 1e-5
    assert len(content) < 1.5 * 4 * 3000 * 8
