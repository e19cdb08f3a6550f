"""Descent: fits a model to what it is fed, and stops by the validation score alone.

The steps run inside compiled calls, some at a time; the order of the batches is a pure function of seed and epoch.
"""

import math
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from seqkit.errors import DivergedTraining
from seqkit.progress import Progress
from seqkit.stopwatch import compiled_first, spent
from seqkit.training.checkpoints import Checkpoints
from seqkit.training.divergence import Diagnosis
from seqkit.training.feeds.batches import Feed
from seqkit.training.objective import Objective
from seqkit.training.optimizers.lazy_adam import LazyAdam, summed
from seqkit.training.state import History, TrainingState

STEPS_PER_CALL = 16
"""Training steps that run inside one compiled call; has no influence on the result."""

VALIDATION_BATCH = 1024


def fit(
    model: keras.Model,
    sequence_model: keras.Model | None,
    feed: Feed,
    objective: Objective,
    report: Callable[[Progress], None],
    checkpoints: Checkpoints | None,
    *,
    epochs: int = 20,
    batch_size: int = 128,
    learning_rate: float = 4e-3,
    schedule: Literal["constant", "cosine"] = "cosine",
    patience: int | None = 5,
    clip_norm: float | None = 1.0,
    seed: int = 0,
) -> History:
    """Fits the model in place and leaves it with the weights of the best epoch.

    Args:
        model: Takes what the feed gathers to validate and gives out what the objective compares.
        sequence_model: A model of the same weights that is trained in its place, at every step of the chunks that the
            feed gathers; None trains the model itself.
        feed: What to learn from, and what chooses the best epoch.
        objective: What is descended, and the score that chooses.
        report: Told of the progress.
        checkpoints: Where the training goes on from, if it was cut off, and where it writes down how far it is; None
            for neither.
        epochs: Most passes over the training examples, [1, inf). Where these make fewer than 50 steps, an epoch is as
            many passes as make 50.
        batch_size: Examples (windows, stretches, texts, series) to a step, [1, inf).
        learning_rate: Step size of Adam, at the start, (0, inf).
        schedule: Whether the learning rate stays, or falls to zero along half a cosine over all epochs.
        patience: Epochs without a better validation score before training stops; none never stops early, [1, inf).
        clip_norm: Largest norm of all gradients together; none does not clip, (0, inf).
        seed: Of the initial weights, dropout and the order of the examples, [0, 4294967295].

    Returns:
        The history of the epochs; where it was told to stop, and has written down how far it is, of those done.

    Raises:
        DivergedTraining: Loss, gradients or weights became NaN or infinite.
    """
    trained = model if sequence_model is None else sequence_model
    steps = feed.steps(batch_size)
    rate: Any = learning_rate
    if schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(learning_rate, decay_steps=epochs * steps)
    optimizer = LazyAdam(rate)
    optimizer.build(trained.trainable_variables)
    diagnosis = Diagnosis(trained, learning_rate, clip_norm)
    run_steps = _compile_steps(trained, optimizer, feed, objective, clip_norm, diagnosis)
    run_validation = _compile_validation(model, feed, objective)

    stands = TrainingState(best_weights=model.get_weights())
    variables = [*trained.variables, *optimizer.variables]
    if checkpoints is not None and (found := checkpoints.restore(variables)):
        stands = TrainingState.of(*found)
    history, began = stands.history, time.perf_counter() - stands.seconds

    def save() -> bool:
        """Writes down how far the training is, and returns whether it is to stop."""
        if checkpoints is None:
            return False
        checkpoints.save(variables, stands.facts(), stands.best_weights)
        return checkpoints.stops()

    def end(error: DivergedTraining) -> DivergedTraining:
        model.set_weights(stands.best_weights)
        error.best_epoch = history.best_epoch
        return error

    while stands.epoch <= epochs and (patience is None or stands.waited < patience):
        epoch, epoch_began = stands.epoch, time.perf_counter() - stands.epoch_seconds
        stop = False
        for batches in _calls(feed, batch_size, seed, epoch, stands.step):
            losses, norms = (each.numpy() for each in run_steps(tf.constant(batches)))
            stands.step += len(losses)
            if not np.isfinite([losses[-1], norms[-1]]).all():
                diagnosis.remember(norms[:-1])
                inputs, y_true = feed.gather(tf.constant(batches[len(losses) - 1]))
                raise end(diagnosis.of_step(losses, epoch, stands.step, inputs, y_true, objective.loss))
            diagnosis.remember(norms)
            stands.total += float(losses.sum()) * batches.shape[1]
            stands.seen += batches.shape[0] * batches.shape[1]
            report(Progress(epoch, epochs, stands.step, steps, stands.total / stands.seen))
            if checkpoints is not None and checkpoints.is_due():
                now = time.perf_counter()
                stands.seconds, stands.epoch_seconds = now - began, now - epoch_began
                stop = save()
                if stop:
                    break
        if stop:
            break
        loss = stands.total / stands.seen
        if sequence_model is not None:
            model.set_weights(sequence_model.get_weights())
        with spent("validating"):
            validation_loss, score = run_validation()
        sound = math.isfinite(score) and math.isfinite(validation_loss)
        rank = objective.rank(score, validation_loss)
        better = sound and (stands.best is None or rank > stands.best)
        if better:
            stands.best, stands.best_weights, stands.waited = rank, model.get_weights(), 0
            history.best_epoch = epoch
        else:
            stands.waited += 1
        history.epochs.append(
            {
                "epoch": epoch,
                "loss": loss,
                "validation_loss": validation_loss,
                f"validation_{objective.score_name.lower()}": score,
                "seconds": time.perf_counter() - epoch_began,
            }
        )
        stands.seconds = time.perf_counter() - began
        left = stands.seconds / epoch * (epochs - epoch)
        report(Progress(epoch, epochs, steps, steps, loss, score, objective.score_name, better, left))
        if not sound:
            value = score if math.isfinite(validation_loss) else validation_loss
            examples = feed.validation_batches(VALIDATION_BATCH)
            gathered = map(feed.gather_validation, examples)
            raise end(diagnosis.of_validation(model, value, epoch, gathered, objective.validation_loss))
        stands.next_epoch()
        if save():
            break
    model.set_weights(stands.best_weights)
    if patience is not None and stands.waited >= patience:
        history.stopped = f"no better validation score for {patience} epochs"
    elif stands.epoch > epochs:
        history.stopped = f"all {epochs} epochs done"
    else:
        history.stopped = f"stopped in epoch {stands.epoch}, after {stands.step} of {steps} steps"
        history.interrupted = True
    return history


