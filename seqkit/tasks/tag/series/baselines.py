"""Baselines of taggers of series: the most frequent label, and a smoothed logistic regression on the rows around.

Both are fitted on the training rows, stored as arrays, and answer with NumPy alone.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seqkit.errors import DataError
from seqkit.files.arrays import stored_array
from seqkit.tasks.tag.series.prepare import rows_with_labels

BLOCKS = ((1, 1), (2, 3), (4, 7), (8, 15), (16, 31))
"""First and last distance of the blocks of rows, before and after a row, whose means the regression reads."""

REACH = BLOCKS[-1][1]
MAX_ROWS, ITERATIONS = 30_000, 300
"""Maximum number of rows that the regression is fitted on, evenly spaced, and of its iterations."""

WEIGHTS = (1.0, 0.5, 0.25, 0.12, 0.06, 0.03)
"""Weights of the evidence of a row, of which the best on validation is chosen: rows that resemble each other count as
one."""

_CHUNK = 1 << 15
"""Rows that are predicted at once."""


@dataclass(frozen=True)
class SmoothedRegression:
    """Logistic regression on a row and the means of blocks of rows around it, smoothed by a hidden Markov model.

    The regression gives the probability of each label in a row. Divided by the frequencies of the labels, it is the
    evidence of the row; the labels of a stretch are the most likely sequence, given the evidence and the transitions
    between consecutive training rows:

    N. Morgan and H. Bourlard, "Continuous speech recognition: an introduction to the hybrid HMM/connectionist
    approach", 1995, https://doi.org/10.1109/79.382443

    Attributes:
        coefficients: Weights of the columns of `context`, of shape (labels, 11 × features).
        intercept: Intercepts of shape (labels,).
        frequencies: Share of each label in the training rows, of shape (labels,).
        transitions: Log probabilities of pairs of consecutive labels, from row to column, of shape (labels + 1,
            labels + 1); the last row has those of the first label of a stretch, the last column is 0.
        weight: Weight of the evidence of a row, (0, 1].
    """

    coefficients: np.ndarray
    intercept: np.ndarray
    frequencies: np.ndarray
    transitions: np.ndarray
    weight: float = 1.0

    @classmethod
    def fit(cls, values: np.ndarray, labels: np.ndarray, pieces: np.ndarray, count: int) -> "SmoothedRegression":
        """Fits regression and transitions.

        Args:
            values: Scaled columns, of shape (rows, features).
            labels: Label of each row, of shape (rows,); negative for a row without one.
            pieces: Ranges of training rows [first, end), of shape (pieces, 2).
            count: Number of labels; each occurs in a training row.
        """
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        rows, piece = rows_with_labels(labels, pieces)
        y_true = labels[rows]
        sampled = sample_rows(y_true)
        chosen = np.zeros(len(values), bool)
        chosen[rows[sampled]] = True
        columns = np.concatenate([context(values[first:end])[chosen[first:end]] for first, end in pieces.tolist()])
        model = LogisticRegression(max_iter=ITERATIONS)
        # More threads are slower for products this small. A regression that has not converged is no worse a baseline.
        with threadpool_limits(1, user_api="blas"), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(columns, y_true[sampled])
        coefficients, intercept = model.coef_, model.intercept_
        if count == 2:  # scikit-learn fits one difference then
            coefficients, intercept = (
                np.concatenate([-coefficients, coefficients]) / 2,
                np.append(-intercept, intercept) / 2,
            )
        frequencies = np.bincount(y_true, minlength=count) / len(y_true)
        return cls(coefficients, intercept, frequencies, _transitions(y_true, rows, piece, frequencies))

    def logits(self, values: np.ndarray) -> np.ndarray:
        """Returns the weighted evidence of each row of a stretch, float64 of shape (rows, labels)."""
        logits = np.concatenate(
            [
                context(values, first, min(first + _CHUNK, len(values))) @ self.coefficients.T + self.intercept
                for first in range(0, len(values), _CHUNK)
            ]
        )
        peak = logits.max(axis=1, keepdims=True)
        log_probabilities = logits - peak - np.log(np.exp(logits - peak).sum(axis=1, keepdims=True))
        evidence: np.ndarray = self.weight * (log_probabilities - np.log(self.frequencies))
        return evidence

    @property
    def majority(self) -> int:
        """The most frequent label of the training rows."""
        return int(self.frequencies.argmax())

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the fitted baseline as arrays, for `from_arrays`."""
        names = ("coefficients", "intercept", "frequencies", "transitions")
        return {name: getattr(self, name) for name in names} | {"weight": np.array(self.weight)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], *, labels: int, features: int) -> "SmoothedRegression":
        """Restores a fitted baseline from `arrays`.

        Raises:
            DataError: An array is missing or damaged.
        """
        width = features * (1 + 2 * len(BLOCKS))
        baseline = cls(
            coefficients=stored_array(arrays, "coefficients", np.floating, labels, width),
            intercept=stored_array(arrays, "intercept", np.floating, labels),
            frequencies=stored_array(arrays, "frequencies", np.floating, labels),
            transitions=stored_array(arrays, "transitions", np.floating, labels + 1, labels + 1),
            weight=float(stored_array(arrays, "weight", np.floating)),
        )
        if not (baseline.frequencies > 0).all() or not 0 < baseline.weight <= 1:
            raise DataError("The stored baseline is damaged: a frequency or the weight is 0. Train the run again.")
        return baseline


def context(values: np.ndarray, first: int = 0, end: int | None = None) -> np.ndarray:
    """Returns each row and the means of the blocks of rows around it, of shape (rows, 11 × features), float64.

    Beyond the ends of the stretch, its first or its last row is repeated.

    Args:
        values: Rows of a stretch, of shape (rows, features).
        first: First row to return.
        end: Row after the last one to return; None for all.
    """
    end = len(values) if end is None else end
    rows = np.clip(np.arange(first - REACH, end + REACH), 0, len(values) - 1)
    padded = values[rows].astype(np.float64)
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(padded, axis=0)])
    place = np.arange(REACH, REACH + end - first)
    columns = [padded[place]]
    for near, far in BLOCKS:
        size = far - near + 1
        columns.append((sums[place - near + 1] - sums[place - far]) / size)
        columns.append((sums[place + far + 1] - sums[place + near]) / size)
    return np.concatenate(columns, axis=1)


def sample_rows(labels: np.ndarray) -> np.ndarray:
    """Returns the positions of at most about `MAX_ROWS` rows, ascending: evenly spaced ones of each label."""
    if len(labels) <= MAX_ROWS:
        return np.arange(len(labels))
    chosen = []
    step = -(-len(labels) // MAX_ROWS)
    for code in np.unique(labels):
        chosen.append(np.flatnonzero(labels == code)[::step])
    return np.sort(np.concatenate(chosen))


def _transitions(y_true: np.ndarray, rows: np.ndarray, piece: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
    """Returns the log probabilities of pairs of labels, with one more pair of each kind than there is."""
    count = len(frequencies)
    consecutive = (np.diff(rows) == 1) & (np.diff(piece) == 0)
    pairs = np.ones((count, count))
    np.add.at(pairs, (y_true[:-1][consecutive], y_true[1:][consecutive]), 1)
    transitions = np.zeros((count + 1, count + 1))
    transitions[:-1, :-1] = np.log(pairs / pairs.sum(axis=1, keepdims=True))
    transitions[-1, :-1] = np.log(frequencies)
    return transitions
