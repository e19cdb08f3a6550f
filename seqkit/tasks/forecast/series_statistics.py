"""Statistics of each series of a table of several: its scale and its season's error, fitted before it is forecast."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from seqkit.data.series.ranges import intersections
from seqkit.data.series.scaling import MAX_UNIT, fit_by_series
from seqkit.data.series.table import Table
from seqkit.errors import DataError, listed
from seqkit.tasks.forecast.metrics import mase_scale_by_series


@dataclass(frozen=True, eq=False)
class SeriesStatistics:
    """Statistics of each series.

    They are fitted on the training rows of the series. One that has fewer training rows than an input window spans,
    because it starts later, is scaled by the rows of its first window: no forecast is made before them.

    Attributes:
        ids: Names of the series.
        mean: Mean of each column, of shape (series, columns).
        deviation: Standard deviation of each column, above 0, of shape (series, columns); see
            `seqkit.data.series.scaling.fit_by_series` for series that hardly vary.
        constant: Whether a target that is scaled by series is constant over these rows, of shape (series,).
        season_error: Mean absolute error of the seasonal naive forecast on the training rows, in the unit of the
            target, of shape (series, targets); NaN if it is 0, or undefined for lack of a row one season earlier.
    """

    ids: tuple[str, ...]
    mean: np.ndarray
    deviation: np.ndarray
    constant: np.ndarray
    season_error: np.ndarray

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.ids)}

    def season_errors_of(self, ids: Sequence[str]) -> np.ndarray:
        """Returns the season's error of some series, of shape (series, targets); NaN for unknown ones.

        Args:
            ids: Names of the series.
        """
        known = self.find(ids)
        errors: np.ndarray = np.where(known[:, None] >= 0, self.season_error[known], np.nan)
        return errors

    def find(self, names: Sequence[str]) -> np.ndarray:
        """Returns the position of each named series, -1 if it is unknown, of shape (names,)."""
        return np.array([self._positions.get(name, -1) for name in names], np.int64)


def fit_statistics(
    table: Table, train_rows: np.ndarray, pooled: SeriesStatistics, *, first_rows: int
) -> tuple[SeriesStatistics, tuple[str, ...]]:
    """Fits the scale of every series of a table.

    Args:
        table: Table of several series.
        train_rows: Training rows [first, end) of each series, of shape (series, 2).
        pooled: Statistics with the scale of all series, kept for a column that is constant in every series: it tells
            them apart.
        first_rows: Rows that an input window spans.

    Returns:
        The statistics, and the names of the columns that are scaled by series.

    Raises:
        DataError: Every series has a constant target, or the squared errors of one would overflow or underflow float64.
    """
    columns = list(table.columns)
    mean, deviation, constant = _fit(table, columns, np.arange(len(table.ids)), train_rows[:, 1], first_rows)
    targets = [columns.index(name) for name in table.targets]
    left_out = np.any(constant[:, targets], axis=1)
    if left_out.all():
        raise DataError(
            f"The target {listed(table.targets)} is constant over the training rows of every series "
            f"({listed(table.ids, 3)}): there is nothing to learn. Choose another --target or --split."
        )
    usable = (deviation[:, targets] > 1 / MAX_UNIT) & (deviation[:, targets] < MAX_UNIT)
    for s, t in np.argwhere(~usable & ~left_out[:, None])[:1].tolist():
        raise DataError(
            f"The target '{table.targets[t]}' has a standard deviation of {deviation[s, targets[t]]:g} over the "
            f"training rows of series '{table.ids[s]}'; its square exceeds the range of float64. Use another unit."
        )
    own = ~np.all(constant, axis=0)
    fitted = replace(
        pooled,
        mean=np.where(own, mean, pooled.mean),
        deviation=np.where(own, deviation, pooled.deviation),
        constant=left_out,
    )
    return fitted, tuple(str(name) for name, is_own in zip(columns, own, strict=True) if is_own)


def season_errors(table: Table, train_rows: np.ndarray, season: int) -> np.ndarray:
    """Returns the season's error of each series, of shape (series, targets); see `SeriesStatistics`."""
    values = np.stack([table.columns[name].astype(np.float64) for name in table.targets], axis=1)
    segments, measured = intersections(table.segments, train_rows), table.measured(table.targets)
    errors = mase_scale_by_series(values, segments, table.starts, season, measured)
    return np.where(errors > 0, errors, np.nan)


def scale_of_new(
    table: Table, columns: Sequence[str], series: np.ndarray, first_rows: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns mean and deviation of series that were not in training: those of their first rows.

    Args:
        table: The table.
        columns: Names of the columns to scale.
        series: Numbers of the series in the table, of shape (n,).
        first_rows: Rows that an input window spans.

    Returns:
        Means and deviations of shape (n, columns).
    """
    mean, deviation, _ = _fit(table, columns, series, table.starts[series], first_rows)
    return mean, deviation


def _fit(
    table: Table, columns: Sequence[str], series: np.ndarray, ends: np.ndarray, first_rows: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fits on the rows of each series before `ends`, at least the first `first_rows` ones; (series, columns) each."""
    firsts, lasts = table.starts[series], table.starts[series + 1]
    ranges = np.stack([firsts, np.maximum(ends, np.minimum(firsts + first_rows, lasts))], axis=1)
    fitted = [fit_by_series(table.columns[name], ranges, table.filled.get(name)) for name in columns]
    mean, deviation, constant = (np.stack(parts, axis=1) for parts in zip(*fitted, strict=True))
    return mean, deviation, constant
