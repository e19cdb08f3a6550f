"""Prepares a table for forecasting: fits the state on the training rows and splits the windows into parts.

A model reads windows of scaled columns. For each step ahead and each target, it predicts the change against the
target's last value in the window, in standard deviations of the training rows; `seqkit.tasks.forecast.encode.decode`
converts these outputs to the targets' own units.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from seqkit.data.series.calendar import allowed_periods
from seqkit.data.series.measured import any_measured
from seqkit.data.series.ranges import Ranges, intersections, rows_of
from seqkit.data.series.scaling import fit_scale
from seqkit.data.series.splits import Borders, find_borders, target_ranges
from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows, legal_windows
from seqkit.data.tables.intervals import interval_seconds
from seqkit.errors import DataError, UsageError, listed
from seqkit.tasks.forecast.categories import indicators
from seqkit.tasks.forecast.logarithms import with_log_targets
from seqkit.tasks.forecast.metrics import mase_scale
from seqkit.tasks.forecast.season import choose_season, compare_seasons, season_note
from seqkit.tasks.forecast.seasonal_choice import fit_seasonal
from seqkit.tasks.forecast.series_statistics import SeriesStatistics, fit_statistics, season_errors
from seqkit.tasks.forecast.state import ForecastState
from seqkit.tasks.forecast.text import csv_times

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Splits:
    """Windows of the training, validation and test part.

    All targets of a window lie in its part, and at least one of them was measured. No window ends on an interpolated
    value.

    Attributes:
        train: Windows of the training part; without series whose target is constant over the training rows, if the
            target is scaled by series.
        validation: Windows of the validation part.
        test: Windows of the test part.
        selection: The windows of the validation part that choose epoch, penalty and share: those of the series in
            training.
    """

    train: Windows
    validation: Windows
    test: Windows
    selection: Windows


def prepare(
    table: Table,
    *,
    window: int = 120,
    horizon: int = 1,
    lead: int = 1,
    sampling_rate: int = 1,
    split: str = "0.7,0.15,0.15",
    scale: Literal["standard", "pooled", "none"] = "standard",
    normalise: Literal["none", "last", "window"] = "none",
    log: bool = False,
    nonnegative: bool = False,
    quantiles: tuple[float, ...] = (),
    calendar: Literal["auto", "none"] = "auto",
    season: int | None = None,
    scores: Literal["original", "scaled"] = "original",
) -> tuple[ForecastState, Splits]:
    """Fits the state on the training rows and splits the windows into training, validation and test.

    Args:
        table: A regular table, from `seqkit.data.tables.regularise.regularise`.
        window: Time steps in an input window, [1, inf).
        horizon: Time steps to predict, [1, inf).
        lead: Time steps from the end of the window to the first predicted step, [1, inf).
        sampling_rate: Rows per time step: a window reads every k-th row, and windows start at every row, [1, inf).
        split: Training, validation and test part in order of time: three fractions, three numbers of rows, or the two
            dates at which validation and test start, separated by commas.
        scale: `standard`: subtract the mean of the training rows from each column and divide by their standard
            deviation; of several series, each by its own rows. `pooled`: one mean and standard deviation for all
            series, if their levels are comparable. `none`: no scaling.
        normalise: How the targets of each input window are scaled within the model, and its outputs back. `last`:
            subtract the last value. `window`: subtract the mean of the window and divide by its standard deviation.
            `none`: neither.
        log: Forecast the logarithm of the targets, which must be positive: of series that grow by shares of their
            level. Forecasts are transformed back; they are medians of the targets, below their means.
        nonnegative: Raise forecasts and bounds of intervals below 0 to 0, as for counts, sales or rainfall.
        quantiles: Probabilities of quantiles to predict beside the forecast, ascending, such as .025,.1,.9,.975 for
            intervals of 80 and 95 %, (0, 1). Intervals use them where they are better on validation.
        calendar: `auto`: add sine and cosine of the hour of day, day of week and day of year as inputs, as far as the
            interval resolves them and the training rows span them. `none`: add none.
        season: Rows per season for the seasonal naive baseline and MASE; by default the usual one of the
            interval, or a longer one whose seasonal naive error on training rows is clearly lower, [1, inf).
        scores: Unit of the reported errors: `original` for the targets' own units, `scaled` for standard deviations
            of the training rows.

    Returns:
        The fitted state and the windows of the three parts.

    Raises:
        UsageError: The split does not fit the table, or a part has no window.
        DataError: A target is constant over the training rows, of every series if it is scaled by series; or, with
            `log`, not positive; or, with `nonnegative`, negative.
    """
    if log and scores == "scaled":
        raise UsageError(
            "--log and --scores scaled do not go together: the deviation of the training rows is that of logarithms. "
            "Leave out one of the two."
        )
    if nonnegative:
        _refuse_negative(table)
    if any(upper <= lower for lower, upper in pairwise(quantiles)):
        raise UsageError(
            f"--quantiles must ascend without repetition, got {','.join(map(str, quantiles))}. Sort them, and give "
            "each once."
        )
    encoded = with_log_targets(table) if log else table
    borders = find_borders(table.time, split)
    train_rows = target_ranges(table.time, table.starts, None, borders.validation)
    if season is None:
        season = choose_season(
            compare_seasons(table, train_rows, horizon=horizon, lead=lead, sampling_rate=sampling_rate)
        )
    pooled = "none" if scale == "none" else "standard"
    mean, deviation = fit_scale(encoded.frame, table.targets, train_rows, pooled, table.filled)
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
        normalise=normalise,
        log=log,
        nonnegative=nonnegative,
        quantiles=quantiles,
        season=season,
        season_error=_season_error(table, train_rows, season),
        scores=scores,
        borders=(_store(borders.validation), _store(borders.test), _store(borders.end)),
        future=table.future,
        categories=dict(table.categories),
        holidays=table.holidays,
    )
    if len(table.ids) > 1:
        errors = season_errors(table, train_rows, season)
        state = state.model_copy(update=_fit_series(state, encoded, train_rows, errors, by_series=scale == "standard"))
    splits = find_splits(state, table)
    of_all_series = find_splits(state.model_copy(update={"series": None}), table)
    for name, legal in zip(PARTS, _legal_windows(state, table), strict=True):
        if not len(getattr(of_all_series, name)):
            part = {"train": "training"}.get(name, name)
            raise UsageError(_all_filled(table, part) if len(legal) else _no_window(state, table, part))
    for part, windows in (("training", splits.train), ("validation", splits.selection)):
        if not len(windows):
            raise UsageError(_all_constant(state, part))
    return state.model_copy(update=fit_seasonal(state, table, splits.train, train_rows)), splits


def find_splits(state: ForecastState, table: Table, *, open_end: bool = False) -> Splits:
    """Returns the windows of the three parts of a table.

    Args:
        state: The fitted state, which holds the borders of the parts.
        table: The table the state was fitted on, or one with newer rows.
        open_end: Whether the test part extends to the end of the table, past the end stored in the state.
    """
    parts, measured = _legal_windows(state, table, open_end=open_end), table.measured(state.targets)
    if table.lookahead is not None:
        parts = [windows[~table.lookahead[windows.last_rows]] for windows in parts]
    if measured is not None:
        parts = [windows[any_measured(windows, measured)] for windows in parts]
    train, validation, test = parts
    return Splits(_varying_only(state, table, train), validation, test, _varying_only(state, table, validation))


def count_targets(state: ForecastState, table: Table, *, open_end: bool = False) -> dict[str, dict[str, int]]:
    """Returns the number of target values in the rows of each part, and how many of them were filled.

    Args:
        state: The fitted state, which holds the borders of the parts.
        table: As in `find_splits`.
        open_end: As in `find_splits`.
    """
    measured, counts = table.measured(state.targets), {}
    for name, ranges in zip(PARTS, _part_ranges(state, table, open_end=open_end), strict=True):
        rows = rows_of(ranges)
        filled = 0 if measured is None else int((~measured[rows]).sum())
        counts[name] = {"target_values": len(rows) * len(state.targets), "filled_values": filled}
    return counts


def chosen_season_note(state: ForecastState, table: Table) -> list[str]:
    """Returns a line that says which season was chosen and why, if there was a choice.

    Args:
        state: The fitted state.
        table: The table it was fitted on.
    """
    train_rows = target_ranges(table.time, table.starts, None, stored_borders(state, table.time.dtype).validation)
    shape = {"horizon": state.horizon, "lead": state.lead, "sampling_rate": state.sampling_rate}
    return season_note(compare_seasons(table, train_rows, **shape))


def count_lookahead(state: ForecastState, table: Table) -> int:
    """Returns the number of windows that are left out because they end on an interpolated value."""
    if table.lookahead is None:
        return 0
    return sum(int(table.lookahead[windows.last_rows].sum()) for windows in _legal_windows(state, table))


def _legal_windows(state: ForecastState, table: Table, *, open_end: bool = False) -> list[Windows]:
    """Returns all windows of the training, validation and test part, those of filled targets included."""
    shape = {"steps": state.window, "horizon": state.horizon, "lead": state.lead, "sampling_rate": state.sampling_rate}
    parts = _part_ranges(state, table, open_end=open_end)
    return [legal_windows(table.segments, ranges, **shape) for ranges in parts]


def _part_ranges(state: ForecastState, table: Table, *, open_end: bool) -> list[Ranges]:
    """Returns the row ranges of the training, validation and test part."""
    borders = stored_borders(state, table.time.dtype)
    end = None if open_end else borders.end
    parts = [(None, borders.validation), (borders.validation, borders.test), (borders.test, end)]
    return [target_ranges(table.time, table.starts, first, last) for first, last in parts]


def _varying_only(state: ForecastState, table: Table, windows: Windows) -> Windows:
    """Leaves out the windows of series with a constant target."""
    if state.series is None or not state.series.constant.any():
        return windows
    known = state.series.find(table.ids)
    constant = state.series.constant[known] & (known >= 0)
    return windows[~constant[table.series_of(windows.starts)]]


def _fit_series(
    state: ForecastState, table: Table, train_rows: np.ndarray, errors: np.ndarray, *, by_series: bool
) -> dict[str, Any]:
    """Returns the entries of the state about each series of a table of several, whose season's errors are given."""
    shape = len(table.ids), len(state.columns)
    names: tuple[str, ...] = ()
    statistics = SeriesStatistics(
        ids=table.ids,
        mean=np.broadcast_to(np.array(state.mean), shape),
        deviation=np.broadcast_to(np.array(state.deviation), shape),
        constant=np.zeros(len(table.ids), bool),
        season_error=errors,
    )
    if by_series:
        statistics, names = fit_statistics(table, train_rows, statistics, first_rows=state.rows_needed)
        pooled = {*indicators(table.categories), *state.holiday_columns}
        names = tuple(name for name in names if name not in pooled)
    return {"panel": True, "scaled_by_series": names, "series": statistics}


