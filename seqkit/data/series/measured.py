"""Windows whose targets were measured, where some values of a series were filled.

A filled value may be an input of a window, but it is never a target.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from seqkit.data.series.windows import Windows


def any_measured(windows: Windows, measured: np.ndarray) -> np.ndarray:
    """Returns whether any target of each window was measured, of shape (windows,).

    Args:
        windows: Windows of the series.
        measured: Whether each value of the targets was measured, of shape (rows, targets).
    """
    return _over_horizon(np.logical_or, windows, measured.any(axis=1))


def all_measured(windows: Windows, measured: np.ndarray) -> np.ndarray:
    """Returns whether all targets of each window were measured, of shape (windows,).

    Args:
        windows: Windows of the series.
        measured: Whether each value of the targets was measured, of shape (rows, targets).
    """
    return _over_horizon(np.logical_and, windows, measured.all(axis=1))


def step_windows(windows: Windows, step: int) -> Windows:
    """Returns the windows with only one of their predicted steps, counted from 0."""
    return replace(windows, lead=windows.lead + step, horizon=1)


def with_skipped(windows: Windows) -> Windows:
    """Returns the windows and those that were left out between two overlapping ones.

    Rows that two overlapping windows cover are in one segment, so every window between them is legal, too.
    """
    steps = np.diff(windows.starts)
    lengths = np.append(np.where(steps < windows.span, steps, 1), 1)  # windows from each one to the next
    first = np.repeat(windows.starts, lengths)
    offset = np.arange(len(first)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return replace(windows, starts=first + offset)


def _over_horizon(combine: np.ufunc, windows: Windows, rows: Any) -> np.ndarray:
    """Combines the values of the rows that each window predicts, one step after the other to save memory."""
    result: np.ndarray = rows[step_windows(windows, 0).target_rows[:, 0]]
    for step in range(1, windows.horizon):
        combine(result, rows[step_windows(windows, step).target_rows[:, 0]], out=result)
    return result
