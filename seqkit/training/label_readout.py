"""Closed-form readout of a classifier: ridge regression on class indicators, with calibrated logits.

Up to `MAX_ROWS` training examples, leave-one-out chooses the penalty, and validation is left untouched. Of more, the
normal equations are summed batch by batch, and validation chooses.
"""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.ragged import batches_by_length
from seqkit.errors import UsageError
from seqkit.progress import Progress
from seqkit.stats.ridge import NormalEquations, choose_penalty
from seqkit.stats.ridge_classifier import RidgeClassifier, fit_ridge_classifier, logit_scale
from seqkit.stopwatch import compiled_first
from seqkit.training.state import History

MAX_ROWS = 4096
"""Most training examples whose inner products are decomposed: about 20 s."""

MAX_STEPS = 1 << 14
"""Most steps of a batch, including padding."""

MAX_ADAPTED = 1024
"""Most training examples that a layer with `adapt` reads."""


class LabelReadout:
    """Sets the weights of the layer "readout" from the features below it.

    A layer with a method `adapt`, as `keras.layers.Normalization` has one, first reads training examples: a list of
    arrays of shape (steps, channels), the layer's inputs.

    Args:
        model: Model that ends with `Spec.outputs`, which creates the dense layer "readout".
        pad: Padding value.
        on_progress: Called with the progress.
        batch_size: Most examples per batch, [1, inf).

    Raises:
        UsageError: The model has no dense layer "readout".
    """

    def __init__(
        self, model: keras.Model, pad: float, on_progress: Callable[[Progress], None], batch_size: int
    ) -> None:
        readout = next((layer for layer in model.layers if layer.name == "readout"), None)
        if not isinstance(readout, keras.layers.Dense):
            raise UsageError(
                "A recipe with READOUT must end with `spec.outputs(x)`, which creates the layer 'readout'."
            )
        self._model, self._readout, self._pad, self._batch_size = model, readout, pad, batch_size
        self._on_progress, self._done, self._batches = on_progress, 0, 0

    def solve(self, train: Part, validation: Part | None) -> tuple[History, np.ndarray | None]:
        """Sets the weights.

        Args:
            train: Training examples.
            validation: Examples that choose the penalty if there are more than `MAX_ROWS` training examples; None
                leaves the choice to the training examples, however many there are.

        Returns:
            A history of one epoch, and the leave-one-out logits of the training examples (examples, classes) if they
            chose.
        """
        self._adapt(train)
        self._features = self._compile()
        if validation is not None and len(train) > MAX_ROWS:
            return self._solve_by_validation(train, validation), None
        rows = np.empty((len(train), self._readout.kernel.shape[0]), np.float32)
        for batch, features in self._rows(train, parts=(train,)):
            rows[batch] = features
        solution = fit_ridge_classifier(rows, train.labels, self._readout.units)
        self._set(solution.coefficients, solution.intercept)
        return self._history(train.labels, solution), solution.left_out

    def _solve_by_validation(self, train: Part, validation: Part) -> History:
        classes, width = self._readout.units, self._readout.kernel.shape[0]
        equations, held_out = NormalEquations(width, classes), np.empty((len(validation), classes))
        held_out_equations = NormalEquations(width, classes)
        parts = (train, validation, validation)
        for part, sums in ((train, equations), (validation, held_out_equations)):
            targets = _targets(part.labels, classes)
            for batch, features in self._rows(part, parts):
                sums.add(features, targets[batch])
        ridge = choose_penalty(equations, held_out_equations)
        for batch, features in self._rows(validation, parts):
            held_out[batch] = features @ ridge.coefficients + ridge.intercept
        scale = logit_scale(held_out, validation.labels)
        self._set(scale * ridge.coefficients, scale * ridge.intercept)
        return _history(validation.labels, scale * held_out, ridge.penalty, "on validation")

    def _set(self, coefficients: np.ndarray, intercept: np.ndarray) -> None:
        self._readout.set_weights([coefficients.astype(np.float32), intercept.astype(np.float32)])

    def _history(self, y_true: np.ndarray, solution: RidgeClassifier) -> History:
        return _history(y_true, solution.left_out, solution.penalty, "by leave-one-out")

    def _adapt(self, train: Part) -> None:
        chosen = np.unique(np.linspace(0, len(train) - 1, min(len(train), MAX_ADAPTED)).astype(np.int64))
        for layer in self._model.layers:
            if callable(getattr(layer, "adapt", None)):
                inputs = layer.input[0] if isinstance(layer.input, list) else layer.input  # without its mask
                below = keras.Model(self._model.input, inputs)
                layer.adapt([below(train.inputs[int(row)][None], training=False).numpy()[0] for row in chosen])

    def _compile(self) -> Any:
        feature_model = keras.Model(self._model.input, self._readout.input)
        signature = tf.TensorSpec(self._model.input_shape, self._model.inputs[0].dtype)

        @compiled_first
        @tf.function(input_signature=[signature])
        def features(inputs: tf.Tensor) -> Any:
            return feature_model(inputs, training=False)

        return features

    def _rows(self, part: Part, parts: tuple[Part, ...]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yields positions and features (batch, width) of the examples of a part; `parts` are all that are read."""
        self._batches = self._batches or sum(len(self._split(each)) for each in parts)
        for batch in self._split(part):
            yield batch, self._features(tf.constant(part.inputs.padded(batch, self._pad))).numpy()
            self._done += 1
            self._on_progress(Progress(1, 1, self._done, self._batches))

    def _split(self, part: Part) -> list[np.ndarray]:
        return list(batches_by_length(part.inputs.lengths, sequences=self._batch_size, steps=MAX_STEPS))


def _targets(labels: np.ndarray, classes: int) -> np.ndarray:
    targets: np.ndarray = 2.0 * (labels if labels.ndim == 2 else np.eye(classes)[labels]) - 1
    return targets


def _history(y_true: np.ndarray, logits: np.ndarray, penalty: float, how: str) -> History:
    """Returns the history of one epoch from the logits of held-out examples."""
    if y_true.ndim == 2:
        accuracy = float(((logits > 0) == y_true).mean())
        loss = float(np.logaddexp(0, np.where(y_true, -logits, logits)).mean())
    else:
        accuracy = float((logits.argmax(axis=1) == y_true).mean())
        chosen = np.take_along_axis(logits, y_true[:, None], axis=1)
        loss = float((np.logaddexp.reduce(logits, axis=1, keepdims=True) - chosen).mean())
    epoch = {"epoch": 1, "validation_loss": loss, "validation_accuracy": accuracy, "penalty": penalty}
    return History(epochs=[epoch], best_epoch=1, stopped=f"solved in closed form, penalty {penalty:g} chosen {how}")
