"""Looking up against multiplying: `OneHotConvMax` beside a convolution over one-hot tokens."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.layers.one_hot_conv_max import OneHotConvMax

VOCABULARY, FILTERS = 20, 6


def layer(kernel_size: int) -> OneHotConvMax:
    rng = np.random.default_rng(kernel_size)
    made = OneHotConvMax(VOCABULARY, FILTERS, kernel_size)
    made.build((None, None))
    for variable in made.trainable_variables:
        variable.assign(rng.normal(size=variable.shape))
    return made


def tokens() -> np.ndarray:
    ids = np.random.default_rng(0).integers(1, VOCABULARY, (5, 9)).astype(np.int32)
    ids[0, 4:] = ids[1, 1:] = 0
    return ids


@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4])
@pytest.mark.parametrize("training", [True, False])
def test_it_is_the_maximum_over_time_of_a_convolution_over_one_hot_tokens(kernel_size, training):
    made, ids = layer(kernel_size), tokens()
    one_hot = np.eye(VOCABULARY, dtype=np.float32)[ids] * (ids != 0)[:, :, None]
    kernel = made.kernel.numpy().reshape(VOCABULARY, kernel_size, FILTERS).transpose(1, 0, 2)
    answers = np.maximum(keras.ops.conv(one_hot, kernel, padding="same").numpy() + made.bias.numpy(), 0)
    answers[ids == 0] = -1
    np.testing.assert_allclose(made(ids, training=training), answers.max(axis=1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4])
def test_the_gradient_in_training_is_that_of_the_plain_way_and_knows_only_the_rows_looked_up(kernel_size):
    made, ids = layer(kernel_size), tokens()
    ids[ids == 7] = 8
    gradients = []
    for training in (True, False):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(made(ids, training=training)))
        gradients.append(tape.gradient(loss, made.kernel.value))
    assert isinstance(gradients[0], tf.IndexedSlices)
    assert 7 not in gradients[0].indices.numpy()
    own, plain = map(tf.convert_to_tensor, gradients)
    np.testing.assert_allclose(own, plain, rtol=1e-5, atol=1e-5)
    assert np.abs(plain).max() > 0


def test_padding_changes_nothing():
    made, ids = layer(3), tokens()
    longer = np.pad(ids, ((0, 0), (0, 11)))
    for training in (True, False):
        np.testing.assert_allclose(made(longer, training=training), made(ids, training=training), rtol=1e-6)


def test_it_can_be_saved_and_loaded(tmp_path):
    inputs = keras.Input((None,), dtype="int32")
    model = keras.Model(inputs, layer(2)(inputs))
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(tokens()), model(tokens()))
