"""The time loop of `keras.layers.LSTM` and `keras.layers.GRU` without dropout, optimised for training on a CPU.

The inputs of all steps are multiplied with the kernel at once, and so are the gradients of both kernels; only the
product of the state with the recurrent kernel remains in the loop, one for all gates. XLA compiles the loop, and parts
of the batch run in parallel.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import keras
import tensorflow as tf

MIN_STEPS = 30
"""Steps from which the loop is faster than Keras' although it has to be compiled."""

MAX_SHARDS, MIN_ROWS = 4, 8
"""Maximum number of shards of a batch, and minimum rows of each: matrix products of smaller shards are slow."""

Tensors = Sequence[Any]


class _Cell(Protocol):
    """One step of a recurrent layer and its gradient; the tensors have the shape (rows, units).

    The products of inputs and state with the kernels have the shape (rows, gates × units).

    Attributes:
        products: 1 if the gradients of both products are equal, else 2.
        states: Number of states; the first is the output.
        saved: Number of tensors that `backward` needs from `forward`, besides the states before the step.
    """

    products: int
    states: int
    saved: int

    def __hash__(self) -> int:
        """Returns a hash that only the same cell has."""

    def forward(self, inputs: Any, product: Any, states: Tensors) -> tuple[list[Any], list[Any]]:
        """Returns the states after a step, and the tensors to save, from the two products with the kernels."""

    def backward(self, d_states: Tensors, states: Tensors, saved: Tensors) -> tuple[Any, Any, list[Any]]:
        """Returns the gradients of the two products, and those of the states before the step but for the product."""


class _LSTM:
    products, states, saved = 1, 2, 4

    def forward(self, inputs: Any, product: Any, states: Tensors) -> tuple[list[Any], list[Any]]:
        input_, forget, new, output = tf.split(inputs + product, 4, axis=1)
        input_, forget, new, output = tf.sigmoid(input_), tf.sigmoid(forget), tf.tanh(new), tf.sigmoid(output)
        carry = forget * states[1] + input_ * new
        return [output * tf.tanh(carry), carry], [input_, forget, new, output]

    def backward(self, d_states: Tensors, states: Tensors, saved: Tensors) -> tuple[Any, Any, list[Any]]:
        (d_h, d_carry), (input_, forget, new, output) = d_states, saved
        activated = tf.tanh(forget * states[1] + input_ * new)
        d_carry = d_carry + d_h * output * (1 - activated * activated)
        d_gates = [
            d_carry * new * input_ * (1 - input_),
            d_carry * states[1] * forget * (1 - forget),
            d_carry * input_ * (1 - new * new),
            d_h * activated * output * (1 - output),
        ]
        d_product = tf.concat(d_gates, axis=1)
        return d_product, d_product, [tf.zeros_like(d_h), d_carry * forget]


class _GRU:
    products, states, saved = 2, 1, 4

    def forward(self, inputs: Any, product: Any, states: Tensors) -> tuple[list[Any], list[Any]]:
        (x_update, x_reset, x_new), (h_update, h_reset, h_new) = tf.split(inputs, 3, axis=1), tf.split(product, 3, 1)
        update, reset = tf.sigmoid(x_update + h_update), tf.sigmoid(x_reset + h_reset)
        new = tf.tanh(x_new + reset * h_new)
        return [update * states[0] + (1 - update) * new], [update, reset, new, h_new]

    def backward(self, d_states: Tensors, states: Tensors, saved: Tensors) -> tuple[Any, Any, list[Any]]:
        (d_h,), (update, reset, new, h_new) = d_states, saved
        d_new = d_h * (1 - update) * (1 - new * new)
        d_update = d_h * (states[0] - new) * update * (1 - update)
        d_reset = d_new * h_new * reset * (1 - reset)
        d_inputs, d_product = (tf.concat([d_update, d_reset, last], axis=1) for last in (d_new, d_new * reset))
        return d_inputs, d_product, [d_h * update]


_CELLS: dict[type, _Cell] = {keras.layers.LSTM: _LSTM(), keras.layers.GRU: _GRU()}
"""Step of each layer class. Subclasses are excluded: they may compute anything."""


def is_supported(layer: Any, sequences: Any, initial_states: Tensors, mask: Any) -> bool:
    """Whether `recur` computes what a layer does; batch and steps have to be known."""
    if type(layer) not in _CELLS:
        return False
    cell = layer.cell
    return (
        mask is None
        and sequences.shape[1] is not None
        and sequences.shape[1] >= MIN_STEPS
        and initial_states[0].shape[0] is not None
        and not cell.dropout
        and not cell.recurrent_dropout
        and cell.activation is keras.activations.tanh
        and cell.recurrent_activation is keras.activations.sigmoid
        and cell.use_bias
        and getattr(cell, "reset_after", True)
        and layer.compute_dtype == "float32"
        and not layer.unroll
        and not layer.go_backwards
        and not tf.config.list_logical_devices("GPU")
    )


