"""Recurrent layers as ONNX's own operators GRU, LSTM and RNN.

Left to itself the conversion writes a loop of small steps, which costs a batch of one ten times as long. Within
`operators` a Keras layer leaves a mark in the graph in place of its loop, and `HANDLERS` tell tf2onnx what the mark
stands for. A layer that ONNX has no operator for keeps its loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from seqkit.layers import RecurrentDropoutGRU, RecurrentDropoutLSTM

MARK = "seqkit"

OPERATORS = {
    keras.layers.GRU: "GRU",
    keras.layers.LSTM: "LSTM",
    keras.layers.SimpleRNN: "RNN",
    RecurrentDropoutGRU: "GRU",
    RecurrentDropoutLSTM: "LSTM",
}
"""By the kind of a layer; a layer that extends one of them may be anything."""


@contextmanager
def operators(model: keras.Model) -> Iterator[None]:
    """Within it, the recurrent layers of the model can be converted, and not be run.

    A mask is read as the length of each sequence: it must be false at the end only, as those of `Spec` are.
    """
    changed = [layer for layer in model._flatten_layers() if _has_operator(layer)]
    for layer in changed:
        layer.inner_loop = partial(_mark, layer)
    try:
        yield
    finally:
        for layer in changed:
            del layer.inner_loop


def _has_operator(layer: Any) -> bool:
    if type(layer) not in OPERATORS:
        return False
    cell = layer.cell
    return (
        cell.activation is keras.activations.tanh
        and getattr(cell, "recurrent_activation", keras.activations.sigmoid) is keras.activations.sigmoid
        and getattr(cell, "reset_after", True)
        and cell.use_bias
        and layer.compute_dtype == "float32"
        and not layer.stateful
        and (layer.return_sequences or not layer.zero_output_for_mask)
    )


def _mark(layer: Any, sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> tuple[Any, Any, Any]:
    """Stands in for a layer's `inner_loop`, and returns as that does: last output, all outputs, last states."""
    cell, operator = layer.cell, OPERATORS[type(layer)]
    batch, steps = tf.unstack(tf.shape(sequences)[:2])
    kernel, recurrent, bias = map(tf.convert_to_tensor, (cell.kernel, cell.recurrent_kernel, cell.bias))
    if operator == "LSTM":  # Keras has the gates as input, forget, cell, output; ONNX as input, output, forget, cell.
        kernel, recurrent, bias = (_in_order(weight, (0, 3, 1, 2)) for weight in (kernel, recurrent, bias))
    if operator != "GRU":  # The others have one bias, ONNX one for the input and one for the state.
        bias = tf.stack([bias, tf.zeros_like(bias)])
    lengths = tf.fill([batch], steps) if mask is None else tf.reduce_sum(tf.cast(mask, tf.int32), axis=1)
    states = [tf.expand_dims(state, 0) for state in tf.nest.flatten(initial_state)]
    inputs = [
        tf.transpose(sequences, (1, 0, 2)),
        tf.transpose(kernel)[None],  # (1, gates × units, features)
        tf.transpose(recurrent)[None],
        tf.reshape(bias, (1, -1)),
        lengths,
        *states,
    ]
    direction = "reverse" if layer.go_backwards else "forward"
    outputs, *lasts = tf.raw_ops.PyFuncStateless(
        input=inputs, token=f"{MARK} {operator} {direction}", Tout=[tf.float32] * (1 + len(states))
    )
    lasts = [tf.reshape(last, (-1, cell.units)) for last in lasts]  # Tells the shape, which the mark does not.
    if not layer.return_sequences:
        return lasts[0], lasts[0][:, None], lasts
    outputs = tf.transpose(tf.reshape(outputs, (steps, batch, cell.units)), (1, 0, 2))  # zeros where masked
    if layer.go_backwards:
        outputs = tf.reverse(outputs, (1,))
    elif mask is not None and not layer.zero_output_for_mask:
        outputs = tf.where(mask[:, :, None], outputs, lasts[0][:, None])
    return lasts[0], outputs, lasts


def _in_order(weight: Any, gates: tuple[int, ...]) -> Any:
    parts = tf.split(weight, len(gates), axis=-1)
    return tf.concat([parts[gate] for gate in gates], axis=-1)


def _replace(graph: Any, node: Any, name: str, arguments: list[Any]) -> Any:
    """Puts the operator that a mark stands for in its place."""
    mark, *what = node.attr["token"].s.decode().split()
    if mark != MARK:
        return node  # A model's own Python function: no operator of ONNX.
    operator, direction = what
    inputs, outputs, dtypes = node.input, node.output, node.output_dtypes
    attributes = {"hidden_size": graph.get_shape(inputs[2])[-1], "direction": direction}
    if operator == "GRU":
        attributes["linear_before_reset"] = 1
    graph.remove_node(node.name)
    return graph.make_node(operator, inputs, attr=attributes, outputs=outputs, name=name, dtypes=dtypes)


HANDLERS: dict[str, tuple[Any, list[Any]]] = {"PyFuncStateless": (_replace, [])}
"""For `custom_op_handlers` of tf2onnx."""
