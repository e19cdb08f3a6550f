"""How far a training is, and the callbacks that are told of it."""

from collections.abc import Callable
from dataclasses import dataclass

Note = Callable[[str], None]


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


@dataclass(frozen=True)
class Callbacks:
    """Functions that are called while a training runs, for progress bars and logs.

    Attributes:
        on_message: Called with one line about the data or the run.
        on_progress: Called with the progress of the training.
        on_debug: Called with one line of detail.
    """

    on_message: Callable[[str], None] = lambda line: None
    on_progress: Callable[["Progress"], None] = lambda progress: None
    on_debug: Callable[[str], None] = lambda line: None
