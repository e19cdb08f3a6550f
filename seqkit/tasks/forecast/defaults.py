"""Options of a forecast that are chosen from the data, where they are not given: those of short series.

The defaults suit thousands of rows. Of a few hundred, a window of 120 steps leaves hardly any for training, and one
validation part is too short for a choice.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from seqkit.data.series.ranges import intersections
from seqkit.data.series.splits import find_borders, target_ranges
from seqkit.data.series.table import Table
from seqkit.errors import UsageError
from seqkit.sources import DataSource
from seqkit.tasks.contract import Chosen
from seqkit.tasks.forecast.roles import find_roles
from seqkit.tasks.forecast.rolling_choice import MIN_TRAIN_WINDOWS, Choice, best_choice, rolling_errors
from seqkit.tasks.forecast.season import infer_season

SHORT_STEPS = 600
"""Steps below which a series is short: five windows of the default."""

MAX_ROWS = 100_000
"""Rows of a table that may hold short series only; larger ones are not read twice."""

WINDOW_SEASONS = (1, 2, 3)
"""Seasons that the windows to try span."""

WINDOWS = (6, 12, 24)
"""Steps of the windows to try if there is no season."""

VALIDATION = 0.15
"""Share of the steps in the validation and in the test part."""


def suggest(source: DataSource, chosen: Chosen, fixed: Collection[str]) -> tuple[dict[str, Any], list[str]]:
    """Returns the values of options that suit short series, and lines that say what was chosen and why.

    If the window is not fixed, it is chosen, and with it horizon, split, normalisation, logarithm and calendar, each
    unless it is fixed.

    Args:
        source: The data.
        chosen: The values of all options, by section.
        fixed: Names of the options given by the user or by the protocol of the dataset.

    Raises:
        UsageError: The series are too short for any window.
        DataError: The table has a fault.
    """
    if "window" in fixed:
        return {}, []
    frame = source.peek(chosen["data"])
    if len(frame) > MAX_ROWS:
        return {}, []
    table = find_roles(frame, chosen["table"], **chosen["roles"]).read(frame, chosen["table"])
    values = chosen["forecast"]
    rate, lead = values["sampling_rate"], values["lead"]
    steps = -(-int(np.diff(table.segments, axis=1).max()) // rate)
    if steps >= SHORT_STEPS:
        return {}, []
    season = infer_season(table.interval, rate) if values["season"] is None else values["season"]
    season_steps = season // rate if season % rate == 0 else 1
    horizon = values["horizon"]
    if "horizon" not in fixed and 1 < season_steps <= steps // 5:
        horizon = season_steps
    seasonal = [season_steps * seasons for seasons in WINDOW_SEASONS] if season_steps > 1 else []
    options: dict[str, Any] = {"horizon": horizon}
    if "split" not in fixed:
        options["split"] = _split(table, min([*seasonal, *WINDOWS]), horizon, lead, rate)
    series = _known_series(table, str(options.get("split", values["split"])), rate)
    normalisations = [values["normalise"]] if "normalise" in fixed else ["last", "window"]
    positive = all((table.columns[name] > 0).all() for name in table.targets)
    logs = [values["log"]] if "log" in fixed else [False, True][: 1 + (values["scores"] == "original" and positive)]
    shape = {"horizon": horizon, "lead": lead, "season": season_steps}
    errors = rolling_errors(series, seasonal, normalisations, logs, **shape)
    if not errors:
        errors = rolling_errors(series, WINDOWS, normalisations, logs, **shape)
    if not errors:
        return {}, []
    best = best_choice(errors)
    options |= {"window": best.window, "normalise": best.normalise, "log": best.log}
    if "calendar" not in fixed and best.window >= season_steps > 1:
        options["calendar"] = "none"
    options = {name: value for name, value in options.items() if name not in fixed}
    return options, [_explain(steps, options, errors, best)]


def _split(table: Table, window: int, horizon: int, lead: int, rate: int) -> str:
    """Returns the split of a short table: validation and test hold two horizons each, if enough training rows remain.

    Raises:
        UsageError: No split leaves enough rows to train on.
    """
    times = len(np.unique(table.time))
    ahead = rate * (lead + horizon - 1)
    needed = rate * (window - 1) + ahead + MIN_TRAIN_WINDOWS
    for part in dict.fromkeys(
        (max(round(VALIDATION * times), 2 * ahead), max(round(VALIDATION * times), ahead), ahead)
    ):
        if times - 2 * part >= needed:
            return f"{times - 2 * part},{part},{part}"
    fewest = rate * (window - 1) + MIN_TRAIN_WINDOWS
    longest = (times - fewest) // (3 * rate) - lead + 1
    remedy = f"Use a --horizon of at most {longest}, or give" if longest >= 1 else "Give"
    raise UsageError(
        f"The data has {times} times, too few to train on windows of {window} steps, and to validate and test "
        f"forecasts of {horizon} steps: {needed + 2 * ahead} are needed. {remedy} more rows, or set --window and "
        "--split."
    )


def _known_series(table: Table, split: str, rate: int) -> list[np.ndarray]:
    """Returns the values of each target in each segment before the test part, every `rate`-th row."""
    rows = target_ranges(table.time, table.starts, None, find_borders(table.time, split).test)
    segments = intersections(table.segments, rows)
    columns = [table.columns[name] for name in table.targets]
    return [column[first:end][::-rate][::-1] for first, end in segments.tolist() for column in columns]


def _explain(steps: int, options: Mapping[str, Any], errors: Mapping[Choice, float], best: Choice) -> str:
    """Returns the line that says what was chosen, and the errors of the other choices."""
    flags = [f"--{name} {value}" for name, value in options.items() if name != "log"]
    settings = ", ".join([*flags, *["--log"][: options.get("log", False)]])
    windows = sorted({choice.window for choice in errors} - {best.window})
    lowest = {
        f"window {window}": min(error for choice, error in errors.items() if choice.window == window)
        for window in windows
    }
    by_log = [error for choice, error in errors.items() if choice.log != best.log]
    if by_log:
        lowest["values" if best.log else "logarithms"] = min(by_log)
    against = ", ".join(f"{name} {error:.3f}" for name, error in lowest.items())
    return (
        f"short series ({steps} steps): {settings}; chosen by rolling validation before the test part, error "
        f"{errors[best]:.3f}" + (f" ({against})" if against else "")
    )
