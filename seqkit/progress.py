"""Progress of a training, and callbacks that receive it."""

from collections.abc import Callable
from dataclasses import dataclass

Note = Callable[[str], None]
"""Called with one line about the data or the run."""


@dataclass(frozen=True)
class Progress:
    """Progress of a training, reported after every few steps and after every epoch.

    Attributes:
        epoch: Current epoch, from 1.
        epochs: Maximum number of epochs.
        step: Completed steps of this epoch.
        steps: Steps per epoch.
        loss: Mean training loss of this epoch so far; None for closed-form solutions.
        score: Validation score at the end of the epoch; None within an epoch.
        score_name: Name of the score.
        best: Whether the score is the best so far.
        seconds_left: Estimated duration of the remaining epochs, without early stopping.
        unit: Unit of the score, if known.
        words_per_second: Speed of a completed epoch without a score.
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
        """Whether the epoch has ended."""
        return self.score is not None or self.words_per_second is not None


@dataclass(frozen=True)
class Callbacks:
    """Functions called during a training, for progress bars and logs.

    Attributes:
        on_message: Called with one line about the data or the run.
        on_progress: Called with the progress of the training.
        on_debug: Called with one line of detail.
    """

    on_message: Callable[[str], None] = lambda line: None
    on_progress: Callable[["Progress"], None] = lambda progress: None
    on_debug: Callable[[str], None] = lambda line: None