def recur(layer: Any, sequences: Any, initial_states: Tensors) -> tuple[Any, Any, list[Any]]:
    """Applies a layer to all steps, with gradients; the arguments must be supported.

    Args:
        layer: The layer.
        sequences: Tensor of shape (batch, steps, features).
        initial_states: States before the first step, each of shape (batch, units).

    Returns:
        The last output (batch, units), the outputs of all steps, and the final states.
    """
    cell, count = _CELLS[type(layer)], len(initial_states)
    forward, backward = _compiled(cell)
    batch, steps, features = initial_states[0].shape[0], sequences.shape[1], sequences.shape[2]
    shards = max(1, min(MAX_SHARDS, os.cpu_count() or 1, batch // MIN_ROWS))
    rows = -(-batch // shards)
    slices = [slice(first, min(first + rows, batch)) for first in range(0, batch, rows)]

    @tf.custom_gradient
    def run(x: Any, kernel: Any, recurrent_kernel: Any, bias: Any, *states: Any) -> Any:
        by_step = tf.transpose(tf.ensure_shape(x, (batch, steps, features)), (1, 0, 2))
        inputs = [by_step[:, part] for part in slices]
        results = [
            forward(x_part, kernel, recurrent_kernel, bias, [state[part] for state in states])
            for x_part, part in zip(inputs, slices, strict=True)
        ]
        final_states = [tf.concat(parts, axis=0) for parts in zip(*(r[0] for r in results), strict=True)]
        outputs = tf.transpose(tf.concat([r[1] for r in results], axis=1), (1, 0, 2))

        def gradient(*upstream: Any) -> Any:
            d_outputs = tf.transpose(upstream[-1], (1, 0, 2))
            gradients = [
                backward(x_part, kernel, recurrent_kernel, saved, [d[part] for d in upstream[:-1]], d_outputs[:, part])
                for x_part, (*_, saved), part in zip(inputs, results, slices, strict=True)
            ]
            d_inputs, d_kernel, d_recurrent_kernel, d_biases, *d_states = zip(*gradients, strict=True)
            d_x = tf.transpose(tf.concat(d_inputs, axis=1), (1, 0, 2))
            d_bias = tf.reshape(tf.add_n(d_biases), bias.shape) if bias.shape.rank > 1 else tf.add_n(d_biases)[0]
            weights = tf.add_n(d_kernel), tf.add_n(d_recurrent_kernel), d_bias
            return d_x, *weights, *(tf.concat(parts, axis=0) for parts in d_states)

        return [*final_states, outputs], gradient

    weights = (layer.cell.kernel, layer.cell.recurrent_kernel, layer.cell.bias)
    *states, outputs = run(sequences, *map(tf.convert_to_tensor, weights), *initial_states)
    return states[0], outputs, list(states[:count])


@cache
def _compiled(cell: _Cell) -> tuple[Any, Any]:
    """Returns the compiled forward and backward pass of some rows of a batch; time comes first in their tensors."""

    def arrays(count: int, steps: int, rows: int, width: int) -> list[Any]:
        array = tf.TensorArray(tf.float32, steps, element_shape=(rows, width))
        return [array.unstack(tf.zeros((steps, rows, width))) for _ in range(count)]

    @tf.function(jit_compile=True, autograph=False)
    def forward(x: Any, kernel: Any, recurrent_kernel: Any, bias: Any, states: Tensors) -> Any:
        (steps, rows, features), (units, width) = x.shape, recurrent_kernel.shape
        input_bias, state_bias = tf.unstack(bias) if bias.shape.rank > 1 else (bias, tf.zeros_like(bias))
        inputs = tf.reshape(tf.matmul(tf.reshape(x, (-1, features)), kernel) + input_bias, (steps, rows, width))

        def body(step: Any, states: Tensors, saved: Tensors) -> Any:
            product = tf.matmul(states[0], recurrent_kernel) + state_bias
            new_states, tensors = cell.forward(inputs[step], product, states)
            return step + 1, new_states, _write(saved, step, [*states, *tensors])

        saved = arrays(cell.states + cell.saved, steps, rows, units)
        _, states, saved = tf.while_loop(lambda step, *_: step < steps, body, (0, list(states), saved))
        tensors = [array.stack() for array in saved]
        return states, tf.concat([tensors[0][1:], states[0][None]], axis=0), tensors

    @tf.function(jit_compile=True, autograph=False)
    def backward(x: Any, kernel: Any, recurrent_kernel: Any, saved: Tensors, d_states: Tensors, d_outputs: Any) -> Any:
        (steps, rows, features), (units, width) = x.shape, recurrent_kernel.shape

        def body(step: Any, d_states: Tensors, d_products: Tensors) -> Any:
            tensors = [tensor[step] for tensor in saved]
            d_states = [d_states[0] + d_outputs[step], *d_states[1:]]
            d_input, d_product, d_before = cell.backward(d_states, tensors[: cell.states], tensors[cell.states :])
            d_before[0] += tf.matmul(d_product, recurrent_kernel, transpose_b=True)
            return step - 1, d_before, _write(d_products, step, [d_product, d_input][: cell.products])

        start = (steps - 1, list(d_states), arrays(cell.products, steps, rows, width))
        _, d_states, d_products = tf.while_loop(lambda step, *_: step >= 0, body, start)
        products = [tf.reshape(array.stack(), (-1, width)) for array in d_products]
        d_product, d_input = products[0], products[-1]
        d_kernel = tf.matmul(tf.reshape(x, (-1, features)), d_input, transpose_a=True)
        d_recurrent_kernel = tf.matmul(tf.reshape(saved[0], (-1, units)), d_product, transpose_a=True)
        d_biases = tf.stack([tf.reduce_sum(d, axis=0) for d in (d_input, d_product)])
        d_x = tf.reshape(tf.matmul(d_input, kernel, transpose_b=True), (steps, rows, features))
        return d_x, d_kernel, d_recurrent_kernel, d_biases, *d_states

    return forward, backward


def _write(arrays: Tensors, step: Any, tensors: Tensors) -> list[Any]:
    return [array.write(step, tensor) for array, tensor in zip(arrays, tensors, strict=True)]
