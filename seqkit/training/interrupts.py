"""Interruption of trainings: the first Ctrl-C saves a checkpoint and stops, the second stops immediately."""

import shlex
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from seqkit.errors import DivergedTraining, InterruptedTraining, UnwritableError
from seqkit.runs.lifecycle import CHECKPOINTS
from seqkit.runs.run import Run

if TYPE_CHECKING:
    import keras

    from seqkit.training.state import History

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def on_interrupt(on_message: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """Handles Ctrl-C and SIGTERM; yields a function that returns whether the training should stop.

    The handler only sets a flag: training may be in the middle of a write. A second signal raises `KeyboardInterrupt`.
    Outside of the main thread, where Python cannot handle signals, the function always returns False.

    Args:
        on_message: Called with a line when the function returns True for the first time.
    """
    interrupted, announced = threading.Event(), threading.Event()

    def handle(number: int, frame: Any) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()

    def should_stop() -> bool:
        if interrupted.is_set() and not announced.is_set():
            announced.set()
            on_message("stopping after this step; press Ctrl-C again to stop immediately")
        return interrupted.is_set()

    if threading.current_thread() is not threading.main_thread():
        yield should_stop
        return
    handlers = [signal.signal(number, handle) for number in SIGNALS]
    try:
        yield should_stop
    finally:
        for number, handler in zip(SIGNALS, handlers, strict=True):
            signal.signal(number, handler)


@contextmanager
def save_best_on_divergence(run: Run, model: "keras.Model") -> Iterator[None]:
    """Saves the weights of the best epoch if training diverges, and adds their path to the error."""
    try:
        yield
    except DivergedTraining as error:
        if not error.best_epoch:
            raise
        from seqkit.training.export import save

        save(run, model)
        hint = f"The weights of epoch {error.best_epoch}, the best so far, are in {run.path / 'model.keras'}."
        raise DivergedTraining(f"{error} {hint}") from error


@contextmanager
def with_resume_hint(run: Run) -> Iterator[None]:
    """Appends the resume command to an error that ends training."""
    try:
        yield
    except KeyboardInterrupt:
        if not can_resume(run):
            raise
        message = "Interrupted immediately; the steps since the last checkpoint will be repeated."
        raise InterruptedTraining(f"{message} {resume_hint(run)}") from None
    except UnwritableError as error:
        if not can_resume(run):
            raise
        raise UnwritableError(f"{error} {resume_hint(run)}") from error


def interrupted_training(run: Run, history: "History") -> InterruptedTraining:
    """Returns the error for a training that was interrupted, to be raised after its scores are written."""
    if not history.best_epoch:
        return InterruptedTraining(f"Interrupted before the first epoch ended; no step is lost. {resume_hint(run)}")
    error = InterruptedTraining(
        f"Interrupted; no step is lost. The scores are those of epoch {history.best_epoch}, the best so far, on "
        f"validation. {resume_hint(run)}"
    )
    error.run = run
    return error


def can_resume(run: Run) -> bool:
    """Whether the run has a checkpoint."""
    return any((run.path / CHECKPOINTS).glob("[0-9]*.npz"))


def resume_hint(run: Run) -> str:
    """Returns a sentence with the command that resumes a training."""
    return f"Resume with: seqkit train --resume {shlex.quote(str(run.path))}"
