"""Normal equations of autoregression on the windows of a series, without laying the windows out.

Windows that start at every row of a long run have a short way to their sums, which costs steps and not steps² a row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from seqkit.data.series.windows import Windows
from seqkit.stats.ridge import NormalEquations, require_finite

_PIECE = 1 << 16

_BLOCKS = 16
"""Blocks whose transforms are multiplied together: so many that it is done as fast as products of matrices are."""


@dataclass(frozen=True)
class Calendar:
    """Features of the calendar: each of its terms times the value of each column, in a window's newest row.

    So what a column says may change with the hour or the season. The time that is predicted lies a fixed way ahead: its
    sine and cosine are sums of those of the newest row, so that nothing but the window has to be read.

    Attributes:
        terms: How many of the last columns are calendar terms.
        centre: What is taken off the other columns before they are multiplied, of shape (columns,).
    """

    terms: int
    centre: np.ndarray

    def __len__(self) -> int:
        return self.terms * len(self.centre)

    def features(self, newest: np.ndarray) -> np.ndarray:
        """Returns the features of windows, of shape (windows, terms · columns).

        Args:
            newest: The newest row of each window, of shape (windows, columns + terms).
        """
        columns = len(self.centre)
        known = newest[:, :columns] - self.centre.astype(newest.dtype)
        return (newest[:, columns:, None] * known[:, None, :]).reshape(len(newest), -1)


def window_equations(
    values: np.ndarray,
    targets: Sequence[int],
    windows: Windows,
    *,
    shared: bool,
    calendar: Calendar | None = None,
) -> NormalEquations:
    """Returns the normal equations of the autoregression on windows less their last row.

    The features of a window are those of `window_differences`, and those of the calendar after them; the outputs are
    the targets to come, less their value in the last row.

    Args:
        values: Of shape (rows, columns).
        targets: Positions of the predicted columns.
        windows: The windows whose rows are summed.
        shared: Whether every target is regressed on its own past alone, with one set of weights for all of them:
            (windows · targets) rows, (steps − 1) features, horizon outputs. Otherwise every output is regressed on all
            columns: (windows) rows, steps · columns features, horizon · targets outputs.
        calendar: Further features, where columns are not shared.

    Raises:
        DataError: A number is not finite.
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
    chosen = values[:, list(targets)]
    for part in windows.batches(max(1, 2**23 // (lags * values.shape[1]))):
        x = window_differences(values, part, shared=shared)
        if calendar:
            x = np.concatenate([x, calendar.features(values[part.last_rows])], axis=1)
        y = part.read_targets(chosen) - chosen[part.last_rows][:, None]  # (n, horizon, targets)
        equations.add(x, _rows_of_channels(y) if shared else y.reshape(len(part), -1))
    return equations


def window_differences(values: np.ndarray, windows: Windows, *, shared: bool) -> np.ndarray:
    """Returns the features that `window_equations` regresses on, which need no target to exist yet.

    They are the values of a window less those of its last row. What is left of that row is nothing where columns are
    shared, so it is left out; elsewhere the row itself stands in its place, since the level of one column may say
    something about another.

    Args:
        values: Of shape (rows, columns).
        windows: The windows to read.
        shared: Whether each column is a row of its own.

    Returns:
        Of shape (windows, steps · columns), or (windows · columns, steps − 1) where shared.
    """
    x = windows.read(values)  # a copy
    x[:, :-1] -= x[:, -1:]
    return _rows_of_channels(x[:, :-1]) if shared else x.reshape(len(x), windows.steps * values.shape[1])


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
    """The same sums for windows that start at every row of a few long runs, without looking at each window.

    Let S(i, j) be the sum of v(s + i·k) v(s + j·k)ᵀ over the starts s of a run, k the sampling rate. The next one down
    the diagonal, S(i + 1, j + 1), runs over the same rows but for the k that leave at the run's front and the k that
    enter at its end. So only S(0, j) is summed over the rows, and every other follows from its neighbour.
    """
    k, steps = windows.sampling_rate, windows.steps
    at_lag = k * np.arange(steps - 1 + windows.lead + windows.horizon)
    ahead = np.arange(steps - 1 + windows.lead, len(at_lag))  # the lags that are predicted
    channels, chosen = (1, [0]) if shared else (values.shape[1], targets)
    runs = list(zip(first.tolist(), end.tolist(), strict=True))
    for run_first, run_end in runs:
        for piece in _pieces(run_first, run_end - 1 + windows.span):
            require_finite("value", values[piece], piece.start)
    to_last = k * (steps - 1)
    parts = [piece for a, b in runs for piece in _pieces(a + to_last, b + to_last)]
    centre = sum(values[piece].sum(axis=0, dtype=np.float64) for piece in parts) / len(windows)

    products = np.zeros((len(at_lag), channels, channels))  # S(i, i + lag), here of i = 0
    sums, squares = np.zeros((2, len(at_lag), channels))  # of v and v² at each lag
    edges = []  # what enters and leaves at each run, twice (sampling_rate, lags - 1, columns)
    for run_first, run_end in runs:
        rows, starts = values[run_first : run_end - 1 + windows.span], run_end - run_first
        sums += _sums_at(at_lag, rows, centre, starts, power=1, shared=shared)
        squares += _sums_at(at_lag, rows, centre, starts, power=2, shared=shared)
        products += _lagged_products(rows, centre, starts, windows.span, shared=shared)[at_lag]
        at_edge = np.arange(k)[:, None] + at_lag[:-1]
        edges.append((rows[starts + at_edge] - centre, rows[at_edge] - centre))
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
    equations = _less_last_row(
        rows_added, xx, xy, squares[ahead][:, chosen], sums[:steps], sums[ahead][:, chosen], chosen, level=not shared
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
    """Returns the equations with the calendar's features after those of the windows, whose last row is centred."""
    k, last = windows.sampling_rate, windows.steps - 1
    at_lag = k * np.arange(last + windows.lead + windows.horizon)
    added, rows = len(calendar), equations.rows
    products = np.zeros((len(at_lag), added, values.shape[1]))  # of the calendar's features and each lag
    own, total = np.zeros((added, added)), np.zeros(added)
    for run_first, run_end in runs:
        for piece in _pieces(run_first, run_end):
            here = np.arange(piece.start, piece.stop) + k * last
            z = calendar.features(values[here]).astype(np.float64)
            own += z.T @ z
            total += z.sum(axis=0)
            read = values[piece.start : piece.stop - 1 + windows.span]
            products += _lagged_products(read, centre, len(z), windows.span, shared=False, left=z)[at_lag]
    mean = total / rows
    zx = products[: last + 1].copy()
    zx[:last] -= products[last]
    zy = products[last + windows.lead :][:, :, targets] - products[last][:, targets]
    x = zx.transpose(0, 2, 1).reshape(-1, added) - np.outer(equations.x_mean * rows, mean)
    y = zy.transpose(1, 0, 2).reshape(added, -1) - np.outer(mean * rows, equations.y_mean)

    whole = NormalEquations(len(equations.xx) + added, len(equations.y_mean))
    whole.rows, whole.y_mean, whole.yy = rows, equations.y_mean, equations.yy
    whole.x_mean = np.concatenate([equations.x_mean, mean])
    whole.xx = np.block([[equations.xx, x], [x.T, own - np.outer(total, mean)]])
    whole.xy = np.concatenate([equations.xy, y])
    return whole


def _less_last_row(
    rows: int,
    xx: np.ndarray,
    xy: np.ndarray,
    yy: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    targets: list[int],
    *,
    level: bool,
) -> NormalEquations:
    """Turns sums over windows into those over windows less their last row.

    Args:
        rows: How many rows were summed.
        xx: Products of inputs, (steps, columns, steps, columns); overwritten.
        xy: Products of inputs with outputs, (steps, columns, horizon, targets); overwritten.
        yy: Squares of outputs, (horizon, targets).
        x: Inputs, (steps, columns); overwritten.
        y: Outputs, (horizon, targets).
        targets: Which of the columns the outputs are.
        level: Whether the last row itself stays, or is left out.
    """
    last = len(x) - 1
    yy = yy - 2 * xy[last, targets, :, np.arange(len(targets))].T + xx[last, targets, last, targets]
    xx[:last] -= xx[last]
    xy[:last] -= xy[last]
    xy -= xx[:, :, last][:, :, None, targets]
    xx[:, :, :last] -= xx[:, :, last][:, :, None]
    y_sum = (y - x[last, targets]).ravel()
    x[:last] -= x[last]
    kept = slice(None) if level else slice(last)
    x_sum = x[kept].ravel()

    equations = NormalEquations(len(x_sum), len(y_sum))
    equations.rows = rows
    equations.x_mean, equations.y_mean = x_sum / rows, y_sum / rows
    equations.xx = xx[kept, :, kept].reshape(len(x_sum), len(x_sum)) - np.outer(x_sum, equations.x_mean)
    equations.xy = xy[kept].reshape(len(x_sum), len(y_sum)) - np.outer(x_sum, equations.y_mean)
    equations.yy = yy.ravel() - y_sum * equations.y_mean
    return equations


def _sums_at(
    lags: np.ndarray, rows: np.ndarray, centre: np.ndarray, starts: int, *, power: int, shared: bool
) -> np.ndarray:
    """Sums (rows[s + lag] − centre)^power over the first `starts` rows s: (lags, columns)."""
    total = np.zeros(rows.shape[1])
    for piece in _pieces(0, starts):
        total += ((rows[piece] - centre) ** power).sum(axis=0)
    reach = int(lags[-1])  # of the rows before a lag and those as far behind the end, one leaves as another enters
    none = np.zeros((1, rows.shape[1]))
    leaving, entering = (
        np.concatenate([none, np.cumsum((rows[edge : edge + reach] - centre) ** power, axis=0)]) for edge in (0, starts)
    )
    sums: np.ndarray = total + entering[lags] - leaving[lags]
    return sums.sum(axis=1, keepdims=True) if shared else sums


def _lagged_products(
    rows: np.ndarray, centre: np.ndarray, starts: int, span: int, *, shared: bool, left: np.ndarray | None = None
) -> np.ndarray:
    """Sums rows[s] rows[s + lag]ᵀ, centred, over the first `starts` rows, for lags 0 to span − 1.

    Products at all lags are one product of Fourier transforms. Block by block, so that the transforms stay short.

    Args:
        rows: Of shape (rows, columns).
        centre: What is taken off every row.
        starts: How many rows are multiplied by those that follow.
        span: How many lags there are.
        shared: Whether products of each column with itself are summed over the columns.
        left: What is multiplied by the rows in place of rows[s], as it is, of shape (starts, left columns).

    Returns:
        Array of shape (span, columns, columns), (span, left columns, columns) or, where shared, (span, 1, 1).
    """
    size = max(512, 1 << (4 * span - 1).bit_length())
    block = size - span + 1  # with fewer zeros behind it, the far end of a block would wrap round into its lags
    columns = 1 if shared else rows.shape[1]
    spectrum = np.zeros((size // 2 + 1, columns if left is None else left.shape[1], columns), complex)
    blocks = list(range(0, starts, block))
    for some in (blocks[i : i + _BLOCKS] for i in range(0, len(blocks), _BLOCKS)):
        here, there = [], []
        for first in some:
            centred = rows[first : first + size] - centre
            end = min(block, starts - first)
            own = centred[:end] if left is None else left[first : first + end]
            here.append(np.fft.rfft(own, size, axis=0).conj())
            there.append(np.fft.rfft(centred, size, axis=0))
        if shared:
            spectrum += sum((a * b).sum(axis=1) for a, b in zip(here, there, strict=True))[:, None, None]
        else:  # At each frequency the sum over blocks is one product of matrices.
            spectrum += np.stack(here, axis=2) @ np.stack(there, axis=1)
    return np.fft.irfft(spectrum, size, axis=0)[:span]


def _pieces(first: int, end: int) -> Iterator[slice]:
    """Yields the rows [first, end) in pieces that are turned into float64 one at a time."""
    for start in range(first, end, _PIECE):
        yield slice(start, min(start + _PIECE, end))


def _runs(starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First start and end of each run of consecutive starts."""
    breaks = np.flatnonzero(np.diff(starts) != 1) + 1
    if len(starts) == 0:
        return starts, starts
    return starts[np.r_[0, breaks]], starts[np.r_[breaks - 1, len(starts) - 1]] + 1


def _rows_of_channels(x: np.ndarray) -> np.ndarray:
    """(n, steps, columns) -> (n · columns, steps)."""
    return x.transpose(0, 2, 1).reshape(len(x) * x.shape[2], x.shape[1])
