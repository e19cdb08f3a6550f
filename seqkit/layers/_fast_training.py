"""Fast training on a CPU for the recurrent layers with dropout on their state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from seqkit.layers._recurrence import CHUNK_STEPS, Cell, recur


class FastTraining:
    """Mixin that replaces the training loop of `keras.layers.GRU` or `keras.layers.LSTM`; list it before them.

    In training, XLA compiles the steps, and their gradients, in chunks, and parts of the batch run in parallel. The
    layer draws the same dropout masks as Keras' layer from the same seed, so outputs and gradients are equal up to
    rounding. Two runs with the same seed on the same machine give the same bits. The first batch of each size takes a
    few seconds longer, to compile.

    Prediction uses Keras' implementation. So does training with activations other than tanh and sigmoid, a dtype other
    than float32, `unroll`, fewer than 30 steps without dropout on the state, a GPU, or a backend other than TensorFlow.

    Args:
        units: Units of the layer, [1, inf).
        weight_dropout: Fraction of the recurrent weights dropped during training, the same for a whole batch and at
            every step, [0, 1). Works with every implementation of the layer, including cuDNN's.
        **kwargs: As for the Keras layer, such as `recurrent_dropout`.

    Raises:
        ValueError: `weight_dropout` is not in [0, 1).

    Papers: Gal & Ghahramani (2016), A Theoretically Grounded Application of Dropout in Recurrent Neural Networks,
    https://arxiv.org/abs/1512.05287 (dropout on the state); Merity, Keskar & Socher (2017), Regularizing and Optimizing
    LSTM Language Models, https://arxiv.org/abs/1708.02182 (dropout on the weights)
    """

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
        """Returns the last output, the outputs of all steps and the final states."""
        if not training:
            return super().inner_loop(sequences, initial_state, mask, training=training)  # type: ignore[misc]
        with self._dropped_weights():
            if self._is_supported(sequences.shape[1], mask):
                return self._train(sequences, keras.tree.flatten(initial_state), mask)
            return super().inner_loop(sequences, initial_state, mask, training=training)  # type: ignore[misc]

    def recurrence(self) -> tuple[Cell, Any, Any]:
        """Returns the step function of the layer, its kernel and its biases, as arguments of `recur`."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {**super().get_config(), "weight_dropout": self.weight_dropout}  # type: ignore[misc]

    @contextmanager
    def _dropped_weights(self) -> Iterator[None]:
        """Applies `weight_dropout` to the recurrent kernel within the context."""
        if not self.weight_dropout:
            yield
            return
        # Assigning the attribute would register a new weight with Keras.
        attributes = vars(self.cell)
        recurrent_kernel, seed = attributes["recurrent_kernel"], self.cell.seed_generator
        attributes["recurrent_kernel"] = keras.random.dropout(recurrent_kernel, self.weight_dropout, seed=seed)
        try:
            yield
        finally:
            attributes["recurrent_kernel"] = recurrent_kernel

    def _is_supported(self, steps: int | None, mask: Any) -> bool:
        cell = self.cell
        if not cell.recurrent_dropout and steps is not None and steps < CHUNK_STEPS:
            return False  # Measured: no faster than Keras, which does less work without masks on the state.
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
        cell, kernel, biases = self.recurrence()
        first_step = sequences[:, 0]
        input_masks = self.cell.get_dropout_mask(first_step) if self.cell.dropout else tf.ones_like(first_step)
        state_masks = tf.ones_like(states[0])
        if self.cell.recurrent_dropout:
            state_masks = self.cell.get_recurrent_dropout_mask(states[0])
        # Keras draws either one mask for all gates or a list of masks, one per gate.
        state_masks, input_masks = (m if isinstance(m, list) else [m] * cell.gates for m in (state_masks, input_masks))
        dropout_masks = tf.stack([tf.concat(masks, axis=1) for masks in zip(state_masks, input_masks, strict=True)])
        step_mask = None if mask is None else tf.cast(keras.tree.flatten(mask)[0], tf.bool)
        if self.go_backwards:
            sequences = tf.reverse(sequences, (1,))
            step_mask = None if step_mask is None else tf.reverse(step_mask, (1,))
        outputs, states = recur(
            cell, sequences, states, step_mask, dropout_masks, kernel, biases, return_sequences=self.return_sequences
        )
        last = states[0]
        if step_mask is not None:
            # A masked step repeats the previous output. Before the first unmasked step that is zero, not the
            # initial state.
            has_output = step_mask
            if not self.zero_output_for_mask:
                has_output = tf.cumsum(tf.cast(step_mask, tf.int32), axis=1) > 0
            last = tf.where(has_output[:, -1:], last, 0.0)
            outputs = None if outputs is None else tf.where(has_output[:, :, None], outputs, 0.0)
        return last, last[:, None] if outputs is None else outputs, states
