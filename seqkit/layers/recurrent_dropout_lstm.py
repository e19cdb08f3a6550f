"""LSTM with dropout on its state that trains fast on a CPU."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from seqkit.layers._recurrence import Cell
from seqkit.layers._training_loop import TrainingLoop


class _Step:
    """One step of an LSTM and its derivative; gates are input, forget, new and output."""

    gates, biases, states, saved = 4, 4, 2, 5

    def forward(
        self, x: Any, states: Sequence[Any], masks: Sequence[Any], kernels: Sequence[Any], biases: Sequence[Any]
    ) -> tuple[list[Any], list[Any]]:
        h, carry = states
        both = tf.concat([h, x], axis=1)
        sums = [tf.matmul(both * m, k) + b for m, k, b in zip(masks, kernels, biases, strict=True)]
        enter, forget, leave = (tf.sigmoid(sums[i]) for i in (0, 1, 3))
        new = tf.tanh(sums[2])
        carry = forget * carry + enter * new
        seen = tf.tanh(carry)
        return [leave * seen, carry], [enter, forget, new, leave, seen]

    def backward(
        self,
        x: Any,
        slopes: Sequence[Any],
        states: Sequence[Any],
        saved: Sequence[Any],
        masks: Sequence[Any],
        kernels: Sequence[Any],
    ) -> tuple[list[Any], Any, list[Any], list[Any]]:
        (slope, of_carry), (h, carry), units = slopes, states, states[0].shape[-1]
        enter, forget, new, leave, seen = saved
        of_carry += slope * leave * (1 - seen * seen)
        of_gates = [
            of_carry * new * enter * (1 - enter),
            of_carry * carry * forget * (1 - forget),
            of_carry * enter * (1 - new * new),
            slope * seen * leave * (1 - leave),
        ]
        both, of_kernels = tf.concat([h, x], axis=1), []
        of_both: Any = 0.0
        for mask, kernel, each in zip(masks, kernels, of_gates, strict=True):
            of_both += mask * tf.matmul(each, kernel, transpose_b=True)
            of_kernels.append(tf.matmul(both * mask, each, transpose_a=True))
        return [of_both[:, :units], of_carry * forget], of_both[:, units:], of_kernels, of_gates


STEP = _Step()


@keras.saving.register_keras_serializable(package="seqkit")
class RecurrentDropoutLSTM(TrainingLoop, keras.layers.LSTM):
    """`keras.layers.LSTM` whose training, also with dropout on the state, is faster on a CPU.

    In training the steps, and the way back through them, are compiled by XLA some at a time, and parts of the batch go
    through them side by side. It draws the same masks as Keras' layer from the same seed, and so gives the same outputs
    and gradients but for rounding; two runs with the same seed on the same machine give the same bits. Prediction is
    that of Keras' layer, as is training with other activations than tanh and sigmoid, in another precision than
    float32, unrolled, of fewer than 30 steps without dropout on the state, on a GPU or on another backend than
    TensorFlow. The first batch of a size takes some seconds more, to be compiled.

    Args:
        units: Width of the state, [1, inf).
        weight_dropout: Share of the recurrent weights dropped in training, the same ones for a whole batch and at every
            step, [0, 1). It leaves every other way of computing the layer open, such as cuDNN's.
        **kwargs: As for `keras.layers.LSTM`, such as `recurrent_dropout`.

    Call arguments:
        sequences: Tensor of shape (batch, steps, features).
        initial_state: List of two tensors of shape (batch, units), zeros by default.
        mask: Tensor of shape (batch, steps), false at the steps to leave out; by default the one `sequences` carries.
        training: Whether to drop.

    Returns:
        Tensor of shape (batch, units), or (batch, steps, units) with `return_sequences`; with `return_state` a list of
        it and the last states, (batch, units) each.

    Raises:
        ValueError: `weight_dropout` is not in [0, 1).

    Papers: Gal & Ghahramani (2016), A Theoretically Grounded Application of Dropout in Recurrent Neural Networks,
    https://arxiv.org/abs/1512.05287 (dropout on the state); Merity, Keskar & Socher (2017), Regularizing and Optimizing
    LSTM Language Models, https://arxiv.org/abs/1708.02182 (dropout on the weights)
    """

    def recurrence(self) -> tuple[Cell, Any, Any]:
        """Returns a step of the layer, its kernel and its biases."""
        cell = self.cell
        kernel = tf.concat([cell.recurrent_kernel, cell.kernel], axis=0)
        biases = tf.reshape(cell.bias, (4, -1)) if cell.use_bias else tf.zeros((4, cell.units))
        return STEP, kernel, biases
