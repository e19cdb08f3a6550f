"""Ridge regression from accumulated normal equations, solved for every penalty at once.

It needs one pass over the training rows and one over the validation rows. Rows are not stored, so memory use is
O(features²) for any number of rows.

A. E. Hoerl and R. W. Kennard, "Ridge regression: biased estimation for nonorthogonal problems", 1970,
https://doi.org/10.1080/00401706.1970.10488634
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from seqkit.errors import DataError

PENALTIES = tuple(float(p) for p in 10.0 ** np.arange(-7, 4.5, 0.5))
"""Default penalties of `choose_penalty`: from nearly none to almost complete shrinkage to the mean."""


class NormalEquations:
    """Sufficient statistics of least squares for a design X (rows, features) and Y (rows, outputs).

    Attributes:
        rows: Rows added so far.
        x_mean: Mean of X, of shape (features,).
        y_mean: Mean of Y, of shape (outputs,).
        xx: XᵀX of the centred X, of shape (features, features).
        xy: XᵀY of the centred X and Y, of shape (features, outputs).
        yy: Diagonal of YᵀY of the centred Y, of shape (outputs,).
    """

    def __init__(self, features: int, outputs: int) -> None:
        self.rows = 0
        self.x_mean, self.y_mean = np.zeros(features), np.zeros(outputs)
        self.xx, self.xy, self.yy = np.zeros((features, features)), np.zeros((features, outputs)), np.zeros(outputs)

    def add(self, x: np.ndarray, y: np.ndarray) -> None:
        """Adds a batch of rows.

        Products within a batch are computed in the precision of the arrays, sums over batches in float64. Each batch is
        centred by its own mean and the means are merged afterwards, so a large mean costs no precision: T. F. Chan,
        G. H. Golub and R. J. LeVeque, 1983, https://doi.org/10.1080/00031305.1983.10483115

        Args:
            x: Features of shape (n, features).
            y: Outputs of shape (n, outputs).

        Raises:
            DataError: A value is not finite.
        """
        x, y = _floating(x), _floating(y)
        require_finite("feature", x)
        require_finite("output", y)
        if (n := len(x)) == 0:
            return
        x_mean, y_mean = x.mean(axis=0, dtype=np.float64), y.mean(axis=0, dtype=np.float64)
        x, y = x - x_mean.astype(x.dtype), y - y_mean.astype(y.dtype)
        self._merge(n, x_mean, y_mean, x.T @ x, x.T @ y, np.square(y, dtype=np.float64).sum(axis=0))

    def newest(self, features: int, optional: int = 0) -> "NormalEquations":
        """Returns the equations of fewer features: the last ones before the optional ones, and these.

        Args:
            features: Number of features to keep besides the optional ones.
            optional: Number of trailing features that are kept in any case.
        """
        last = features + optional
        equations = NormalEquations(last, len(self.y_mean))
        equations.rows, equations.y_mean, equations.yy = self.rows, self.y_mean, self.yy
        equations.x_mean, equations.xy = self.x_mean[-last:], self.xy[-last:]
        equations.xx = self.xx[-last:, -last:]
        return equations

    def merge(self, other: "NormalEquations") -> None:
        """Adds the rows of other equations with the same features and outputs."""
        if other.rows:
            self._merge(other.rows, other.x_mean, other.y_mean, other.xx, other.xy, other.yy)

    def _merge(
        self, n: int, x_mean: np.ndarray, y_mean: np.ndarray, xx: np.ndarray, xy: np.ndarray, yy: np.ndarray
    ) -> None:
        x_shift, y_shift = x_mean - self.x_mean, y_mean - self.y_mean
        weight = self.rows * n / (self.rows + n)
        self.xx += xx
        self.xx += weight * np.outer(x_shift, x_shift)
        self.xy += xy
        self.xy += weight * np.outer(x_shift, y_shift)
        self.yy += yy + weight * y_shift**2
        self.rows += n
        self.x_mean += x_shift * (n / self.rows)
        self.y_mean += y_shift * (n / self.rows)

    def solve(self, penalty: float) -> tuple[np.ndarray, np.ndarray]:
        """Returns the coefficients (features, outputs) and the intercept (outputs,) for one penalty.

        They minimise mean((Y − XB − c)²) + penalty · v · sum(B²), where v is the mean variance of the features. A
        penalty therefore means the same for any number of rows and any common unit of the features; the intercept c is
        not penalised. In scikit-learn's terms, alpha = penalty · v · rows. With penalty 0, or with collinear features,
        B is the minimum-norm solution.

        Args:
            penalty: At least 0.

        Raises:
            ValueError: The penalty is negative, or no row was added.
        """
        return _Spectrum(self).solve(penalty)

    def error(self, coefficients: np.ndarray, intercept: np.ndarray) -> float:
        """Returns the mean squared error of a solution on the added rows, computed from the sums alone.

        Accurate to about 1e-7 of the variance of Y for float32 rows, 1e-15 for float64 rows.
        """
        _require_rows(self.rows)
        explained = 2 * self.xy - self.xx @ coefficients
        centred = np.maximum(self.yy - np.einsum("fo,fo->o", coefficients, explained), 0) / self.rows
        offset = self.y_mean - self.x_mean @ coefficients - intercept
        return float((centred + offset**2).mean()) if len(centred) else 0.0


MAX_PENALTY = 30.0
"""Largest penalty to choose, times features / rows. What features cost in error is at most features / rows of the
variance, so a larger penalty follows chance in the validation rows."""


@dataclass(frozen=True)
class RidgeSolution:
    """Ridge regression with the penalty that minimises the validation error.

    Attributes:
        coefficients: Of shape (features, outputs).
        intercept: Of shape (outputs,).
        penalty: The chosen penalty, in the unit of `NormalEquations.solve`.
        validation_mse: Mean squared error on the validation rows.
    """

    coefficients: np.ndarray
    intercept: np.ndarray
    penalty: float
    validation_mse: float


def solve_all(equations: NormalEquations, penalties: Sequence[float]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Returns the coefficients and intercept for each penalty; see `NormalEquations.solve`."""
    spectrum = _Spectrum(equations)
    return [spectrum.solve(penalty) for penalty in penalties]


