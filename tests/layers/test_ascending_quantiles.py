"""`AscendingQuantiles`: quantiles beside a forecast."""

from statistics import NormalDist

import keras
import numpy as np
import tensorflow as tf

from seqkit.layers import AscendingQuantiles

PROBABILITIES = (0.1, 0.5, 0.9)


def test_quantiles_ascend_whatever_the_heads_are():
    rng = np.random.default_rng(0)
    outputs = AscendingQuantiles(PROBABILITIES)(rng.normal(size=(50, 4, 2)), 20 * rng.normal(size=(50, 4, 2, 3)))
    assert outputs.shape == (50, 4, 2, 4)
    assert (np.diff(outputs.numpy()[..., 1:], axis=-1) >= 0).all()


def test_heads_of_zero_give_a_normal_distribution_around_the_forecast():
    outputs = AscendingQuantiles(PROBABILITIES)(np.full((1, 1, 1), 3.0), np.zeros((1, 1, 1, 3))).numpy().ravel()
    expected = [3, *(NormalDist(3, 0.5).inv_cdf(probability) for probability in PROBABILITIES)]
    np.testing.assert_allclose(outputs, expected, rtol=1e-5)


def test_quantiles_do_not_change_the_gradient_of_the_forecast():
    forecast, heads = tf.Variable(tf.ones((2, 3, 1))), tf.Variable(tf.zeros((2, 3, 1, 3)))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(AscendingQuantiles(PROBABILITIES)(forecast, heads) ** 2)
    by_forecast, by_heads = tape.gradient(total, [forecast, heads])
    np.testing.assert_allclose(by_forecast, 2.0)  # of the squared forecast alone
    assert (np.abs(by_heads) > 0).any()


def test_layer_is_saved_with_its_probabilities(tmp_path):
    ends = keras.Input((3, 1)), keras.Input((3, 1, 3))
    keras.Model(ends, AscendingQuantiles(PROBABILITIES)(*ends)).save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    assert loaded.layers[-1].probabilities == PROBABILITIES
