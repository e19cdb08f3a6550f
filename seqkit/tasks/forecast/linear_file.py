"""Fits the linear baseline of a run, and writes and reads `linear.npz`."""

from typing import Any

import numpy as np

from seqkit.errors import DataError
from seqkit.files.arrays import stored_array
from seqkit.runs.results import read_run_arrays, write_arrays
from seqkit.runs.run import Run
from seqkit.tasks.forecast.baselines import Ridge
from seqkit.tasks.forecast.normal_equations import Calendar
from seqkit.tasks.forecast.prepare import Splits
from seqkit.tasks.forecast.state import ForecastState

MAX_LINEAR_BYTES = 1 << 30
"""Most bytes of `linear.npz`: coefficients of `MAX_JOINT_FEATURES` features and 30,000 outputs."""


def fit_linear(state: ForecastState, values: np.ndarray, splits: Splits, measured: np.ndarray | None = None) -> Ridge:
    """Fits the linear baseline on the training windows; those of `splits.selection` choose its penalty.

    Args:
        state: The fitted state.
        values: The encoded table.
        splits: The windows of the table.
        measured: Whether each value of the targets was measured, of shape (rows, targets); None if all were.
    """
    return Ridge.fit(
        values,
        state.target_positions,
        splits.train,
        splits.selection,
        shared=len(state.targets) > 1 and not state.future,  # shared weights read no other columns
        calendar_terms=2 * len(state.calendar),
        measured=measured,
        kept=_kept(state),
    )


def _kept(state: ForecastState) -> list[int] | None:
    """Returns the columns that matter most of a run with features known ahead: targets, these, and the calendar."""
    if not state.future:
        return None
    return sorted({*state.target_positions, *range(len(state.columns), state.spec.features)})


def write_linear(run: Run, linear: Ridge) -> None:
    """Writes the linear baseline to `linear.npz` of the run."""
    calendar: dict[str, Any] = {} if linear.calendar is None else {"centre": linear.calendar.centre}
    weights = {"coefficients": linear.coefficients, "intercept": linear.intercept, "shared": linear.shared}
    choice = {"penalty": linear.penalty, "validation_mse": linear.validation_mse}
    write_arrays(run, "linear.npz", {**weights, **choice, **calendar})


def load_linear(run: Run, values: np.ndarray, state: ForecastState) -> Ridge:
    """Reads the linear baseline from `linear.npz` of the run.

    Args:
        run: The run.
        values: The encoded table that it reads.
        state: The fitted state.

    Raises:
        DataError: The file is missing or damaged, or belongs to another run.
    """
    path, spec = run.path / "linear.npz", state.spec
    stored = read_run_arrays(run, path.name, MAX_LINEAR_BYTES)
    try:
        calendar = None
        if "centre" in stored:
            centre = stored_array(stored, "centre", np.floating, state.regressors)
            calendar = Calendar(2 * len(state.calendar), centre)
        shared = bool(stored_array(stored, "shared", np.bool_))
        features = state.window * spec.features + (len(calendar) if calendar else 0)
        shape = (state.window - 1, spec.horizon) if shared else (features, spec.horizon * len(spec.targets))
        return Ridge(
            inputs=values,
            positions=state.target_positions,
            shared=shared,
            coefficients=stored_array(stored, "coefficients", np.floating, *shape),
            intercept=stored_array(stored, "intercept", np.floating, *shape[1:]),
            penalty=float(stored_array(stored, "penalty", np.floating)),
            validation_mse=float(stored_array(stored, "validation_mse", np.floating)),
            calendar=calendar,
        )
    except DataError as error:
        raise DataError(f"{path} does not belong to this run. {error}") from error
