"""Export of recurrent layers as the ONNX operators GRU, LSTM and RNN.

By default tf2onnx exports a loop over the steps, which is ten times slower for a single example. Within `operators`,
each layer adds a placeholder to the graph instead of its loop, and `HANDLERS` convert it to the ONNX operator. Layers
without an equivalent operator keep their loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from seqkit.layers import RecurrentDropoutGRU, RecurrentDropoutLSTM

TOKEN = "seqkit"

OPERATORS = {
    keras.layers.GRU: "GRU",
    keras.layers.LSTM: "LSTM",
    keras.layers.SimpleRNN: "RNN",
    RecurrentDropoutGRU: "GRU",
    RecurrentDropoutLSTM: "LSTM",
}
"""ONNX operator of each layer class. Subclasses are excluded: they may compute anything."""


@contextmanager
def operators(model: keras.Model) -> Iterator[None]:
    """Replaces the recurrent layers of a model with placeholders for export; they cannot run meanwhile.

    Masks are converted to sequence lengths, so they may be False only at the end, as the masks of `Spec` are.
    """
    layers = [layer for layer in model._flatten_layers() if _has_operator(layer)]
    for layer in layers:
        layer.inner_loop = partial(_placeholder, layer)
    try:
        yield
    finally:
        for layer in layers:
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


def _placeholder(
    layer: Any, sequences: Any, initial_state: Any, mask: Any, training: bool = False
) -> tuple[Any, Any, Any]:
    """Replaces a layer's `inner_loop`; returns the last output, the outputs of all steps and the final states."""
    cell, operator = layer.cell, OPERATORS[type(layer)]
    batch, steps = tf.unstack(tf.shape(sequences)[:2])
    kernel, recurrent, bias = map(tf.convert_to_tensor, (cell.kernel, cell.recurrent_kernel, cell.bias))
    if operator == "LSTM":  # The order of gates in Keras is input, forget, cell, output; in ONNX i, o, f, c.
        kernel, recurrent, bias = (_reorder_gates(weight, (0, 3, 1, 2)) for weight in (kernel, recurrent, bias))
    if operator != "GRU":  # Keras' LSTM and RNN have one bias; ONNX has one for the input and one for the state.
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
    outputs, *final_states = tf.raw_ops.PyFuncStateless(
        input=inputs, token=f"{TOKEN} {operator} {direction}", Tout=[tf.float32] * (1 + len(states))
    )
    final_states = [tf.reshape(state, (-1, cell.units)) for state in final_states]  # sets the static shape
    if not layer.return_sequences:
        return final_states[0], final_states[0][:, None], final_states
    outputs = tf.transpose(tf.reshape(outputs, (steps, batch, cell.units)), (1, 0, 2))  # zero at masked steps
    if layer.go_backwards:
        outputs = tf.reverse(outputs, (1,))
    elif mask is not None and not layer.zero_output_for_mask:
        outputs = tf.where(mask[:, :, None], outputs, final_states[0][:, None])
    return final_states[0], outputs, final_states


def _reorder_gates(weight: Any, gates: tuple[int, ...]) -> Any:
    parts = tf.split(weight, len(gates), axis=-1)
    return tf.concat([parts[gate] for gate in gates], axis=-1)


def _convert(graph: Any, node: Any, name: str, arguments: list[Any]) -> Any:
    """Replaces a placeholder with its ONNX operator."""
    token, *rest = node.attr["token"].s.decode().split()
    if token != TOKEN:
        return node  # another Python function in the model, which ONNX does not support
    operator, direction = rest
    inputs, outputs, dtypes = node.input, node.output, node.output_dtypes
    attributes = {"hidden_size": graph.get_shape(inputs[2])[-1], "direction": direction}
    if operator == "GRU":
        attributes["linear_before_reset"] = 1
    graph.remove_node(node.name)
    return graph.make_node(operator, inputs, attr=attributes, outputs=outputs, name=name, dtypes=dtypes)


HANDLERS: dict[str, tuple[Any, list[Any]]] = {"PyFuncStateless": (_convert, [])}
"""Value of tf2onnx's `custom_op_handlers`."""
