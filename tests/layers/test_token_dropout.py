"""Dropout of whole tokens."""

import keras
import numpy as np

from seqkit.data.text.tokenizer import PAD, UNKNOWN
from seqkit.layers.token_dropout import TokenDropout


def test_rate_of_the_tokens_becomes_unknown_in_training_and_padding_stays():
    ids = np.full((200, 100), 7, np.int32)
    ids[:, 60:] = PAD
    outputs = np.array(TokenDropout(0.3, seed=0)(ids, training=True))
    assert set(outputs[:, :60].ravel()) == {7, UNKNOWN}
    assert (outputs[:, 60:] == PAD).all()
    assert abs((outputs[:, :60] == UNKNOWN).mean() - 0.3) < 0.02


def test_steps_drop_different_tokens_and_the_seed_determines_them():
    ids = np.full((4, 50), 7, np.int32)
    layer, same_seed = TokenDropout(0.5, seed=3), TokenDropout(0.5, seed=3)
    first, second = (np.array(layer(ids, training=True)) for _ in range(2))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(same_seed(ids, training=True), first)


def test_prediction_drops_nothing():
    ids = np.arange(2, 42, dtype=np.int32).reshape(2, 20)
    np.testing.assert_array_equal(TokenDropout(0.9)(ids), ids)


def test_saved_layer_can_be_loaded(tmp_path):
    inputs = keras.Input((None,), dtype="int32")
    keras.Model(inputs, TokenDropout(0.25, seed=1)(inputs)).save(tmp_path / "model.keras")
    assert keras.models.load_model(tmp_path / "model.keras").layers[-1].rate == 0.25
