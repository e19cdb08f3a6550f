"""Recurrent state carried in and out of a model, so that a text can be read in parts.

A recipe builds its recurrent layers without a state; here the layers of the finished model start from given states and
return their last ones. Reading a text in parts then equals reading it at once, which truncated backpropagation through
time, the scoring of long texts and generation step by step all rest on.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf


def recurrent_layers(model: keras.Model) -> list[Any]:
    """Returns the recurrent layers of a model, in order."""
    return [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.RNN)]


def state_sizes(model: keras.Model) -> list[int]:
    """Returns the units of each state of a model's recurrent layers, in order; an LSTM has two."""
    return [size for layer in recurrent_layers(model) for size in _sizes(layer)]


@contextmanager
def carried(model: keras.Model, states: Sequence[Any]) -> Iterator[Callable[[], list[Any]]]:
    """Starts the recurrent layers of a model from given states, and returns the last ones of its next call.

    Args:
        model: The model.
        states: Tensors of shape (batch, units), as many as `state_sizes`.

    Yields:
        A function that returns the states after the call.
    """
    remaining = list(states)
    last_states: dict[Any, list[Any]] = {}
    layers = recurrent_layers(model)
    shadowed = [vars(layer).get("inner_loop") for layer in layers]
    for layer in layers:
        count = len(_sizes(layer))
        initial, remaining = remaining[:count], remaining[count:]
        layer.inner_loop = _starting_from(layer, layer.inner_loop, initial, last_states)
    try:
        yield lambda: [state for layer in layers for state in last_states[layer]]
    finally:
        for layer, before in zip(layers, shadowed, strict=True):
            del layer.inner_loop
            if before is not None:
                layer.inner_loop = before


class CarriedState:
    """The states of a model's recurrent layers between the parts of some texts that are read side by side.

    Args:
        model: The model.
        batch_size: Number of texts.

    Attributes:
        variables: The states, of shape (batch_size, units).
    """

    def __init__(self, model: keras.Model, batch_size: int) -> None:
        self._model = model
        self.variables = [
            keras.Variable(np.zeros((batch_size, units), np.float32), trainable=False) for units in state_sizes(model)
        ]

    def call(self, inputs: Any, *, training: bool) -> Any:
        """Returns the model's outputs for the next part of each text; the gradient ends where the part starts."""
        with carried(self._model, [variable.value for variable in self.variables]) as last_states:
            outputs = self._model(inputs, training=training)
        for variable, state in zip(self.variables, last_states(), strict=True):
            variable.assign(tf.stop_gradient(state))
        return outputs

    def reset(self) -> None:
        """Sets the states to zero, as at the start of a text."""
        for variable in self.variables:
            variable.assign(tf.zeros(variable.shape))


def _sizes(layer: Any) -> list[int]:
    sizes = layer.cell.state_size
    return list(sizes) if isinstance(sizes, (list, tuple)) else [sizes]


def _starting_from(layer: Any, loop: Any, initial: list[Any], last_states: dict[Any, list[Any]]) -> Any:
    """Returns a time loop of a layer that starts from given states and records the last ones."""

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        start = initial if isinstance(initial_state, (list, tuple)) else initial[0]
        last_output, outputs, states = loop(sequences=sequences, initial_state=start, mask=mask, training=training)
        last_states[layer] = list(states) if isinstance(states, (list, tuple)) else [states]
        return last_output, outputs, states

    return inner_loop
