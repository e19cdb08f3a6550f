"""Ridge regressions of many series that are pooled partly: each from its own rows and the mean of all.

The regression of a series minimises its own mean squared error plus `pooling` times that of all series. With pooling 0
each series is on its own; as it grows, all approach one common regression.

A. Gelman and J. Hill, "Data Analysis Using Regression and Multilevel/Hierarchical Models", 2007, chapter 12,
https://doi.org/10.1017/CBO9780511790942
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Moments:
    """Mean products of a design with a column of ones, and of its outputs.

    Attributes:
        xx: Mean of XᵀX, of shape (features + 1, features + 1); the last feature is 1.
        xy: Mean of XᵀY, of shape (features + 1, outputs).
    """

    xx: np.ndarray
    xy: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray) -> "Moments":
        """Returns the moments of features (rows, features) and outputs (rows, outputs); at least one row."""
        x = np.concatenate([x, np.ones((len(x), 1))], axis=1)
        return cls(x.T @ x / len(x), x.T @ y / len(x))


def solve_pooled(moments: Sequence[Moments], pooling: float, penalty: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields coefficients (features, outputs) and intercept (outputs,) of each series.

    Args:
        moments: Moments of each series; every series counts the same in their mean.
        pooling: Weight of the mean of all series relative to a series' own moments, at least 0.
        penalty: Ridge penalty in units of the mean square of the features, above 0; the intercept has none.
    """
    xx, xy = (sum(getattr(each, name) for each in moments) / len(moments) for name in ("xx", "xy"))
    for own in moments:
        products = own.xx + pooling * xx
        features = len(products) - 1
        scale = np.trace(products[:features, :features]) / features
        ridge = np.append(np.full(features, penalty * scale), 0.0)
        weights = np.linalg.solve(products + np.diag(ridge), own.xy + pooling * xy)
        yield weights[:features], weights[features]