def _refuse_negative(table: Table) -> None:
    """Refuses negative targets.

    Raises:
        DataError: A value is negative.
    """
    for name in table.targets:
        values = table.columns[name]
        if (values < 0).any():
            row = int(np.argmax(values < 0))
            raise DataError(
                f"The target '{name}' is {values[row]:g} at {csv_times(table.time[[row]], utc=table.utc)[0]}, and "
                f"{int((values < 0).sum()):,} of its {len(values):,} values are negative. Leave out --nonnegative."
            )


def _season_error(table: Table, ranges: np.ndarray, season: int) -> tuple[float | None, ...]:
    """Returns the MAE of the seasonal naive forecast on the training rows, by target; None if 0 or undefined."""
    values = np.stack([table.columns[name].astype(np.float64) for name in table.targets], axis=1)
    errors = mase_scale(values, intersections(table.segments, ranges), season, table.measured(table.targets))
    return tuple(float(error) if error > 0 else None for error in errors)


def _all_filled(table: Table, part: str) -> str:
    targets = ", ".join(f"'{target}'" for target in table.targets)
    reason = "all of them were filled" if table.lookahead is None else "they, or the rows before them, were filled"
    return (
        f"There is no measured value of {targets} to predict in the {part} part: {reason}. Change --split so that the "
        "part has measured values, or choose another --target."
    )


