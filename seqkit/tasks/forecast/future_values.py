"""Reads the values of features that are known ahead, and finds those of the predicted steps."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.series.table import Table
from seqkit.data.tables.findings import Choices
from seqkit.data.tables.intervals import future_times
from seqkit.errors import DataError, UsageError, listed
from seqkit.tasks.forecast.categories import indicator_sources, with_indicators
from seqkit.tasks.forecast.series_names import with_known_names
from seqkit.tasks.forecast.state import ForecastState
from seqkit.tasks.forecast.text import csv_times

if TYPE_CHECKING:
    import pandas as pd

_NO_FLAGS = tuple(option.name for option in fields(Choices))
"""Hides all flags from messages: those of training fix no future values."""


def read_future(state: ForecastState, reading: dict[str, Any], frame: "pd.DataFrame", table: Table) -> Table:
    """Parses the values of features that are known ahead.

    Args:
        state: The fitted state.
        reading: Options that the training table was read with.
        frame: The values with their times; without names of series, they hold for all.
        table: The rows that they follow.

    Raises:
        DataError: A column is missing, the interval differs, or a value contradicts the table.
    """
    from seqkit.data.tables.regularise import regular_table

    given = list(map(str, frame.columns))
    frame, unknown = with_indicators(frame, state.categories, reading)
    names, sources = list(map(str, frame.columns)), indicator_sources(state.categories)
    if absent := dict.fromkeys(sources.get(name, name) for name in state.future_read if name not in names):
        raise DataError(
            f"The future values lack {listed(absent)}, which the model reads ahead. Their columns: {listed(given)}. "
            "Add the missing ones."
        )
    reading = {**reading, "missing": "drop"}  # missing steps are named with their times later
    unnamed = [name for name in reading.get("id", ()) if name not in names]
    if unnamed:
        reading["id"] = ()
    reading |= {"target": state.future_read, "features": state.future_read, "interval": state.interval}
    try:
        future = regular_table(frame, Choices(**reading, hidden=_NO_FLAGS))
    except (UsageError, DataError) as error:
        hint = f"\nWithout {listed(unnamed)}, each row holds for all series." if unnamed else ""
        raise DataError(f"The future values cannot be read like the rows of training. {error}{hint}") from error
    if state.series is not None:
        future = with_known_names(future, state.series.ids)
    return replace(_check_overlap(state, table, future), unknown_categories=unknown)


def values_ahead(state: ForecastState, table: Table, last: np.ndarray, future: Table | None) -> np.ndarray:
    """Returns the features in the rows after the last ones, NaN where unknown, of shape (windows, rows, features)."""
    steps = np.arange(1, state.rows_ahead + 1)
    times = future_times(table.time[last][:, None], state.interval, steps)  # (windows, rows)
    values = np.full((*times.shape, len(state.future)), np.nan)
    names = [table.ids[s] for s in table.series_of(last)]
    if future is not None:
        rows = _find_rows(future, names, times)
        known = np.stack([future.columns[name] for name in state.future_read], axis=1).astype(np.float64)
        values[rows >= 0, : known.shape[1]] = known[rows[rows >= 0]]
    if state.holidays is not None:
        values[..., len(state.future_read) :] = state.holidays.values(times)
    needed = steps % state.sampling_rate == 0
    lacking = ~np.isfinite(values).all(axis=2) & needed
    if lacking.any():
        window = int(lacking.any(axis=1).argmax())
        where = f" of series '{names[window]}'" if len(table.ids) > 1 else ""
        moments = csv_times(times[window][lacking[window]], utc=table.utc)
        others = int(lacking.any(axis=1).sum()) - 1
        more = f", and values of {others:,} more series" if others else ""
        raise DataError(
            f"The forecast needs {listed(state.future_read)} at the {int(needed.sum())} steps up to the last predicted "
            f"one; missing{where}: {len(moments)} ({listed(moments, 3)}){more}. Give the rows of these times with "
            "--future."
        )
    return values


def _check_overlap(state: ForecastState, table: Table, future: Table) -> Table:
    """Returns the values of features known ahead, which must agree with the rows of the table at the same times.

    Counters of rows start after the newest row of each series.

    Args:
        state: The fitted state.
        table: The rows that they follow.
        future: The values, with the columns `state.future_read`.

    Raises:
        DataError: A value differs from the one that the table has for its time.
    """
    if table.time.dtype.kind == "i":
        return replace(future, time=future.time + 1 + table.time[table.starts[1:] - 1].max())
    names = [table.ids[s] for s in table.series_of(np.arange(len(table)))]
    rows = _find_rows(future, names, table.time[:, None])[:, 0]
    both = np.flatnonzero(rows >= 0)
    for name in state.future_read:
        known, given = table.columns[name][both], future.columns[name][rows[both]]
        different = ~np.isclose(known, given, rtol=1e-6, atol=1e-9)
        if different.any():
            first = both[different.argmax()]
            before, after = table.columns[name][first], future.columns[name][rows[first]]
            (moment,) = csv_times(table.time[[first]], utc=table.utc)
            raise DataError(
                f"The future values overlap with the data and differ from it: '{name}' is {after:g} at {moment}, but "
                f"{before:g} in the data. Give only rows after the newest ones, or correct the value."
            )
    return future


def _find_rows(future: Table, names: list[str], times: np.ndarray) -> np.ndarray:
    """Returns the row of each time in a table, -1 if it has none, of the shape of `times` (series, rows).

    A table of a single unnamed series holds for every series.
    """
    positions = {name: i for i, name in enumerate(future.ids)}
    shared = future.id_column is None
    series = np.array([0 if shared else positions.get(name, -1) for name in names])
    moments, ranks = np.unique(future.time, return_inverse=True)
    keys = future.series_of(np.arange(len(future))) * len(moments) + ranks  # ascending, as rows are sorted
    rank = np.searchsorted(moments, times).clip(max=len(moments) - 1)
    wanted = series[:, None] * len(moments) + rank
    found = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
    exists = (keys[found] == wanted) & (moments[rank] == times) & (series >= 0)[:, None]
    return np.where(exists, found, -1)
