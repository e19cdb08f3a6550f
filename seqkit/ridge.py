"""Ridge regression from sums: one pass over the training rows, one over the validation rows, every penalty at once.

The rows themselves are never kept, so a design of any length costs features² of memory. Windows of a series have an
even shorter way to the same sums (`window_equations`).

A. E. Hoerl and R. W. Kennard, "Ridge regression: biased estimation for nonorthogonal problems", 1970,
https://doi.org/10.1080/00401706.1970.10488634
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqkit.data.windows import Windows
from seqkit.errors import DataError

PENALTIES = tuple(float(p) for p in 10.0 ** np.arange(-7, 4.5, 0.5))
"""What `choose_penalty` tries: from nearly none to one that leaves little but the mean, however alike features are."""


class NormalEquations:
    """What least squares needs to know of a design X (rows, features) and Y (rows, outputs).

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

        Products within the batch are taken in the precision of the arrays, sums over batches in float64. Each batch is
        centred by its own mean and the means are merged afterwards, so that a large mean costs no digits: T. F. Chan,
        G. H. Golub and R. J. LeVeque, 1983, https://doi.org/10.1080/00031305.1983.10483115

        Args:
            x: Features of shape (n, features).
            y: Outputs of shape (n, outputs).

        Raises:
            DataError: A number is not finite.
        """
        x, y = _floating(x), _floating(y)
        _require_finite("feature", x)
        _require_finite("output", y)
        if (n := len(x)) == 0:
            return
        x_mean, y_mean = x.mean(axis=0, dtype=np.float64), y.mean(axis=0, dtype=np.float64)
        x, y = x - x_mean.astype(x.dtype), y - y_mean.astype(y.dtype)
        x_shift, y_shift = x_mean - self.x_mean, y_mean - self.y_mean
        weight = self.rows * n / (self.rows + n)
        self.xx += x.T @ x
        self.xx += weight * np.outer(x_shift, x_shift)
        self.xy += x.T @ y
        self.xy += weight * np.outer(x_shift, y_shift)
        self.yy += np.square(y, dtype=np.float64).sum(axis=0) + weight * y_shift**2
        self.rows += n
        self.x_mean += x_shift * (n / self.rows)
        self.y_mean += y_shift * (n / self.rows)

    def solve(self, penalty: float) -> tuple[np.ndarray, np.ndarray]:
        """Returns the coefficients (features, outputs) and the intercept (outputs,) for one penalty.

        They minimise mean((Y − XB − c)²) + penalty · v · sum(B²), where v is the mean variance of the features. So a
        penalty means the same for any number of rows and any unit that all features share; the intercept c goes free.
        In scikit-learn's terms, alpha = penalty · v · rows. With penalty 0, or where features repeat one another, B is
        the shortest solution.

        Args:
            penalty: At least 0.

        Raises:
            ValueError: The penalty is below 0, or no row was added.
        """
        return _Spectrum(self).solve(penalty)

    def error(self, coefficients: np.ndarray, intercept: np.ndarray) -> float:
        """Returns the mean squared error of coefficients on the rows added, computed from the sums alone.

        Exact to about 1e-7 of the variance of Y where the rows were float32, 1e-15 where they were float64.
        """
        _require_rows(self.rows)
        explained = 2 * self.xy - self.xx @ coefficients
        centred = np.maximum(self.yy - np.einsum("fo,fo->o", coefficients, explained), 0) / self.rows
        offset = self.y_mean - self.x_mean @ coefficients - intercept
        return float((centred + offset**2).mean()) if len(centred) else 0.0


@dataclass(frozen=True)
class RidgeSolution:
    """A ridge regression with the penalty that did best on validation rows.

    Attributes:
        coefficients: Of shape (features, outputs).
        intercept: Of shape (outputs,).
        penalty: The chosen penalty; its unit is explained at `NormalEquations.solve`.
        validation_mse: Mean squared error on the validation rows.
    """

    coefficients: np.ndarray
    intercept: np.ndarray
    penalty: float
    validation_mse: float


def choose_penalty(
    train: NormalEquations, validation: NormalEquations, penalties: Sequence[float] = PENALTIES
) -> RidgeSolution:
    """Returns the solution on `train` whose penalty does best on `validation`; the larger penalty where two tie."""
    spectrum = _Spectrum(train)
    best = None
    for penalty in sorted(penalties, reverse=True):
        coefficients, intercept = spectrum.solve(penalty)
        mse = validation.error(coefficients, intercept)
        if best is None or mse < best.validation_mse:
            best = RidgeSolution(coefficients, intercept, penalty, mse)
    if best is None:
        raise ValueError("Received no penalty to choose from.")
    return best


def window_equations(values: np.ndarray, targets: Sequence[int], windows: Windows, *, shared: bool) -> NormalEquations:
    """Returns the normal equations of the autoregression on windows less their last row.

    The features of a window are its values less those of its last row, which is then left out; the outputs are the
    targets to come, less their value in the last row.

    Args:
        values: Of shape (rows, columns).
        targets: Positions of the predicted columns.
        windows: The windows whose rows are summed.
        shared: Whether every target is regressed on its own past alone, with one set of weights for all of them:
            (windows · targets) rows, (steps − 1) features, horizon outputs. Otherwise every output is regressed on all
            columns: (windows) rows, (steps − 1) · columns features, horizon · targets outputs.

    Raises:
        DataError: A number is not finite.
    """
    if shared:
        values, targets = np.ascontiguousarray(values[:, list(targets)]), range(len(targets))
    first, end = _runs(windows.starts)
    edges = len(first) * windows.sampling_rate
    lags = windows.steps - 1 + windows.lead + windows.horizon
    if 0 < 8 * edges <= len(windows) and edges * lags * values.shape[1] <= 2**25:
        return _equations_of_runs(values, list(targets), windows, first, end, shared=shared)
    channels, outputs = (1, 1) if shared else (values.shape[1], len(targets))
    equations = NormalEquations((windows.steps - 1) * channels, windows.horizon * outputs)
    chosen = values[:, list(targets)]
    for part in windows.batches(max(1, 2**23 // (lags * values.shape[1]))):
        x = window_differences(values, part, shared=shared)
        y = part.read_targets(chosen) - chosen[part.last_rows][:, None]  # (n, horizon, targets)
        equations.add(x, _rows_of_channels(y) if shared else y.reshape(len(part), -1))
    return equations


def window_differences(values: np.ndarray, windows: Windows, *, shared: bool) -> np.ndarray:
    """Returns the features that `window_equations` regresses on, which need no target to exist yet.

    Args:
        values: Of shape (rows, columns).
        windows: The windows to read.
        shared: Whether each column is a row of its own.

    Returns:
        Of shape (windows, (steps − 1) · columns), or (windows · columns, steps − 1) where shared.
    """
    x = windows.read(values)
    x = x[:, :-1] - x[:, -1:]  # (n, steps - 1, columns)
    return _rows_of_channels(x) if shared else x.reshape(len(x), (windows.steps - 1) * values.shape[1])


def _equations_of_runs(
    values: np.ndarray, targets: list[int], windows: Windows, first: np.ndarray, end: np.ndarray, *, shared: bool
) -> NormalEquations:
    """The same sums for windows that start at every row of a few long runs, without looking at each window.

    Let S(i, j) be the sum of v(s + i·k) v(s + j·k)ᵀ over the starts s of a run, k the sampling rate. The next one down
    the diagonal, S(i + 1, j + 1), runs over the same rows but for the k that leave at the run's front and the k that
    enter at its end. So only S(0, j) is summed over the rows, and every other follows from its neighbour.
    """
    k, steps = windows.sampling_rate, windows.steps
    at_lag = k * np.arange(steps - 1 + windows.lead + windows.horizon)
    ahead = np.arange(steps - 1 + windows.lead, len(at_lag))  # the lags that are predicted
    channels, chosen = (1, [0]) if shared else (values.shape[1], targets)
    for run_first, run_end in zip(first, end, strict=True):
        _require_finite("value", values[run_first : run_end - 1 + windows.span], int(run_first))
    centre = values[windows.last_rows].mean(axis=0, dtype=np.float64)  # differences do not see it, rounding does

    products = np.zeros((len(at_lag), channels, channels))  # S(i, i + lag), here of i = 0
    sums, squares = np.zeros((2, len(at_lag), channels))  # of v and v² at each lag
    edges = []  # what enters and leaves at each run, twice (sampling_rate, lags - 1, columns)
    for run_first, run_end in zip(first, end, strict=True):
        rows, starts = values[run_first : run_end - 1 + windows.span] - centre, int(run_end - run_first)
        sums += _sums_at(at_lag, rows, starts, shared=shared)
        squares += _sums_at(at_lag, rows**2, starts, shared=shared)
        products += _lagged_products(rows, starts, windows.span, shared=shared)[at_lag]
        at_edge = np.arange(k)[:, None] + at_lag[:-1]
        edges.append((rows[starts + at_edge], rows[at_edge]))
    entering, leaving = (np.concatenate(side) for side in zip(*edges, strict=True))
    if shared:
        entering, leaving = (_rows_of_channels(side)[:, :, None] for side in (entering, leaving))

    xx = np.empty((steps, channels, steps, channels))
    xy = np.empty((steps, channels, windows.horizon, len(chosen)))
    for i in range(steps):
        if i:
            products = products[:-1]
            for side, sign in ((entering, 1.0), (leaving, -1.0)):
                change = side[:, i - 1].T @ side[:, i - 1 :].reshape(len(side), -1)
                products = products + sign * change.reshape(channels, -1, channels).transpose(1, 0, 2)
        xx[i, :, i:] = products[: steps - i].transpose(1, 0, 2)
        xx[i:, :, i] = products[: steps - i].transpose(0, 2, 1)
        xy[i] = products[ahead - i][:, :, chosen].transpose(1, 0, 2)
    rows_added = len(windows) * (values.shape[1] if shared else 1)
    return _less_last_row(rows_added, xx, xy, squares[ahead][:, chosen], sums[:steps], sums[ahead][:, chosen], chosen)


def _less_last_row(
    rows: int, xx: np.ndarray, xy: np.ndarray, yy: np.ndarray, x: np.ndarray, y: np.ndarray, targets: list[int]
) -> NormalEquations:
    """Turns sums over windows into those over windows less their last row, which is then left out.

    Args:
        rows: How many rows were summed.
        xx: Products of inputs, (steps, columns, steps, columns); overwritten.
        xy: Products of inputs with outputs, (steps, columns, horizon, targets); overwritten.
        yy: Squares of outputs, (horizon, targets).
        x: Inputs, (steps, columns).
        y: Outputs, (horizon, targets).
        targets: Which of the columns the outputs are.
    """
    last = len(x) - 1
    yy = yy - 2 * xy[last, targets, :, np.arange(len(targets))].T + xx[last, targets, last, targets]
    xx -= xx[last].copy()
    xy -= xy[last].copy()
    xy -= xx[:, :, last][:, :, None, targets]
    xx -= xx[:, :, last][:, :, None].copy()
    x_sum, y_sum = (x[:last] - x[last]).ravel(), (y - x[last, targets]).ravel()

    equations = NormalEquations(len(x_sum), len(y_sum))
    equations.rows = rows
    equations.x_mean, equations.y_mean = x_sum / rows, y_sum / rows
    equations.xx = xx[:last, :, :last].reshape(len(x_sum), len(x_sum)) - np.outer(x_sum, equations.x_mean)
    equations.xy = xy[:last].reshape(len(x_sum), len(y_sum)) - np.outer(x_sum, equations.y_mean)
    equations.yy = yy.ravel() - y_sum * equations.y_mean
    return equations


def _sums_at(lags: np.ndarray, rows: np.ndarray, starts: int, *, shared: bool) -> np.ndarray:
    """Sums rows[s + lag] over the first `starts` rows s: (lags, columns)."""
    running = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])
    sums = running[lags + starts] - running[lags]
    return sums.sum(axis=1, keepdims=True) if shared else sums


def _lagged_products(rows: np.ndarray, starts: int, span: int, *, shared: bool) -> np.ndarray:
    """Sums rows[s] rows[s + lag]ᵀ over the first `starts` rows, for lags 0 to span − 1: (span, columns, columns).

    Products at all lags are one product of Fourier transforms. Block by block, so that the transforms stay short.
    """
    size = max(512, 1 << (4 * span - 1).bit_length())
    block = size - span + 1  # with fewer zeros behind it, the far end of a block would wrap round into its lags
    spectrum = np.zeros((size // 2 + 1, 1 if shared else rows.shape[1], 1 if shared else rows.shape[1]), complex)
    for first in range(0, starts, block):
        here = np.fft.rfft(rows[first : min(first + block, starts)], size, axis=0).conj()
        there = np.fft.rfft(rows[first : first + size], size, axis=0)
        spectrum += (here * there).sum(axis=1)[:, None, None] if shared else here[:, :, None] * there[:, None, :]
    return np.fft.irfft(spectrum, size, axis=0)[:span]


class _Spectrum:
    """The eigenvalues and eigenvectors of the features' sums, in which every penalty is one division."""

    def __init__(self, equations: NormalEquations) -> None:
        _require_rows(equations.rows)
        self._equations = equations
        values, self._vectors = np.linalg.eigh(equations.xx)
        self._values = np.maximum(values, 0)
        self._xy = self._vectors.T @ equations.xy

    def solve(self, penalty: float) -> tuple[np.ndarray, np.ndarray]:
        if not penalty >= 0:
            raise ValueError(f"Received an invalid value for argument `penalty`, expected at least 0, got {penalty}.")
        values, features = self._values, len(self._values)
        denominator = values + penalty * values.sum() / max(features, 1)
        kept = denominator > values.max(initial=0) * features * np.finfo(np.float64).eps
        shrunk = np.divide(self._xy, denominator[:, None], out=np.zeros_like(self._xy), where=kept[:, None])
        coefficients = self._vectors @ shrunk
        return coefficients, self._equations.y_mean - self._equations.x_mean @ coefficients


def _runs(starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First start and end of each run of consecutive starts."""
    breaks = np.flatnonzero(np.diff(starts) != 1) + 1
    if len(starts) == 0:
        return starts, starts
    return starts[np.r_[0, breaks]], starts[np.r_[breaks - 1, len(starts) - 1]] + 1


def _rows_of_channels(x: np.ndarray) -> np.ndarray:
    """(n, steps, columns) -> (n · columns, steps)."""
    return x.transpose(0, 2, 1).reshape(len(x) * x.shape[2], x.shape[1])


def _floating(x: np.ndarray) -> np.ndarray:
    return x if np.issubdtype(x.dtype, np.floating) else x.astype(np.float64)


def _require_rows(rows: int) -> None:
    if rows == 0:
        raise ValueError("No row was added, so there is nothing to solve or to measure.")


def _require_finite(noun: str, x: np.ndarray, first_row: int = 0) -> None:
    if not np.isfinite(x).all():
        row, column = np.argwhere(~np.isfinite(x))[0]
        raise DataError(
            f"Linear regression needs finite numbers, but {noun} {column} of row {first_row + row} is "
            f"{x[row, column]}. Mend or leave out such values first."
        )
