"""The time loop of a recurrent layer with dropout on its state, optimised for training on a CPU.

The steps are split into chunks, each compiled by XLA into one kernel, and the batch into shards that run in parallel.
A `Cell` defines one step of a recurrent layer and its gradient.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import tensorflow as tf

CHUNK_STEPS = 30
"""Steps per chunk: enough to amortise the cost of launching its kernel."""

MAX_SHARDS = 4
"""Maximum number of shards of a batch: matrix products of smaller shards are slow."""

Tensors = Sequence[Any]


class Cell(Protocol):
    """One step of a recurrent layer and its gradient; tensors have the shape (rows, units) unless stated otherwise.

    Attributes:
        gates: Number of gates; each has its own dropout mask and its own kernel (units + features, units).
        biases: Number of bias vectors (units,).
        states: Number of state tensors passed from step to step; the first is the output.
        saved: Number of tensors that `backward` needs from `forward`, besides the states before the step.
    """

    gates: int
    biases: int
    states: int
    saved: int

    def __hash__(self) -> int:
        """Returns a hash that only the same cell has."""

    def forward(
        self, x: Any, states: Tensors, masks: Tensors, kernels: Tensors, biases: Tensors
    ) -> tuple[list[Any], list[Any]]:
        """Computes one step.

        Args:
            x: Inputs of shape (rows, features).
            states: States before the step.
            masks: Dropout masks of the concatenated state and inputs, one per gate, (rows, units + features).
            kernels: Recurrent kernel stacked on the input kernel, one per gate.
            biases: Bias vectors.

        Returns:
            The states after the step, and the tensors to save for `backward`.
        """

    def backward(
        self, x: Any, d_states: Tensors, states: Tensors, saved: Tensors, masks: Tensors, kernels: Tensors
    ) -> tuple[list[Any], Any, list[Any], list[Any]]:
        """Computes the gradients of one step.

        Args:
            x: Inputs of shape (rows, features).
            d_states: Gradients of the states after the step.
            states: States before the step.
            saved: Tensors that `forward` saved.
            masks: As for `forward`.
            kernels: As for `forward`.

        Returns:
            The gradients of the states before the step, of the inputs, of each kernel, and of each bias for every row.
        """


def gate_gradients(state_and_inputs: Any, masks: Tensors, kernels: Tensors, d_gates: Tensors) -> tuple[Any, list[Any]]:
    """Computes the gradients of the gates' matrix products.

    Args:
        state_and_inputs: Concatenated state and inputs, of shape (rows, units + features).
        masks: Dropout masks, one per gate, of the same shape.
        kernels: Kernels, one per gate, of shape (units + features, units).
        d_gates: Gradients of the products, one per gate, of shape (rows, units).

    Returns:
        The gradient of `state_and_inputs`, and the gradients of the kernels.
    """
    d_state_and_inputs: Any = 0.0
    d_kernels = []
    for mask, kernel, d_gate in zip(masks, kernels, d_gates, strict=True):
        d_state_and_inputs += mask * tf.matmul(d_gate, kernel, transpose_b=True)
        d_kernels.append(tf.matmul(state_and_inputs * mask, d_gate, transpose_a=True))
    return d_state_and_inputs, d_kernels


def recur(
    cell: Cell,
    inputs: Any,
    states: Tensors,
    step_mask: Any,
    dropout_masks: Any,
    kernel: Any,
    biases: Any,
    *,
    return_sequences: bool,
) -> tuple[Any, list[Any]]:
    """Applies a cell to all steps.

    Args:
        cell: Step function of the layer.
        inputs: Tensor of shape (batch, steps, features).
        states: Initial states, each of shape (batch, units).
        step_mask: Tensor of shape (batch, steps), False for steps that leave the states unchanged; or None.
        dropout_masks: Tensor of shape (gates, batch, units + features).
        kernel: Recurrent kernel stacked on the input kernel, of shape (units + features, gates × units).
        biases: Tensor of shape (biases, units).
        return_sequences: Whether to return the outputs of all steps.

    Returns:
        The outputs (batch, steps, units), or None without `return_sequences`, and the final states.
    """
    if tf.executing_eagerly():
        return _traced(cell, return_sequences)(inputs, states, step_mask, dropout_masks, kernel, biases)

    @tf.custom_gradient
    def run(inputs: Any, kernel: Any, biases: Any, *states: Any) -> Any:
        batch = tf.shape(inputs)[0]
        rows, slices = _shard_slices(batch)
        mask_shards = [None if step_mask is None else step_mask[part] for part in slices]
        shards = [
            _Shard(
                cell,
                rows,
                inputs[part],
                [state[part] for state in states],
                mask,
                dropout_masks[:, part],
                kernel,
                biases,
            )
            for part, mask in zip(slices, mask_shards, strict=True)
        ]
        final_states = zip(*[shard.final_states for shard in shards], strict=True)
        results = [tf.concat(state, axis=0)[:batch] for state in final_states]
        if return_sequences:
            results.append(tf.concat([shard.outputs() for shard in shards], axis=0)[:batch])

        def gradient(*upstream: Any) -> Any:
            gradients = [
                shard.gradients([d[part] for d in upstream]) for part, shard in zip(slices, shards, strict=True)
            ]
            d_inputs, d_kernel, d_biases, *d_states = zip(*gradients, strict=True)
            d_inputs, *d_states = (tf.concat(parts, axis=0)[:batch] for parts in (d_inputs, *d_states))
            return d_inputs, tf.add_n(d_kernel), tf.add_n(d_biases), *d_states

        return results, gradient

    results = list(run(inputs, kernel, biases, *states))
    return (results.pop() if return_sequences else None), results


@cache
def _traced(cell: Cell, return_sequences: bool) -> Any:
    """Returns `recur` as a `tf.function`, cached so that it is traced once."""
    return tf.function(lambda *arguments: recur(cell, *arguments, return_sequences=return_sequences), autograph=False)


def _shard_slices(batch: Any) -> tuple[Any, list[slice]]:
    """Returns the rows per shard and the slices of the batch; the last shards may have fewer rows, or none.

    The rows are rounded up to a multiple of 8 or 32, because XLA compiles every distinct shape separately.
    """
    shards = min(MAX_SHARDS, os.cpu_count() or 1)
    rows = -(-batch // shards)
    multiple = tf.where(rows < 32, 8, 32)
    rows = -(-rows // multiple) * multiple
    return rows, [slice(shard * rows, (shard + 1) * rows) for shard in range(shards)]


class _Shard:
    """Forward and backward pass of some rows of a batch."""

    def __init__(
        self,
        cell: Cell,
        rows: Any,
        inputs: Any,
        states: list[Any],
        step_mask: Any,
        dropout_masks: Any,
        kernel: Any,
        biases: Any,
    ) -> None:
        self.cell, self.rows, self.kernel, self.biases = cell, rows, kernel, biases
        self.units, self.features = states[0].shape[-1], inputs.shape[-1]
        row_count, self.steps = tf.unstack(tf.shape(inputs)[:2])
        steps = inputs.shape[1]
        self.chunk_steps = CHUNK_STEPS if steps is None else -(-steps // -(-steps // CHUNK_STEPS))
        self.chunks = -(-self.steps // self.chunk_steps)
        self.chunks_to_run = tf.where(row_count > 0, self.chunks, 0)
        self.inputs = self._to_chunks(inputs)
        self.step_mask = None if step_mask is None else self._to_chunks(tf.cast(step_mask, tf.float32)[:, :, None])
        self.dropout_masks = self._pad_rows(dropout_masks, 1)
        self.final_states, self.saved = self._forward([self._pad_rows(state, 0) for state in states])

    def outputs(self) -> Any:
        """Returns the outputs of all steps, (rows, steps, units)."""
        before = self._from_chunks(self._stack(self.saved[0], self.units))  # the states before each step
        return tf.concat([before[:, 1:], self.final_states[0][:, None]], axis=1)

    def gradients(self, upstream: list[Any]) -> tuple[Any, ...]:
        """Returns the gradients of inputs, kernel, biases and initial states.

        Args:
            upstream: Gradients of the final states and, with `return_sequences`, of the outputs of all steps.
        """
        _, backward_chunk = _compile_chunk(self.cell, self.units, self.features)
        d_outputs = self._to_chunks(upstream.pop()) if len(upstream) > self.cell.states else None
        d_states = [self._pad_rows(d_state, 0) for d_state in upstream]
        d_weights = [tf.zeros_like(self.kernel), tf.zeros_like(self.biases)]

        def body(chunk: Any, d_inputs: Any, d_states: Any, d_weights: Any) -> Any:
            saved = [array.read(chunk) for array in self.saved]
            d_outputs_of_chunk = None if d_outputs is None else d_outputs[chunk]
            arguments = (*self._chunk(chunk), self.dropout_masks, self.kernel, d_states, d_outputs_of_chunk, saved)
            new_d_states, d_x, d_weights_of_chunk = backward_chunk(*arguments)
            sums = [total + d_weight for total, d_weight in zip(d_weights, d_weights_of_chunk, strict=True)]
            d_states, d_weights = _ensure_shapes(new_d_states, d_states), _ensure_shapes(sums, d_weights)
            return chunk - 1, d_inputs.write(chunk, d_x), d_states, d_weights

        start = (self.chunks_to_run - 1, *self._arrays(1, self.features), d_states, d_weights)
        _, d_inputs, d_states, d_weights = tf.while_loop(lambda chunk, *_: chunk >= 0, body, start)
        return self._from_chunks(self._stack(d_inputs, self.features)), *d_weights, *d_states

    def _forward(self, states: list[Any]) -> tuple[list[Any], list[Any]]:
        """Returns the final states, and the tensors saved for the backward pass."""
        forward_chunk, _ = _compile_chunk(self.cell, self.units, self.features)

        def body(chunk: Any, arrays: Any, states: Any) -> Any:
            new_states, saved = forward_chunk(*self._chunk(chunk), self.dropout_masks, self.kernel, self.biases, states)
            arrays = [array.write(chunk, tensor) for array, tensor in zip(arrays, saved, strict=True)]
            return chunk + 1, arrays, _ensure_shapes(new_states, states)

        arrays = self._arrays(self.cell.states + self.cell.saved, self.units)
        start = (0, arrays, states)
        _, arrays, final_states = tf.while_loop(lambda chunk, *_: chunk < self.chunks_to_run, body, start)
        return final_states, arrays

    def _chunk(self, chunk: Any) -> tuple[Any, Any, Any]:
        """Returns the number of steps of a chunk, its inputs and its step mask."""
        step_mask = None if self.step_mask is None else self.step_mask[chunk]
        return tf.minimum(self.chunk_steps, self.steps - chunk * self.chunk_steps), self.inputs[chunk], step_mask

    def _arrays(self, count: int, width: int) -> list[Any]:
        """Returns arrays of tensors (chunk_steps, rows, width), one tensor per chunk."""
        shape = (self.chunk_steps, None, width)
        return [tf.TensorArray(tf.float32, self.chunks, False, False, element_shape=shape) for _ in range(count)]

    def _stack(self, array: Any, width: int) -> Any:
        """Stacks an array to (chunks, chunk_steps, rows, width)."""
        shape = (self.chunks, self.chunk_steps, self.rows, width)
        return tf.cond(self.chunks_to_run > 0, array.stack, lambda: tf.zeros(shape))

    def _pad_rows(self, tensor: Any, axis: int) -> Any:
        """Pads an axis with zeros to `rows`."""
        paddings = [[0, 0] for _ in tensor.shape]
        paddings[axis][1] = self.rows - tf.shape(tensor)[axis]
        return tf.pad(tensor, paddings)

    def _to_chunks(self, tensor: Any) -> Any:
        """Reshapes (rows, steps, width) to (chunks, chunk_steps, rows, width), padded with zeros."""
        missing = self.chunks * self.chunk_steps - self.steps
        tensor = tf.pad(self._pad_rows(tensor, 0), [[0, 0], [0, missing], [0, 0]])
        tensor = tf.reshape(tensor, (self.rows, self.chunks, self.chunk_steps, tensor.shape[-1]))
        return tf.transpose(tensor, (1, 2, 0, 3))

    def _from_chunks(self, tensor: Any) -> Any:
        """Reshapes (chunks, chunk_steps, rows, width) to (rows, steps, width)."""
        shape = (self.rows, self.chunks * self.chunk_steps, tensor.shape[-1])
        return tf.reshape(tf.transpose(tensor, (2, 0, 1, 3)), shape)[:, : self.steps]


@cache
def _compile_chunk(cell: Cell, units: int, features: int) -> tuple[Any, Any]:
    """Returns the compiled forward and backward pass of one chunk.

    Args:
        cell: Step function of the layer.
        units: Units of the layer; the functions are compiled for these units and features.
        features: Features of the inputs.
    """

    def arrays(x: Any, count: int, width: int) -> list[Any]:
        zeros = tf.zeros((x.shape[0], tf.shape(x)[1], width))
        array = tf.TensorArray(tf.float32, x.shape[0], element_shape=(None, width))
        return [array.unstack(zeros) for _ in range(count)]

    @tf.function(jit_compile=True, autograph=False)
    def forward_chunk(steps: Any, x: Any, step_mask: Any, masks: Any, kernel: Any, biases: Any, states: Any) -> Any:
        gate_masks, kernels = tf.unstack(masks), tf.split(kernel, cell.gates, axis=1)
        bias_vectors = tf.unstack(biases)

        def body(step: Any, states: Any, saved: Any) -> Any:
            new_states, tensors = cell.forward(x[step], states, gate_masks, kernels, bias_vectors)
            saved = [array.write(step, tensor) for array, tensor in zip(saved, (*states, *tensors), strict=True)]
            if step_mask is not None:
                use = step_mask[step] > 0
                new_states = [tf.where(use, new, old) for new, old in zip(new_states, states, strict=True)]
            return step + 1, new_states, saved

        saved = arrays(x, cell.states + cell.saved, units)
        _, states, saved = tf.while_loop(lambda step, *_: step < steps, body, (0, states, saved))
        return states, [array.stack() for array in saved]

    @tf.function(jit_compile=True, autograph=False)
    def backward_chunk(
        steps: Any, x: Any, step_mask: Any, masks: Any, kernel: Any, d_states: Any, d_outputs: Any, saved: Any
    ) -> Any:
        gate_masks, kernels = tf.unstack(masks), tf.split(kernel, cell.gates, axis=1)

        def body(step: Any, d_states: Any, d_inputs: Any, d_kernels: Any, d_biases: Any) -> Any:
            if d_outputs is not None:
                d_states = [d_states[0] + d_outputs[step], *d_states[1:]]
            d_new = d_states if step_mask is None else [d_state * step_mask[step] for d_state in d_states]
            tensors = [tensor[step] for tensor in saved]
            states, tensors = tensors[: cell.states], tensors[cell.states :]
            d_old, d_x, d_kernel, d_bias = cell.backward(x[step], d_new, states, tensors, gate_masks, kernels)
            if step_mask is not None:
                skip = 1.0 - step_mask[step]
                d_old = [d + skip * d_state for d, d_state in zip(d_old, d_states, strict=True)]
            d_kernels = [total + d for total, d in zip(d_kernels, d_kernel, strict=True)]
            d_biases = [total + tf.reduce_sum(d, axis=0) for total, d in zip(d_biases, d_bias, strict=True)]
            return step - 1, d_old, d_inputs.write(step, d_x), d_kernels, d_biases

        zero_kernels, zero_biases = [tf.zeros_like(kernel) for kernel in kernels], [tf.zeros((units,))] * cell.biases
        start = (steps - 1, d_states, *arrays(x, 1, features), zero_kernels, zero_biases)
        _, d_states, d_inputs, d_kernels, d_biases = tf.while_loop(lambda step, *_: step >= 0, body, start)
        return d_states, d_inputs.stack(), [tf.concat(d_kernels, axis=1), tf.stack(d_biases)]

    return forward_chunk, backward_chunk


def _ensure_shapes(tensors: list[Any], like: list[Any]) -> list[Any]:
    """Sets the static shapes of tensors to those of others."""
    return [tf.ensure_shape(tensor, other.shape) for tensor, other in zip(tensors, like, strict=True)]
