"""Descent: fits a model to what it is fed, and stops by the validation score alone.

The steps run inside compiled calls, some at a time; the order of the batches is a pure function of seed and epoch.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from seqkit.errors import SeqkitError
from seqkit.training.checkpoints import Checkpoints
from seqkit.training.feed import Feed
from seqkit.training.lazy_adam import LazyAdam, summed
from seqkit.training.objectives import Objective

STEPS_PER_CALL = 16
"""Training steps that run inside one compiled call; has no influence on the result."""

VALIDATION_BATCH = 1024


@dataclass(frozen=True)
class Progress:
    """How far the training is, told after every few steps and after every epoch.

    Attributes:
        epoch: The running epoch, from 1.
        epochs: The most there will be.
        step: Steps done in this epoch.
        steps: Steps in an epoch.
        loss: Mean training loss of this epoch so far; None where nothing is descended.
        score: Validation score at the epoch's end; None within an epoch.
        score_name: What the score is called.
        best: Whether that score is the best so far.
        seconds_left: Estimate for the epochs to come, should training not stop early.
        unit: Unit of the score, where it is known.
        words_per_second: Speed of an epoch that has ended without a score.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float | None = None
    score: float | None = None
    score_name: str = ""
    best: bool = False
    seconds_left: float = 0.0
    unit: str = ""
    words_per_second: float | None = None

    @property
    def ended(self) -> bool:
        """Whether the epoch has."""
        return self.score is not None or self.words_per_second is not None


@dataclass
class History:
    """What each epoch gave.

    Attributes:
        epochs: One dictionary an epoch: loss, validation_loss, the score (such as validation_mae), seconds.
        best_epoch: The epoch whose weights were kept, from 1.
        stopped: Why training ended, in words.
    """

    epochs: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    stopped: str = ""

    def column(self, name: str) -> list[float]:
        """Returns one figure of every epoch."""
        return [epoch[name] for epoch in self.epochs]


@dataclass
class Standing:
    """How far a training is, but for the variables of model and optimizer.

    Attributes:
        epoch: The running epoch, from 1.
        step: Steps done in it.
        total: Sum of their losses.
        seen: Examples in them.
        waited: Epochs since the best one.
        best: Rank of the best epoch; None before the first.
        seconds: Time the training took up to here.
        epoch_seconds: Of these, in the running epoch.
        history: Of the epochs done.
        best_weights: Of the best epoch, or the first ones.
    """

    epoch: int = 1
    step: int = 0
    total: float = 0.0
    seen: int = 0
    waited: int = 0
    best: tuple[float, float] | None = None
    seconds: float = 0.0
    epoch_seconds: float = 0.0
    history: History = field(default_factory=History)
    best_weights: list[np.ndarray] = field(default_factory=list)

    @classmethod
    def of(cls, facts: dict[str, Any], best_weights: list[np.ndarray]) -> "Standing":
        """Returns what a checkpoint holds."""
        best = None if facts["best"] is None else tuple(facts["best"])
        return cls(**{**facts, "best": best, "history": History(**facts["history"]), "best_weights": best_weights})

    def facts(self) -> dict[str, Any]:
        """Returns all but the weights, for a checkpoint."""
        own = {name: value for name, value in vars(self).items() if name != "best_weights"}
        return {**own, "history": vars(self.history)}

    def next_epoch(self) -> None:
        """Goes on to the next epoch."""
        self.epoch, self.step, self.total, self.seen, self.epoch_seconds = self.epoch + 1, 0, 0.0, 0, 0.0


