"""What a model that labels has to beat, in one place: the commonest label, linear weights of words, the nearest series.

Each has `fit` (on training examples only), `predict(inputs) -> probabilities (examples, classes)`, and `arrays` and
`from_arrays`, by which a finished run scores new examples without its training data.
"""

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass

import numpy as np

from seqkit.errors import DataError
from seqkit.files.arrays import stored_array
from seqkit.tasks.classify.linear_text import LinearText
from seqkit.tasks.classify.nearest_neighbour import NearestNeighbour

__all__ = ["LinearText", "Majority", "NearestNeighbour", "shared_texts"]


@dataclass(frozen=True)
class Majority:
    """The shares of the classes among training examples, for every example alike.

    Attributes:
        shares: Of examples with each class, of shape (classes,); they sum to 1 unless an example may carry several.
    """

    shares: np.ndarray

    @classmethod
    def fit(cls, y_true: np.ndarray, classes: int) -> "Majority":
        """Returns the shares in training.

        Args:
            y_true: Class index of each example, of shape (examples,), or yes or no, of shape (examples, classes).
            classes: How many there are.
        """
        counts = y_true.sum(axis=0) if y_true.ndim == 2 else np.bincount(y_true, minlength=classes)
        return cls(counts / len(y_true))

    def predict(self, inputs: Sized) -> np.ndarray:
        """Returns the shares once for each input, of shape (inputs, classes)."""
        return np.tile(self.shares, (len(inputs), 1))

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns all that `from_arrays` needs, as plain arrays."""
        return {"shares": self.shares}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Majority":
        """Returns what `arrays` came from.

        Raises:
            DataError: They are missing or damaged.
        """
        shares = stored_array(arrays, "shares", np.floating, None)
        if not len(shares) or shares.min() < 0 or shares.max() > 1:
            raise DataError("The stored baseline is damaged: 'shares' lie outside [0, 1]. Train the run again.")
        return cls(shares)


def shared_texts(train: Sequence[str], test: Sequence[str], *, shown: int = 5) -> tuple[int, list[tuple[int, int]]]:
    """Finds test texts that stand in training as well, whatever their case and blanks; empty ones do not count.

    Args:
        train: Texts of training.
        test: Texts of test.
        shown: How many pairs are named at most.

    Returns:
        How many test texts there are of this kind; and of the first of them, their row in `train` (the first one there)
        and in `test`, both counted from 0.
    """
    rows: dict[str, int] = {}
    for row, text in enumerate(train):
        rows.setdefault(" ".join(text.casefold().split()), row)
    rows.pop("", None)
    found = ((rows.get(" ".join(text.casefold().split())), row) for row, text in enumerate(test))
    pairs = [(first, row) for first, row in found if first is not None]
    return len(pairs), pairs[:shown]
