"""Normal equations of a linear forecast where some targets were not measured: each output has its own windows."""

from collections.abc import Iterator, Sequence

import numpy as np

from seqkit.data.series.measured import step_windows
from seqkit.data.series.windows import Windows
from seqkit.stats.ridge import NormalEquations
from seqkit.tasks.forecast.normal_equations import Calendar, window_equations


def output_equations(
    values: np.ndarray,
    targets: Sequence[int],
    windows: Windows,
    measured: np.ndarray,
    *,
    shared: bool,
    calendar: Calendar | None = None,
) -> Iterator[NormalEquations]:
    """Yields the equations of each output of `window_equations`, summed over the windows where it was measured.

    Args:
        values: Array of shape (rows, columns).
        targets: Positions of the predicted columns.
        windows: Windows to sum over.
        measured: Whether each value of the targets was measured, of shape (rows, targets).
        shared: As in `window_equations`.
        calendar: As in `window_equations`.
    """
    features = windows.steps - 1 if shared else windows.steps * values.shape[1] + (len(calendar) if calendar else 0)
    for step in range(windows.horizon):
        one_step, equations = step_windows(windows, step), NormalEquations(features, 1)
        for t, target in enumerate(targets):
            known = one_step[measured[one_step.target_rows[:, 0], t]]
            if len(known):
                equations.merge(window_equations(values, [target], known, shared=shared, calendar=calendar))
            if not shared:
                yield equations
                equations = NormalEquations(features, 1)
        if shared:
            yield equations