def fit(
    model: keras.Model,
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
        model: Takes what the feed gathers and gives out what the objective compares.
        feed: What to learn from, and what chooses the best epoch.
        objective: What is descended, and the score that chooses.
        report: Told of the progress.
        checkpoints: Where the training goes on from, if it was cut off, and where it writes down how far it is; None
            for neither.
        epochs: Most passes over the training examples, [1, inf). Where these make fewer than 50 steps, an epoch is as
            many passes as make 50.
        batch_size: Examples (windows, texts, series) to a step, [1, inf).
        learning_rate: Step size of Adam, at the start, (0, inf).
        schedule: Whether the learning rate stays, or falls to zero along half a cosine over all epochs.
        patience: Epochs without a better validation score before training stops; none never stops early, [1, inf).
        clip_norm: Largest norm of all gradients together; none does not clip, (0, inf).
        seed: Of the initial weights, dropout and the order of the examples, [0, 4294967295].

    Returns:
        The history of the epochs.

    Raises:
        SeqkitError: The loss became NaN or infinite.
        InterruptedTraining: It was told to stop, and has written down how far it is.
    """
    steps = feed.steps(batch_size)
    rate: Any = learning_rate
    if schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(learning_rate, decay_steps=epochs * steps)
    optimizer = LazyAdam(rate)
    optimizer.build(model.trainable_variables)
    run_steps = _compile_steps(model, optimizer, feed, objective, clip_norm)
    run_validation = _compile_validation(model, feed, objective)

    stands = Standing(best_weights=model.get_weights())
    variables = [*model.variables, *optimizer.variables]
    if checkpoints is not None and (found := checkpoints.restore(variables)):
        stands = Standing.of(*found)

    def save() -> None:
        if checkpoints is not None:
            checkpoints.save(variables, stands.facts(), stands.best_weights)

    history, began = stands.history, time.perf_counter() - stands.seconds
    while stands.epoch <= epochs and (patience is None or stands.waited < patience):
        epoch, epoch_began = stands.epoch, time.perf_counter() - stands.epoch_seconds
        for batches in _calls(feed, batch_size, seed, epoch, stands.step):
            losses = run_steps(tf.constant(batches)).numpy()
            if not np.isfinite(losses).all():
                step = stands.step + int(np.argmin(np.isfinite(losses))) + 1
                model.set_weights(stands.best_weights)
                raise SeqkitError(_went_wrong(losses, epoch, step, learning_rate, clip_norm))
            stands.total += float(losses.sum()) * batches.shape[1]
            stands.seen += batches.size
            stands.step += len(losses)
            report(Progress(epoch, epochs, stands.step, steps, stands.total / stands.seen))
            if checkpoints is not None and checkpoints.is_due():
                now = time.perf_counter()
                stands.seconds, stands.epoch_seconds = now - began, now - epoch_began
                save()
        loss = stands.total / stands.seen
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
            model.set_weights(stands.best_weights)
            raise SeqkitError(_went_wrong(np.array([validation_loss]), epoch, steps, learning_rate, clip_norm))
        stands.next_epoch()
        save()
    if patience is not None and stands.waited >= patience:
        history.stopped = f"no better validation score for {patience} epochs"
    else:
        history.stopped = f"all {epochs} epochs done"
    model.set_weights(stands.best_weights)
    return history


def _calls(feed: Feed, batch_size: int, seed: int, epoch: int, done: int) -> Iterator[np.ndarray]:
    """Yields the batches of an epoch after those `done`, `STEPS_PER_CALL` at a time, of shape (steps, batch)."""
    whole, rest = feed.batches(batch_size, seed, epoch)
    for first in range(done, len(whole), STEPS_PER_CALL):
        yield whole[first : first + STEPS_PER_CALL]
    if len(rest) and done <= len(whole):
        yield rest


def _compile_steps(model: Any, optimizer: Any, feed: Feed, objective: Objective, clip_norm: float | None) -> Any:
    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.int64)])
    def run_steps(batches: Any) -> Any:
        losses = tf.TensorArray(tf.float32, size=tf.shape(batches)[0])
        for i in tf.range(tf.shape(batches)[0]):
            inputs, truth = feed.gather(batches[i])
            with tf.GradientTape() as tape:
                value = tf.reduce_mean(objective.loss(truth, model(inputs, training=True)))
                whole = tf.add_n([value, *model.losses])  # with what the recipe's regularisers add
            gradients = [summed(each) for each in tape.gradient(whole, model.trainable_variables)]
            if clip_norm is not None:
                gradients, _ = tf.clip_by_global_norm(gradients, clip_norm)
            optimizer.apply(gradients, model.trainable_variables)
            losses = losses.write(i, value)
        return losses.stack()

    return run_steps


def _compile_validation(model: Any, feed: Feed, objective: Objective) -> Any:
    @tf.function(input_signature=[tf.TensorSpec((None,), tf.int64)])
    def sums(batch: Any) -> Any:
        inputs, truth = feed.gather(batch)
        outputs = model(inputs, training=False)
        measures = [measure(truth, outputs) for measure in (objective.validation_loss, objective.score)]
        return [tf.reduce_sum(each) for each in measures], [tf.size(each) for each in measures]

    def run() -> tuple[float, float]:
        totals, counts = np.zeros(2), np.zeros(2)
        for batch in feed.validation_batches(VALIDATION_BATCH):
            found, values = sums(tf.constant(batch))
            totals += [float(each) for each in found]
            counts += [int(each) for each in values]
        loss, score = totals / counts
        return float(loss), float(score)

    return run


def _went_wrong(losses: np.ndarray, epoch: int, step: int, learning_rate: float, clip_norm: float | None) -> str:
    what = "NaN" if np.isnan(losses).any() else "infinite"
    cure = f"Try --learning-rate {learning_rate / 10:g}"
    cure += " or --clip-norm 1.0" if clip_norm is None else f" or --clip-norm {clip_norm / 10:g}"
    return (
        f"The loss became {what} in epoch {epoch}, step {step}. Likely the steps were too long for these data: "
        f"{cure}; if it happens in the first step, look for huge values with `seqkit check`."
    )
