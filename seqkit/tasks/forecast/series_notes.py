"""Notes about series of a table that take no part in training or forecasts, each with their number and first names."""

from typing import TYPE_CHECKING

import numpy as np

from seqkit.data.series.table import Table
from seqkit.errors import listed
from seqkit.tasks.forecast.categories import category_notes
from seqkit.tasks.forecast.encode import missing_context
from seqkit.tasks.forecast.state import ForecastState

if TYPE_CHECKING:
    from seqkit.tasks.forecast.prepare import Splits

MAX_NAMES = 5
"""Most series that a note names."""


def training_notes(state: ForecastState, table: Table, splits: "Splits") -> list[str]:
    """Returns a line for each reason for which series of the table are not trained on.

    Args:
        state: The fitted state.
        table: The table it was fitted on.
        splits: The windows of its parts.
    """
    if state.series is None:
        return []
    parts = splits.train, splits.validation, splits.test
    in_train, *later = (_has_window(table, part.starts) for part in parts)
    constant, somewhere = state.series.constant, in_train | later[0] | later[1]
    notes = []
    if constant.any():
        notes.append(
            f"target constant over the training rows of {_count(table, constant)}: not trained on, and not used to "
            "choose the model on validation"
        )
    if not somewhere.all():
        measured = "" if table.measured(table.targets) is None else " and one of them measured"
        notes.append(
            f"no window in {_count(table, ~somewhere)}: one needs {splits.train.span} rows without a gap, with all "
            f"predicted steps in one part{measured}; neither trained on nor scored"
        )
    late = somewhere & ~in_train & ~constant
    if late.any():
        scaled = f"; scaled by their first {state.rows_needed} rows" if state.scaled_by_series else ""
        notes.append(f"no training window in {_count(table, late)}: not trained on{scaled}")
    return notes


def forecast_notes(state: ForecastState, table: Table, *, stored: bool) -> list[str]:
    """Returns a line for each of the first series that cannot be forecast, one for the others, and `unknown_notes`.

    Args:
        state: The fitted state.
        table: The table to forecast.
        stored: Whether the table is the rows stored in the run, without the series shorter than a window.
    """
    reasons = list(missing_context(state, table).values())
    lines = [f"{reason} It is left out." for reason in reasons[:MAX_NAMES]]
    if len(reasons) > MAX_NAMES:
        lines.append(f"{len(reasons) - MAX_NAMES:,} more series have too few rows without a gap. They are left out.")
    if stored and state.series is not None and len(table.ids) < len(state.series.ids):
        present = set(table.ids)
        absent = [name for name in state.series.ids if name not in present]
        lines.append(
            f"A forecast needs {state.rows_needed} rows; {len(absent):,} of {len(state.series.ids):,} series had fewer "
            f"in training ({listed(absent, MAX_NAMES)}). Left out; give newer rows with --data."
        )
    return lines + unknown_notes(state, table)


def unknown_notes(state: ForecastState, table: Table) -> list[str]:
    """Returns lines about series and categories that were not in training; series may be known under other names."""
    notes = category_notes(table)
    if state.series is None or not state.scaled_by_series:
        return notes
    unknown = state.series.find(table.ids) < 0
    if not unknown.any():
        return notes
    return [
        *notes,
        f"{_count(table, unknown)} not in training: scaled by the first {state.rows_needed} rows of each. Names of "
        f"training: {listed(state.series.ids, 3)}.",
    ]


def _has_window(table: Table, starts: np.ndarray) -> np.ndarray:
    return np.bincount(table.series_of(starts), minlength=len(table.ids)) > 0


def _count(table: Table, mask: np.ndarray) -> str:
    names = [table.ids[s] for s in np.flatnonzero(mask)]
    return f"{len(names):,} of {len(table.ids):,} series ({listed(names, MAX_NAMES)})"
