"""Labelled series as a file contains them, and what happens to their missing values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from seqkit.errors import DataError

Missing = Literal["error", "interpolate", "drop"]


@dataclass(frozen=True)
class ParsedSeries:
    """Series of a file; missing values are NaN.

    Attributes:
        series: The series, each float64 of shape (steps, channels).
        labels: Label of each series, or None if the file has none.
        lines: Line of each series in the file.
        channels: Names of the channels.
        notes: Notes for the user.
        rows: Position of each series in the file, from 0; None if all are there.
    """

    series: list[np.ndarray]
    labels: list[str] | None
    lines: list[int]
    channels: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    rows: list[int] | None = None


def without_padding(parsed: ParsedSeries) -> ParsedSeries:
    """Returns the series without missing steps at their ends, which pad shorter series where all rows are as wide."""
    series = []
    for values in parsed.series:
        present = np.flatnonzero(~np.isnan(values).all(axis=1))
        series.append(values[: present[-1] + 1] if len(present) else values)
    shorter = sum(len(values) < len(padded) for values, padded in zip(series, parsed.series, strict=True))
    notes = [f"{shorter:,} of {len(series):,} series end in missing values and are shorter"] if shorter else []
    return replace(parsed, series=series, notes=[*parsed.notes, *notes])


def resolve_missing(parsed: ParsedSeries, missing: Missing, name: str) -> ParsedSeries:
    """Returns series without missing values.

    Args:
        parsed: The series.
        missing: "error" refuses missing values; "interpolate" draws a straight line between the neighbouring steps of
            the channel, and repeats the nearest value at its ends; "drop" leaves the series out.
        name: Name of the file in messages.

    Raises:
        DataError: A value is missing and `missing` is "error"; a channel has no values; or no series is left.
    """
    damaged = [i for i, values in enumerate(parsed.series) if np.isnan(values).any()]
    if not damaged:
        return parsed
    first = damaged[0]
    channel, step = (int(place) for place in np.argwhere(np.isnan(parsed.series[first].T))[0])
    where = f"line {parsed.lines[first]:,}"
    count = "1 series has" if len(damaged) == 1 else f"{len(damaged):,} series have"
    if missing == "error":
        raise DataError(
            f"{name}: {where}, dimension {channel + 1}, value {step + 1:,} is missing; {count} missing values. Fill "
            "them with --missing interpolate, or leave these series out with --missing drop."
        )
    if missing == "drop":
        absent = set(damaged)
        rows = [i for i in range(len(parsed.series)) if i not in absent]
        if not rows:
            raise DataError(
                f"{name}: all {len(parsed.series):,} series have missing values. Fill them with --missing interpolate."
            )
        note = f"left out {len(damaged):,} of {len(parsed.series):,} series with missing values (first in {where})"
        return replace(
            parsed,
            series=[parsed.series[i] for i in rows],
            labels=None if parsed.labels is None else [parsed.labels[i] for i in rows],
            lines=[parsed.lines[i] for i in rows],
            notes=[*parsed.notes, note],
            rows=rows,
        )
    series, total = list(parsed.series), 0
    for i in damaged:
        total += int(np.isnan(series[i]).sum())
        series[i] = _interpolated(series[i], f"{name}: line {parsed.lines[i]:,}")
    values = "1 value" if total == 1 else f"{total:,} values"
    note = f"interpolated {values} in {len(damaged):,} of {len(series):,} series (first in {where})"
    return replace(parsed, series=series, notes=[*parsed.notes, note])


def _interpolated(values: np.ndarray, where: str) -> np.ndarray:
    steps = np.arange(len(values))
    filled = values.copy()
    for channel, column in enumerate(filled.T):
        absent = np.isnan(column)
        if absent.all():
            raise DataError(
                f"{where}: dimension {channel + 1} has no values. Leave such series out with --missing drop."
            )
        if absent.any():
            column[absent] = np.interp(steps[absent], steps[~absent], column[~absent])
    return filled
