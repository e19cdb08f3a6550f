"""GRU with dropout on its state that trains fast on a CPU."""

from typing import Any

import keras
import tensorflow as tf

from seqkit.layers._fast_training import FastTraining
from seqkit.layers._recurrence import Cell, Tensors, gate_gradients


class _ResetAfter:
    """GRU step that applies the reset gate after the recurrent matrix product."""

    gates, biases, states, saved = 3, 4, 1, 4

    def forward(
        self, x: Any, states: Tensors, masks: Tensors, kernels: Tensors, biases: Tensors
    ) -> tuple[list[Any], list[Any]]:
        (h,), units = states, states[0].shape[-1]
        hx = tf.concat([h, x], axis=1)
        update, reset = (tf.sigmoid(tf.matmul(hx * masks[i], kernels[i]) + biases[i]) for i in (0, 1))
        recurrent = tf.matmul(h * masks[2][:, :units], kernels[2][:units]) + biases[3]
        new = tf.tanh(tf.matmul(x * masks[2][:, units:], kernels[2][units:]) + biases[2] + reset * recurrent)
        return [update * h + (1 - update) * new], [update, reset, recurrent, new]

    def backward(
        self, x: Any, d_states: Tensors, states: Tensors, saved: Tensors, masks: Tensors, kernels: Tensors
    ) -> tuple[list[Any], Any, list[Any], list[Any]]:
        (d_h,), (h,), units = d_states, states, states[0].shape[-1]
        update, reset, recurrent, new = saved
        d_update = d_h * (h - new) * update * (1 - update)
        d_new = d_h * (1 - update) * (1 - new * new)
        d_recurrent = d_new * reset
        d_reset = d_new * recurrent * reset * (1 - reset)
        hx = tf.concat([h, x], axis=1)
        d_hx, d_kernels = gate_gradients(hx, masks[:2], kernels[:2], (d_update, d_reset))
        h_mask, x_mask = masks[2][:, :units], masks[2][:, units:]
        d_h_new = h_mask * tf.matmul(d_recurrent, kernels[2][:units], transpose_b=True)
        d_x_new = x_mask * tf.matmul(d_new, kernels[2][units:], transpose_b=True)
        d_recurrent_kernel = tf.matmul(h * h_mask, d_recurrent, transpose_a=True)
        d_input_kernel = tf.matmul(x * x_mask, d_new, transpose_a=True)
        d_kernels.append(tf.concat([d_recurrent_kernel, d_input_kernel], axis=0))
        d_h_before = d_h * update + d_hx[:, :units] + d_h_new
        return [d_h_before], d_hx[:, units:] + d_x_new, d_kernels, [d_update, d_reset, d_new, d_recurrent]


class _ResetBefore:
    """GRU step that applies the reset gate before the recurrent matrix product."""

    gates, biases, states, saved = 3, 3, 1, 3

    def forward(
        self, x: Any, states: Tensors, masks: Tensors, kernels: Tensors, biases: Tensors
    ) -> tuple[list[Any], list[Any]]:
        (h,) = states
        hx = tf.concat([h, x], axis=1)
        update, reset = (tf.sigmoid(tf.matmul(hx * masks[i], kernels[i]) + biases[i]) for i in (0, 1))
        new = tf.tanh(tf.matmul(tf.concat([reset * h, x], axis=1) * masks[2], kernels[2]) + biases[2])
        return [update * h + (1 - update) * new], [update, reset, new]

    def backward(
        self, x: Any, d_states: Tensors, states: Tensors, saved: Tensors, masks: Tensors, kernels: Tensors
    ) -> tuple[list[Any], Any, list[Any], list[Any]]:
        (d_h,), (h,), units = d_states, states, states[0].shape[-1]
        update, reset, new = saved
        d_update = d_h * (h - new) * update * (1 - update)
        d_new = d_h * (1 - update) * (1 - new * new)
        d_hx_new, d_new_kernel = gate_gradients(tf.concat([reset * h, x], axis=1), masks[2:], kernels[2:], (d_new,))
        d_reset_h = d_hx_new[:, :units]
        d_reset = d_reset_h * h * reset * (1 - reset)
        hx = tf.concat([h, x], axis=1)
        d_hx, d_kernels = gate_gradients(hx, masks[:2], kernels[:2], (d_update, d_reset))
        d_h_before = d_h * update + d_reset_h * reset + d_hx[:, :units]
        d_x = d_hx[:, units:] + d_hx_new[:, units:]
        return [d_h_before], d_x, d_kernels + d_new_kernel, [d_update, d_reset, d_new]


RESET_AFTER, RESET_BEFORE = _ResetAfter(), _ResetBefore()


@keras.saving.register_keras_serializable(package="seqkit")
class RecurrentDropoutGRU(FastTraining, keras.layers.GRU):
    """`keras.layers.GRU` that trains faster on a CPU, also with dropout on the state, and can drop recurrent weights.

    Arguments, call arguments and outputs are those of `keras.layers.GRU`; in addition `weight_dropout`, a fraction in
    [0, 1). `FastTraining` describes it, and when the fast implementation applies.
    """

    def recurrence(self) -> tuple[Cell, Any, Any]:
        """Returns the step function of the layer, its kernel and its biases, as arguments of `recur`."""
        cell, units = self.cell, self.cell.units
        step = RESET_AFTER if cell.reset_after else RESET_BEFORE
        kernel = tf.concat([cell.recurrent_kernel, cell.kernel], axis=0)
        if not cell.use_bias:
            biases = tf.zeros((step.biases, units))
        elif cell.reset_after:
            (update, reset, new), recurrent = (
                tf.unstack(tf.reshape(bias, (3, units))) for bias in tf.unstack(cell.bias)
            )
            biases = tf.stack([update + recurrent[0], reset + recurrent[1], new, recurrent[2]])
        else:
            biases = tf.reshape(cell.bias, (3, units))
        return step, kernel, biases
