"""Normal equations of a vector autoregression on windows, without building the design matrix.

For windows that start at every row of a long run, the sums follow from lagged products of the series, which cost
O(steps) per row instead of O(steps²).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from seqkit.data.series.windows import Windows
from seqkit.stats.ridge import NormalEquations, require_finite

_CHUNK_ROWS = 1 << 16

_FFT_BLOCKS = 16
"""Blocks whose Fourier transforms are multiplied at once, which makes the products matrix products."""


@dataclass(frozen=True)
class Calendar:
    """Calendar features: products of the calendar terms and the centred columns of a window's last row.

    With them the weight of a column may vary with the hour or the season. The terms of the last row suffice: the
    predicted time is a fixed distance ahead, so its sine and cosine are linear combinations of those.

    Attributes:
        terms: Number of calendar terms, which are the last columns.
        centre: Value subtracted from each of the other columns before the product, of shape (columns,).
    """

    terms: int
    centre: np.ndarray

    def __len__(self) -> int:
        return self.terms * len(self.centre)

    def features(self, last_rows: np.ndarray) -> np.ndarray:
        """Returns the calendar features of windows, of shape (windows, terms · columns).

        Args:
            last_rows: The last row of each window, of shape (windows, columns + terms).
        """
        columns = len(self.centre)
        centred = last_rows[:, :columns] - self.centre.astype(last_rows.dtype)
        return (last_rows[:, columns:, None] * centred[:, None, :]).reshape(len(last_rows), -1)


def window_equations(
    values: np.ndarray,
    targets: Sequence[int],
    windows: Windows,
    *,
    shared: bool,
    calendar: Calendar | None = None,
) -> NormalEquations:
    """Returns the normal equations that predict the targets' changes from the windows' differences.

    The features of a window are those of `window_differences`, followed by the calendar features. The outputs are the
    future targets minus their value in the window's last row.

    Args:
        values: Array of shape (rows, columns).
        targets: Positions of the predicted columns.
        windows: Windows to sum over.
        shared: Whether every target is regressed on its own past only, with one set of weights for all targets:
            windows · targets rows, steps − 1 features, horizon outputs. Otherwise every output is regressed on all
            columns: one row per window, steps · columns features, horizon · targets outputs.
        calendar: Calendar features; None if `shared`.

    Raises:
        DataError: A value is not finite.
    """
    if shared:
        values, targets = np.ascontiguousarray(values[:, list(targets)]), range(len(targets))
    first, end = _runs(windows.starts)
    edges = len(first) * windows.sampling_rate
    lags = windows.steps - 1 + windows.lead + windows.horizon
    if 0 < 8 * edges <= len(windows) and edges * lags * values.shape[1] <= 2**25:
        return _equations_of_runs(values, list(targets), windows, first, end, shared=shared, calendar=calendar)
    channels, outputs = (1, 1) if shared else (values.shape[1], len(targets))
    steps = windows.steps - 1 if shared else windows.steps
    equations = NormalEquations(steps * channels + (len(calendar) if calendar else 0), windows.horizon * outputs)
    target_columns = values[:, list(targets)]
    for batch in windows.batches(max(1, 2**23 // (lags * values.shape[1]))):
        x = window_differences(values, batch, shared=shared)
        if calendar:
            x = np.concatenate([x, calendar.features(values[batch.last_rows])], axis=1)
        y = batch.read_targets(target_columns) - target_columns[batch.last_rows][:, None]  # (batch, horizon, targets)
        equations.add(x, _columns_to_rows(y) if shared else y.reshape(len(batch), -1))
    return equations


def window_differences(values: np.ndarray, windows: Windows, *, shared: bool) -> np.ndarray:
    """Returns the features of `window_equations`: the rows of each window minus its last row.

    With shared weights the last row is left out, as its difference is zero. Otherwise it is kept as it is, since the
    level of one column may predict the change of another. The targets of the windows need not exist.

    Args:
        values: Array of shape (rows, columns).
        windows: Windows to read.
        shared: Whether each column of a window becomes a row of the features.

    Returns:
        Array of shape (windows, steps · columns), or (windows · columns, steps − 1) if `shared`.
    """
    x = windows.read(values)  # a copy, (windows, steps, columns)
    x[:, :-1] -= x[:, -1:]
    return _columns_to_rows(x[:, :-1]) if shared else x.reshape(len(x), windows.steps * values.shape[1])


def _equations_of_runs(
    values: np.ndarray,
    targets: list[int],
    windows: Windows,
    first: np.ndarray,
    end: np.ndarray,
    *,
    shared: bool,
    calendar: Calendar | None,
) -> NormalEquations:
    """Computes the sums for windows that start at every row of a few long runs, without reading each window.

    Let S(i, j) be the sum of v(s + i·k) v(s + j·k)ᵀ over the starts s of a run, where k is the sampling rate. The next
    sum on the diagonal, S(i + 1, j + 1), covers the same rows except that k rows leave at the front of the run and k
    rows enter at its end. Hence only S(0, j) is summed over all rows; every other sum follows from its neighbour.
    """
    k, steps = windows.sampling_rate, windows.steps
    at_lag = k * np.arange(steps - 1 + windows.lead + windows.horizon)
    ahead = np.arange(steps - 1 + windows.lead, len(at_lag))  # indices of the predicted lags
    channels, outputs = (1, [0]) if shared else (values.shape[1], targets)
    runs = list(zip(first.tolist(), end.tolist(), strict=True))
    for run_first, run_end in runs:
        for chunk in _chunks(run_first, run_end - 1 + windows.span):
            require_finite("value", values[chunk], chunk.start)
    to_last = k * (steps - 1)
    chunks = [chunk for a, b in runs for chunk in _chunks(a + to_last, b + to_last)]
    centre = sum(values[chunk].sum(axis=0, dtype=np.float64) for chunk in chunks) / len(windows)

    products = np.zeros((len(at_lag), channels, channels))  # S(i, i + lag), first for i = 0
    sums, squares = np.zeros((2, len(at_lag), channels))  # of v and v² at each lag
    edges = []  # rows that enter and leave each run, two arrays of shape (sampling_rate, lags - 1, columns)
    for run_first, run_end in runs:
        rows, starts = values[run_first : run_end - 1 + windows.span], run_end - run_first
        sums += _sums_at(at_lag, rows, centre, starts, power=1, shared=shared)
        squares += _sums_at(at_lag, rows, centre, starts, power=2, shared=shared)
        products += _lagged_products(rows, centre, starts, windows.span, shared=shared)[at_lag]
        at_edge = np.arange(k)[:, None] + at_lag[:-1]
        edges.append((rows[starts + at_edge] - centre, rows[at_edge] - centre))
    entering, leaving = (np.concatenate(side) for side in zip(*edges, strict=True))
    if shared:
        entering, leaving = (_columns_to_rows(side)[:, :, None] for side in (entering, leaving))

    xx = np.empty((steps, channels, steps, channels))
    xy = np.empty((steps, channels, windows.horizon, len(outputs)))
    for i in range(steps):
        if i:
            products = products[:-1]
            for side, sign in ((entering, 1.0), (leaving, -1.0)):
                change = side[:, i - 1].T @ side[:, i - 1 :].reshape(len(side), -1)
                products = products + sign * change.reshape(channels, -1, channels).transpose(1, 0, 2)
        xx[i, :, i:] = products[: steps - i].transpose(1, 0, 2)
        xx[i:, :, i] = products[: steps - i].transpose(0, 2, 1)
        xy[i] = products[ahead - i][:, :, outputs].transpose(1, 0, 2)
    rows_added = len(windows) * (values.shape[1] if shared else 1)
    equations = _subtract_last_row(
        rows_added,
        xx,
        xy,
        squares[ahead][:, outputs],
        sums[:steps],
        sums[ahead][:, outputs],
        outputs,
        keep_last_row=not shared,
    )
    if calendar:
        equations = _with_calendar(equations, values, targets, windows, runs, centre, calendar)
    if not shared:
        equations.x_mean[(steps - 1) * channels : steps * channels] += centre
    return equations


def _with_calendar(
    equations: NormalEquations,
    values: np.ndarray,
    targets: list[int],
    windows: Windows,
    runs: list[tuple[int, int]],
    centre: np.ndarray,
    calendar: Calendar,
) -> NormalEquations:
    """Appends the calendar features to the equations of the windows, whose last row is centred."""
    k, last = windows.sampling_rate, windows.steps - 1
    at_lag = k * np.arange(last + windows.lead + windows.horizon)
    added, rows = len(calendar), equations.rows
    products = np.zeros((len(at_lag), added, values.shape[1]))  # of the calendar features and the row at each lag
    zz, total = np.zeros((added, added)), np.zeros(added)
    for run_first, run_end in runs:
        for chunk in _chunks(run_first, run_end):
            last_rows = np.arange(chunk.start, chunk.stop) + k * last
            z = calendar.features(values[last_rows]).astype(np.float64)
            zz += z.T @ z
            total += z.sum(axis=0)
            span = values[chunk.start : chunk.stop - 1 + windows.span]
            products += _lagged_products(span, centre, len(z), windows.span, shared=False, left=z)[at_lag]
    mean = total / rows
    zx = products[: last + 1].copy()
    zx[:last] -= products[last]
    zy = products[last + windows.lead :][:, :, targets] - products[last][:, targets]
    x = zx.transpose(0, 2, 1).reshape(-1, added) - np.outer(equations.x_mean * rows, mean)
    y = zy.transpose(1, 0, 2).reshape(added, -1) - np.outer(mean * rows, equations.y_mean)

    extended = NormalEquations(len(equations.xx) + added, len(equations.y_mean))
    extended.rows, extended.y_mean, extended.yy = rows, equations.y_mean, equations.yy
    extended.x_mean = np.concatenate([equations.x_mean, mean])
    extended.xx = np.block([[equations.xx, x], [x.T, zz - np.outer(total, mean)]])
    extended.xy = np.concatenate([equations.xy, y])
    return extended


def _subtract_last_row(
    rows: int,
    xx: np.ndarray,
    xy: np.ndarray,
    yy: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    targets: list[int],
    *,
    keep_last_row: bool,
) -> NormalEquations:
    """Converts sums over windows to sums over windows minus their last row.

    Args:
        rows: Number of rows summed.
        xx: Sums of products of inputs, of shape (steps, columns, steps, columns); overwritten.
        xy: Sums of products of inputs and outputs, of shape (steps, columns, horizon, targets); overwritten.
        yy: Sums of squared outputs, of shape (horizon, targets).
        x: Sums of inputs, of shape (steps, columns); overwritten.
        y: Sums of outputs, of shape (horizon, targets).
        targets: Positions of the outputs among the columns.
        keep_last_row: Whether the last row itself is a feature.
    """
    last = len(x) - 1
    yy = yy - 2 * xy[last, targets, :, np.arange(len(targets))].T + xx[last, targets, last, targets]
    xx[:last] -= xx[last]
    xy[:last] -= xy[last]
    xy -= xx[:, :, last][:, :, None, targets]
    xx[:, :, :last] -= xx[:, :, last][:, :, None]
    y_sum = (y - x[last, targets]).ravel()
    x[:last] -= x[last]
    steps = slice(None) if keep_last_row else slice(last)
    x_sum = x[steps].ravel()

    equations = NormalEquations(len(x_sum), len(y_sum))
    equations.rows = rows
    equations.x_mean, equations.y_mean = x_sum / rows, y_sum / rows
    equations.xx = xx[steps, :, steps].reshape(len(x_sum), len(x_sum)) - np.outer(x_sum, equations.x_mean)
    equations.xy = xy[steps].reshape(len(x_sum), len(y_sum)) - np.outer(x_sum, equations.y_mean)
    equations.yy = yy.ravel() - y_sum * equations.y_mean
    return equations


def _sums_at(
    lags: np.ndarray, rows: np.ndarray, centre: np.ndarray, starts: int, *, power: int, shared: bool
) -> np.ndarray:
    """Sums (rows[s + lag] − centre)^power over s = 0 … starts − 1, for each lag: (lags, columns)."""
    total = np.zeros(rows.shape[1])
    for chunk in _chunks(0, starts):
        total += ((rows[chunk] - centre) ** power).sum(axis=0)
    # A lag shifts the summed range: its first `lag` rows leave and as many enter at its end.
    longest = int(lags[-1])
    zero = np.zeros((1, rows.shape[1]))
    leaving, entering = (
        np.concatenate([zero, np.cumsum((rows[edge : edge + longest] - centre) ** power, axis=0)])
        for edge in (0, starts)
    )
    sums: np.ndarray = total + entering[lags] - leaving[lags]
    return sums.sum(axis=1, keepdims=True) if shared else sums


def _lagged_products(
    rows: np.ndarray, centre: np.ndarray, starts: int, span: int, *, shared: bool, left: np.ndarray | None = None
) -> np.ndarray:
    """Sums rows[s] rows[s + lag]ᵀ, centred, over s = 0 … starts − 1, for lags 0 to span − 1.

    By the cross-correlation theorem, the sums at all lags are one product of Fourier transforms. The rows are
    transformed in blocks to bound the size of the transforms.

    Args:
        rows: Array of shape (rows, columns).
        centre: Value subtracted from every row, of shape (columns,).
        starts: Number of rows s.
        span: Number of lags.
        shared: Whether to multiply each column by itself only, and to sum over the columns.
        left: Left factors that replace rows[s], not centred, of shape (starts, left columns).

    Returns:
        Array of shape (span, columns, columns), (span, left columns, columns) or, if `shared`, (span, 1, 1).
    """
    size = max(512, 1 << (4 * span - 1).bit_length())
    block = size - span + 1  # leaves span − 1 zeros, so the circular correlation does not wrap round
    columns = 1 if shared else rows.shape[1]
    spectrum = np.zeros((size // 2 + 1, columns if left is None else left.shape[1], columns), complex)
    blocks = list(range(0, starts, block))
    for batch in (blocks[i : i + _FFT_BLOCKS] for i in range(0, len(blocks), _FFT_BLOCKS)):
        left_spectra, right_spectra = [], []
        for first in batch:
            centred = rows[first : first + size] - centre
            end = min(block, starts - first)
            factors = centred[:end] if left is None else left[first : first + end]
            left_spectra.append(np.fft.rfft(factors, size, axis=0).conj())
            right_spectra.append(np.fft.rfft(centred, size, axis=0))
        if shared:
            products = (a * b for a, b in zip(left_spectra, right_spectra, strict=True))
            spectrum += sum(product.sum(axis=1) for product in products)[:, None, None]
        else:  # The sum over the blocks is one matrix product per frequency.
            spectrum += np.stack(left_spectra, axis=2) @ np.stack(right_spectra, axis=1)
    return np.fft.irfft(spectrum, size, axis=0)[:span]


def _chunks(first: int, end: int) -> Iterator[slice]:
    """Yields the rows [first, end) in chunks, which bound the memory of float64 copies."""
    for start in range(first, end, _CHUNK_ROWS):
        yield slice(start, min(start + _CHUNK_ROWS, end))


def _runs(starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the first start and the end (exclusive) of each run of consecutive starts."""
    breaks = np.flatnonzero(np.diff(starts) != 1) + 1
    if len(starts) == 0:
        return starts, starts
    return starts[np.r_[0, breaks]], starts[np.r_[breaks - 1, len(starts) - 1]] + 1


def _columns_to_rows(x: np.ndarray) -> np.ndarray:
    """Reshapes (windows, steps, columns) to (windows · columns, steps)."""
    return x.transpose(0, 2, 1).reshape(len(x) * x.shape[2], x.shape[1])
