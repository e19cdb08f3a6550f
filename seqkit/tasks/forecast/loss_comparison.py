"""Compares the losses of two forecasts made at the same times, by a paired test."""

from typing import Any

import numpy as np

from seqkit.stats.paired_tests import diebold_mariano
from seqkit.tasks.forecast.state import ForecastState


def compare_losses(losses: np.ndarray, other_losses: np.ndarray, state: ForecastState) -> dict[str, Any]:
    """Returns `statistic` and `p_value` of a Diebold–Mariano test of two forecasts made at the same times.

    Both are None where the times are too few for a test, and a `reason` says so. Several series at one time do not
    replace times: what is particular to a time, such as its weather, moves the losses of all of them.

    Losses that differ by at most a ten-thousandth of their mean count as equal: the difference is rounding.

    Args:
        losses: Losses of one forecast, in order of time, of shape (times,).
        other_losses: Losses of the other, of shape (times,).
        state: The fitted state, which gives the overlap of the forecasts.
    """
    if np.abs(losses - other_losses).max() <= 1e-4 * losses.mean():
        return {"statistic": 0.0, "p_value": 1.0}
    test = diebold_mariano(losses, other_losses, steps_overlap=state.overlap)
    if test.reason is not None:
        return {"statistic": None, "p_value": None, "reason": test.reason}
    return {"statistic": test.statistic, "p_value": test.p_value}


def mean_by_time(times: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """Returns the mean loss at each time, in order of time: several series at one time are one observation.

    Args:
        times: Time of the last row of each window, of shape (windows,).
        losses: Loss of each window, of shape (windows,).
    """
    distinct, indices = np.unique(times, return_inverse=True)
    if len(distinct) == len(times):
        return losses[np.argsort(times)]
    sums: np.ndarray = np.bincount(indices, losses)
    return sums / np.bincount(indices)