def choose_penalty(
    train: NormalEquations,
    validation: NormalEquations,
    penalties: Sequence[float] | None = None,
    *,
    optional: int = 0,
) -> RidgeSolution:
    """Returns the solution on `train` with the lowest error on `validation`; ties go to the larger penalty.

    Args:
        train: Statistics of the training rows.
        validation: Statistics of the validation rows.
        penalties: Candidate penalties. Default: those of `PENALTIES` up to `MAX_PENALTY` · features / rows.
        optional: Number of trailing features that may be dropped: their coefficients are 0 if that lowers the error.
    """
    spectrum = _Spectrum(train, optional)
    best = None
    if penalties is None:
        penalties = [penalty for penalty in PENALTIES if penalty <= _largest_penalty(len(train.xx), train.rows)]
    for penalty, whole in _candidates(penalties, optional):
        coefficients, intercept = spectrum.solve(penalty, whole=whole)
        mse = validation.error(coefficients, intercept)
        if best is None or mse < best.validation_mse:
            best = RidgeSolution(coefficients, intercept, penalty, mse)
    assert best is not None, "there is at least one candidate"
    return best


def choose_averaged(train: NormalEquations, validation: NormalEquations, *, optional: int = 0) -> RidgeSolution:
    """Returns the solution of `choose_penalty`, or its mean with that of the newer half of the features.

    Both have their own penalty. Their mean is chosen unless it has a larger error on `validation`: regressions on a
    long and on a short window err differently.

    Args:
        train: Statistics of the training rows, whose features run from the oldest to the newest.
        validation: Statistics of the validation rows.
        optional: As in `choose_penalty`.
    """
    whole = choose_penalty(train, validation, optional=optional)
    newest = (len(train.xx) - optional) // 2
    if not newest:
        return whole
    half = choose_penalty(train.newest(newest, optional), validation.newest(newest, optional), optional=optional)
    coefficients, intercept = whole.coefficients / 2, (whole.intercept + half.intercept) / 2
    coefficients[-newest - optional :] += half.coefficients / 2
    mse = validation.error(coefficients, intercept)
    if mse > whole.validation_mse:
        return whole
    return RidgeSolution(coefficients, intercept, whole.penalty, mse)


