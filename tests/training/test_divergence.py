import re

import keras
import numpy as np
import pytest
import tensorflow as tf

import seqkit
from seqkit.errors import DivergedTraining
from seqkit.training.divergence import Diagnosis, find_non_finite, layer_with_largest_weight

COUNTING = '''
"""A dense layer whose output becomes NaN after a number of training steps."""
import keras

@keras.saving.register_keras_serializable("tests")
class Breaking(keras.layers.Layer):
    def __init__(self, after, **more):
        super().__init__(**more)
        self.after = after

    def build(self, shape):
        self.steps = self.add_weight(name="steps", shape=(), initializer="zeros", trainable=False)

    def call(self, x, training=False):
        if training:
            self.steps.assign_add(1.0)
            return keras.ops.where(self.steps > self.after, float("nan"), 1.0) * x
        return x

    def get_config(self):
        return {**super().get_config(), "after": self.after}

def build_model(spec, *, after: int = 60):
    """Builds it.

    Args:
        after: Training steps before the output becomes NaN, [0, inf).
    """
    inputs, x = spec.inputs()
    x = keras.layers.Dense(4, name="sound")(keras.layers.Flatten()(x))
    x = Breaking(after, name="breaking")(keras.layers.Dropout(0.1)(x))
    return keras.Model(inputs, spec.outputs(x))
'''
OPTIONS = {"rows": 1500, "epochs": 3, "batch_size": 32, "window": 12, "sampling_rate": 1, "lead": 1}


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "breaking.py"
    path.write_text(COUNTING)
    return str(path)


def absolute(y_true, outputs):
    return tf.abs(y_true - outputs)


def layered() -> keras.Model:
    inputs = keras.Input((3,))
    x = keras.layers.Dense(2, name="first", kernel_initializer="ones")(inputs)
    x = keras.layers.Activation(keras.ops.sqrt, name="root")(x)
    return keras.Model(inputs, keras.layers.Dense(1, name="last", kernel_initializer="ones")(x))


@pytest.mark.parametrize(
    ("inputs", "y_true", "expected"),
    [
        ([1.0, np.nan, 1.0], 1.0, "the inputs"),
        ([1.0, 1.0, 1.0], np.inf, "the targets"),
        ([-1.0, -1.0, -1.0], 1.0, "the output of the layer 'root'"),
        ([3e38, 3e38, 3e38], 1.0, "the output of the layer 'first'"),
        ([0.0, 0.0, 0.0], 1.0, "the gradients of the layer 'first'"),
        ([1.0, 1.0, 1.0], 1.0, "not found when the step was repeated"),
    ],
)
def test_first_non_finite_value_in_the_order_of_computation_is_named(inputs, y_true, expected):
    batch, targets = tf.constant([inputs]), tf.constant([[y_true]], tf.float32)
    assert find_non_finite(layered(), batch, targets, absolute, training=True) == expected


def test_overflowing_loss_is_named():
    def overflowing(y_true, outputs):
        return tf.square((y_true - outputs) * 1e30)

    where = find_non_finite(layered(), tf.ones((1, 3)), tf.zeros((1, 1)), overflowing, training=True)
    assert where == "the loss"


def test_non_finite_weights_are_named_before_their_effects():
    model = layered()
    model.get_layer("last").set_weights([np.array([[np.nan], [1.0]]), np.zeros(1)])
    assert find_non_finite(model, tf.ones((1, 3)), tf.ones((1, 1)), absolute, training=True) == (
        "the weights of the layer 'last'"
    )
    assert layer_with_largest_weight(model) == "last"


def test_largest_norm_is_that_of_the_last_fifty_steps():
    diagnosis = Diagnosis(layered(), 0.1, None)
    diagnosis.record_norms(np.array([1e9, *np.linspace(1, 7, 50)]))
    error = diagnosis.step_error(np.array([np.nan]), 2, 5, -tf.ones((1, 3)), tf.ones((1, 1)), absolute)
    assert str(error).startswith(
        "The loss became NaN in epoch 2, step 5. First non-finite value: the output of the layer 'root'; the largest "
        "gradient norm of the 50 steps before was 7. The learning rate is probably too high: try --learning-rate 0.01 "
        "or --clip-norm 1."
    )


def test_diagnosis_repeats_the_step_with_the_same_random_numbers():
    inputs = keras.Input((200,))
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Dropout(0.5, seed=1)(inputs)))
    seen = []

    def loss(y_true, outputs):
        seen.append(outputs.numpy())
        return outputs

    diagnosis = Diagnosis(model, 0.1, None)
    model(tf.ones((1, 200)), training=True)
    diagnosis.save_seeds()
    drawn = model(tf.ones((1, 200)), training=True).numpy()
    assert model(tf.ones((1, 200)), training=True).numpy() != drawn
    diagnosis.step_error(np.array([np.nan]), 1, 1, tf.ones((1, 200)), tf.ones((1, 1)), loss)
    assert seen == [drawn]


def test_training_stops_at_the_diverged_step_and_saves_the_best_weights(recipe, tmp_path):
    one_epoch = seqkit.train(
        recipe, out=tmp_path / "one", **{**OPTIONS, "epochs": 1, "schedule": "constant"}, after=10**6
    )
    steps = 70
    with pytest.raises(DivergedTraining) as caught:
        seqkit.train(recipe, out=tmp_path / "cut", **OPTIONS, schedule="constant", after=steps + 20)
    message = str(caught.value)
    assert re.match(
        r"The loss became NaN in epoch 2, step 21\. First non-finite value: the output of the layer 'breaking'; the "
        r"largest gradient norm of the 50 steps before was [\d.]+\. ",
        message,
    ), message
    assert message.endswith(f"The weights of epoch 1, the best so far, are in {tmp_path / 'cut' / 'model.keras'}.")
    saved, expected = (keras.saving.load_model(tmp_path / name / "model.keras") for name in ("cut", "one"))
    for weight, other in zip(saved.trainable_weights, expected.trainable_weights, strict=True):
        np.testing.assert_array_equal(weight, other)
    assert one_epoch.manifest.model["best_epoch"] == 1


def test_divergence_in_the_first_step_saves_nothing(recipe, tmp_path):
    with pytest.raises(DivergedTraining, match=r"epoch 1, step 1\. First .*; this was the first step\.") as caught:
        seqkit.train(recipe, out=tmp_path / "cut", **OPTIONS, after=0)
    assert "best so far" not in str(caught.value)
    assert not (tmp_path / "cut" / "model.keras").exists()
