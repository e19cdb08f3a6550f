"""Cross-validation that chooses the number of epochs, and a training of that length on all examples.

Each fold is a training of its own, from the same initial weights, with checkpoints of its own: a resumed training
passes over the finished folds and goes on in the one that was interrupted.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.ragged import Ragged, batches_by_length
from seqkit.progress import Callbacks
from seqkit.stopwatch import compiled_first
from seqkit.training.checkpoints import Checkpoints
from seqkit.training.feeds.examples import VALIDATION_STEPS, ExampleFeed
from seqkit.training.loop import VALIDATION_BATCH, fit, fit_epochs
from seqkit.training.objective import Objective
from seqkit.training.state import History


def fit_by_cross_validation(
    model: keras.Model,
    train: Part,
    folds: np.ndarray,
    pad: float,
    steps: int | None,
    objective: Objective,
    callbacks: Callbacks,
    checkpoints: Checkpoints | None,
    **training: Any,
) -> tuple[History, np.ndarray]:
    """Trains on all folds but one, for each fold, and then on all examples for the mean of the best epochs.

    Args:
        model: The model, trained in place.
        train: Training examples.
        folds: Fold of each example, from 0, int64 of shape (examples,).
        pad: Padding value.
        steps: Length of all examples; None for variable lengths.
        objective: Loss, and score that selects the best epoch.
        callbacks: Called with the progress, and a line about each fold.
        checkpoints: Reads and writes the checkpoints; None trains without them.
        **training: Options of `seqkit.training.loop.fit`.

    Returns:
        The history of the last training, with the mean validation scores of the folds; and the logits of each example
        by the model of the folds without it, of shape (examples, classes).
    """
    initial = [variable.numpy() for variable in model.variables]
    count = int(folds.max()) + 1
    held_out = np.zeros((len(train), model.output_shape[-1]), np.float32)
    histories: list[History] = []
    compute_logits = _compile(model)
    for fold in range(count):
        for variable, value in zip(model.variables, initial, strict=True):
            variable.assign(value)
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        feed = ExampleFeed(_take(train, inside), _take(train, outside), pad, steps)
        history = fit(
            model,
            None,
            feed,
            objective,
            lambda progress: callbacks.on_progress(replace(progress, score=None)),
            checkpoints and checkpoints.of_part(f"fold-{fold + 1}-"),
            None,
            **training,
        )
        if history.interrupted:
            history.best_epoch = 0  # the weights are those of a fold
            return history, held_out
        held_out[outside] = _predict(compute_logits, _take(train, outside).inputs, pad, held_out.shape[1])
        histories.append(history)
        score = history.column(_score_column(history))[history.best_epoch - 1]
        callbacks.on_message(
            f"fold {fold + 1} of {count}: validation {objective.score_name} {score:.4g} in epoch {history.best_epoch}"
        )
    for variable, value in zip(model.variables, initial, strict=True):
        variable.assign(value)
    epochs = max(1, round(float(np.mean([history.best_epoch for history in histories]))))
    feed = ExampleFeed(train, _take(train, np.arange(1)), pad, steps)
    history = fit_epochs(model, feed, objective, callbacks.on_progress, checkpoints, epochs, training)
    history.epochs = [row | _means(histories, int(row["epoch"])) for row in history.epochs]
    if not history.interrupted:
        history.stopped = f"trained on all examples for {epochs} epochs, the mean of the best ones of the {count} folds"
    return history, held_out


def _take(part: Part, positions: np.ndarray) -> Part:
    return Part(part.inputs.take(positions), part.labels[positions], part.rows[positions])


def _compile(model: keras.Model) -> Any:
    """Returns the model as a compiled function."""

    @compiled_first
    @tf.function(input_signature=[tf.TensorSpec(model.input_shape, model.inputs[0].dtype)])
    def compute_logits(inputs: tf.Tensor) -> Any:
        return model(inputs, training=False)

    return compute_logits


def _predict(compute_logits: Any, inputs: Ragged, pad: float, classes: int) -> np.ndarray:
    """Returns the logits of examples, of shape (examples, classes)."""
    logits = np.empty((len(inputs), classes), np.float32)
    for batch in batches_by_length(inputs.lengths, sequences=VALIDATION_BATCH, steps=VALIDATION_STEPS):
        logits[batch] = compute_logits(tf.constant(inputs.padded(batch, pad)))
    return logits


def _score_column(history: History) -> str:
    return next(name for name in history.epochs[0] if name.startswith("validation_") and name != "validation_loss")


def _means(histories: Sequence[History], epoch: int) -> dict[str, float]:
    """Returns the mean validation loss and score of the folds in an epoch; the last ones of a fold that had stopped."""
    columns = ("validation_loss", _score_column(histories[0]))
    rows = [history.epochs[min(epoch, len(history.epochs)) - 1] for history in histories]
    return {name: float(np.mean([row[name] for row in rows])) for name in columns}
