"""Forecasts that need no training, or a closed form: what a model has to beat.

Each has `predict(windows) -> (windows, horizon, targets)` and works in the units of the arrays it was given. None reads
a row after the newest one of the window it forecasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from seqkit.data.series.windows import Windows
from seqkit.stats.ridge import choose_penalty
from seqkit.tasks.forecast.normal_equations import Calendar, window_differences, window_equations

MAX_JOINT_FEATURES = 4000
"""A joint linear forecast of more features would take minutes and gigabytes; it is then shared instead."""


@dataclass(frozen=True)
class LastValue:
    """The newest value a window reads, for every step to come.

    Attributes:
        targets: The predicted columns, of shape (rows, targets).
    """

    targets: np.ndarray

    def predict(self, windows: Windows) -> np.ndarray:
        """Returns forecasts of shape (windows, horizon, targets)."""
        return np.repeat(self.targets[windows.last_rows][:, None], windows.horizon, axis=1)


@dataclass
class SeasonalNaive:
    """The value a whole number of seasons earlier, as few seasons as lead to a row the window knows.

    It may look back before the window's first row, within the same segment. Where that row lies before the segment, the
    window's last value stands in and is counted.

    Attributes:
        targets: The predicted columns, of shape (rows, targets).
        segments: Rows [first, end) without a gap, each within one series, ascending, of shape (n, 2).
        season_rows: Rows in a season, at least 1.
        fallbacks: For how many predicted rows, of all windows so far, the last value stood in.
    """

    targets: np.ndarray
    segments: np.ndarray
    season_rows: int
    fallbacks: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.season_rows < 1:
            raise ValueError(
                "Received an invalid value for argument `season_rows`, expected an integer of at least 1, "
                f"got {self.season_rows}."
            )

    def predict(self, windows: Windows) -> np.ndarray:
        """Returns forecasts of shape (windows, horizon, targets)."""
        last = windows.last_rows[:, None]
        seasons = -(-(windows.target_rows - last) // self.season_rows)  # rounded up
        rows = windows.target_rows - seasons * self.season_rows  # (windows, horizon)
        firsts = np.asarray(self.segments)[:, 0]
        outside = rows < firsts[np.searchsorted(firsts, last, side="right") - 1]
        self.fallbacks += int(outside.sum())
        return self.targets[np.where(outside, last, rows)]


@dataclass(frozen=True)
class Ridge:
    """A linear forecast: how the targets change from their last value, from how the window got there.

    Every input is taken less its value in the window's last row. If shared, that is all, so that a shift of a whole
    series shifts its forecast and nothing else (the "NLinear" of A. Zeng et al., "Are Transformers Effective for Time
    Series Forecasting?", 2023, https://doi.org/10.1609/aaai.v37i9.26317, solved instead of trained). Otherwise the
    last row itself is read as well, and its products with the calendar where that does better on validation; see
    `seqkit.tasks.forecast.normal_equations.Calendar`.

    Attributes:
        inputs: All input columns, of shape (rows, columns).
        positions: Which of them are predicted.
        shared: Whether every target is forecast from its own past alone, by one set of weights for all of them.
        coefficients: Of shape (steps − 1, horizon) if shared, else (steps · columns + those of the calendar, horizon ·
            targets).
        intercept: Of shape (horizon,) if shared, else (horizon · targets,).
        penalty: The ridge penalty chosen on the validation windows; see `NormalEquations.solve` for its unit.
        validation_mse: Mean squared error on the validation windows.
        calendar: What is read of the calendar, if anything.
    """

    inputs: np.ndarray
    positions: tuple[int, ...]
    shared: bool
    coefficients: np.ndarray
    intercept: np.ndarray
    penalty: float
    validation_mse: float
    calendar: Calendar | None = None

    @classmethod
    def fit(
        cls,
        inputs: np.ndarray,
        targets_positions: Sequence[int],
        train: Windows,
        validation: Windows,
        *,
        shared: bool,
        calendar_terms: int = 0,
    ) -> "Ridge":
        """Returns the forecast fitted on `train` with the penalty that does best on `validation`.

        Args:
            inputs: All input columns, finite, of shape (rows, columns).
            targets_positions: Which of them are predicted.
            train: Windows to fit, at least one.
            validation: Windows to choose the penalty on, at least one.
            shared: See the class. Also where a joint forecast would have more than `MAX_JOINT_FEATURES` features,
                steps · columns; the attribute tells.
            calendar_terms: How many of the last columns are calendar terms. Their products with the others are read
                of the last row, too, unless `shared`.

        Raises:
            DataError: An input is not finite.
            ValueError: There is no window to fit or to validate on.
        """
        positions = tuple(targets_positions)
        shared = shared or train.steps * inputs.shape[1] > MAX_JOINT_FEATURES
        calendar = None
        if calendar_terms and not shared:
            known = inputs[train.last_rows, : inputs.shape[1] - calendar_terms]
            calendar = Calendar(calendar_terms, known.mean(axis=0, dtype=np.float64))
        solution = choose_penalty(
            window_equations(inputs, positions, train, shared=shared, calendar=calendar),
            window_equations(inputs, positions, validation, shared=shared, calendar=calendar),
            optional=len(calendar) if calendar else 0,
        )
        return cls(
            inputs=inputs,
            positions=positions,
            shared=shared,
            coefficients=solution.coefficients,
            intercept=solution.intercept,
            penalty=solution.penalty,
            validation_mse=solution.validation_mse,
            calendar=calendar,
        )

    def predict(self, windows: Windows) -> np.ndarray:
        """Returns forecasts of shape (windows, horizon, targets)."""
        shape = (len(windows), windows.horizon, len(self.positions))
        forecasts = np.empty(shape, np.result_type(self.inputs.dtype, np.float32))
        size = max(1, 2**23 // (windows.steps * self._read.shape[1]))  # windows whose features fit in memory
        for first in range(0, len(windows), size):
            part = windows[first : first + size]
            features = window_differences(self._read, part, shared=self.shared)
            if self.calendar:
                features = np.concatenate([features, self.calendar.features(self._read[part.last_rows])], axis=1)
            changes = features @ self.coefficients + self.intercept
            if self.shared:
                changes = changes.reshape(len(part), len(self.positions), windows.horizon).transpose(0, 2, 1)
            last = self.inputs[part.last_rows][:, None, self.positions]  # (n, 1, targets)
            forecasts[first : first + size] = changes.reshape(len(part), *shape[1:]) + last
        return forecasts

    @cached_property
    def _read(self) -> np.ndarray:
        """The columns that the features are made of."""
        return np.ascontiguousarray(self.inputs[:, self.positions]) if self.shared else self.inputs