def _calls(feed: Feed, batch_size: int, seed: int, epoch: int, done: int) -> Iterator[np.ndarray]:
    """Yields the batches of an epoch after those `done`, `STEPS_PER_CALL` at a time, of shape (steps, batch, …)."""
    whole, rest = feed.batches(batch_size, seed, epoch)
    for first in range(done, len(whole), STEPS_PER_CALL):
        yield whole[first : first + STEPS_PER_CALL]
    if rest.size and done <= len(whole):
        yield rest


def _compile_steps(
    model: Any, optimizer: Any, feed: Feed, objective: Objective, clip_norm: float | None, diagnosis: Diagnosis
) -> Any:
    """Returns what takes the steps of some batches, up to the first whose numbers are not finite: that is not taken.

    It returns the losses and the gradients' norms of the steps, of shape (steps,), with those of that one.
    """

    @compiled_first
    @tf.function(input_signature=[tf.TensorSpec((None, None, *feed.example_shape), tf.int64)])
    def run_steps(batches: Any) -> Any:
        losses = tf.TensorArray(tf.float32, size=tf.shape(batches)[0], element_shape=())
        norms = tf.TensorArray(tf.float32, size=tf.shape(batches)[0], element_shape=())
        done = 0
        for i in tf.range(tf.shape(batches)[0]):
            diagnosis.mark()
            inputs, y_true = feed.gather(batches[i])
            with tf.GradientTape() as tape:
                value = tf.reduce_mean(objective.loss(y_true, model(inputs, training=True)))
                whole = tf.add_n([value, *model.losses])  # with what the recipe's regularisers add
            gradients = [summed(each) for each in tape.gradient(whole, model.trainable_variables)]
            norm = tf.linalg.global_norm(gradients)
            losses, norms, done = losses.write(i, value), norms.write(i, norm), done + 1
            if not tf.math.is_finite(value + norm):
                break
            if clip_norm is not None:
                gradients, _ = tf.clip_by_global_norm(gradients, clip_norm, use_norm=norm)
            optimizer.apply(gradients, model.trainable_variables)
        return losses.stack()[:done], norms.stack()[:done]

    return run_steps


def _compile_validation(model: Any, feed: Feed, objective: Objective) -> Any:
    @compiled_first
    @tf.function(input_signature=[tf.TensorSpec((None,), tf.int64)])
    def sums(batch: Any) -> Any:
        inputs, y_true = feed.gather_validation(batch)
        outputs = model(inputs, training=False)
        measures = [measure(y_true, outputs) for measure in (objective.validation_loss, objective.score)]
        return [tf.reduce_sum(each) for each in measures], [tf.size(each) for each in measures]

    def run() -> tuple[float, float]:
        totals, counts = np.zeros(2), np.zeros(2)
        for batch in feed.validation_batches(VALIDATION_BATCH):
            found, values = sums(tf.constant(batch))
            totals += [float(each) for each in found]
            counts += [int(each) for each in values]
        loss, score = totals / counts
        return float(loss), float(score) * objective.score_unit

    return run
