"""Ctrl-C: once, the training writes down where it stands and ends; twice, it ends at once."""

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
def on_interrupt(note: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """Yields a function that says whether the training is to stop.

    The signal is but noted when it comes, as the training may be in the middle of writing a line then.

    Only in a process' main thread, where Python lets signals be caught; elsewhere it never is.

    Args:
        note: Told that the training is about to stop, when it is asked for the first time.
    """
    asked, told = threading.Event(), threading.Event()

    def stop(number: int, frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    def stops() -> bool:
        if asked.is_set() and not told.is_set():
            told.set()
            note("stopping after this step; once more stops at once")
        return asked.is_set()

    if threading.current_thread() is not threading.main_thread():
        yield stops
        return
    before = [signal.signal(number, stop) for number in SIGNALS]
    try:
        yield stops
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def save_best_on_divergence(run: Run, model: "keras.Model") -> Iterator[None]:
    """Keeps the weights of the best epoch of a training whose numbers diverge, and says where."""
    try:
        yield
    except DivergedTraining as error:
        if not error.best_epoch:
            raise
        from seqkit.training.export import save

        save(run, model)
        kept_in = f"The weights of epoch {error.best_epoch}, the best so far, are in {run.path / 'model.keras'}."
        raise DivergedTraining(f"{error} {kept_in}") from error


@contextmanager
def with_resume_hint(run: Run) -> Iterator[None]:
    """Adds to the message of what ends a training how it is gone on with."""
    try:
        yield
    except KeyboardInterrupt:
        if not can_resume(run):
            raise
        again = "Interrupted at once; the steps since the last checkpoint will be taken again."
        raise InterruptedTraining(f"{again} {resume_hint(run)}") from None
    except UnwritableError as error:
        if not can_resume(run):
            raise
        raise UnwritableError(f"{error} {resume_hint(run)}") from error


def interrupted_training(run: Run, history: "History") -> InterruptedTraining:
    """Returns what ends a training that was told to stop, once its scores, if there are any yet, are written."""
    if not history.best_epoch:
        return InterruptedTraining(f"Interrupted before the first epoch ended, with nothing lost. {resume_hint(run)}")
    error = InterruptedTraining(
        f"Interrupted with nothing lost; the scores are those of epoch {history.best_epoch}, the best so far, on "
        f"validation. {resume_hint(run)}"
    )
    error.run = run
    return error


def can_resume(run: Run) -> bool:
    """Whether there is a checkpoint."""
    return any((run.path / CHECKPOINTS).glob("[0-9]*.npz"))


def resume_hint(run: Run) -> str:
    """Returns the sentence that says how a training is gone on with."""
    return f"Go on with: seqkit train --resume {shlex.quote(str(run.path))}"