def _all_constant(state: ForecastState, part: str) -> str:
    assert state.series is not None
    names = [name for name, constant in zip(state.series.ids, state.series.constant, strict=True) if constant]
    return (
        f"Every window of the {part} part is of a series whose target is constant over its training rows "
        f"({listed(names, 3)}): there is nothing to learn from it. Change --split so that other series have windows "
        "there, or scale all series alike with --scale pooled."
    )


def _no_window(state: ForecastState, table: Table, part: str) -> str:
    empty = Windows(np.empty(0, np.int64), state.window, state.horizon, state.lead, state.sampling_rate)
    longest = int((table.segments[:, 1] - table.segments[:, 0]).max())
    return (
        f"There is no window for {part}: window {state.window}, lead {state.lead} and horizon {state.horizon} at "
        f"sampling rate {state.sampling_rate} span {empty.span} rows without a gap, the longest segment has {longest} "
        f"of the {len(table)} rows, and all {state.horizon} predicted steps must lie in the {part} part. "
        "Shorten --window, --lead or --horizon, or change --split."
    )


def _store(border: Any) -> str | int:
    return str(border) if isinstance(border, np.datetime64) else int(border)


_TIMES = {True: "timestamps", False: "counters as times"}


def stored_borders(state: ForecastState, dtype: np.dtype) -> Borders:
    """Returns the borders of the parts, as times of a table.

    Args:
        state: The fitted state.
        dtype: Type of the table's times.

    Raises:
        DataError: The state has timestamps and the table has counters, or the other way round.
    """
    if (dtype.kind == "M") != isinstance(state.borders[0], str):
        raise DataError(
            f"The run was trained on rows with {_TIMES[isinstance(state.borders[0], str)]}, but the data has "
            f"{_TIMES[dtype.kind == 'M']}. Give rows with times like those of training, or train a new run."
        )
    return Borders(*(np.datetime64(b, "ns") if isinstance(b, str) else b for b in state.borders))
