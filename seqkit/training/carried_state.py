"""State carried in and out of a model, so that a text can be read in parts.

A recipe builds its recurrent layers without a state; here the layers of the finished model start from given states and
return their last ones. The state of attention to the last steps is their keys and values. Reading a text in parts then
equals reading it at once, which truncated backpropagation through time, the scoring of long texts and generation step
by step all rest on.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.errors import UsageError
from seqkit.layers import WindowedAttention, _plain_recurrence


def recurrent_layers(model: keras.Model) -> list[Any]:
    """Returns the layers of a model that have a state, in order: recurrent ones, and attention to the last steps."""
    stateful = (keras.layers.RNN, WindowedAttention)
    return [layer for layer in model._flatten_layers() if isinstance(layer, stateful)]


def state_sizes(model: keras.Model) -> list[int]:
    """Returns the size of each state of a model's layers, in order; an LSTM has two states."""
    return [size for layer in recurrent_layers(model) for size in layer_sizes(layer)]


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
        count = len(layer_sizes(layer))
        initial, remaining = remaining[:count], remaining[count:]
        layer.inner_loop = _starting_from(layer, layer.inner_loop, initial, last_states)
    try:
        yield lambda: [state for layer in layers for state in last_states[layer]]
    finally:
        for layer, before in zip(layers, shadowed, strict=True):
            del layer.inner_loop
            if before is not None:
                layer.inner_loop = before


def check_memory(model: keras.Model, tokens: np.ndarray | None = None) -> None:
    """Checks that a language model remembers a text by nothing but its state, before it is trained.

    Args:
        model: The model.
        tokens: Inputs to check with, of shape (batch, time, …). Default: random tokens.

    Raises:
        UsageError: The model reads a text in two parts in another way than at once.
    """
    if tokens is None:
        tokens = np.random.default_rng(0).integers(0, model.output_shape[-1], (2, 8)).astype(np.int32)
    whole = model(tokens, training=False).numpy()
    states: list[Any] = [tf.zeros((len(tokens), size)) for size in state_sizes(model)]
    parts = []
    for part in (tokens[:, :5], tokens[:, 5:]):
        with carried(model, states) as last_states:
            parts.append(model(part, training=False).numpy())
        states = last_states()
    if not np.allclose(np.concatenate(parts, axis=1), whole, rtol=1e-3, atol=1e-4):
        raise UsageError(
            f"The recipe {model.name} reads a text in parts in another way than at once: it looks at later steps, or "
            "back at earlier ones by other means than recurrent layers or `seqkit.layers.WindowedAttention`. Use a "
            "recipe such as lstm, gru or transformer."
        )


RESETS = 1 / 128
"""Share of the parts that start from a state of zeros in training.

A model that has seen that state at the start of an epoch only may not find out of it: a text that starts there, as a
prompt does, is then continued by nonsense. More of them cost what the model would read from its state.
"""


class CarriedState:
    """The states of a model's recurrent layers between the parts of some texts that are read side by side.

    Args:
        model: The model.
        batch_size: Number of texts.
        seed: Seed of the parts that start from zeros in training.

    Attributes:
        variables: The states, of shape (batch_size, units), and the number of parts read in training.
        parts: That number, int32.
    """

    def __init__(self, model: keras.Model, batch_size: int, seed: int = 0) -> None:
        self._model, self._batch_size, self._seed = model, batch_size, seed
        self._states = [
            keras.Variable(np.zeros((batch_size, units), np.float32), trainable=False) for units in state_sizes(model)
        ]
        self.parts = keras.Variable(np.zeros((), np.int32), trainable=False, dtype="int32")
        self.variables = [*self._states, self.parts]

    def call(self, inputs: Any, *, training: bool) -> Any:
        """Returns the model's outputs for the next part of each text; the gradient ends where the part starts."""
        states = [state.value for state in self._states]
        if training:
            draw = tf.random.stateless_uniform((self._batch_size, 1), seed=tf.stack([self._seed, self.parts.value]))
            states = [tf.where(draw < RESETS, 0.0, state) for state in states]
            self.parts.assign(self.parts.value + 1)
        with carried(self._model, states) as last_states:
            outputs = self._model(inputs, training=training)
        for variable, state in zip(self._states, last_states(), strict=True):
            variable.assign(tf.stop_gradient(state))
        return outputs

    def reset(self) -> None:
        """Sets the states to zero, as at the start of a text."""
        for state in self._states:
            state.assign(tf.zeros(state.shape))


def layer_sizes(layer: Any) -> list[int]:
    """Returns the size of each state of a layer; an LSTM has two states."""
    sizes = layer.cell.state_size if isinstance(layer, keras.layers.RNN) else layer.state_size
    return list(sizes) if isinstance(sizes, (list, tuple)) else [sizes]


def _starting_from(layer: Any, loop: Any, initial: list[Any], last_states: dict[Any, list[Any]]) -> Any:
    """Returns a time loop of a layer that starts from given states and records the last ones."""

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        if training and _plain_recurrence.is_supported(layer, sequences, initial, mask):
            last_output, outputs, last_states[layer] = _plain_recurrence.recur(layer, sequences, initial)
            return last_output, outputs, last_states[layer]
        start = initial if isinstance(initial_state, (list, tuple)) else initial[0]
        last_output, outputs, states = loop(sequences=sequences, initial_state=start, mask=mask, training=training)
        last_states[layer] = list(states) if isinstance(states, (list, tuple)) else [states]
        return last_output, outputs, states

    return inner_loop
