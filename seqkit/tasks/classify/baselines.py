"""Baselines of the classify task: majority class, TF-IDF with logistic regression, nearest neighbours.

Each has `fit` (on training examples only), `predict(inputs)`, which returns probabilities of shape (examples, classes),
and `arrays` and `from_arrays`, which store the fitted baseline in a run.
"""

from collections.abc import Mapping, Sized
from dataclasses import dataclass

import numpy as np

from seqkit.errors import DataError
from seqkit.files.arrays import stored_array
from seqkit.tasks.classify.linear_text import LinearText
from seqkit.tasks.classify.nearest_neighbour import NearestNeighbour
from seqkit.tasks.classify.warped_neighbour import WarpedNeighbour

__all__ = ["LinearText", "Majority", "NearestNeighbour", "WarpedNeighbour"]


@dataclass(frozen=True)
class Majority:
    """Predicts the class priors of the training examples for every example.

    Attributes:
        class_priors: Share of training examples with each class, of shape (classes,); they sum to 1 unless an example
            may have several labels.
    """

    class_priors: np.ndarray

    @classmethod
    def fit(cls, y_true: np.ndarray, classes: int) -> "Majority":
        """Fits the class priors.

        Args:
            y_true: Class indices of shape (examples,), or booleans of shape (examples, classes).
            classes: Number of classes.
        """
        counts = y_true.sum(axis=0) if y_true.ndim == 2 else np.bincount(y_true, minlength=classes)
        return cls(counts / len(y_true))

    def predict(self, inputs: Sized) -> np.ndarray:
        """Returns the class priors for each input, of shape (inputs, classes)."""
        return np.tile(self.class_priors, (len(inputs), 1))

    def leave_one_out(self, inputs: Sized) -> np.ndarray:
        """Returns the class priors for each training example: one example more or less hardly changes them."""
        return self.predict(inputs)

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the fitted baseline as arrays, for `from_arrays`."""
        return {"shares": self.class_priors}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Majority":
        """Restores a fitted baseline from `arrays`.

        Raises:
            DataError: An array is missing or damaged.
        """
        class_priors = stored_array(arrays, "shares", np.floating, None)
        if not len(class_priors) or class_priors.min() < 0 or class_priors.max() > 1:
            raise DataError("The stored baseline is damaged: 'shares' lie outside [0, 1]. Train the run again.")
        return cls(class_priors)
