"""The state of the forecast task: everything fitted on the training rows that inference needs."""

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from seqkit.spec import Spec


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

    @property
    def target_positions(self) -> tuple[int, ...]:
        """Positions of the targets among the columns."""
        return tuple(self.columns.index(target) for target in self.targets)

    @property
    def target_deviation(self) -> np.ndarray:
        """Standard deviation of each target over the training rows, of shape (targets,)."""
        return np.array(self.deviation)[list(self.target_positions)]

    @property
    def error_scale(self) -> np.ndarray:
        """Factor from errors in the targets' own units to the unit of the scores, of shape (targets,)."""
        return 1 / self.target_deviation if self.scores == "scaled" else np.ones(len(self.targets))

    @property
    def rows_needed(self) -> int:
        """Rows that an input window spans."""
        return self.sampling_rate * (self.window - 1) + 1

    @property
    def overlap(self) -> int:
        """Rows after a forecast within which later forecasts overlap with it, for the variance of the paired test."""
        return self.sampling_rate * (self.lead + self.horizon - 1) - 1

    @property
    def spec(self) -> Spec:
        """Inputs and outputs of a model for this state."""
        features = len(self.columns) + 2 * len(self.calendar)
        return Spec.series(steps=self.window, features=features, outputs=self.horizon, targets=self.target_positions)