def penalised_solutions(equations: NormalEquations, penalties: Sequence[float]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Returns `NormalEquations.solve` for several penalties, which share the costly part."""
    spectrum = _Spectrum(equations)
    return [spectrum.solve(penalty) for penalty in penalties]


def choose_common_penalty(
    outputs: Iterable[tuple[NormalEquations, NormalEquations]],
    penalties: Sequence[float] | None = None,
    *,
    optional: int = 0,
) -> RidgeSolution:
    """Returns solutions of several outputs, each from its own rows, with the one penalty that validates best.

    The error is the mean over all validation rows of all outputs. An output without training rows is predicted as 0.

    Args:
        outputs: Statistics of the training and the validation rows of each output, with the same features. They are
            read one after the other, so that only one has to be in memory.
        penalties: As in `choose_penalty`; the rows are those of the output with most of them.
        optional: As in `choose_penalty`.
    """
    candidates = _candidates(PENALTIES if penalties is None else penalties, optional)
    most_rows = 0
    solutions: list[list[tuple[np.ndarray, np.ndarray]]] = [[] for _ in candidates]
    squared, rows = np.zeros(len(candidates)), 0
    for train, validation in outputs:
        spectrum = _Spectrum(train, optional) if train.rows else None
        most_rows = max(most_rows, train.rows)
        rows += validation.rows
        for i, (penalty, whole) in enumerate(candidates):
            solution = np.zeros_like(train.xy), np.zeros_like(train.y_mean)
            if spectrum is not None:
                solution = spectrum.solve(penalty, whole=whole)
            solutions[i].append(solution)
            if validation.rows:
                squared[i] += validation.rows * validation.error(*solution)
    _require_rows(rows)
    if penalties is None:
        largest = _largest_penalty(len(train.xx), most_rows)
        squared[[penalty > largest for penalty, _ in candidates]] = np.inf
    best = int(np.argmin(squared))
    coefficients, intercepts = zip(*solutions[best], strict=True)
    return RidgeSolution(
        np.concatenate(coefficients, axis=1), np.concatenate(intercepts), candidates[best][0], squared[best] / rows
    )


def _largest_penalty(features: int, rows: int) -> float:
    """Returns the largest penalty that is tried by default."""
    return max(PENALTIES[0], MAX_PENALTY * features / max(rows, 1))


def _candidates(penalties: Sequence[float], optional: int) -> list[tuple[float, bool]]:
    """Returns the penalties to try, the largest first, and whether the optional features are used."""
    if not penalties:
        raise ValueError("Received no penalty to choose from.")
    return [(p, whole) for whole in ((False, True) if optional else (True,)) for p in sorted(penalties, reverse=True)]


def require_finite(noun: str, x: np.ndarray, first_row: int = 0) -> None:
    """Raises DataError for the first value of `x` (rows, columns) that is not finite."""
    if not np.isfinite(x).all():
        row, column = np.argwhere(~np.isfinite(x))[0]
        raise DataError(
            f"Linear regression needs finite numbers, but {noun} {column} of row {first_row + row} is "
            f"{x[row, column]}. Fix or drop such values first."
        )


class _Spectrum:
    """Eigendecomposition of the normal equations, in which solving for a penalty is one division.

    The optional features are excluded: with or without them, a penalty only costs a linear system of their number.
    """

    def __init__(self, equations: NormalEquations, optional: int = 0) -> None:
        _require_rows(equations.rows)
        self._equations = equations
        self._first = first = len(equations.xx) - optional
        values, self._vectors = np.linalg.eigh(equations.xx[:first, :first])
        self._values = np.maximum(values, 0)
        self._xy = self._vectors.T @ equations.xy[:first]
        self._cross = self._vectors.T @ equations.xx[:first, first:]

    def solve(self, penalty: float, *, whole: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """Returns coefficients and intercept; without `whole`, the coefficients of optional features are 0."""
        if not penalty >= 0:
            raise ValueError(f"Received an invalid value for argument `penalty`, expected at least 0, got {penalty}.")
        values, first, equations = self._values, self._first, self._equations
        corner = equations.xx[first:, first:]
        total = values.sum() + (np.trace(corner) if whole else 0.0)
        added = penalty * total / max(len(equations.xx) if whole else first, 1)
        inverse = _inverse(values + added, values.max(initial=0) * first)
        coefficients = np.zeros_like(equations.xy)
        xy = self._xy
        if whole and len(corner):  # Schur complement of the optional features
            scaled = inverse[:, None] * self._cross
            left, vectors = np.linalg.eigh(corner + added * np.eye(len(corner)) - self._cross.T @ scaled)
            known = vectors.T @ (equations.xy[first:] - scaled.T @ xy)
            coefficients[first:] = vectors @ (_inverse(left, left.max() * len(left))[:, None] * known)
            xy = xy - self._cross @ coefficients[first:]
        coefficients[:first] = self._vectors @ (inverse[:, None] * xy)
        return coefficients, equations.y_mean - equations.x_mean @ coefficients


def _inverse(values: np.ndarray, scale: float) -> np.ndarray:
    """Returns the reciprocal of each value, and 0 for values that are rounding errors relative to `scale`."""
    significant = values > scale * np.finfo(np.float64).eps
    return np.divide(1.0, values, out=np.zeros_like(values), where=significant)


def _floating(x: np.ndarray) -> np.ndarray:
    return x if np.issubdtype(x.dtype, np.floating) else x.astype(np.float64)


def _require_rows(rows: int) -> None:
    if rows == 0:
        raise ValueError("No row was added: there is nothing to solve or score.")
