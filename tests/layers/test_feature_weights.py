"""The linear model on features."""

import numpy as np
import tensorflow as tf

from seqkit.layers import FeatureWeights


def layer_of(**options) -> FeatureWeights:
    layer = FeatureWeights(5, 2, **options)
    layer.build((None, None, 3))
    layer.weight.assign(np.arange(10.0).reshape(5, 2))
    return layer


def test_weights_of_the_features_are_summed_and_zero_is_no_feature():
    features = np.array([[[1, 4, 0], [2, 2, 3], [0, 0, 0]]])
    np.testing.assert_array_equal(layer_of()(features), [[[10, 12], [14, 17], [0, 0]]])


def test_only_the_weights_of_present_features_get_a_gradient():
    layer = layer_of()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(np.array([[[1, 1, 0]]])))
    gradient = tf.convert_to_tensor(tape.gradient(loss, layer.weight.value)).numpy()
    assert gradient[:, 0].tolist() == [0, 2, 0, 0, 0]


def test_features_are_dropped_in_training_only_and_the_mean_is_kept():
    layer, features = layer_of(rate=0.5, seed=1), np.full((1, 4000, 1), 2)
    np.testing.assert_array_equal(layer(features)[0, :, 0], 4)
    trained = layer(features, training=True).numpy()[0, :, 0]
    assert set(trained.tolist()) == {0.0, 8.0} and abs(trained.mean() - 4) < 0.3
