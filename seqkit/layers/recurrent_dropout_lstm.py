"""LSTM with dropout on its state that trains fast on a CPU."""

from typing import Any

import keras
import tensorflow as tf

from seqkit.layers._fast_training import FastTraining
from seqkit.layers._recurrence import Cell, Tensors, gate_gradients


class _Step:
    """LSTM step; the gates are input, forget, candidate and output."""

    gates, biases, states, saved = 4, 4, 2, 5

    def forward(
        self, x: Any, states: Tensors, masks: Tensors, kernels: Tensors, biases: Tensors
    ) -> tuple[list[Any], list[Any]]:
        h, carry = states
        hx = tf.concat([h, x], axis=1)
        sums = [tf.matmul(hx * mask, k) + b for mask, k, b in zip(masks, kernels, biases, strict=True)]
        input_, forget, output = (tf.sigmoid(sums[i]) for i in (0, 1, 3))
        new = tf.tanh(sums[2])
        carry = forget * carry + input_ * new
        activated = tf.tanh(carry)
        return [output * activated, carry], [input_, forget, new, output, activated]

    def backward(
        self, x: Any, d_states: Tensors, states: Tensors, saved: Tensors, masks: Tensors, kernels: Tensors
    ) -> tuple[list[Any], Any, list[Any], list[Any]]:
        (d_h, d_carry), (h, carry), units = d_states, states, states[0].shape[-1]
        input_, forget, new, output, activated = saved
        d_carry += d_h * output * (1 - activated * activated)
        d_gates = [
            d_carry * new * input_ * (1 - input_),
            d_carry * carry * forget * (1 - forget),
            d_carry * input_ * (1 - new * new),
            d_h * activated * output * (1 - output),
        ]
        d_hx, d_kernels = gate_gradients(tf.concat([h, x], axis=1), masks, kernels, d_gates)
        return [d_hx[:, :units], d_carry * forget], d_hx[:, units:], d_kernels, d_gates


STEP = _Step()


@keras.saving.register_keras_serializable(package="seqkit")
class RecurrentDropoutLSTM(FastTraining, keras.layers.LSTM):
    """`keras.layers.LSTM` that trains faster on a CPU, also with dropout on the state, and can drop recurrent weights.

    Arguments, call arguments and outputs are those of `keras.layers.LSTM`; in addition `weight_dropout`, a fraction in
    [0, 1). `FastTraining` describes it, and when the fast implementation applies.
    """

    def recurrence(self) -> tuple[Cell, Any, Any]:
        """Returns the step function of the layer, its kernel and its biases, as arguments of `recur`."""
        cell = self.cell
        kernel = tf.concat([cell.recurrent_kernel, cell.kernel], axis=0)
        biases = tf.reshape(cell.bias, (4, -1)) if cell.use_bias else tf.zeros((4, cell.units))
        return STEP, kernel, biases
