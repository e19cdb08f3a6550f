"""How far a training is: what is told while it runs, what a checkpoint keeps of it, and what each epoch gave."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class History:
    """What each epoch gave.

    Attributes:
        epochs: One dictionary an epoch: loss, validation_loss, the score (such as validation_mae), seconds.
        best_epoch: The epoch whose weights were kept, from 1.
        stopped: Why training ended, in words.
        interrupted: Whether it was told to stop, and can go on.
    """

    epochs: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    stopped: str = ""
    interrupted: bool = False

    def column(self, name: str) -> list[float]:
        """Returns one figure of every epoch."""
        return [epoch[name] for epoch in self.epochs]


@dataclass
class TrainingState:
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
    def of(cls, facts: dict[str, Any], best_weights: list[np.ndarray]) -> "TrainingState":
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
