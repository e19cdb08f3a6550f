"""What the forecast task fits on the training rows: all that inference needs."""

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from seqkit.spec import Spec


class ForecastState(BaseModel):
    """All that inference needs to know, as JSON.

    Attributes:
        columns: The input columns, in order, as they are called in the data; the targets are among them.
        targets: The columns that are predicted.
        mean, deviation: Of each input column, over the training rows.
        calendar: The calendar terms that follow the columns in the input.
        interval: Time between two rows, as a pandas offset alias; "1" for counters.
        window, horizon, lead, sampling_rate: As in `prepare`.
        season: Rows to a season, for the baseline and the scaled error; 1 where there is none.
        season_error: Mean absolute error of the seasonal naive forecast over the training rows, by target, in its own
            unit; None where no row has one a season before.
        scores: Whether errors are told in the targets' own units or in deviations of the training rows.
        borders: Where validation starts, where test starts and where it ends, in time.
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
        """Where the targets stand among the columns."""
        return tuple(self.columns.index(target) for target in self.targets)

    @property
    def target_deviation(self) -> np.ndarray:
        """Deviation of each target over the training rows, of shape (targets,)."""
        return np.array(self.deviation)[list(self.target_positions)]

    @property
    def error_scale(self) -> np.ndarray:
        """What errors in the targets' own units are multiplied by before they are told, of shape (targets,)."""
        return 1 / self.target_deviation if self.scores == "scaled" else np.ones(len(self.targets))

    @property
    def rows_needed(self) -> int:
        """Consecutive rows that one forecast reads."""
        return self.sampling_rate * (self.window - 1) + 1

    @property
    def overlap(self) -> int:
        """How many of the forecasts that follow one share rows with what it predicts, in rows."""
        return self.sampling_rate * (self.lead + self.horizon - 1) - 1

    @property
    def spec(self) -> Spec:
        """What a model for this state takes in and gives out."""
        features = len(self.columns) + 2 * len(self.calendar)
        return Spec.series(steps=self.window, features=features, outputs=self.horizon, targets=self.target_positions)
