"""What the seasonal baselines choose on the training rows, as part of the state of a run."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Growth = Literal["none", "ratio", "difference"]
"""Growth from season to season: by a factor, by a summand, or none."""


class Smoothing(BaseModel):
    """Constants of exponential smoothing of a target.

    Attributes:
        level: Share of an error that changes the level, [0, 1].
        trend: Share of the level's change that changes the trend, [0, 1]; 0 for a series without trend.
        season: Share of the rest of an error that changes the season, [0, 1].
        damping: Factor of the trend from row to row, (0, 1].
        floor: Least value on the log scale; None if values are smoothed as they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: float = Field(ge=0, le=1)
    trend: float = Field(ge=0, le=1)
    season: float = Field(ge=0, le=1)
    damping: float = Field(gt=0, le=1)
    floor: float | None = Field(default=None, gt=0, allow_inf_nan=False)
