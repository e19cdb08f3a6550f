"""What training descends and what it chooses by: one function a task, whose signature is its options."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Measure = Callable[[Any, Any], Any]
"""From truth and the model's outputs to one figure for each value that is predicted."""


@dataclass(frozen=True)
class Objective:
    """What training descends, and what chooses the best epoch.

    Attributes:
        loss: What is descended; its mean over a batch is.
        validation_loss: The loss that is told of validation: without weights of classes and the like.
        score: The figure that chooses the best epoch.
        score_name: What it is called.
        score_unit: What the mean of that figure is multiplied by to be the score.
        larger_is_better: Whether the best score is the largest.
    """

    loss: Measure
    validation_loss: Measure
    score: Measure
    score_name: str
    score_unit: float = 1.0
    larger_is_better: bool = False

    def rank(self, score: float, validation_loss: float) -> tuple[float, float]:
        """Returns what is the larger, the better an epoch was: by its score, and where scores are equal by its loss.

        Accuracies of few examples often are equal.
        """
        return score if self.larger_is_better else -score, -validation_loss
