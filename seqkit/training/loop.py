"""Training of forecast and classification models, with early stopping on the validation score.

Steps run several at a time inside one compiled call. The order of the batches depends only on the seed and the epoch.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, Protocol

import keras
import numpy as np
import tensorflow as tf

from seqkit.errors import DivergedTraining
from seqkit.progress import Progress
from seqkit.stopwatch import compiled_first, spent
from seqkit.training.checkpoints import Checkpoints
from seqkit.training.divergence import Diagnosis
from seqkit.training.epochs import EpochLoop
from seqkit.training.feeds.batches import Feed
from seqkit.training.objective import CorpusScore, Objective
from seqkit.training.optimizers.lazy_adam import LazyAdam, merge_rows
from seqkit.training.state import History

STEPS_PER_CALL = 16
"""Training steps per compiled call; does not affect the results."""

VALIDATION_BATCH = 1024


class Call(Protocol):
    """A way to call a model.

    Attributes:
        variables: What changes from call to call, for checkpoints.
    """

    variables: list[Any]

    def call(self, inputs: Any, *, training: bool) -> Any:
        """Returns what the objective compares with the targets."""

    def reset(self) -> None:
        """Starts anew, before an epoch or a validation."""


def fit(
    model: keras.Model,
    sequence_model: keras.Model | None,
    feed: Feed,
    objective: Objective,
    on_progress: Callable[[Progress], None],
    checkpoints: Checkpoints | None,
    states: tuple[Call, Call] | None,
    *,
    epochs: int = 20,
    batch_size: int = 128,
    learning_rate: float = 4e-3,
    schedule: Literal["constant", "cosine", "warmup_cosine"] = "cosine",
    patience: int | None = 5,
    clip_norm: float | None = 1.0,
    seed: int = 0,
) -> History:
    """Trains the model in place and restores the weights of the best epoch.

    Args:
        model: Model that is validated, and trained unless there is a `sequence_model`.
        sequence_model: Model with the same weights that is trained on chunks instead, at every step; or None.
        feed: Training and validation batches.
        objective: Loss, and score that selects the best epoch.
        on_progress: Called with the progress of the training.
        checkpoints: Reads and writes the checkpoints; None trains without them.
        states: How to call the model in training and in validation, such as with states that are carried from batch to
            batch; None if it is just called.
        epochs: Maximum passes over the training examples, [1, inf). If a pass has fewer than 50 steps, an epoch has
            as many passes as 50 steps need.
        batch_size: Examples (windows, chunks, texts, series) per step, [1, inf).
        learning_rate: Initial learning rate of Adam, (0, inf).
        schedule: Learning rate schedule. `constant`: no decay. `cosine`: decays to zero over all epochs.
            `warmup_cosine`: first rises from zero, over a tenth of all steps.
        patience: Epochs without a better validation score before training stops; none never stops early, [1, inf).
        clip_norm: Maximum global norm of the gradients; none does not clip, (0, inf).
        seed: Seed of the initial weights, dropout and the order of the examples, [0, 4294967295].

    Returns:
        The metrics of all epochs; after an interruption, of those completed.

    Raises:
        DivergedTraining: Loss, gradients or weights became NaN or infinite.
    """
    rates = (epochs, learning_rate, schedule)
    return _fit(
        model, sequence_model, feed, objective, on_progress, checkpoints, states, None, rates, batch_size, patience,
        clip_norm, seed,
    )  # fmt: skip


def fit_epochs(
    model: keras.Model,
    feed: Feed,
    objective: Objective,
    on_progress: Callable[[Progress], None],
    checkpoints: Checkpoints | None,
    last_epoch: int,
    training: Mapping[str, Any],
) -> History:
    """Trains the model in place as `fit` does, but without validation and up to a given epoch, whose weights are kept.

    Args:
        model: The model.
        feed: Training batches.
        objective: Loss.
        on_progress: Called with the progress of the training.
        checkpoints: Reads and writes the checkpoints; None trains without them.
        last_epoch: The last epoch, at most `epochs`, over which the learning rate decays.
        training: All options of `fit`, by name.

    Raises:
        DivergedTraining: Loss, gradients or weights became NaN or infinite.
    """
    rates = (training["epochs"], training["learning_rate"], training["schedule"])
    rest = (training["batch_size"], None, training["clip_norm"], training["seed"])
    return _fit(model, None, feed, objective, on_progress, checkpoints, None, last_epoch, rates, *rest)


def _fit(
    model: keras.Model,
    sequence_model: keras.Model | None,
    feed: Feed,
    objective: Objective,
    on_progress: Callable[[Progress], None],
    checkpoints: Checkpoints | None,
    states: tuple[Call, Call] | None,
    last_epoch: int | None,
    rates: tuple[int, float, str],
    batch_size: int,
    patience: int | None,
    clip_norm: float | None,
    seed: int,
) -> History:
    trained = model if sequence_model is None else sequence_model
    epochs, learning_rate, schedule = rates
    steps = feed.steps(batch_size)
    rate: Any = learning_rate
    if schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(learning_rate, decay_steps=epochs * steps)
    elif schedule == "warmup_cosine":
        rising = max(1, epochs * steps // 10)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, decay_steps=epochs * steps - rising, warmup_target=learning_rate, warmup_steps=rising
        )
    optimizer = LazyAdam(rate)
    optimizer.build(trained.trainable_variables)
    diagnosis = Diagnosis(trained, learning_rate, clip_norm)
    training_state, validation_state = states or (None, None)
    run_steps = _compile_steps(trained, optimizer, feed, objective, clip_norm, diagnosis, training_state)
    validate = _compile_validation(model, feed, objective, validation_state)
    carried = training_state.variables if training_state else []
    loop = EpochLoop(
        [*trained.variables, *optimizer.variables, *carried],
        on_progress,
        checkpoints,
        epochs=last_epoch or epochs,
        steps=steps,
        patience=patience,
        best_weights=model.get_weights(),
    )
    try:
        for epoch in loop:
            calls = _calls(feed, batch_size, seed, epoch, loop.state.step)
            if training_state and loop.state.step == 0:
                training_state.reset()
            loss = _train_epoch(loop, run_steps, calls, feed, objective, diagnosis)
            if loop.interrupted:
                break
            if sequence_model is not None:
                model.set_weights(sequence_model.get_weights())
            if last_epoch:
                _keep_epoch(loop, loss, model)
            else:
                _validate_epoch(loop, validate, loss, model, feed, objective, diagnosis)
    except DivergedTraining as error:
        model.set_weights(loop.state.best_weights)
        error.best_epoch = loop.history.best_epoch
        raise
    model.set_weights(loop.state.best_weights)
    return loop.finish()


def _train_epoch(
    loop: EpochLoop,
    run_steps: Any,
    calls: Iterator[np.ndarray],
    feed: Feed,
    objective: Objective,
    diagnosis: Diagnosis,
) -> float:
    """Trains the remaining steps of an epoch, and returns the mean loss of all its examples."""
    state = loop.state
    for batches in loop.interruptible(calls):
        losses, norms = (values.numpy() for values in run_steps(tf.constant(batches)))
        state.step += len(losses)
        if not np.isfinite([losses[-1], norms[-1]]).all():
            diagnosis.record_norms(norms[:-1])
            inputs, y_true = feed.gather(tf.constant(batches[len(losses) - 1]))
            raise diagnosis.step_error(losses, state.epoch, state.step, inputs, y_true, objective.loss)
        diagnosis.record_norms(norms)
        state.total += float(losses.sum()) * batches.shape[1]
        state.seen += batches.shape[0] * batches.shape[1]
        loop.report(state.total / state.seen)
    return state.total / state.seen


def _keep_epoch(loop: EpochLoop, loss: float, model: keras.Model) -> None:
    """Keeps the weights of an epoch without validation, and adds it to the history."""
    state = loop.state
    state.best_weights, loop.history.best_epoch = model.get_weights(), state.epoch
    loop.history.epochs.append({"epoch": state.epoch, "loss": loss, "seconds": loop.epoch_seconds()})
    loop.report_epoch(loss)


def _validate_epoch(
    loop: EpochLoop,
    validate: Callable[[], tuple[float, float]],
    loss: float,
    model: keras.Model,
    feed: Feed,
    objective: Objective,
    diagnosis: Diagnosis,
) -> None:
    """Scores an epoch, keeps its weights if it is the best one, and adds it to the history."""
    state, history = loop.state, loop.history
    with spent("validating"):
        validation_loss, score = validate()
    is_finite = math.isfinite(score) and math.isfinite(validation_loss)
    rank = objective.rank(score, validation_loss)
    is_best = is_finite and (state.best is None or rank > state.best)
    if is_best:
        state.best, state.best_weights, state.waited = rank, model.get_weights(), 0
        history.best_epoch = state.epoch
    else:
        state.waited += 1
    history.epochs.append(
        {
            "epoch": state.epoch,
            "loss": loss,
            "validation_loss": validation_loss,
            f"validation_{objective.score_name.lower()}": score,
            "seconds": loop.epoch_seconds(),
        }
    )
    loop.report_epoch(loss, score=score, score_name=objective.score_name, best=is_best)
    if not is_finite:
        value = score if math.isfinite(validation_loss) else validation_loss
        batches = map(feed.gather_validation, feed.validation_batches(VALIDATION_BATCH))
        raise diagnosis.validation_error(model, value, state.epoch, batches, objective.validation_loss)


def _calls(feed: Feed, batch_size: int, seed: int, epoch: int, done: int) -> Iterator[np.ndarray]:
    """Yields the batches of an epoch after the first `done`, `STEPS_PER_CALL` at a time, of shape (steps, batch, …)."""
    full, rest = feed.batches(batch_size, seed, epoch)
    for first in range(done, len(full), STEPS_PER_CALL):
        yield full[first : first + STEPS_PER_CALL]
    if rest.size and done <= len(full):
        yield rest


def _compile_steps(
    model: Any,
    optimizer: Any,
    feed: Feed,
    objective: Objective,
    clip_norm: float | None,
    diagnosis: Diagnosis,
    state: Call | None,
) -> Any:
    """Returns a compiled function that trains on some batches, and stops before a step that is not finite.

    The function returns the losses and gradient norms of the steps, including that step, of shape (steps,).
    """
    call = state.call if state else model

    @compiled_first
    @tf.function(input_signature=[tf.TensorSpec((None, None, *feed.example_shape), tf.int64)])
    def run_steps(batches: Any) -> Any:
        losses = tf.TensorArray(tf.float32, size=tf.shape(batches)[0], element_shape=())
        norms = tf.TensorArray(tf.float32, size=tf.shape(batches)[0], element_shape=())
        done = 0
        for i in tf.range(tf.shape(batches)[0]):
            diagnosis.save_seeds()
            inputs, y_true = feed.gather(batches[i])
            with tf.GradientTape() as tape:
                value = tf.reduce_mean(objective.loss(y_true, call(inputs, training=True)))
                total = tf.add_n([value, *model.losses])  # including the recipe's regularisers
            gradients = [merge_rows(gradient) for gradient in tape.gradient(total, model.trainable_variables)]
            norm = tf.linalg.global_norm(gradients)
            losses, norms, done = losses.write(i, value), norms.write(i, norm), done + 1
            if not tf.math.is_finite(value + norm):
                break
            if clip_norm is not None:
                gradients, _ = tf.clip_by_global_norm(gradients, clip_norm, use_norm=norm)
            optimizer.apply(gradients, model.trainable_variables)
        return losses.stack()[:done], norms.stack()[:done]

    return run_steps


def _compile_validation(
    model: Any, feed: Feed, objective: Objective, state: Call | None
) -> Callable[[], tuple[float, float]]:
    """Returns a function that computes the mean validation loss and score."""
    call = state.call if state else model
    corpus_score = objective.score if isinstance(objective.score, CorpusScore) else None
    measures = [objective.validation_loss, *([] if isinstance(objective.score, CorpusScore) else [objective.score])]

    @compiled_first
    @tf.function(input_signature=[tf.TensorSpec((None, *feed.validation_shape), tf.int64)])
    def sums(batch: Any) -> Any:
        inputs, y_true = feed.gather_validation(batch)
        outputs = call(inputs, training=False)
        values = [measure(y_true, outputs) for measure in measures]
        counted = (y_true, outputs) if corpus_score else ()
        return [tf.reduce_sum(each) for each in values], [tf.size(each) for each in values], counted

    def validate() -> tuple[float, float]:
        totals, sizes, counts = np.zeros(len(measures)), np.zeros(len(measures)), []
        if state:
            state.reset()
        for batch in feed.validation_batches(VALIDATION_BATCH):
            batch_sums, batch_sizes, counted = sums(tf.constant(batch))
            totals += [float(value) for value in batch_sums]
            sizes += [int(size) for size in batch_sizes]
            if corpus_score:
                counts.append(corpus_score.counts(*(values.numpy() for values in counted)))
        loss, *scores = totals / sizes
        score = corpus_score.score(np.sum(counts, axis=0)) if corpus_score else scores[0]
        return float(loss), float(score) * objective.score_unit

    return validate
