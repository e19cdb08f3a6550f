"""Training objective: the loss, and the score that selects the best epoch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Measure = Callable[[Any, Any], Any]
"""Function of targets and model outputs that returns one value per prediction."""


@dataclass(frozen=True)
class CorpusScore:
    """Score that is no mean over predictions but a function of counts, such as F1.

    Attributes:
        counts: Function of the targets and outputs of a batch, as arrays, that returns an array of counts.
        score: Function of the counts of all batches, summed, that returns the score.
    """

    counts: Callable[[np.ndarray, np.ndarray], np.ndarray]
    score: Callable[[np.ndarray], float]


@dataclass(frozen=True)
class Objective:
    """Loss to minimise, and score that selects the best epoch.

    Attributes:
        loss: Training loss; its mean over a batch is minimised.
        validation_loss: Validation loss, without class weights and label smoothing.
        score: Metric that selects the best epoch.
        score_name: Name of the score.
        score_unit: Factor that converts the mean of `score` to its unit.
        larger_is_better: Whether a larger score is better.
    """

    loss: Measure
    validation_loss: Measure
    score: Measure | CorpusScore
    score_name: str
    score_unit: float = 1.0
    larger_is_better: bool = False

    def rank(self, score: float, validation_loss: float) -> tuple[float, float]:
        """Returns a sort key of an epoch, larger is better: its score, then its loss, since accuracies often tie."""
        return score if self.larger_is_better else -score, -validation_loss
