"""Baseline forecasts: last value, seasonal naive and ridge regression.

The method `predict(windows)` of each class returns an array of shape (windows, horizon, targets) in the units of the
arrays it was given. No baseline reads a row after the last one of the window it forecasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from seqkit.data.series.measured import all_measured
from seqkit.data.series.windows import Windows
from seqkit.stats.ridge import choose_averaged, choose_common_penalty
from seqkit.tasks.forecast.normal_equations import Calendar, window_differences, window_equations
from seqkit.tasks.forecast.output_equations import output_equations

MAX_JOINT_FEATURES = 4000
"""Most features of a joint ridge regression. More would take minutes and gigabytes, so the weights are shared."""


@dataclass(frozen=True)
class LastValue:
    """Repeats the last value of the window over the horizon.

    Attributes:
        targets: The predicted columns, of shape (rows, targets).
    """

    targets: np.ndarray

    def predict(self, windows: Windows) -> np.ndarray:
        """Returns forecasts of shape (windows, horizon, targets)."""
        return np.repeat(self.targets[windows.last_rows][:, None], windows.horizon, axis=1)


@dataclass
class SeasonalNaive:
    """Repeats the value of the most recent matching season.

    Each predicted row takes the value the fewest whole seasons earlier that is not after the window's last row. This
    row may precede the window, but lies in the same segment; if the segment starts later, the window's last value is
    used and `fallbacks` is increased.

    Attributes:
        targets: The predicted columns, of shape (rows, targets).
        segments: Row ranges [first, end) without a gap, each within one series, ascending, of shape (segments, 2).
        season_rows: Rows per season, at least 1.
        fallbacks: Number of rows predicted so far by the last value, for lack of a row one season earlier.
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
    """Ridge regression from the flattened window to the targets' changes against their last value.

    The value in the window's last row is subtracted from every input. With shared weights these differences are the
    only features, so adding a constant to a series adds it to the forecast (the "NLinear" model of A. Zeng et al., "Are
    Transformers Effective for Time Series Forecasting?", 2023, https://doi.org/10.1609/aaai.v37i9.26317, solved in
    closed form). Otherwise the last row itself is a feature, too, and so are its products with the calendar terms if
    they lower the validation error; see `seqkit.tasks.forecast.normal_equations.Calendar`.

    Attributes:
        inputs: All input columns, of shape (rows, columns).
        positions: Positions of the targets among the columns.
        shared: Whether every target is forecast from its own past only, with one set of weights for all targets.
        coefficients: Of shape (steps − 1, horizon) if shared, else (steps · columns + calendar features, horizon ·
            targets).
        intercept: Of shape (horizon,) if shared, else (horizon · targets,).
        penalty: Ridge penalty chosen on the validation windows; see `NormalEquations.solve` for its unit.
        validation_mse: Mean squared error on the validation windows.
        calendar: Calendar features; None if there are none.
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
        measured: np.ndarray | None = None,
        kept: Sequence[int] | None = None,
    ) -> "Ridge":
        """Fits the regression on `train`, with the penalty that has the lowest error on `validation`.

        Args:
            inputs: All input columns, finite, of shape (rows, columns).
            targets_positions: Positions of the targets among the columns.
            train: Training windows, at least one.
            validation: Windows that choose the penalty, at least one.
            shared: Whether to share the weights between targets; see the class. Weights are also shared if a joint
                regression would have more than `MAX_JOINT_FEATURES` features (steps · columns).
            calendar_terms: How many of the last columns are calendar terms. Unless the weights are shared, their
                products with the other columns of the last row are features, too.
            measured: Whether each value of the targets was measured, of shape (rows, targets); None if all were. Only
                windows whose targets were all measured are used. If these are fewer than half, each step ahead is
                fitted on the windows where it was measured; a joint regression may then have fewer features, as it
                is solved once a step.
            kept: Columns of the joint regression where it would have too many features with all of them; targets and
                calendar terms are among them. Default: share the weights then.

        Returns:
            The fitted baseline; its attribute `shared` says whether the weights are shared.

        Raises:
            DataError: An input is not finite.
            ValueError: `train` or `validation` is empty.
        """
        positions = tuple(targets_positions)
        if measured is not None:
            parts = [part[all_measured(part, measured)] for part in (train, validation)]
            if all(2 * len(known) >= len(part) for known, part in zip(parts, (train, validation), strict=True)):
                (train, validation), measured = parts, None
        # Solving grows with the cube of the features.
        most = MAX_JOINT_FEATURES if measured is None else MAX_JOINT_FEATURES / train.horizon ** (1 / 3)
        if not shared and kept is not None and train.steps * len(kept) <= most < train.steps * inputs.shape[1]:
            narrow = cls.fit(
                np.ascontiguousarray(inputs[:, kept]),
                [list(kept).index(position) for position in positions],
                train,
                validation,
                shared=False,
                calendar_terms=calendar_terms,
                measured=measured,
            )
            return narrow._widened(inputs, positions, list(kept))
        shared = shared or train.steps * inputs.shape[1] > most
        calendar = None
        if calendar_terms and not shared:
            last_rows = inputs[train.last_rows, : inputs.shape[1] - calendar_terms]
            calendar = Calendar(calendar_terms, last_rows.mean(axis=0, dtype=np.float64))
        optional = len(calendar) if calendar else 0
        if measured is None:
            solution = choose_averaged(
                window_equations(inputs, positions, train, shared=shared, calendar=calendar),
                window_equations(inputs, positions, validation, shared=shared, calendar=calendar),
                optional=optional,
            )
        else:
            outputs = (
                output_equations(inputs, positions, part, measured, shared=shared, calendar=calendar)
                for part in (train, validation)
            )
            solution = choose_common_penalty(zip(*outputs, strict=True), optional=optional)
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
        size = max(1, 2**23 // (windows.steps * self._columns.shape[1]))  # bounds the memory of the features
        for first in range(0, len(windows), size):
            batch = windows[first : first + size]
            features = window_differences(self._columns, batch, shared=self.shared)
            if self.calendar:
                features = np.concatenate([features, self.calendar.features(self._columns[batch.last_rows])], axis=1)
            changes = features @ self.coefficients + self.intercept
            if self.shared:
                changes = changes.reshape(len(batch), len(self.positions), windows.horizon).transpose(0, 2, 1)
            last = self.inputs[batch.last_rows][:, None, self.positions]  # (batch, 1, targets)
            forecasts[first : first + size] = changes.reshape(len(batch), *shape[1:]) + last
        return forecasts

    def _widened(self, inputs: np.ndarray, positions: tuple[int, ...], kept: list[int]) -> "Ridge":
        """Returns the same joint regression on more columns, whose coefficients are 0 where it does not read them."""
        outputs, width = self.coefficients.shape[1], inputs.shape[1]
        terms = self.calendar.terms if self.calendar else 0
        split = len(self.coefficients) - (len(self.calendar) if self.calendar else 0)
        rows = np.zeros((split // len(kept), width, outputs))  # (steps, columns, outputs)
        rows[:, kept] = self.coefficients[:split].reshape(-1, len(kept), outputs)
        products = np.zeros((terms, width - terms, outputs))
        calendar = None
        if self.calendar:
            read = kept[: len(kept) - terms]
            products[:, read] = self.coefficients[split:].reshape(terms, len(read), outputs)
            calendar = Calendar(terms, np.zeros(width - terms))
            calendar.centre[read] = self.calendar.centre
        coefficients = np.concatenate([rows.reshape(-1, outputs), products.reshape(-1, outputs)])
        return replace(self, inputs=inputs, positions=positions, coefficients=coefficients, calendar=calendar)

    @cached_property
    def _columns(self) -> np.ndarray:
        """The columns that the features are computed from, of shape (rows, columns)."""
        return np.ascontiguousarray(self.inputs[:, self.positions]) if self.shared else self.inputs
