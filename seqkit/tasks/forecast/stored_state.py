"""Reads the state of a forecast from a run directory, as data of a stranger."""

import math
import warnings
from typing import Any, Self
from zoneinfo import available_timezones

import numpy as np
from pydantic import BaseModel, Field, model_validator

from seqkit.data.series.calendar import PERIODS
from seqkit.data.tables.intervals import parse_interval
from seqkit.errors import DataError, UsageError
from seqkit.options import module_options, resolve
from seqkit.runs.run import Run, validated
from seqkit.tasks import check_task
from seqkit.tasks.forecast.categories import indicators
from seqkit.tasks.forecast.state import ForecastState

MAX_SPAN = 1 << 40
"""Most rows that window, lead, horizon and season may span together; longer than any series, and safe in int64."""

STATE_OPTIONS = ("target", "features", "interval")
"""Options for reading a table whose values are in the fitted state."""

MAX_SHIFTS = 10_000
"""Most columns of a feature that is known ahead: one for each window that the horizon spans."""


def read_state(run: Run) -> ForecastState:
    """Returns the fitted state of a run.

    Raises:
        UsageError: The run belongs to another task.
        DataError: `run.json` is damaged.
    """
    manifest, file = run.manifest, run.path / "run.json"
    check_task(run, "forecast")
    validated(_Manifest, {"recipe": manifest.recipe, "data": manifest.data, "model": manifest.model}, file)
    read_reading(run)
    return validated(_CheckedState, manifest.task_state, file, "task_state")


def read_reading(run: Run) -> dict[str, Any]:
    """Returns the checked options the training table was read with; lists of JSON become tuples."""
    given = run.manifest.reading
    known = [o for o in module_options("seqkit.data.tables.regularise", "regularise") if o.name not in STATE_OPTIONS]
    try:
        options = resolve(known, given)
    except UsageError as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: reading: {error} Train the run again.") from error
    return {name: options[name] for name in given}


class _Recipe(BaseModel):
    name: str


class _Data(BaseModel):
    source: str
    sha256: str
    targets_sha256: str


class _Model(BaseModel):
    parameters: int
    onnx_sha256: str
    share: float = Field(default=1.0, gt=0, le=1)


class _Manifest(BaseModel):
    """The entries of `run.json` that inference needs besides the state."""

    recipe: _Recipe
    data: _Data
    model: _Model


class _CheckedState(ForecastState):
    """A state read from a file, which may be inconsistent where a fitted one never is."""

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        for name, noun in (("mean", "columns"), ("deviation", "columns"), ("season_error", "targets")):
            count, expected = len(getattr(self, name)), len(getattr(self, noun))
            if count != expected:
                raise ValueError(f"{name} has {count} values for {expected} {noun}")
        for name in ("growth", "smoothing"):
            if len(getattr(self, name)) not in (0, len(self.targets)):
                raise ValueError(f"{name} has {len(getattr(self, name))} values for {len(self.targets)} targets")
        if len(set(self.columns)) < len(self.columns) or not set(self.targets) <= set(self.columns):
            raise ValueError("a column occurs twice, or a target is not a column")
        if len(set(self.future)) < len(self.future) or not set(self.future) <= set(self.columns) - set(self.targets):
            raise ValueError("a feature known ahead occurs twice, is a target, or is not a column")
        if not set(indicators(self.categories)) <= set(self.columns) - set(self.targets):
            raise ValueError("a category is not a column, or a target")
        if self.future[len(self.future_read) :] != self.holiday_columns:
            raise ValueError("the holidays are not the last features known ahead")
        if self.holidays and self.holidays.zone is not None and self.holidays.zone not in available_timezones():
            raise ValueError(f"unknown time zone '{self.holidays.zone}' of holidays")
        if self.future and self.lead + self.horizon > MAX_SHIFTS * self.window:
            raise ValueError(f"the features known ahead have more than {MAX_SHIFTS:,} columns each")
        if not all(0 < value < math.inf for value in self.deviation):
            raise ValueError("a deviation is not a positive number")
        if self.rows_needed + self.overlap + self.season > MAX_SPAN:
            raise ValueError(f"window, lead, horizon and season span more than {MAX_SPAN:,} rows")
        if not set(self.scaled_by_series) <= set(self.columns) or (self.scaled_by_series and not self.panel):
            raise ValueError("scaled_by_series names columns that are not columns of several series")
        if unknown := set(self.calendar) - set(PERIODS):
            raise ValueError(f"unknown calendar period '{min(unknown)}'")
        if any(not 0 < each < 1 for each in self.quantiles) or list(self.quantiles) != sorted(set(self.quantiles)):
            raise ValueError("quantiles are not ascending numbers between 0 and 1")
        parse_interval(self.interval)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                np.array(self.borders, "int64" if isinstance(self.borders[0], int) else "datetime64[ns]")
            except UserWarning as error:
                raise ValueError("a border has a time zone; borders are stored without one") from error
        return self
