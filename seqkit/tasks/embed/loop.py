"""Training of word vectors on running text."""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.errors import DivergedTraining
from seqkit.progress import Progress
from seqkit.stopwatch import compiled_first
from seqkit.tasks.embed.feed import WordFeed
from seqkit.tasks.embed.start import Start
from seqkit.tasks.embed.starting_weights import accumulate_steps, loss_of_guessing
from seqkit.training.checkpoints import Checkpoints
from seqkit.training.divergence import layer_with_largest_weight
from seqkit.training.epochs import EpochLoop
from seqkit.training.loop import STEPS_PER_CALL
from seqkit.training.optimizers.row_adagrad import RowAdagrad
from seqkit.training.state import History

DIVERGED = 2.0
"""Multiple of the loss of guessing above which a training counts as diverged: that of the first step, at random."""

PREFETCH_CALLS = 4
"""Calls' worth of text that a second thread reads ahead."""


def fit_vectors(
    model: keras.Model,
    feed: WordFeed,
    on_progress: Callable[[Progress], None],
    checkpoints: Checkpoints | None,
    start: Start | None,
    *,
    epochs: int = 5,
    batch_size: int = 8192,
    learning_rate: float = 0.4,
    seed: int = 0,
) -> History:
    """Trains the model in place for all epochs; there is no validation part.

    Args:
        model: Model that reads word ids; its layers add the loss.
        feed: The text.
        on_progress: Called with the progress of the training.
        checkpoints: Reads and writes the checkpoints; None trains without them.
        start: The vectors that the model starts from, if any.
        epochs: Passes over the text, [1, inf).
        batch_size: Words per step, [256, inf); fewer for a short text, so that an epoch has at least 50 steps.
        learning_rate: Learning rate of Adagrad, adapted to each word, (0, inf).
        seed: Seed of the initial vectors and all random sampling, [0, 4294967295].

    Returns:
        The metrics of all epochs: loss per word, words per second (including skipped ones), seconds; after an
        interruption, of those completed.

    Raises:
        DivergedTraining: The loss rose far above that of the first step, or became NaN.
    """
    optimizer = RowAdagrad(learning_rate)
    optimizer.build(model.trainable_variables)
    guessing = 0.0
    if start is not None:
        accumulate_steps(model, optimizer, start, feed.length(batch_size))
        guessing = loss_of_guessing(model)
    run_steps = _compile_steps(model, optimizer, feed.length(batch_size))
    loop = EpochLoop(
        [*model.variables, *optimizer.variables],
        on_progress,
        checkpoints,
        epochs=epochs,
        steps=feed.steps(batch_size),
        extra={"first": 0.0},
    )
    state, history = loop.state, loop.history
    for epoch in loop:
        blocks_of_epoch = feed.blocks(batch_size, seed, epoch, STEPS_PER_CALL)
        for blocks in loop.interruptible(_prefetch(_skip_steps(state.step, blocks_of_epoch))):
            losses = run_steps(tf.constant(blocks)).numpy()
            state.step += len(losses)
            first = loop.extra["first"] = loop.extra["first"] or max(float(losses[0]), guessing)
            if not losses.mean() < DIVERGED * first:  # also true for NaN
                raise DivergedTraining(
                    f"The loss went from {first:.3g} to {losses.mean():.3g} by epoch {epoch}, about step "
                    f"{state.step}; the layer '{layer_with_largest_weight(model)}' has the largest weights. The "
                    f"learning rate is too high for this text: try --learning-rate {learning_rate / 4:g}."
                )
            state.total += float(losses.sum())
            loop.report(state.total / state.step)
        if loop.interrupted:
            break
        loss, seconds = state.total / state.step, loop.epoch_seconds()
        speed = feed.words / seconds
        history.epochs.append({"epoch": epoch, "loss": loss, "words_per_second": speed, "seconds": seconds})
        history.best_epoch = epoch
        loop.report_epoch(loss, words_per_second=speed)
    return loop.finish()


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


def _skip_steps(steps: int, calls: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Skips the blocks of completed steps."""
    for blocks in calls:
        if steps > 0:
            steps -= len(blocks)
        else:
            yield blocks


def _prefetch(items: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Yields the items, read ahead by a second thread; raises the errors of that thread."""
    ready: queue.Queue[Any] = queue.Queue(PREFETCH_CALLS)
    closed = threading.Event()

    def put(item: Any) -> None:
        while not closed.is_set():
            try:
                ready.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def read() -> None:
        try:
            for item in items:
                put(item)
                if closed.is_set():
                    return
            put(None)
        except Exception as error:  # raised in the consuming thread
            put(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        closed.set()
        thread.join()
