"""Calls a model with a decoder in training: with the true tokens as its input, or with some of its own."""

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf


class LastLayer(NamedTuple):
    """The last layer of a model, not yet applied, so that a loss can be fused with it.

    Attributes:
        x: Input of the layer, of shape (batch, time, units).
        kernel: Its kernel, of shape (units, vocabulary).
        bias: Its bias, of shape (vocabulary,).
        attention: Weights of the source tokens, of shape (batch, target time, source time); None without attention.
        progress: Share of the training that is done, [0, 1].
    """

    x: Any
    kernel: Any
    bias: Any
    attention: Any
    progress: Any


class TeacherForcing:
    """Calls a model up to its last layer.

    With scheduled sampling, the model first reads the true tokens, and then the true tokens of which some are replaced
    by those that it has just found most probable at their places; the share of these grows linearly. It so learns to
    go on from its own mistakes. A step takes twice as long.

    Args:
        model: The model, of sources and shifted targets; its last layer is called "readout".
        sampled: Share of the tokens that are replaced at the end of the training, [0, 1].
        steps: Steps of the training.
        seed: Seed of the choice of the tokens.

    Attributes:
        variables: The number of steps so far.

    Papers: Bengio et al. (2015), Scheduled Sampling for Sequence Prediction with Recurrent Neural Networks,
    https://arxiv.org/abs/1506.03099; Mihaylova & Martins (2019), Scheduled Sampling for Transformers,
    https://arxiv.org/abs/1906.07651 (two passes, so that all steps run at once)
    """

    def __init__(self, model: keras.Model, sampled: float = 0.0, steps: int = 1, seed: int = 0) -> None:
        self._readout = model.get_layer("readout")
        self._body = keras.Model(model.inputs, [self._readout.input, *model.outputs[1:]])
        self._sampled, self._steps, self._seed = sampled, steps, seed
        self._done = keras.Variable(np.zeros((), np.int32), trainable=False, dtype="int32")
        self.variables = [self._done]

    def call(self, inputs: Any, *, training: bool) -> LastLayer:
        """Returns the last layer before it is applied.

        Args:
            inputs: Sources (batch, source time) and shifted targets (batch, target time).
            training: Whether to drop values out, and to replace tokens.
        """
        source, previous = inputs
        if training and self._sampled:
            previous = self._replaced(source, previous)
        progress = tf.cast(self._done.value, tf.float32) / self._steps
        if training:
            self._done.assign(self._done.value + 1)
        x, *attention = self._call(source, previous, training=training)
        return LastLayer(x, self._readout.kernel, self._readout.bias, attention[0] if attention else None, progress)

    def reset(self) -> None:
        """Does nothing: batches are independent."""

    def _call(self, source: Any, previous: Any, *, training: bool) -> list[Any]:
        """Returns the input of the last layer and, if the model has one, the attention."""
        outputs = self._body([source, previous], training=training)
        return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]

    def _replaced(self, source: Any, previous: Any) -> Any:
        """Returns the shifted targets with some tokens, but not the first, replaced by the model's own."""
        x = self._call(source, previous, training=True)[0]
        own = tf.argmax(self._readout(x), axis=-1, output_type=tf.int32)
        own = tf.concat([previous[:, :1], own[:, :-1]], axis=1)
        share = self._sampled * tf.cast(self._done.value, tf.float32) / self._steps
        draw = tf.random.stateless_uniform(tf.shape(previous), seed=tf.stack([self._seed, self._done.value]))
        return tf.where((draw < share) & (previous != 0), own, previous)
