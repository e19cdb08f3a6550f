"""Forecast: from the newest rows of a series, what its targets will be.

`prepare` fits, on training rows only, all that inference needs to know into one frozen state. A model reads windows
of scaled columns and gives out, for each step ahead and each target, the *change* against the target's last value, in
deviations of the training rows; `decode` turns that into the target's own units. No NaN gets in: the table is clean.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from seqkit.data.series.calendar import allowed_periods
from seqkit.data.series.scaling import fit_scale
from seqkit.data.series.splits import Borders, find_borders, target_ranges
from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows, legal_windows
from seqkit.data.tables.intervals import interval_seconds
from seqkit.errors import DataError, UsageError
from seqkit.tasks.forecast.metrics import mase_scale
from seqkit.tasks.forecast.season import infer_season
from seqkit.tasks.forecast.state import ForecastState


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
        table: A regular table, from `seqkit.data.tables.regularise.regularise`.
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
        columns=tuple(map(str, table.columns)),
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


def _season_error(table: Table, ranges: list[tuple[int, int]], season: int) -> tuple[float | None, ...]:
    """Returns the seasonal naive forecast's mean absolute error over the training rows, by target."""
    segments = [
        (max(first, low), min(end, high))
        for first, end in table.segments.tolist()
        for low, high in ranges
        if max(first, low) < min(end, high)
    ]
    values = np.stack([table.columns[name].astype(np.float64) for name in table.targets], axis=1)
    errors = mase_scale(values, np.array(segments), season)
    return tuple(float(error) if error > 0 else None for error in errors)


def _too_long(state: ForecastState, table: Table, part: str) -> str:
    empty = Windows(np.empty(0, np.int64), state.window, state.horizon, state.lead, state.sampling_rate)
    longest = int((table.segments[:, 1] - table.segments[:, 0]).max())
    return (
        f"There is no window for {part}: window {state.window}, lead {state.lead} and horizon {state.horizon} at "
        f"sampling rate {state.sampling_rate} span {empty.span} rows without a gap, the longest stretch has {longest} "
        f"of the {len(table)} rows, and all {state.horizon} predicted steps must lie in the {part} part. "
        "Shorten --window, --lead or --horizon, or change --split."
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
