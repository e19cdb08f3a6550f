"""Fits the seasonal baselines on the training rows: the kind of growth, and the constants of Holt-Winters."""

from typing import Any

import numpy as np

from seqkit.data.series.ranges import intersections
from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows
from seqkit.tasks.forecast.encode import target_values
from seqkit.tasks.forecast.exponential_smoothing import MAX_SEASON, choose_smoothing, min_rows
from seqkit.tasks.forecast.seasonal_growth import choose_growth
from seqkit.tasks.forecast.state import ForecastState


def fit_seasonal(state: ForecastState, table: Table, train: Windows, train_rows: np.ndarray) -> dict[str, Any]:
    """Returns the entries of the state about the seasonal baselines.

    Errors of several series count in units of each one's seasonal naive error, so that none decides by its level.

    Args:
        state: The state without these entries.
        table: The table.
        train: The training windows, of which there is at least one.
        train_rows: Training rows [first, end) of each series, of shape (series, 2).
    """
    targets, segments = target_values(state, table), intersections(table.segments, train_rows)
    scales = np.ones((len(table.ids), len(state.targets)))
    if state.series is not None:
        errors = state.series.season_errors_of(table.ids)
        scales = np.where(np.isnan(errors), np.inf, errors)
    ahead = train.target_rows[0] - train.last_rows[0]
    scale = scales[table.series_of(segments[:, 0])] if len(segments) else scales[:0]
    entries: dict[str, Any] = {"smoothing": choose_smoothing(targets, segments, state.season, ahead, scale)}
    if state.season > 1:
        of_windows = scales[table.series_of(train.starts)]
        growth = choose_growth(targets, table.segments, state.season, train, of_windows)
        entries["growth"] = growth if set(growth) - {"none"} else ()
    return entries


def absent_note(state: ForecastState) -> list[str]:
    """Returns a line that says why there is no Holt-Winters baseline, if there is none.

    Args:
        state: The fitted state.
    """
    if state.smoothing:
        return []
    reason = (
        f"a season of {state.season:,} rows is longer than {MAX_SEASON:,}"
        if state.season > MAX_SEASON
        else f"it needs {min_rows(state.season, state.sampling_rate * state.lead):,} training rows without a gap"
    )
    return [f"no baseline Holt-Winters: {reason}"]
