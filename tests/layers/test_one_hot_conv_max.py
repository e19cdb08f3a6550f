"""`OneHotConvMax` against a convolution over one-hot tokens."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.layers.one_hot_conv_max import OneHotConvMax

VOCABULARY, FILTERS = 20, 6


def layer(kernel_size: int) -> OneHotConvMax:
    rng = np.random.default_rng(kernel_size)
    built = OneHotConvMax(VOCABULARY, FILTERS, kernel_size)
    built.build((None, None))
    for variable in built.trainable_variables:
        variable.assign(rng.normal(size=variable.shape))
    return built


def tokens() -> np.ndarray:
    ids = np.random.default_rng(0).integers(1, VOCABULARY, (5, 9)).astype(np.int32)
    ids[0, 4:] = ids[1, 1:] = 0
    return ids


@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4])
@pytest.mark.parametrize("training", [True, False])
def test_equals_the_maximum_over_time_of_a_convolution_over_one_hot_tokens(kernel_size, training):
    built, ids = layer(kernel_size), tokens()
    one_hot = np.eye(VOCABULARY, dtype=np.float32)[ids] * (ids != 0)[:, :, None]
    kernel = built.kernel.numpy().reshape(VOCABULARY, kernel_size, FILTERS).transpose(1, 0, 2)
    responses = np.maximum(keras.ops.conv(one_hot, kernel, padding="same").numpy() + built.bias.numpy(), 0)
    responses[ids == 0] = -1
    np.testing.assert_allclose(built(ids, training=training), responses.max(axis=1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4])
def test_training_gradient_is_sparse_and_equals_the_dense_gradient(kernel_size):
    built, ids = layer(kernel_size), tokens()
    ids[ids == 7] = 8
    gradients = []
    for training in (True, False):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(built(ids, training=training)))
        gradients.append(tape.gradient(loss, built.kernel.value))
    assert isinstance(gradients[0], tf.IndexedSlices)
    assert 7 not in gradients[0].indices.numpy()
    sparse, dense = map(tf.convert_to_tensor, gradients)
    np.testing.assert_allclose(sparse, dense, rtol=1e-5, atol=1e-5)
    assert np.abs(dense).max() > 0


def test_padding_does_not_change_outputs():
    built, ids = layer(3), tokens()
    longer = np.pad(ids, ((0, 0), (0, 11)))
    for training in (True, False):
        np.testing.assert_allclose(built(longer, training=training), built(ids, training=training), rtol=1e-6)


def test_saved_layer_can_be_loaded(tmp_path):
    inputs = keras.Input((None,), dtype="int32")
    model = keras.Model(inputs, layer(2)(inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(tokens()), model(tokens()))
