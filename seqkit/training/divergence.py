"""What is told of a training whose numbers are no numbers any more: where it began, what went before, what may cure it.

A step whose loss or gradients are not finite is not taken, so that the model can be looked into as it was before it.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.errors import DivergedTraining
from seqkit.training.objective import Measure

REMEMBERED = 50
"""Steps whose gradient norms are kept."""


NOT_FOUND = "a place that could not be found again"


class Diagnosis:
    """Remembers what a training looked like of late, and what was drawn at random for its last step.

    Args:
        model: What is trained.
        learning_rate: Its step size.
        clip_norm: Largest norm of all gradients together; None does not clip.
    """

    def __init__(self, model: keras.Model, learning_rate: float, clip_norm: float | None) -> None:
        self._model, self._learning_rate, self._clip_norm = model, learning_rate, clip_norm
        self._norms: deque[float] = deque(maxlen=REMEMBERED)
        weights = {id(weight) for weight in model.weights}
        self._seeds = [variable for variable in model.variables if id(variable) not in weights]
        self._drawn_from = [tf.Variable(seed.value, trainable=False) for seed in self._seeds]

    def mark(self) -> None:
        """Notes, within a compiled step, where the model's random numbers stand."""
        for mark, seed in zip(self._drawn_from, self._seeds, strict=True):
            mark.assign(seed.value)

    def remember(self, norms: np.ndarray) -> None:
        """Notes the gradient norms of some steps, of shape (steps,)."""
        self._norms.extend(norms.tolist())

    def of_step(
        self, losses: np.ndarray, epoch: int, step: int, inputs: Any, y_true: Any, loss: Measure
    ) -> DivergedTraining:
        """Returns the error that ends a training at a step that was not taken.

        Args:
            losses: Of the steps up to this one, of shape (steps,).
            epoch: The epoch.
            step: The step in it, from 1.
            inputs: What the model took in.
            y_true: What it should have given out.
            loss: What is descended.
        """
        for mark, seed in zip(self._drawn_from, self._seeds, strict=True):
            seed.assign(mark)
        value = float(losses[-1])
        what = f"The loss became {named(value)}" if not np.isfinite(value) else "The gradients became infinite or NaN"
        began = where_it_began(self._model, inputs, y_true, loss, training=True)
        return self._error(f"{what} in epoch {epoch}, step {step}", began)

    def of_validation(
        self, model: keras.Model, value: float, epoch: int, examples: Iterable[tuple[Any, Any]], loss: Measure
    ) -> DivergedTraining:
        """Returns the error that ends a training whose validation loss or score, the value, is not finite.

        Args:
            model: What was validated.
            value: The loss or the score.
            epoch: The epoch that ended in it.
            examples: What the model took in for it, and what it should have given out.
            loss: What is told of validation.
        """
        began = NOT_FOUND
        for inputs, y_true in examples:
            if (began := where_it_began(model, inputs, y_true, loss, training=False)) != NOT_FOUND:
                break
        return self._error(f"The validation loss or score became {named(value)} after epoch {epoch}", began)

    def _error(self, what: str, began: str) -> DivergedTraining:
        norms = [norm for norm in self._norms if np.isfinite(norm)]
        before = f"the largest gradient norm of the {len(norms)} steps before was {max(norms):.3g}" if norms else ""
        smaller = f"--clip-norm {1.0 if self._clip_norm is None else self._clip_norm / 10:g}"
        return DivergedTraining(
            f"{what}. It began in {began}{'; ' + before if before else ', in the first step of all'}. Likely the "
            f"steps were too long for these data: try --learning-rate {self._learning_rate / 10:g} or {smaller}. "
            "Huge values do the same, and a column that hardly changes over the training rows and jumps later: look "
            "for them with `seqkit check`."
        )


def where_it_began(model: keras.Model, inputs: Any, y_true: Any, loss: Measure, *, training: bool) -> str:
    """Returns, in words, where the first number stands that is not finite, in the order of the computation.

    Args:
        model: A model; a layer's output is looked at where it was called once.
        inputs: What it takes in.
        y_true: What it should give out.
        loss: From the truth and what it gives out to what is descended.
        training: Whether the model is to work as in training.
    """
    for layer in model.layers:
        if not all(map(_sound, layer.trainable_weights)):
            return f"the weights of the layer '{layer.name}'"
    if not _sound(inputs):
        return "what the model takes in"
    if not _sound(y_true):
        return "what is to be predicted"
    watched = [(layer, layer.output) for layer in model.layers if len(layer._inbound_nodes) == 1]
    probe = keras.Model(model.inputs, [model.outputs, [output for _, output in watched]])
    with tf.GradientTape() as tape:  # One pass, as each draws other numbers where something is dropped.
        (given,), outputs = probe(inputs, training=training)
        value = tf.add_n([tf.reduce_mean(loss(y_true, given)), *model.losses])
    for (layer, _), output in zip(watched, outputs, strict=True):
        if not _sound(output):
            return f"the output of the layer '{layer.name}'"
    if not _sound(value):
        return "the loss"
    weights = model.trainable_variables
    gradients = dict(zip(map(id, weights), tape.gradient(value, weights), strict=True))
    for layer in reversed(model.layers):  # Gradients come from the end.
        if not all(_sound(gradients[id(weight)]) for weight in layer.trainable_weights):
            return f"the gradients of the layer '{layer.name}'"
    return NOT_FOUND


def stretched_layer(model: keras.Model) -> str:
    """Returns the name of the layer with the largest weight, or one that is not finite."""
    largest = {}
    for layer in model.layers:
        weights = [float(tf.reduce_max(tf.abs(weight))) for weight in layer.trainable_weights]
        largest[layer.name] = max((np.inf if np.isnan(weight) else weight for weight in weights), default=0.0)
    return max(largest, key=lambda name: largest[name])


def named(value: float) -> str:
    """Returns what a number that is not finite is called."""
    return "NaN" if np.isnan(value) else "infinite"


def _sound(values: Any) -> bool:
    """Whether all numbers are finite; whole numbers are, and so is what is absent."""
    if values is None:
        return True
    if isinstance(values, (list, tuple, dict)):
        return all(map(_sound, tf.nest.flatten(values)))
    numbers = tf.convert_to_tensor(values.values if isinstance(values, tf.IndexedSlices) else values)
    return not numbers.dtype.is_floating or bool(tf.reduce_all(tf.math.is_finite(numbers)))
