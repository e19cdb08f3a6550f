"""Forecast: from the newest rows of a series, what its targets will be.

`prepare` fits, on training rows only, all that inference needs to know into one frozen state. A model reads windows
of scaled columns and gives out, for each step ahead and each target, the *change* against the target's last value, in
deviations of the training rows; `decode` turns that into the target's own units. No NaN gets in: the table is clean.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from seqkit.data.series.calendar import allowed_periods, calendar_terms
from seqkit.data.series.scaling import fit_scale
from seqkit.data.series.scaling import scale as scale_columns
from seqkit.data.series.splits import Borders, find_borders, target_ranges
from seqkit.data.series.windows import Windows, legal_windows
from seqkit.data.tables.intervals import future_times, interval_seconds
from seqkit.data.tables.table import Table
from seqkit.errors import DataError, UsageError
from seqkit.spec import Spec
from seqkit.tasks.forecast.baselines import infer_season
from seqkit.tasks.forecast.metrics import mase_scale

ROWS_AT_A_TIME = 1 << 16


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


@dataclass(frozen=True)
class Splits:
    """The windows of each part; every window's targets lie wholly in its part."""

    train: Windows
    validation: Windows
    test: Windows


def prepare(
    table: Table,
    *,
    window: int = 120,
    horizon: int = 1,
    lead: int = 1,
    sampling_rate: int = 1,
    split: str = "0.7,0.15,0.15",
    scale: Literal["standard", "none"] = "standard",
    calendar: Literal["auto", "none"] = "auto",
    season: int | None = None,
    scores: Literal["original", "scaled"] = "original",
) -> tuple[ForecastState, Splits]:
    """Fits the state on the training rows and finds the windows of the three parts.

    Args:
        table: A regular table, from `seqkit.data.tables.table.regularise`.
        window: Steps that one forecast reads, [1, inf).
        horizon: Steps that are predicted, [1, inf).
        lead: How many steps after the window's last one the first predicted step lies, [1, inf).
        sampling_rate: Read every k-th row; windows still start at every row, [1, inf).
        split: Three fractions, three counts of rows, or the dates at which validation and test start.
        scale: Whether columns are shifted and scaled by mean and deviation of the training rows.
        calendar: Add sine and cosine of hour of day, day of week and day of year, as interval and span allow.
        season: Rows to a season, for the seasonal baseline; inferred from the interval by default, [1, inf).
        scores: Errors in the targets' own units, or in deviations of the training rows.

    Returns:
        The state, and the windows of training, validation and test.

    Raises:
        UsageError: The split does not fit, or a part has not one window.
        DataError: A target is constant over the training rows.
    """
    borders = find_borders(table.time, split)
    season = infer_season(table.interval, sampling_rate) if season is None else season
    train_rows = target_ranges(table.time, table.starts, None, borders.validation)
    mean, deviation = fit_scale(table.frame, table.targets, train_rows, scale)
    periods: tuple[str, ...] = ()
    if calendar == "auto" and table.time.dtype.kind == "M":
        span = (borders.validation - table.time.min()) / np.timedelta64(1, "s")
        periods = allowed_periods(interval_seconds(table.interval), span)
    state = ForecastState(
        columns=tuple(map(str, table.frame.columns)),
        targets=table.targets,
        mean=tuple(mean),
        deviation=tuple(deviation),
        calendar=periods,
        interval=table.interval,
        window=window,
        horizon=horizon,
        lead=lead,
        sampling_rate=sampling_rate,
        season=season,
        season_error=_season_error(table, train_rows, season),
        scores=scores,
        borders=(_store(borders.validation), _store(borders.test), _store(borders.end)),
    )
    splits = find_splits(state, table)
    for name in ("train", "validation", "test"):
        if not len(getattr(splits, name)):
            raise UsageError(_too_long(state, table, {"train": "training"}.get(name, name)))
    return state, splits


