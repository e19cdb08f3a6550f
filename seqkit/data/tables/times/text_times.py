"""Reads a text column of times with a given format, or with those that its cells show.

If day and month are ambiguous in every row, the user is asked; the order is never guessed. A finished run knows the
order of its training data, and refuses rows that contradict it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from seqkit.data.tables.findings import Choices, Finding
from seqkit.data.tables.intervals import parse_interval
from seqkit.data.tables.times.cleaning import cleaned, cleaned_column, without_ends
from seqkit.data.tables.times.formats import formats, parse, parse_all, read_share
from seqkit.data.tables.times.hour_24 import without_hour_24
from seqkit.data.tables.times.month_names import UNKNOWN_MONTH, foreign_month
from seqkit.data.tables.times.named_periods import named_period
from seqkit.data.tables.working_table import tick_text

_OFFSET = r"[T ]\d{2}:?\d{2}.*(?:Z|[+-]\d{2}(?::?\d{2})?)$"
_MIN_JUMPS = 5
_HINT = "set the format with --time-format, such as '%d.%m.%Y %H:%M'"


@dataclass(frozen=True)
class Reading:
    """Times that were read from texts.

    Attributes:
        stamps: Times, datetime64[us] of shape (rows,), NaT where a cell cannot be parsed.
        utc: Whether the times are UTC because the cells contain offsets.
        hint: What is wrong with a cell that cannot be parsed.
        findings: Problems and notes.
        order: The format that the cells settled together, or None if every cell shows it.
    """

    stamps: np.ndarray
    utc: bool = False
    hint: str = ""
    findings: tuple[Finding, ...] = ()
    order: str | None = None


def read_text(text: Any, sample: list[str], name: str, choices: Choices) -> Reading:
    """Parses texts with one format, or with their most frequent formats.

    Args:
        text: Cells, a Series of text of length rows.
        sample: Some of the cells, none blank.
        name: Name of the column.
        choices: Provides the format, and the interval of a finished run. A run's format that only settles how a cell
            is read in doubt permits other formats too: newer rows may have seconds, or begin with the year.

    Raises:
        UsageError: The format is not a valid strptime format.
    """
    form, notes = choices.time_format, []
    if form is None and _is_read_better(cleaned(sample), sample):
        if without_ends(sample) != sample:
            notes.append(
                Finding("time range", "of a start and an end, the start is read", column=name, value=sample[0])
            )
        if (foreign := next((cell for cell in sample if foreign_month(cell)), None)) is not None:
            message = f"names of months in another language are read, here as {cleaned([foreign])[0]}"
            notes.append(Finding("month names", message, column=name, value=foreign))
        text, sample = cleaned_column(text), cleaned(sample)
    text, midnights = without_hour_24(text)
    is_settled = choices.interval is not None and form is not None and (settles_order(form) or form == "%Y%m")
    if form is None or is_settled:
        reading = _read_inferred(text, sample, name, choices)
    else:
        reading = Reading(parse(text, form), "%z" in form, "does not match --time-format")
    if midnights is None:
        return replace(reading, findings=(*notes, *reading.findings))
    reading.stamps[midnights] += np.timedelta64(1, "D")
    row = int(np.argmax(midnights))
    note = Finding(
        "hour 24",
        "24:00 is read as 00:00 of the next day",
        column=name,
        count=int(midnights.sum()),
        row=row + 1,
        value=tick_text(int(reading.stamps[row].astype("datetime64[ns]").astype(np.int64)), counter=False),
    )
    return replace(reading, findings=(*notes, *reading.findings, note))


def _is_read_better(rewritten: list[str], sample: list[str]) -> bool:
    """Whether more cells are times once they are rewritten, and most are."""
    return rewritten != sample and bool(formats(rewritten)) and read_share(rewritten) > read_share(sample)


def settles_order(form: str) -> bool:
    """Returns whether a format begins with day and month in an order that a date does not show."""
    return re.match(r"%d([/-])%m\1|%m([/-])%d\2", form) is not None


def _read_inferred(text: Any, sample: list[str], name: str, choices: Choices) -> Reading:
    if named := named_period(sample, name):
        kind, note = named
        return Reading(parse(text, kind), hint=_HINT, findings=(note,), order=kind if kind == "week" else None)
    forms = formats(sample)
    swapped = [_month_first(form) for form in forms]
    if swapped != forms:
        if choices.time_format is None or not settles_order(choices.time_format):
            return _decide_order(text, name, forms, swapped)
        orders = (forms, swapped) if choices.time_format.startswith("%d") else (swapped, forms)
        return _keep_order(text, name, *orders, choices)
    stamps = parse_all(text, forms)
    if not any(re.search(_OFFSET, cell) for cell in sample):
        by_name = any("%b" in form or "%B" in form for form in forms)
        return Reading(stamps, hint=UNKNOWN_MONTH if by_name else _HINT)
    with_offset = text.str.contains(_OFFSET).fillna(False).to_numpy(bool)
    utc = bool(with_offset.sum() >= (~with_offset & ~np.isnat(stamps)).sum())
    # Times with and without an offset are not comparable: the rarer kind counts as unreadable.
    stamps[with_offset != utc] = np.datetime64("NaT")
    hint = "most times have a UTC offset, this one does not" if utc else "only some times have a UTC offset"
    return Reading(stamps, utc, hint)


def _month_first(form: str) -> str:
    """Returns the same format with the month first; dates with points always have the day first."""
    return re.sub(r"^%d([/-])%m", r"%m\1%d", form)


def _decide_order(text: Any, name: str, day_first: list[str], month_first: list[str]) -> Reading:
    """Parses day-first and month-first; returns a blocking finding if every row matches both orders."""
    parsed = [parse_all(text, day_first), parse_all(text, month_first)]
    counts = [int((~np.isnat(stamps)).sum()) for stamps in parsed]
    differ = ~np.isnat(parsed[0]) & ~np.isnat(parsed[1]) & (parsed[0] != parsed[1])
    if counts[0] != counts[1] or not differ.any():
        settled = int(counts[1] > counts[0])
        order = (day_first, month_first)[settled][0] if counts[0] != counts[1] else None
        if order and (mixed := _mixed_orders(text, name, parsed[settled], parsed[1 - settled], order)):
            return mixed
        return Reading(parsed[settled], hint=_HINT, order=order)
    better = int(regularity(parsed[1]) > regularity(parsed[0]))
    form, row = (day_first, month_first)[better][0], int(np.argmax(differ))
    dates = [stamps[row].astype("datetime64[D]") for stamps in parsed]
    message = f"could be {dates[0]} or {dates[1]}, as in all rows; {form} gives the more regular series"
    ambiguity = Finding(
        kind="ambiguous date",
        message=message,
        column=name,
        count=int(differ.sum()),
        row=row + 1,
        value=str(text.iloc[row]),
        remedy={"time_format": form},
        blocking=True,
    )
    return Reading(parsed[better], hint=_HINT, findings=(ambiguity,))


def _mixed_orders(text: Any, name: str, stamps: np.ndarray, other: np.ndarray, order: str) -> Reading | None:
    """Returns a reading with a blocking finding if only the dates that allow both orders have the other one.

    Spreadsheets with another regional setting swap day and month of the days up to 12, and leave the others as text.

    Args:
        text: Cells, a Series of text of length rows.
        name: Name of the column.
        stamps: Times in the order that all cells allow.
        other: Times in the other order, NaT where a cell does not allow it.
        order: The format of `stamps`.
    """
    swapped = ~np.isnat(other) & (stamps != other)
    mixed = np.where(swapped, other, stamps)
    if _jumps(stamps) < max(_MIN_JUMPS, 2 * _jumps(mixed)):
        return None
    row = int(np.argmax(swapped))
    dates = [str(times[row].astype("datetime64[D]")) for times in (stamps, other)]
    message = (
        f"is {dates[0]} as {order}, {dates[1]} by the rows around it: days up to 12 seem swapped with months, as "
        "spreadsheets do; export the file again, or write dates as in 2020-01-31"
    )
    finding = Finding("swapped date", message, name, None, int(swapped.sum()), row + 1, str(text.iloc[row]))
    return Reading(mixed, hint=_HINT, findings=(replace(finding, blocking=True),))


def _jumps(stamps: np.ndarray) -> int:
    """Returns the number of differences between consecutive rows of the file that are not the most frequent one."""
    steps = np.diff(stamps[~np.isnat(stamps)].astype(np.int64))
    steps = steps[steps != 0]
    return int(len(steps) - np.unique(steps, return_counts=True)[1].max()) if len(steps) else 0


def _keep_order(text: Any, name: str, kept: list[str], other: list[str], choices: Choices) -> Reading:
    """Parses with the order of the training data; returns a blocking finding if the rows contradict it."""
    assert choices.interval is not None
    stamps, swapped = parse_all(text, kept), parse_all(text, other)
    only_swapped = np.isnat(stamps) & ~np.isnat(swapped)
    reading = Reading(stamps, hint=f"is no date as {kept[0]}, the format of the training data")
    if only_swapped.any():
        row = int(np.argmax(only_swapped))
        date = swapped[row].astype("datetime64[D]")
        message = f"no date as {kept[0]}, as in the training data; {other[0]} would be {date}"
    else:
        differ = stamps != swapped
        shares = [_single_steps(times, choices.interval) for times in (stamps, swapped)]
        if not differ.any() or shares[0] >= 0.5 or shares[1] < 0.5:
            return _mixed_orders(text, name, stamps, swapped, kept[0]) or reading
        row, only_swapped = int(np.argmax(differ)), differ
        dates = [times[row].astype("datetime64[D]") for times in (stamps, swapped)]
        message = (
            f"is {dates[0]} as {kept[0]}, as in the training data, but rows {choices.interval} apart are {other[0]}: "
            f"{dates[1]}"
        )
    contradiction = Finding(
        kind="contradicting date",
        message=message,
        column=name,
        count=int(only_swapped.sum()),
        row=row + 1,
        value=str(text.iloc[row]),
        remedy={"time_format": other[0]},
        blocking=True,
    )
    return replace(reading, stamps=swapped, findings=(contradiction,))


def _single_steps(stamps: np.ndarray, interval: str) -> float:
    """Returns the share of differences between consecutive times that are one step of the interval."""
    ticks = np.unique(stamps[~np.isnat(stamps)]).astype("datetime64[ns]").astype(np.int64)
    numbers, phases = parse_interval(interval).split(ticks)
    return float(np.mean((np.diff(numbers) == 1) & (np.diff(phases) == 0))) if len(ticks) > 1 else 1.0


def regularity(stamps: np.ndarray) -> float:
    """Returns the share of the most frequent difference between consecutive times or counters."""
    known = stamps[~np.isnat(stamps)] if stamps.dtype.kind == "M" else stamps
    steps = np.diff(np.unique(known))
    return float(np.unique(steps, return_counts=True)[1].max() / len(steps)) if len(steps) else 0.0
