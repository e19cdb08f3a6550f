"""What the recurrent layers with dropout on their state have in common: their own way through the steps in training.

Everything else, and every case that the fast way does not know, is left to the layer of Keras that they extend.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from seqkit.layers._recurrence import PIECE, Cell, recur


class TrainingLoop:
    """Stands before `keras.layers.GRU` or `keras.layers.LSTM` among the classes that a layer extends."""

    cell: Any
    unroll: bool
    compute_dtype: str
    go_backwards: bool
    return_sequences: bool
    zero_output_for_mask: bool

    def __init__(self, units: int, *, weight_dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)  # type: ignore[call-arg]
        if not 0 <= weight_dropout < 1:
            raise ValueError(
                "Received an invalid value for argument `weight_dropout`, expected a number in [0, 1), "
                f"got {weight_dropout!r}."
            )
        self.weight_dropout = weight_dropout

    def inner_loop(self, sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        """Returns the last output, the outputs of all steps, and the last states."""
        if not training:
            return super().inner_loop(sequences, initial_state, mask, training=training)  # type: ignore[misc]
        with self._dropped_weights():
            if self._is_fast(sequences.shape[1], mask):
                return self._train(sequences, keras.tree.flatten(initial_state), mask)
            return super().inner_loop(sequences, initial_state, mask, training=training)  # type: ignore[misc]

    def recurrence(self) -> tuple[Cell, Any, Any]:
        """Returns a step of the layer, its kernel and its biases, as `recur` takes them."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Returns the settings."""
        return {**super().get_config(), "weight_dropout": self.weight_dropout}  # type: ignore[misc]

    @contextmanager
    def _dropped_weights(self) -> Iterator[None]:
        """Within it the recurrent kernel lacks the weights that this batch is to do without."""
        if not self.weight_dropout:
            yield
            return
        # Not by assignment, which would make a new weight of it.
        cell = vars(self.cell)
        whole, seed = cell["recurrent_kernel"], self.cell.seed_generator
        cell["recurrent_kernel"] = keras.random.dropout(whole, self.weight_dropout, seed=seed)
        try:
            yield
        finally:
            cell["recurrent_kernel"] = whole

    def _is_fast(self, steps: int | None, mask: Any) -> bool:
        cell = self.cell
        if not cell.recurrent_dropout and steps is not None and steps < PIECE:
            return False  # Measured: no faster than Keras, which has less to do without masks on the state.
        return (
            keras.backend.backend() == "tensorflow"
            and cell.recurrent_dropout < 1
            and cell.activation is keras.activations.tanh
            and cell.recurrent_activation is keras.activations.sigmoid
            and self.compute_dtype == "float32"
            and not self.unroll
            and (mask is None or len(keras.tree.flatten(mask)[0].shape) == 2)
            and not tf.config.list_logical_devices("GPU")
        )

    def _train(self, sequences: Any, states: list[Any], mask: Any) -> tuple[Any, Any, list[Any]]:
        step, kernel, biases = self.recurrence()
        first = sequences[:, 0]
        of_inputs = self.cell.get_dropout_mask(first) if self.cell.dropout else tf.ones_like(first)
        of_states = tf.ones_like(states[0])
        if self.cell.recurrent_dropout:
            of_states = self.cell.get_recurrent_dropout_mask(states[0])
        # Keras draws one mask for all gates in some cases, and for each gate its own in others.
        of_states, of_inputs = (m if isinstance(m, list) else [m] * step.gates for m in (of_states, of_inputs))
        masks = tf.stack([tf.concat(each, axis=1) for each in zip(of_states, of_inputs, strict=True)])
        live = None if mask is None else tf.cast(keras.tree.flatten(mask)[0], tf.bool)
        if self.go_backwards:
            sequences = tf.reverse(sequences, (1,))
            live = None if live is None else tf.reverse(live, (1,))
        outputs, states = recur(step, sequences, states, live, masks, kernel, biases, sequences=self.return_sequences)
        last = states[0]
        if live is not None:
            # A masked step gives the output before it, which is zero, not the first state, before any step was live.
            shown = live if self.zero_output_for_mask else tf.cumsum(tf.cast(live, tf.int32), axis=1) > 0
            last = tf.where(shown[:, -1:], last, 0.0)
            outputs = None if outputs is None else tf.where(shown[:, :, None], outputs, 0.0)
        return last, last[:, None] if outputs is None else outputs, states
