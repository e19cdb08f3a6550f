"""The recipes and options that `seqkit train auto` tries on a table: linear ones first, then networks."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.data.series.splits import find_borders
from seqkit.data.series.table import Table
from seqkit.sources import DataSource
from seqkit.tasks.contract import Chosen
from seqkit.tasks.forecast.defaults import WINDOW_SEASONS, suggest
from seqkit.tasks.forecast.roles import find_roles
from seqkit.tasks.forecast.season import infer_season

FOLDS = 3
"""Past times before the test part at which a recipe is validated on short series."""

NETWORKS = ("gru", "segment_gru", "conv1d")

LONG_WINDOW_SEASONS = 14
"""Seasons of a second window that is tried on long series, at most a tenth of the rows."""


@dataclass(frozen=True)
class Candidates:
    """What is tried on a table.

    Attributes:
        options: Options that all have in common.
        tried: Recipes and further options, in the order of trial.
        splits: Splits of rolling validation, whose third parts validate; empty to validate on the validation part.
        notes: Lines that say how the common options were chosen.
    """

    options: dict[str, Any]
    tried: list[tuple[str, dict[str, Any]]]
    splits: list[str]
    notes: list[str]


def candidates(source: DataSource, chosen: Chosen, fixed: Collection[str]) -> Candidates:
    """Returns what is tried on a table; a given window, horizon, normalisation or logarithm is kept.

    Args:
        source: The data.
        chosen: The values of all options of `autoregression`, by section.
        fixed: Names of the options given by the user or by the protocol of the dataset.

    Raises:
        UsageError: The series are too short.
        DataError: The table has a fault.
    """
    frame = source.peek(chosen["data"])
    roles = find_roles(frame, chosen["table"], **chosen["roles"])
    table, values = roles.read(frame, chosen["table"]), chosen["forecast"]
    suggested, notes = suggest(source, chosen, fixed)
    rate = values["sampling_rate"]
    season = (infer_season(table.interval, rate) if values["season"] is None else values["season"]) // rate
    options = dict(suggested)
    if not suggested and "horizon" not in fixed and season > 1:
        options["horizon"] = season
        notes = [*notes, f"--horizon {season}: a season"]
    values = values | options
    free = {"window": "window" not in fixed, "log": "log" not in fixed and values["scores"] == "original"}
    positive = all((table.columns[name] > 0).all() for name in table.targets)
    linear: list[dict[str, Any]] = [{"channels": "shared"}, {"channels": "joint"}]
    if roles.names or roles.holidays:
        linear.reverse()  # only the joint one reads other columns than the target
    if free["log"] and positive:
        linear.append({"channels": "shared", "log": not values["log"]})
    if free["window"]:
        for window in _other_windows(values["window"], season, _steps(table, rate), short=bool(suggested)):
            linear.append({"channels": "shared", "window": window})
    tried = [("autoregression", each) for each in linear]
    normalise = {} if "normalise" in fixed or suggested else {"normalise": "window"}
    tried += [(name, dict(normalise)) for name in NETWORKS]
    splits = _rolling_splits(table, values) if suggested else []
    return Candidates(options, tried, splits, notes)


def _steps(table: Table, rate: int) -> int:
    return int(np.diff(table.segments, axis=1).max()) // rate


def _other_windows(window: int, season: int, steps: int, *, short: bool) -> list[int]:
    """Returns windows to try beside the first one."""
    if season <= 1:
        return []
    if short:
        others = [season * seasons for seasons in WINDOW_SEASONS if season * seasons != window]
        return [other for other in others if other <= steps // 4][:1]
    longer = min(LONG_WINDOW_SEASONS * season, steps // 10)
    return [longer] if longer > 1.5 * window else []


def _rolling_splits(table: Table, values: dict[str, Any]) -> list[str]:
    """Returns splits that end before the test part; their own test parts of one horizon lie side by side.

    Their validation parts are as long as that of the table, or one horizon where too few training rows would remain.
    """
    times = np.unique(table.time)
    borders = find_borders(table.time, values["split"])
    known, validation = (int(np.searchsorted(times, border)) for border in (borders.test, borders.validation))
    part = known - validation
    ahead = values["sampling_rate"] * (values["lead"] + values["horizon"] - 1)
    needed = values["sampling_rate"] * values["window"] + ahead
    splits = []
    for cutoff in (known - ahead * (fold + 1) for fold in range(FOLDS)):
        shortened = part if cutoff - part >= needed else ahead
        if cutoff - shortened >= needed:
            splits.append(f"{cutoff - shortened},{shortened},{ahead}")
    return splits
