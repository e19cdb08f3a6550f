"""The epoch loop that all trainings share: checkpoints, interruption, resuming and progress."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from seqkit.progress import Progress
from seqkit.training.checkpoints import Checkpoints
from seqkit.training.state import History, TrainingState

Batches = TypeVar("Batches")


class EpochLoop:
    """Iterates over the epochs of a training, starting from its latest checkpoint.

        for epoch in loop:
            for batches in loop.interruptible(batches_of_epoch):
                ...  # train; update `state.step` and `state.total`
                loop.report(mean_loss)
            if loop.interrupted:
                break
            ...  # add a row to `history.epochs`
            loop.report_epoch(progress)

    Args:
        variables: Variables of the model and the optimizer, saved in checkpoints.
        on_progress: Called with the progress of the training.
        checkpoints: Reads and writes the checkpoints; None trains without them.
        epochs: Maximum number of epochs.
        steps: Steps per epoch.
        patience: Epochs without improvement before training stops early; None disables early stopping.
        best_weights: Initial weights of the model, if training keeps those of the best epoch.
        extra: Further values to save in checkpoints, with their initial values.

    Attributes:
        state: Progress of the training; the caller updates it.
        history: Metrics of the completed epochs.
        extra: Further values that checkpoints contain.
        interrupted: Whether training was interrupted and has saved a checkpoint.
    """

    def __init__(
        self,
        variables: Sequence[Any],
        on_progress: Callable[[Progress], None],
        checkpoints: Checkpoints | None,
        *,
        epochs: int,
        steps: int,
        patience: int | None = None,
        best_weights: Sequence[np.ndarray] = (),
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.state, self.extra, self.interrupted = TrainingState(best_weights=list(best_weights)), extra or {}, False
        self._variables, self._on_progress, self._checkpoints = variables, on_progress, checkpoints
        self._epochs, self._steps, self._patience = epochs, steps, patience
        if checkpoints is not None and (checkpoint := checkpoints.restore(variables)):
            values, weights = checkpoint
            self.extra = {name: values.pop(name) for name in self.extra}
            self.state = TrainingState.from_dict(values, weights)
        self.history = self.state.history
        self._started = self._epoch_started = 0.0

    def __iter__(self) -> Iterator[int]:
        """Yields the number of each epoch, and saves a checkpoint after it."""
        state = self.state
        self._started = time.perf_counter() - state.seconds
        while not self.interrupted and state.epoch <= self._epochs and not self._stops_early():
            self._epoch_started = time.perf_counter() - state.epoch_seconds
            yield state.epoch
            state.next_epoch()
            self.interrupted = self._save()

    def interruptible(self, calls: Iterable[Batches]) -> Iterator[Batches]:
        """Yields the items; saves a checkpoint when one is due, and ends early when training is interrupted."""
        for batches in calls:
            yield batches
            if self._checkpoints is not None and self._checkpoints.is_due():
                now = time.perf_counter()
                self.state.seconds, self.state.epoch_seconds = now - self._started, now - self._epoch_started
                self.interrupted = self._save()
                if self.interrupted:
                    return

    def report(self, loss: float) -> None:
        """Reports the progress within an epoch.

        Args:
            loss: Mean loss of the epoch so far.
        """
        step = min(self.state.step, self._steps)
        self._on_progress(Progress(self.state.epoch, self._epochs, step, self._steps, loss))

    def report_epoch(self, loss: float, **scores: Any) -> None:
        """Reports the end of an epoch, with an estimate of the remaining time.

        Args:
            loss: Mean loss of the epoch.
            **scores: Further attributes of `Progress`.
        """
        state = self.state
        state.seconds = time.perf_counter() - self._started
        progress = Progress(state.epoch, self._epochs, self._steps, self._steps, loss, **scores)
        seconds_left = state.seconds / state.epoch * (self._epochs - state.epoch)
        self._on_progress(replace(progress, seconds_left=seconds_left))

    def epoch_seconds(self) -> float:
        """Returns the duration of the current epoch so far."""
        return time.perf_counter() - self._epoch_started

    def finish(self) -> History:
        """Returns the history, with the reason why training ended."""
        state, history = self.state, self.history
        if self._stops_early():
            history.stopped = f"no better validation score for {self._patience} epochs"
        elif state.epoch > self._epochs:
            history.stopped = f"all {self._epochs} epochs done"
        else:
            history.stopped = f"stopped in epoch {state.epoch}, after {state.step} of {self._steps} steps"
            history.interrupted = True
        return history

    def _stops_early(self) -> bool:
        return self._patience is not None and self.state.waited >= self._patience

    def _save(self) -> bool:
        """Saves a checkpoint, and returns whether training should stop."""
        if self._checkpoints is None:
            return False
        self._checkpoints.save(self._variables, {**self.state.to_dict(), **self.extra}, self.state.best_weights)
        return self._checkpoints.should_stop()