def find_splits(state: ForecastState, table: Table, *, open_end: bool = False) -> Splits:
    """Returns the windows of the three parts of a table.

    Args:
        state: The fitted state, whose borders are used.
        table: The table the state was fitted on, or a newer one.
        open_end: Let test reach to the end of the table, also beyond where it ended when the state was fitted.
    """
    borders = _borders(state, table.time.dtype)
    end = None if open_end else borders.end
    parts = [(None, borders.validation), (borders.validation, borders.test), (borders.test, end)]
    shape = {"steps": state.window, "horizon": state.horizon, "lead": state.lead, "sampling_rate": state.sampling_rate}
    return Splits(
        *(
            legal_windows(table.segments, target_ranges(table.time, table.starts, first, last), **shape)
            for first, last in parts
        )
    )


def encode(state: ForecastState, table: Table) -> np.ndarray:
    """Returns what windows are read from: the scaled columns, then the calendar terms.

    Raises:
        DataError: The table lacks a column, or a value lies too many deviations from the mean of the training rows.

    Returns:
        Array of shape (rows, columns + 2 × calendar terms), float32. Scaling is done in float64.
    """
    check_columns(state, table.frame)
    columns = [table.frame[name].to_numpy() for name in state.columns]
    values = scale_columns(columns, state.mean, state.deviation, room=2 * len(state.calendar))
    for first in range(0, len(values), ROWS_AT_A_TIME):
        piece = slice(first, first + ROWS_AT_A_TIME)
        if np.isinf(values[piece, : len(columns)]).any():
            raise _too_far(state, table, values[:, : len(columns)])
        values[piece, len(columns) :] = calendar_terms(table.time[piece], state.calendar)
    return values


def target_values(state: ForecastState, table: Table) -> np.ndarray:
    """Returns the targets in their own units, of shape (rows, targets), float64."""
    return table.frame[list(state.targets)].to_numpy(np.float64)


