"""GRU with dropout on its state that trains fast on a CPU."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from seqkit.layers._recurrence import Cell
from seqkit.layers._training_loop import TrainingLoop


class _ResetAfter:
    """GRU whose reset gate acts on what the recurrent kernel gives."""

    gates, biases, states, saved = 3, 4, 1, 4

    def forward(
        self, x: Any, states: Sequence[Any], masks: Sequence[Any], kernels: Sequence[Any], biases: Sequence[Any]
    ) -> tuple[list[Any], list[Any]]:
        (h,), units = states, states[0].shape[-1]
        both = tf.concat([h, x], axis=1)
        update, reset = (tf.sigmoid(tf.matmul(both * masks[i], kernels[i]) + biases[i]) for i in (0, 1))
        recalled = tf.matmul(h * masks[2][:, :units], kernels[2][:units]) + biases[3]
        new = tf.tanh(tf.matmul(x * masks[2][:, units:], kernels[2][units:]) + biases[2] + reset * recalled)
        return [update * h + (1 - update) * new], [update, reset, recalled, new]

    def backward(
        self,
        x: Any,
        slopes: Sequence[Any],
        states: Sequence[Any],
        saved: Sequence[Any],
        masks: Sequence[Any],
        kernels: Sequence[Any],
    ) -> tuple[list[Any], Any, list[Any], list[Any]]:
        (slope,), (h,), units = slopes, states, states[0].shape[-1]
        update, reset, recalled, new = saved
        of_update = slope * (h - new) * update * (1 - update)
        of_new = slope * (1 - update) * (1 - new * new)
        of_recalled = of_new * reset
        of_reset = of_new * recalled * reset * (1 - reset)
        both, of_kernels = tf.concat([h, x], axis=1), []
        of_both: Any = 0.0
        for i, each in enumerate((of_update, of_reset)):
            of_both += masks[i] * tf.matmul(each, kernels[i], transpose_b=True)
            of_kernels.append(tf.matmul(both * masks[i], each, transpose_a=True))
        of_state = masks[2][:, :units] * tf.matmul(of_recalled, kernels[2][:units], transpose_b=True)
        of_input = masks[2][:, units:] * tf.matmul(of_new, kernels[2][units:], transpose_b=True)
        recurrent = tf.matmul(h * masks[2][:, :units], of_recalled, transpose_a=True)
        of_kernels.append(tf.concat([recurrent, tf.matmul(x * masks[2][:, units:], of_new, transpose_a=True)], axis=0))
        before = slope * update + of_both[:, :units] + of_state
        return [before], of_both[:, units:] + of_input, of_kernels, [of_update, of_reset, of_new, of_recalled]


class _ResetBefore:
    """GRU whose reset gate acts on what the recurrent kernel is given."""

    gates, biases, states, saved = 3, 3, 1, 3

    def forward(
        self, x: Any, states: Sequence[Any], masks: Sequence[Any], kernels: Sequence[Any], biases: Sequence[Any]
    ) -> tuple[list[Any], list[Any]]:
        (h,) = states
        both = tf.concat([h, x], axis=1)
        update, reset = (tf.sigmoid(tf.matmul(both * masks[i], kernels[i]) + biases[i]) for i in (0, 1))
        new = tf.tanh(tf.matmul(tf.concat([reset * h, x], axis=1) * masks[2], kernels[2]) + biases[2])
        return [update * h + (1 - update) * new], [update, reset, new]

    def backward(
        self,
        x: Any,
        slopes: Sequence[Any],
        states: Sequence[Any],
        saved: Sequence[Any],
        masks: Sequence[Any],
        kernels: Sequence[Any],
    ) -> tuple[list[Any], Any, list[Any], list[Any]]:
        (slope,), (h,), units = slopes, states, states[0].shape[-1]
        update, reset, new = saved
        of_update = slope * (h - new) * update * (1 - update)
        of_new = slope * (1 - update) * (1 - new * new)
        of_new_both = masks[2] * tf.matmul(of_new, kernels[2], transpose_b=True)
        of_recalled = of_new_both[:, :units]
        of_reset = of_recalled * h * reset * (1 - reset)
        of_both: Any = 0.0
        for i, each in enumerate((of_update, of_reset)):
            of_both += masks[i] * tf.matmul(each, kernels[i], transpose_b=True)
        before = slope * update + of_recalled * reset + of_both[:, :units]
        given = [tf.concat([h, x], axis=1)] * 2 + [tf.concat([reset * h, x], axis=1)]
        slopes_of_gates = [of_update, of_reset, of_new]
        of_kernels = [
            tf.matmul(both * mask, each, transpose_a=True)
            for both, mask, each in zip(given, masks, slopes_of_gates, strict=True)
        ]
        return [before], of_both[:, units:] + of_new_both[:, units:], of_kernels, slopes_of_gates


AFTER, BEFORE = _ResetAfter(), _ResetBefore()


@keras.saving.register_keras_serializable(package="seqkit")
class RecurrentDropoutGRU(TrainingLoop, keras.layers.GRU):
    """`keras.layers.GRU` whose training, also with dropout on the state, is faster on a CPU.

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
        **kwargs: As for `keras.layers.GRU`, such as `recurrent_dropout`.

    Call arguments:
        sequences: Tensor of shape (batch, steps, features).
        initial_state: List of one tensor of shape (batch, units), zeros by default.
        mask: Tensor of shape (batch, steps), false at the steps to leave out; by default the one `sequences` carries.
        training: Whether to drop.

    Returns:
        Tensor of shape (batch, units), or (batch, steps, units) with `return_sequences`; with `return_state` a list of
        it and the last state, (batch, units).

    Raises:
        ValueError: `weight_dropout` is not in [0, 1).

    Papers: Gal & Ghahramani (2016), A Theoretically Grounded Application of Dropout in Recurrent Neural Networks,
    https://arxiv.org/abs/1512.05287 (dropout on the state); Merity, Keskar & Socher (2017), Regularizing and Optimizing
    LSTM Language Models, https://arxiv.org/abs/1708.02182 (dropout on the weights)
    """

    def recurrence(self) -> tuple[Cell, Any, Any]:
        """Returns a step of the layer, its kernel and its biases."""
        cell, units = self.cell, self.cell.units
        step = AFTER if cell.reset_after else BEFORE
        kernel = tf.concat([cell.recurrent_kernel, cell.kernel], axis=0)
        if not cell.use_bias:
            biases = tf.zeros((step.biases, units))
        elif cell.reset_after:
            (update, reset, new), recurrent = (
                tf.unstack(tf.reshape(part, (3, units))) for part in tf.unstack(cell.bias)
            )
            biases = tf.stack([update + recurrent[0], reset + recurrent[1], new, recurrent[2]])
        else:
            biases = tf.reshape(cell.bias, (3, units))
        return step, kernel, biases
