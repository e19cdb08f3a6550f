"""Teacher forcing up to the last layer equals the whole model; scheduled sampling replaces more and more tokens."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.spec import Spec
from seqkit.training.teacher_forcing import TeacherForcing

SPEC = Spec.translation(source_vocabulary=20, target_vocabulary=15, embedding=6)
SOURCE = np.random.default_rng(0).integers(1, 20, (60, 4)).astype(np.int32)
PREVIOUS = np.random.default_rng(1).integers(1, 15, (60, 5)).astype(np.int32)
PREVIOUS[:10, 3:] = 0


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    source, x = SPEC.inputs()
    previous, y = SPEC.decoder_inputs()
    y = keras.layers.GRU(7, return_sequences=True)(y, initial_state=keras.layers.GRU(7)(x))
    return keras.Model([source, previous], SPEC.outputs(y))


def test_last_layer_applied_gives_the_logits_of_the_model(model):
    x, kernel, bias, attention, _ = TeacherForcing(model).call([SOURCE, PREVIOUS], training=False)
    assert attention is None
    np.testing.assert_allclose(tf.matmul(x, kernel) + bias, model([SOURCE, PREVIOUS]), atol=1e-5)


def replaced(forcing) -> np.ndarray:
    return forcing._replaced(tf.constant(SOURCE), tf.constant(PREVIOUS)).numpy()


def test_replaced_tokens_are_the_most_probable_ones_and_their_share_grows(model):
    forcing = TeacherForcing(model, sampled=0.8, steps=100)
    own = np.argmax(model([SOURCE, PREVIOUS]), axis=-1)
    own = np.concatenate([PREVIOUS[:, :1], own[:, :-1]], axis=1)
    shares = []
    for done in (0, 50, 100):
        forcing.variables[0].assign(done)
        found = replaced(forcing)
        assert ((found == PREVIOUS) | (found == own)).all()
        assert (found[:, 0] == PREVIOUS[:, 0]).all() and (found[PREVIOUS == 0] == 0).all()
        may_change = (own != PREVIOUS) & (PREVIOUS != 0)
        shares.append((found != PREVIOUS)[may_change].mean())
    assert shares[0] == 0
    np.testing.assert_allclose(shares[1:], [0.4, 0.8], atol=0.1)


def test_draws_depend_on_seed_and_step_only(model):
    first, again, other = (TeacherForcing(model, 1.0, 2, seed) for seed in (0, 0, 1))
    for forcing in (first, again, other):
        forcing.variables[0].assign(1)
    np.testing.assert_array_equal(replaced(first), replaced(again))
    assert (replaced(first) != replaced(other)).any()
    first.call([tf.constant(SOURCE), tf.constant(PREVIOUS)], training=True)
    assert int(first.variables[0].value) == 2
    first.call([tf.constant(SOURCE), tf.constant(PREVIOUS)], training=False)
    assert int(first.variables[0].value) == 2, "validation is no step"