def decode(state: ForecastState, outputs: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Returns forecasts in the targets' own units, float64.

    Args:
        state: The fitted state.
        outputs: Of the model, of shape (windows, horizon, targets).
        last: The newest value of each target in each window, in its own units, of shape (windows, targets).
    """
    return last[:, None, :] + outputs.astype(np.float64) * state.target_deviation


def newest_windows(state: ForecastState, table: Table) -> Windows:
    """Returns one window for each series that a forecast can be made of, the one that ends at its newest row.

    Raises:
        DataError: There is no such series; why is told of the first.
    """
    lacking = what_lacks(state, table)
    if len(lacking) == len(table.ids):
        raise DataError(next(iter(lacking.values())))
    ends = [end for name, end in zip(table.ids, table.starts[1:].tolist(), strict=True) if name not in lacking]
    starts = [end - state.rows_needed for end in ends]
    return Windows(np.array(starts, np.int64), state.window, state.horizon, state.lead, state.sampling_rate)


def what_lacks(state: ForecastState, table: Table) -> dict[str, str]:
    """Returns, by series that no forecast can be made of, what it lacks."""
    lacking = {}
    for name, first, end in zip(table.ids, table.starts[:-1].tolist(), table.starts[1:].tolist(), strict=True):
        where = f"series '{name}'" if len(table.ids) > 1 else "the data"
        segment = table.segments[table.segments[:, 1] == end][0]
        if end - first < state.rows_needed:
            lacking[name] = f"A forecast needs {state.rows_needed} rows, {where} has {end - first}."
        elif end - segment[0] < state.rows_needed:
            lacking[name] = (
                f"A forecast needs the newest {state.rows_needed} rows without a gap; {where} has "
                f"{end - segment[0]} since the gap before {table.time[segment[0]]}."
            )
    return lacking


def forecast_frame(
    state: ForecastState, table: Table, windows: Windows, forecasts: np.ndarray, name: str
) -> pd.DataFrame:
    """Returns the forecasts as a long table with the columns `unique_id`, `ds` and `name`.

    Args:
        state: The fitted state.
        table: The table that was read.
        windows: From `newest_windows`.
        forecasts: From `decode`, of shape (series, horizon, targets).
        name: What the column of forecasts is called.
    """
    ahead = state.sampling_rate * (state.lead + np.arange(state.horizon))
    frames = []
    for s, row in enumerate(windows.last_rows):
        series = table.ids[np.searchsorted(table.starts, row, side="right") - 1]
        times = times_of(table, future_times(table.time[row], state.interval, ahead))
        for t, target in enumerate(state.targets):
            label = series_label(state, table, series, target)
            frames.append(pd.DataFrame({"unique_id": label, "ds": times, name: forecasts[s, :, t]}))
    return pd.concat(frames, ignore_index=True)


def times_of(table: Table, times: np.ndarray) -> Any:
    """Returns times as they are told to a person: with their zone, UTC, where the data told its own."""
    return pd.DatetimeIndex(times).tz_localize("UTC") if table.utc else times


def series_label(state: ForecastState, table: Table, series: str, target: str) -> str:
    """Returns what a series is called in results: by its id, its target, or both where there are several of both."""
    if table.id_column is None:
        return target
    return series if len(state.targets) == 1 else f"{series}/{target}"


def check_columns(state: ForecastState, frame: pd.DataFrame) -> None:
    """Raises DataError if the frame lacks a column that the state was fitted on."""
    absent = [name for name in state.columns if name not in frame.columns]
    if absent:
        listed = ", ".join(f"'{name}'" for name in absent)
        raise DataError(f"The data lacks {listed}, which the model was trained on. It has: {', '.join(frame.columns)}.")


def _season_error(table: Table, ranges: list[tuple[int, int]], season: int) -> tuple[float | None, ...]:
    """Returns the seasonal naive forecast's mean absolute error over the training rows, by target."""
    segments = [
        (max(first, low), min(end, high))
        for first, end in table.segments.tolist()
        for low, high in ranges
        if max(first, low) < min(end, high)
    ]
    values = table.frame[list(table.targets)].to_numpy(np.float64)
    errors = mase_scale(values, np.array(segments), season)
    return tuple(float(error) if error > 0 else None for error in errors)


def _too_long(state: ForecastState, table: Table, part: str) -> str:
    empty = Windows(np.empty(0, np.int64), state.window, state.horizon, state.lead, state.sampling_rate)
    longest = int((table.segments[:, 1] - table.segments[:, 0]).max())
    return (
        f"There is no window for {part}: window {state.window}, lead {state.lead} and horizon {state.horizon} at "
        f"sampling rate {state.sampling_rate} span {empty.span} rows without a gap, the longest stretch has {longest} "
        f"of the {len(table.frame)} rows, and all {state.horizon} predicted steps must lie in the {part} part. "
        "Shorten --window, --lead or --horizon, or change --split."
    )


def _too_far(state: ForecastState, table: Table, values: np.ndarray) -> DataError:
    row, column = np.argwhere(np.isinf(values))[0]
    name = state.columns[column]
    value = float(table.frame[name].to_numpy()[row])
    return DataError(
        f"The value {value:g} of '{name}' at {table.time[row]} is too far from the training rows to be computed with: "
        f"they deviate by {state.deviation[column]:g} about {state.mean[column]:g}. Mend it, or leave the column out "
        "with --features."
    )


def _store(border: Any) -> str | int:
    return str(border) if isinstance(border, np.datetime64) else int(border)


def _borders(state: ForecastState, dtype: np.dtype) -> Borders:
    if (dtype.kind == "M") != isinstance(state.borders[0], str):
        raise DataError(
            "The model was trained on rows with timestamps and these have none, or the other way round. Give rows "
            "whose times are written as those of training, or train again."
        )
    return Borders(*(np.datetime64(b, "ns") if isinstance(b, str) else b for b in state.borders))
