"""Descent for word vectors: fits them to running text, a stretch of it at a step."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.errors import DivergedTraining
from seqkit.progress import Progress
from seqkit.stopwatch import compiled_first
from seqkit.tasks.embed.feed import WordFeed
from seqkit.training.checkpoints import Checkpoints
from seqkit.training.divergence import stretched_layer
from seqkit.training.loop import STEPS_PER_CALL
from seqkit.training.optimizers.row_adagrad import RowAdagrad
from seqkit.training.state import History, TrainingState

DIVERGED = 2.0
"""Times the loss of the first step, which is that of guessing, from which on a training has gone astray."""

PREFETCH_CALLS = 4
"""Calls' worth of text that is made ready while others are learned from."""


def fit_vectors(
    model: keras.Model,
    feed: WordFeed,
    report: Callable[[Progress], None],
    checkpoints: Checkpoints | None,
    *,
    epochs: int = 5,
    batch_size: int = 8192,
    learning_rate: float = 0.4,
    seed: int = 0,
) -> History:
    """Fits the model in place, for all epochs: there is nothing held out to choose by.

    Args:
        model: Takes in word numbers; its losses are in its layers.
        feed: The text.
        report: Told of the progress.
        checkpoints: Where the training goes on from, if it was cut off, and where it writes down how far it is; None
            for neither.
        epochs: Passes over the text, [1, inf).
        batch_size: Words to a step, [256, inf); fewer where the text is so short that an epoch would have less than 50
            steps.
        learning_rate: Step size of Adagrad, with one rate a word, (0, inf).
        seed: Of the initial vectors and all that is drawn at random, [0, 4294967295].

    Returns:
        The history of the epochs: loss a word, words a second (left-out ones counted), seconds; where it was told to
        stop, and has written down how far it is, of those done.

    Raises:
        DivergedTraining: The loss grew far above that of the first step, or became NaN.
    """
    optimizer = RowAdagrad(learning_rate)
    optimizer.build(model.trainable_variables)
    run_steps = _compile_steps(model, optimizer, feed.length(batch_size))
    stands, first = TrainingState(), 0.0
    variables = [*model.variables, *optimizer.variables]
    if checkpoints is not None and (found := checkpoints.restore(variables)):
        first = found[0].pop("first")
        stands = TrainingState.of(*found)

    def save() -> bool:
        """Writes down how far the training is, and returns whether it is to stop."""
        if checkpoints is None:
            return False
        checkpoints.save(variables, {**stands.facts(), "first": first})
        return checkpoints.stops()

    history, steps, began = stands.history, feed.steps(batch_size), time.perf_counter() - stands.seconds
    while stands.epoch <= epochs:
        epoch, epoch_began = stands.epoch, time.perf_counter() - stands.epoch_seconds
        stop = False
        for blocks in _ahead(_after(stands.step, feed.blocks(batch_size, seed, epoch, STEPS_PER_CALL))):
            losses = run_steps(tf.constant(blocks)).numpy()
            stands.step += len(losses)
            first = first or float(losses[0])
            if not losses.mean() < DIVERGED * first:  # NaN is not, either.
                where = stretched_layer(model)
                raise DivergedTraining(
                    f"The loss went from {first:.3g} to {losses.mean():.3g} by epoch {epoch}, about step "
                    f"{stands.step}; the largest weights are those of the layer '{where}'. The steps were too long for "
                    f"this text: try --learning-rate {learning_rate / 4:g}."
                )
            stands.total += float(losses.sum())
            report(Progress(epoch, epochs, min(stands.step, steps), steps, stands.total / stands.step))
            if checkpoints is not None and checkpoints.is_due():
                now = time.perf_counter()
                stands.seconds, stands.epoch_seconds = now - began, now - epoch_began
                stop = save()
                if stop:
                    break
        if stop:
            break
        loss, seconds = stands.total / stands.step, time.perf_counter() - epoch_began
        speed = feed.words / seconds
        history.epochs.append({"epoch": epoch, "loss": loss, "words_per_second": speed, "seconds": seconds})
        history.best_epoch = epoch
        stands.seconds = time.perf_counter() - began
        left = stands.seconds / epoch * (epochs - epoch)
        report(Progress(epoch, epochs, steps, steps, loss, seconds_left=left, words_per_second=speed))
        stands.next_epoch()
        if save():
            break
    if stands.epoch > epochs:
        history.stopped = f"all {epochs} epochs done"
    else:
        history.stopped = f"stopped in epoch {stands.epoch}, after {stands.step} of {steps} steps"
        history.interrupted = True
    return history


def _compile_steps(model: Any, optimizer: Any, length: int) -> Any:
    @compiled_first
    @tf.function(input_signature=[tf.TensorSpec((None, length), tf.int32)])
    def run_steps(blocks: Any) -> Any:
        losses = tf.TensorArray(tf.float32, size=tf.shape(blocks)[0])
        for i in tf.range(tf.shape(blocks)[0]):
            with tf.GradientTape() as tape:
                model(blocks[i][None], training=True)
                loss = tf.add_n(model.losses)
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
            losses = losses.write(i, loss)
        return losses.stack()

    return run_steps


def _after(done: int, blocks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Yields what comes after the steps that are done."""
    for at_once in blocks:
        if done > 0:
            done -= len(at_once)
        else:
            yield at_once


def _ahead(blocks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Yields what the iterator does, made ready by a second thread; an error there is raised here."""
    ready: queue.Queue[Any] = queue.Queue(PREFETCH_CALLS)
    left = threading.Event()

    def hand_over(item: Any) -> None:
        while not left.is_set():
            try:
                ready.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def make() -> None:
        try:
            for each in blocks:
                hand_over(each)
                if left.is_set():
                    return
            hand_over(None)
        except Exception as error:  # whatever it is, it is raised below
            hand_over(error)

    maker = threading.Thread(target=make, daemon=True)
    maker.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        left.set()
        maker.join()
