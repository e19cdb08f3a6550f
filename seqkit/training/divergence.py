"""Diagnosis of diverged trainings: where the first non-finite value occurred, and what may help.

Training skips a step whose loss or gradients are not finite, so the model is still in the state before that step.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.errors import DivergedTraining
from seqkit.training.objective import Measure

RECENT_STEPS = 50
"""Number of steps whose gradient norms are recorded."""

NOT_FOUND = "not found when the step was repeated"


class Diagnosis:
    """Records recent gradient norms and the random seeds of the last step, to explain a divergence.

    Args:
        model: Model that is trained.
        learning_rate: Learning rate of the training.
        clip_norm: Maximum global norm of the gradients; None does not clip.
    """

    def __init__(self, model: keras.Model, learning_rate: float, clip_norm: float | None) -> None:
        self._model, self._learning_rate, self._clip_norm = model, learning_rate, clip_norm
        self._norms: deque[float] = deque(maxlen=RECENT_STEPS)
        weights = {id(weight) for weight in model.weights}
        self._seeds = [variable for variable in model.variables if id(variable) not in weights]
        self._saved_seeds = [tf.Variable(seed.value, trainable=False) for seed in self._seeds]

    def save_seeds(self) -> None:
        """Saves the state of the model's random generators, within a compiled step."""
        for saved, seed in zip(self._saved_seeds, self._seeds, strict=True):
            saved.assign(seed.value)

    def record_norms(self, norms: np.ndarray) -> None:
        """Records the gradient norms of some steps, of shape (steps,)."""
        self._norms.extend(norms.tolist())

    def step_error(
        self, losses: np.ndarray, epoch: int, step: int, inputs: Any, y_true: Any, loss: Measure
    ) -> DivergedTraining:
        """Returns the error for a training step that is not finite.

        Args:
            losses: Losses of the steps up to this one, of shape (steps,).
            epoch: Epoch of the step.
            step: Number of the step in the epoch, from 1.
            inputs: Inputs of the step.
            y_true: Targets of the step.
            loss: Loss function.
        """
        for saved, seed in zip(self._saved_seeds, self._seeds, strict=True):
            seed.assign(saved)
        value = float(losses[-1])
        what = f"The loss became {_name(value)}" if not np.isfinite(value) else "The gradients became infinite or NaN"
        source = find_non_finite(self._model, inputs, y_true, loss, training=True)
        return self._error(f"{what} in epoch {epoch}, step {step}", source)

    def validation_error(
        self, model: keras.Model, value: float, epoch: int, batches: Iterable[tuple[Any, Any]], loss: Measure
    ) -> DivergedTraining:
        """Returns the error for a validation loss or score that is not finite.

        Args:
            model: Model that was validated.
            value: The loss or score.
            epoch: Epoch after which it was computed.
            batches: Inputs and targets of the validation batches.
            loss: Validation loss function.
        """
        source = NOT_FOUND
        for inputs, y_true in batches:
            if (source := find_non_finite(model, inputs, y_true, loss, training=False)) != NOT_FOUND:
                break
        return self._error(f"The validation loss or score became {_name(value)} after epoch {epoch}", source)

    def _error(self, what: str, source: str) -> DivergedTraining:
        norms = [norm for norm in self._norms if np.isfinite(norm)]
        before = "this was the first step"
        if norms:
            before = f"the largest gradient norm of the {len(norms)} steps before was {max(norms):.3g}"
        clip_norm = 1.0 if self._clip_norm is None else self._clip_norm / 10
        return DivergedTraining(
            f"{what}. First non-finite value: {source}; {before}. The learning rate is probably "
            f"too high: try --learning-rate {self._learning_rate / 10:g} or --clip-norm "
            f"{clip_norm:g}. Very large values have the same effect, and so has a column that is almost constant in "
            "the training rows and jumps later: look for them with `seqkit check`."
        )


def find_non_finite(model: keras.Model, inputs: Any, y_true: Any, loss: Measure, *, training: bool) -> str:
    """Returns a description of the first non-finite value, in the order of computation.

    Args:
        model: The model; outputs of layers that are called more than once are not checked.
        inputs: Inputs of the model.
        y_true: Targets.
        loss: Loss function.
        training: Whether to call the model in training mode.
    """
    for layer in model.layers:
        if not all(map(_is_finite, layer.trainable_weights)):
            return f"the weights of the layer '{layer.name}'"
    if not _is_finite(inputs):
        return "the inputs"
    if not _is_finite(y_true):
        return "the targets"
    checked = [(layer, layer.output) for layer in model.layers if len(layer._inbound_nodes) == 1]
    probe = keras.Model(model.inputs, [model.outputs, [output for _, output in checked]])
    with tf.GradientTape() as tape:  # A single pass, since every pass draws new dropout masks.
        y_pred, outputs = probe(inputs, training=training)
        value = tf.add_n([tf.reduce_mean(loss(y_true, y_pred[0] if len(y_pred) == 1 else y_pred)), *model.losses])
    for (layer, _), output in zip(checked, outputs, strict=True):
        if not _is_finite(output):
            return f"the output of the layer '{layer.name}'"
    if not _is_finite(value):
        return "the loss"
    weights = model.trainable_variables
    gradients = dict(zip(map(id, weights), tape.gradient(value, weights), strict=True))
    for layer in reversed(model.layers):  # Backpropagation starts at the last layer.
        if not all(_is_finite(gradients[id(weight)]) for weight in layer.trainable_weights):
            return f"the gradients of the layer '{layer.name}'"
    return NOT_FOUND


def layer_with_largest_weight(model: keras.Model) -> str:
    """Returns the name of the layer with the largest absolute weight; NaN counts as infinite."""
    largest = {}
    for layer in model.layers:
        weights = [float(tf.reduce_max(tf.abs(weight))) for weight in layer.trainable_weights]
        largest[layer.name] = max((np.inf if np.isnan(weight) else weight for weight in weights), default=0.0)
    return max(largest, key=lambda name: largest[name])


def _name(value: float) -> str:
    return "NaN" if np.isnan(value) else "infinite"


def _is_finite(values: Any) -> bool:
    """Whether all values are finite; None and integers count as finite."""
    if values is None:
        return True
    if isinstance(values, (list, tuple, dict)):
        return all(map(_is_finite, tf.nest.flatten(values)))
    tensor = tf.convert_to_tensor(values.values if isinstance(values, tf.IndexedSlices) else values)
    return not tensor.dtype.is_floating or bool(tf.reduce_all(tf.math.is_finite(tensor)))
