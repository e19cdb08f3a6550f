"""The loop over the steps of a recurrent layer with dropout on its state, made to train fast on a CPU.

A sequence is cut into pieces of some steps, each of which XLA compiles into one kernel, and a batch into parts, one for
each processor core. What differs between the kinds of recurrent layer is a `Cell`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import tensorflow as tf

PIECE = 30
"""Steps to a piece: enough to make up for its start."""

PARTS = 4
"""The most parts a batch is cut into: the products of smaller ones are slow."""


class Cell(Protocol):
    """One step of a recurrent layer and its derivative; arrays are (rows, units) unless said otherwise.

    Attributes:
        gates: Gates, each with its own mask and its own kernel (units + features, units).
        biases: Biases (units,), as many as `forward` takes.
        states: Arrays that go from step to step, the output first.
        saved: Arrays of a step that its derivative needs, besides the states before it.
    """

    gates: int
    biases: int
    states: int
    saved: int

    def __hash__(self) -> int:
        """Returns the same for the same cell alone."""

    def forward(
        self, x: Any, states: Sequence[Any], masks: Sequence[Any], kernels: Sequence[Any], biases: Sequence[Any]
    ) -> tuple[list[Any], list[Any]]:
        """Returns the states after a step and what is to be saved.

        Args:
            x: Inputs (rows, features).
            states: Before the step.
            masks: What to multiply the state and the inputs by, side by side (rows, units + features), one a gate.
            kernels: Of the gates, the recurrent kernel above that of the inputs.
            biases: As many as `biases`.
        """

    def backward(
        self,
        x: Any,
        slopes: Sequence[Any],
        states: Sequence[Any],
        saved: Sequence[Any],
        masks: Sequence[Any],
        kernels: Sequence[Any],
    ) -> tuple[list[Any], Any, list[Any], list[Any]]:
        """Returns gradients: of the states before a step, of its inputs, of kernels, of biases.

        Args:
            x: Inputs (rows, features).
            slopes: Gradients of the states after the step.
            states: Before the step.
            saved: What `forward` saved.
            masks: As for `forward`.
            kernels: As for `forward`.
        """


def recur(
    cell: Cell, inputs: Any, states: Sequence[Any], live: Any, masks: Any, kernel: Any, biases: Any, *, sequences: bool
) -> tuple[Any, list[Any]]:
    """Runs a cell over all steps.

    Args:
        cell: The kind of layer.
        inputs: Of shape (batch, steps, features).
        states: Those before the first step, each (batch, units).
        live: False at the steps that leave the states as they are, (batch, steps), or None.
        masks: What is dropped, (gates, batch, units + features).
        kernel: Recurrent kernel above the kernel of the inputs, (units + features, gates × units).
        biases: Of shape (biases, units).
        sequences: Whether the outputs of all steps are wanted.

    Returns:
        The outputs (batch, steps, units), or None, and the states after the last step.
    """
    if tf.executing_eagerly():
        return _in_a_graph(cell, sequences)(inputs, states, live, masks, kernel, biases)

    @tf.custom_gradient
    def run(inputs: Any, kernel: Any, biases: Any, *states: Any) -> Any:
        batch = tf.shape(inputs)[0]
        rows, slices = _cut(batch)
        lives = [None if live is None else live[own] for own in slices]
        parts = [
            _Part(cell, rows, inputs[own], [state[own] for state in states], own_live, masks[:, own], kernel, biases)
            for own, own_live in zip(slices, lives, strict=True)
        ]
        outputs = [tf.concat(lasts, axis=0)[:batch] for lasts in zip(*[part.lasts for part in parts], strict=True)]
        if sequences:
            outputs.append(tf.concat([part.outputs() for part in parts], axis=0)[:batch])

        def gradient(*slopes: Any) -> Any:
            found = [part.gradients([s[own] for s in slopes]) for own, part in zip(slices, parts, strict=True)]
            of_inputs, of_kernel, of_biases, *of_states = zip(*found, strict=True)
            of_inputs, *of_states = (tf.concat(each, axis=0)[:batch] for each in (of_inputs, *of_states))
            return of_inputs, tf.add_n(of_kernel), tf.add_n(of_biases), *of_states

        return outputs, gradient

    found = list(run(inputs, kernel, biases, *states))
    return (found.pop() if sequences else None), found


@cache
def _in_a_graph(cell: Cell, sequences: bool) -> Any:
    """Returns `recur` as a function that is traced once for all calls of its kind."""
    return tf.function(lambda *given: recur(cell, *given, sequences=sequences), autograph=False)


def _cut(batch: Any) -> tuple[Any, list[slice]]:
    """Returns the rows to a part of a batch, and the parts; those at the end may be shorter, or without rows.

    Few different numbers of rows come of all batches, since XLA compiles each anew.
    """
    parts = min(PARTS, os.cpu_count() or 1)
    rows = -(-batch // parts)
    grain = tf.where(rows < 32, 8, 32)
    rows = -(-rows // grain) * grain
    return rows, [slice(part * rows, (part + 1) * rows) for part in range(parts)]


class _Part:
    """Some rows of a batch, on their way through all steps and back."""

    def __init__(
        self, cell: Cell, rows: Any, inputs: Any, states: list[Any], live: Any, masks: Any, kernel: Any, biases: Any
    ) -> None:
        self.cell, self.rows, self.kernel, self.biases = cell, rows, kernel, biases
        self.units, self.features = states[0].shape[-1], inputs.shape[-1]
        own, self.steps = tf.unstack(tf.shape(inputs)[:2])
        self.length = PIECE if inputs.shape[1] is None else -(-inputs.shape[1] // -(-inputs.shape[1] // PIECE))
        self.pieces = -(-self.steps // self.length)
        self.gone = tf.where(own > 0, self.pieces, 0)  # without rows there is nowhere to go
        self.inputs = self._in_pieces(inputs)
        self.live = None if live is None else self._in_pieces(tf.cast(live, tf.float32)[:, :, None])
        self.masks = self._filled(masks, 1)
        self.lasts, self.saved = self._forward([self._filled(state, 0) for state in states])

    def outputs(self) -> Any:
        """Returns the first state after each step, (rows, steps, units)."""
        before = self._in_order(self._stacked(self.saved[0], self.units))
        return tf.concat([before[:, 1:], self.lasts[0][:, None]], axis=1)

    def gradients(self, slopes: list[Any]) -> tuple[Any, ...]:
        """Returns the gradients of inputs, kernel, biases and first states.

        Args:
            slopes: Gradients of the last states, and, if they were asked for, of the outputs of all steps.
        """
        count = self.cell.states
        _, back = _compiled(self.cell, self.units, self.features)
        of_outputs = self._in_pieces(slopes.pop()) if len(slopes) > count else None
        slopes = [self._filled(slope, 0) for slope in slopes]
        sums = [tf.zeros_like(self.kernel), tf.zeros_like(self.biases)]

        def body(piece: Any, of_inputs: Any, slopes: Any, sums: Any) -> Any:
            saved = [room.read(piece) for room in self.saved]
            own = None if of_outputs is None else of_outputs[piece]
            new_slopes, of_x, more = back(*self._piece(piece), self.masks, self.kernel, slopes, own, saved)
            more = [total + each for total, each in zip(sums, more, strict=True)]
            return piece - 1, of_inputs.write(piece, of_x), _shaped(new_slopes, slopes), _shaped(more, sums)

        start = (self.gone - 1, *self._rooms(1, self.features), slopes, sums)
        _, of_inputs, slopes, sums = tf.while_loop(lambda piece, *_: piece >= 0, body, start)
        return self._in_order(self._stacked(of_inputs, self.features)), *sums, *slopes

    def _forward(self, states: list[Any]) -> tuple[list[Any], list[Any]]:
        """Returns the states after the last step, and what is saved of each piece."""
        ahead, _ = _compiled(self.cell, self.units, self.features)

        def body(piece: Any, rooms: Any, states: Any) -> Any:
            after, saved = ahead(*self._piece(piece), self.masks, self.kernel, self.biases, states)
            rooms = [room.write(piece, each) for room, each in zip(rooms, saved, strict=True)]
            return piece + 1, rooms, _shaped(after, states)

        rooms = self._rooms(self.cell.states + self.cell.saved, self.units)
        _, rooms, lasts = tf.while_loop(lambda piece, *_: piece < self.gone, body, (0, rooms, states))
        return lasts, rooms

    def _piece(self, piece: Any) -> tuple[Any, Any, Any]:
        """Returns how many steps of a piece there are, their inputs, and where they are live."""
        live = None if self.live is None else self.live[piece]
        return tf.minimum(self.length, self.steps - piece * self.length), self.inputs[piece], live

    def _rooms(self, count: int, width: int) -> list[Any]:
        """Returns arrays for something (length, rows, width) of each piece."""
        shape = (self.length, None, width)
        return [tf.TensorArray(tf.float32, self.pieces, False, False, element_shape=shape) for _ in range(count)]

    def _stacked(self, room: Any, width: int) -> Any:
        """Returns (pieces, length, rows, width)."""
        shape = (self.pieces, self.length, self.rows, width)
        return tf.cond(self.gone > 0, room.stack, lambda: tf.zeros(shape))

    def _filled(self, array: Any, axis: int) -> Any:
        """Returns it with rows of zeros up to the full number."""
        ends = [[0, 0] for _ in array.shape]
        ends[axis][1] = self.rows - tf.shape(array)[axis]
        return tf.pad(array, ends)

    def _in_pieces(self, array: Any) -> Any:
        """Returns (rows, steps, width) as (pieces, length, rows, width), filled with steps of zeros."""
        array = tf.pad(self._filled(array, 0), [[0, 0], [0, self.pieces * self.length - self.steps], [0, 0]])
        array = tf.reshape(array, (self.rows, self.pieces, self.length, array.shape[-1]))
        return tf.transpose(array, (1, 2, 0, 3))

    def _in_order(self, array: Any) -> Any:
        """Returns (pieces, length, rows, width) as (rows, steps, width)."""
        shape = (self.rows, self.pieces * self.length, array.shape[-1])
        return tf.reshape(tf.transpose(array, (2, 0, 1, 3)), shape)[:, : self.steps]


@cache
def _compiled(cell: Cell, units: int, features: int) -> tuple[Any, Any]:
    """Returns what goes through a piece, and what comes back through it.

    Args:
        cell: The kind of layer.
        units: Width of the state; it and `features` have functions of their own, which know them.
        features: Width of the inputs.
    """

    def rooms(x: Any, count: int, width: int) -> list[Any]:
        zeros = tf.zeros((x.shape[0], tf.shape(x)[1], width))
        room = tf.TensorArray(tf.float32, x.shape[0], element_shape=(None, width))
        return [room.unstack(zeros) for _ in range(count)]

    @tf.function(jit_compile=True, autograph=False)
    def ahead(steps: Any, x: Any, live: Any, masks: Any, kernel: Any, biases: Any, states: Any) -> Any:
        own_masks, kernels = tf.unstack(masks), tf.split(kernel, cell.gates, axis=1)
        own_biases = tf.unstack(biases)

        def body(step: Any, states: Any, saved: Any) -> Any:
            after, more = cell.forward(x[step], states, own_masks, kernels, own_biases)
            saved = [room.write(step, each) for room, each in zip(saved, (*states, *more), strict=True)]
            if live is not None:
                after = [tf.where(live[step] > 0, new, old) for new, old in zip(after, states, strict=True)]
            return step + 1, after, saved

        saved = rooms(x, cell.states + cell.saved, units)
        _, states, saved = tf.while_loop(lambda step, *_: step < steps, body, (0, states, saved))
        return states, [room.stack() for room in saved]

    @tf.function(jit_compile=True, autograph=False)
    def back(steps: Any, x: Any, live: Any, masks: Any, kernel: Any, slopes: Any, outer: Any, saved: Any) -> Any:
        own_masks, kernels = tf.unstack(masks), tf.split(kernel, cell.gates, axis=1)

        def body(step: Any, slopes: Any, of_inputs: Any, of_kernels: Any, of_biases: Any) -> Any:
            if outer is not None:
                slopes = [slopes[0] + outer[step], *slopes[1:]]
            taken = slopes if live is None else [slope * live[step] for slope in slopes]
            own = [each[step] for each in saved]
            states, own = own[: cell.states], own[cell.states :]
            before, of_x, more, bias = cell.backward(x[step], taken, states, own, own_masks, kernels)
            if live is not None:
                before = [new + (1.0 - live[step]) * old for new, old in zip(before, slopes, strict=True)]
            of_kernels = [total + each for total, each in zip(of_kernels, more, strict=True)]
            of_biases = [total + tf.reduce_sum(each, axis=0) for total, each in zip(of_biases, bias, strict=True)]
            return step - 1, before, of_inputs.write(step, of_x), of_kernels, of_biases

        start = (steps - 1, slopes, *rooms(x, 1, features), [tf.zeros_like(each) for each in kernels])
        none = [tf.zeros((units,))] * cell.biases
        _, slopes, of_inputs, of_kernels, of_biases = tf.while_loop(lambda step, *_: step >= 0, body, (*start, none))
        return slopes, of_inputs.stack(), [tf.concat(of_kernels, axis=1), tf.stack(of_biases)]

    return ahead, back


def _shaped(arrays: list[Any], like: list[Any]) -> list[Any]:
    """Returns the arrays, told to have the shapes of others."""
    return [tf.ensure_shape(array, other.shape) for array, other in zip(arrays, like, strict=True)]
