"""State of a training, as saved in checkpoints, and the history of its epochs."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class History:
    """Metrics of each epoch.

    Attributes:
        epochs: One dictionary per epoch: loss, validation_loss, the score (such as validation_mae), seconds.
        best_epoch: Epoch whose weights the model has, from 1.
        stopped: Why training ended, in words.
        interrupted: Whether training was interrupted and can be resumed.
    """

    epochs: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    stopped: str = ""
    interrupted: bool = False

    def column(self, name: str) -> list[float]:
        """Returns one metric of all epochs."""
        return [epoch[name] for epoch in self.epochs]


@dataclass
class TrainingState:
    """State of a training, without the variables of model and optimizer.

    Attributes:
        epoch: Current epoch, from 1.
        step: Completed steps of this epoch.
        total: Sum of the losses of these steps.
        seen: Examples in these steps.
        waited: Epochs since the best one.
        best: Rank of the best epoch; None before the first epoch ends.
        seconds: Duration of the training so far.
        epoch_seconds: Duration of the current epoch so far.
        history: Metrics of the completed epochs.
        best_weights: Weights of the best epoch, or the initial ones.
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
    def from_dict(cls, values: dict[str, Any], best_weights: list[np.ndarray]) -> "TrainingState":
        """Restores the state that a checkpoint contains."""
        best = None if values["best"] is None else tuple(values["best"])
        return cls(**{**values, "best": best, "history": History(**values["history"]), "best_weights": best_weights})

    def to_dict(self) -> dict[str, Any]:
        """Returns the state without the weights, for a checkpoint."""
        values = {name: value for name, value in vars(self).items() if name != "best_weights"}
        return {**values, "history": vars(self.history)}

    def next_epoch(self) -> None:
        """Advances to the next epoch."""
        self.epoch, self.step, self.total, self.seen, self.epoch_seconds = self.epoch + 1, 0, 0.0, 0, 0.0
