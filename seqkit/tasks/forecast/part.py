"""Errors of a run and of the baselines on one part of the data, and their summary with paired tests."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows
from seqkit.tasks.forecast.encode import times_of
from seqkit.tasks.forecast.interval_scores import IntervalErrors
from seqkit.tasks.forecast.loss_comparison import compare_losses, mean_by_time
from seqkit.tasks.forecast.metrics import ForecastErrors, skill
from seqkit.tasks.forecast.model_names import LAST_VALUE
from seqkit.tasks.forecast.series_errors import SeriesErrors, summarise_series
from seqkit.tasks.forecast.state import ForecastState


@dataclass(frozen=True)
class Part:
    """Errors of the model and the baselines on one part of the data.

    Attributes:
        windows: The windows that were predicted.
        errors: Errors by name; the model first.
        fallbacks: Number of values that the seasonal naive baseline predicted by the last value, for lack of a row one
            season earlier.
        by_series: Scaled errors of each series by name of the model, if the run was trained on several.
        intervals: Errors of the prediction intervals by name of the model, if they are scored.
    """

    windows: Windows
    errors: dict[str, ForecastErrors]
    fallbacks: int
    by_series: dict[str, SeriesErrors] = field(default_factory=dict)
    intervals: dict[str, IntervalErrors] = field(default_factory=dict)

    @property
    def is_scaled(self) -> bool:
        """Whether models are compared by scaled errors: of several series, some of which have a MASE."""
        return any(not np.isnan(errors.mase) for errors in self.by_series.values())

    def summary(self, table: Table, state: ForecastState, unit: str) -> dict[str, Any]:
        """Returns the scores as JSON content, one entry per model or baseline under `models`; the model first.

        Args:
            table: The table that the windows index.
            state: The fitted state.
            unit: Unit of the errors.
        """
        first = next(iter(self.errors))
        rows = []
        for name, errors in self.errors.items():
            row: dict[str, Any] = {
                "name": name,
                "mae": errors.mae,
                "rmse": errors.rmse,
                "mse": errors.mse,
                "mase": mase(errors.mae_by_target, state),
                "skill": skill(errors.mae, self.errors[LAST_VALUE].mae),
                "mae_by_step": errors.mae_by_step.tolist(),
                "mae_by_target": errors.mae_by_target.tolist(),
            }
            if self.by_series:
                row |= {"mase": self.by_series[name].mase, "scaled_mae": self.by_series[name].scaled_mae}
            if self.is_scaled:
                row["skill"] = skill(self.by_series[name].mase, self.by_series[LAST_VALUE].mase)
            if name in self.intervals:
                row |= self.intervals[name].summary()
            if name != first:
                row["against_model"] = compare_losses(
                    self._losses_by_time(first, table), self._losses_by_time(name, table), state
                )
            rows.append(row)
        by_series = {"by_series": summarise_series(self.by_series, table.ids)} if self.by_series else {}
        targets = self.windows.target_rows
        return {
            "task": "forecast",
            "unit": unit,
            "windows": len(self.windows),
            "first": str(times_of(table, table.time[[targets.min()]])[0]),
            "last": str(times_of(table, table.time[[targets.max()]])[0]),
            "seasonal_fallbacks": self.fallbacks,
            "models": rows,
            **by_series,
        }

    def _losses_by_time(self, name: str, table: Table) -> np.ndarray:
        """Returns the losses of a model that the paired test compares, one for each time."""
        times = table.time[self.windows.last_rows]
        if not self.is_scaled:
            return mean_by_time(times, self.errors[name].mae_by_window)
        losses = self.by_series[name].mase_by_window
        scaled = ~np.isnan(losses)
        return mean_by_time(times[scaled], losses[scaled])


def mase(mae_by_target: np.ndarray, state: ForecastState) -> float:
    """Returns the mean absolute scaled error, averaged over the targets; NaN if `state.season_error` has a None.

    Args:
        mae_by_target: Mean absolute errors in the unit of the scores, of shape (targets,).
        state: The fitted state, which holds the errors of the seasonal naive forecast on the training rows.
    """
    scale = np.array([np.nan if error is None else error for error in state.season_error])
    if state.scores == "scaled":
        scale /= np.array(state.deviation)[list(state.target_positions)]
    return float(np.mean(mae_by_target / scale))
