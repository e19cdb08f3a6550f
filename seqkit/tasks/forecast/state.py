"""The state of the forecast task: everything fitted on the training rows that inference needs."""

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, InstanceOf

from seqkit.data.series.calendar import term_names
from seqkit.data.series.holidays import Holidays
from seqkit.data.series.table import Table
from seqkit.spec import Forecast, Spec, Window
from seqkit.tasks.forecast.logarithms import from_log, with_log_targets
from seqkit.tasks.forecast.seasonal_constants import Growth, Smoothing
from seqkit.tasks.forecast.series_statistics import SeriesStatistics, scale_of_new


class ForecastState(BaseModel):
    """Fitted state of the forecast task, stored as JSON in `run.json`.

    Attributes:
        columns: Names of the input columns, targets included, in the order the model reads them.
        targets: Names of the predicted columns.
        mean, deviation: Mean and standard deviation of each input column over the training rows.
        calendar: Calendar periods whose sine and cosine follow the columns in the input.
        interval: Interval between rows as a pandas offset alias; "1" for counters.
        window, horizon, lead, sampling_rate: As in `prepare`.
        season: Rows per season, for the seasonal naive baseline and MASE; 1 if there is none.
        season_error: Mean absolute error of the seasonal naive forecast on the training rows, by target, in its own
            unit; None if it is 0, or undefined for lack of a row one season earlier.
        scores: Unit of the reported errors: the targets' own units, or standard deviations of the training rows.
        borders: Start of validation, start of test and end of test, as times or counters.
        scaled_by_series: Names of the columns that are scaled by the statistics of each series; the others, and those
            of runs with a single series, are scaled by `mean` and `deviation`.
        future: Names of the columns that are known ahead, for the predicted steps too; see
            `seqkit.tasks.forecast.known_ahead`.
        categories: Categories of the training rows, by name of the column; see `seqkit.tasks.forecast.categories`.
        holidays: Countries whose holidays are among these; None for none.
        normalise, log, quantiles: As in `prepare`. With `log`, means and deviations of targets are of their logarithms.
        nonnegative: As in `prepare`.
        panel: Whether the run was trained on several series, whose statistics are in `series.csv`.
        growth: Growth of the baseline "seasonal naive with growth", by target; empty if it is not among the baselines,
            as growth does not lower the error on the training rows of any target.
        smoothing: Constants of the baseline "Holt-Winters", by target; empty if the training rows are too few.
        series: These statistics; not part of the JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[str, ...] = Field(min_length=1)
    targets: tuple[str, ...] = Field(min_length=1)
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    calendar: tuple[str, ...]
    interval: str
    window: int = Field(ge=1)
    horizon: int = Field(ge=1)
    lead: int = Field(ge=1)
    sampling_rate: int = Field(ge=1)
    season: int = Field(ge=1)
    season_error: tuple[float | None, ...]
    scores: Literal["original", "scaled"]
    borders: tuple[str | int, str | int, str | int]
    scaled_by_series: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    categories: dict[str, tuple[str, ...]] = {}
    holidays: Holidays | None = None
    normalise: Literal["none", "last", "window"] = "none"
    log: bool = False
    nonnegative: bool = False
    quantiles: tuple[float, ...] = ()
    panel: bool = False
    growth: tuple[Growth, ...] = ()
    smoothing: tuple[Smoothing, ...] = ()
    series: InstanceOf[SeriesStatistics] | None = Field(default=None, exclude=True, repr=False)

    @property
    def target_positions(self) -> tuple[int, ...]:
        """Positions of the targets among the columns."""
        return tuple(self.columns.index(target) for target in self.targets)

    @property
    def lowest(self) -> float:
        """Lower limit of forecasts and intervals."""
        return 0.0 if self.nonnegative else -np.inf

    @property
    def holiday_columns(self) -> tuple[str, ...]:
        """Names of the columns of holidays, which are computed from the times."""
        return self.holidays.columns if self.holidays else ()

    @property
    def columns_read(self) -> tuple[str, ...]:
        """Names of the columns that are read from data."""
        return tuple(name for name in self.columns if name not in self.holiday_columns)

    @property
    def future_read(self) -> tuple[str, ...]:
        """Names of the features known ahead that are read from data."""
        return tuple(name for name in self.future if name not in self.holiday_columns)

    @property
    def future_positions(self) -> tuple[int, ...]:
        """Positions of the features known ahead among the columns."""
        return tuple(self.columns.index(name) for name in self.future)

    @property
    def shifts(self) -> tuple[int, ...]:
        """Time steps by which the columns of the features known ahead are shifted; empty without such features."""
        farthest = self.lead + self.horizon - 1
        return tuple(range(farthest, 0, -self.window)) if self.future else ()

    @property
    def regressors(self) -> int:
        """Input columns before the calendar terms."""
        return len(self.columns) + len(self.shifts) * len(self.future)

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the features that a model reads: columns, those known ahead with their distance, calendar terms."""
        distances = [self.sampling_rate * shift for shift in self.shifts]
        rows = [f"{rows} row{'s' * (rows > 1)} ahead" for rows in distances]
        ahead = [f"{name}, {distance}" for distance in rows for name in self.future]
        return (*self.columns, *ahead, *term_names(self.calendar))

    def scale_of(self, table: Table, series: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns mean and standard deviation of each input column for series of a table.

        Args:
            table: The table.
            series: Numbers of the series in the table, of shape (n,).

        Returns:
            Means and deviations, each of shape (n, columns).
        """
        shape = len(series), len(self.columns)
        mean, deviation = (np.broadcast_to(np.array(each), shape) for each in (self.mean, self.deviation))
        if not self.scaled_by_series or self.series is None:
            return mean, deviation
        distinct, inverse = np.unique(series, return_inverse=True)
        known = self.series.find([table.ids[s] for s in distinct])
        own = np.array([name in self.scaled_by_series for name in self.columns])
        scales = self.series.mean[known], self.series.deviation[known]  # of unknown series replaced below
        if (known < 0).any():
            new = scale_of_new(self.encoded(table), self.columns, distinct[known < 0], self.rows_needed)
            for scale, fitted in zip(scales, new, strict=True):
                scale[known < 0] = fitted
        return np.where(own, scales[0][inverse], mean), np.where(own, scales[1][inverse], deviation)

    def encoded(self, table: Table) -> Table:
        """Returns the table with the targets as they are scaled: their logarithms with `log`."""
        return with_log_targets(table) if self.log else table

    def target_deviations(self, table: Table, series: np.ndarray) -> np.ndarray:
        """Returns the standard deviation of each target for series of a table, of shape (n, targets).

        It is in the target's own unit. With `log`, it is the deviation of the logarithms times the geometric mean.
        """
        mean, deviation = (part[:, list(self.target_positions)] for part in self.scale_of(table, series))
        return deviation * from_log(mean) if self.log else deviation

    def error_scales(self, table: Table, series: np.ndarray) -> np.ndarray:
        """Returns the factor from errors in the targets' own units to the unit of the scores, of shape (n, targets)."""
        deviations = self.target_deviations(table, series)
        return 1 / deviations if self.scores == "scaled" else np.ones(deviations.shape)

    @property
    def selects_scaled(self) -> bool:
        """Whether epoch, penalty and share are chosen by errors in standard deviations.

        They are chosen by errors in the unit of the scores, unless the targets are scaled by series: then no series
        decides by its level. With `log`, the deviations are of logarithms.
        """
        return self.log or self.scores == "scaled" or bool(set(self.targets) & set(self.scaled_by_series))

    @property
    def selection_scale(self) -> np.ndarray:
        """Factor from errors of scaled values to the unit of the errors that choose a model, of shape (targets,)."""
        if self.selects_scaled:
            return np.ones(len(self.targets))
        return np.array(self.deviation)[list(self.target_positions)]

    @property
    def rows_needed(self) -> int:
        """Rows that an input window spans."""
        return self.sampling_rate * (self.window - 1) + 1

    @property
    def rows_ahead(self) -> int:
        """Rows from the newest row that a forecast reads to the last one that it predicts."""
        return self.sampling_rate * (self.lead + self.horizon - 1)

    @property
    def overlap(self) -> int:
        """Rows after a forecast within which later forecasts overlap with it, for the variance of the paired test."""
        return self.rows_ahead - 1

    @property
    def spec(self) -> Spec:
        """Inputs and outputs of a model for this state."""
        features = self.regressors + 2 * len(self.calendar)
        gives = Forecast(self.horizon, self.target_positions, self.normalise, self.quantiles)
        return Spec(Window(self.window, features), gives)
