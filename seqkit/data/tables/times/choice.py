"""Chooses the time columns: those given, the likeliest one, or none; asks where a time column cannot be read.

Rows are counted silently only in a table without a column of times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.tables.columns import ID_NAMES, find_column
from seqkit.data.tables.findings import COUNT_ROWS, Choices, Finding
from seqkit.data.tables.numbers.axes import time_axis
from seqkit.data.tables.times.formats import names_a_part
from seqkit.data.tables.times.names import is_time_name, mentions_time, part_of_time, time_rank
from seqkit.data.tables.times.numeric_times import are_dates, are_years
from seqkit.data.tables.times.reading import column_kind, sample, time_candidates
from seqkit.data.tables.times.split_times import parts_by_name, read_parts
from seqkit.data.tables.wide_tables import parts_in_header, times_in_header

if TYPE_CHECKING:
    import pandas

_CLOCK_PARTS = ("hour", "minute", "second")
_MIN_DISTINCT = 10
_MAX_UNREAD = 0.1  # such as totals of years in a row for a 13th month
_MAX_NAMING = 40
_DATE = re.compile(r"\b(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}\b|\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d\b")
_COUNT_HINT = "--time none counts the rows in file order"


@dataclass(frozen=True)
class TimeChoice:
    """The time columns.

    Attributes:
        columns: The columns that make up the time; empty if rows are counted.
        skipped: Columns of numbers that are times but are not read, since rows are counted.
        findings: A question that must be decided, or a note.
    """

    columns: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def choose_time(frame: pandas.DataFrame, choices: Choices) -> TimeChoice:
    """Returns the time columns that the user chose, or the likeliest one.

    Args:
        frame: The table as read.
        choices: Provides `time`, `time_format`, the targets and features, which are no times, and the interval of a
            finished run.

    Raises:
        UsageError: A chosen column does not exist.
    """
    columns = list(map(str, frame.columns))
    if choices.time == (COUNT_ROWS,) and COUNT_ROWS not in columns:
        return _counted(frame, choices)
    if choices.time:
        return TimeChoice(tuple(find_column(name, columns, "--time") for name in choices.time))
    candidates = time_candidates(frame, choices.time_format)
    if choices.interval is not None and choices.interval.isdigit():
        # A run that was trained on counters before times of more formats were read.
        numbers = [name for name in candidates if column_kind(frame[name]) == "number"]
        return TimeChoice(tuple(numbers[:1]))
    inputs = {*choices.target, *choices.features}
    question = _question(frame, candidates, inputs)
    if question is not None and question.kind == "unread time":
        counter = _counter_within_series(frame, inputs, choices.id)
        if counter is not None:
            return TimeChoice((counter,))
    is_unread = question is not None and question.kind != "times in the header"
    return TimeChoice(() if is_unread else candidates[:1], findings=(question,) if question else ())


def _counted(frame: pandas.DataFrame, choices: Choices) -> TimeChoice:
    read = {*choices.target, *choices.features}
    named = [name for name in map(str, frame.columns) if is_time_name(name) and name not in read]
    times = dict.fromkeys([*time_candidates(frame, choices.time_format), *named])
    if not times:
        return TimeChoice()
    skipped = tuple(
        n for n in times if n not in read and not (column_kind(frame[n]) == "number" and _repeats(frame[n]))
    )
    note = Finding("time", f"not read: {_COUNT_HINT}", column=next(iter(times)))
    return TimeChoice(skipped=skipped, findings=(note,))


def _counter_within_series(frame: pandas.DataFrame, inputs: set[str], naming: tuple[str, ...]) -> str | None:
    """Returns the column of whole numbers with a time's name that differ within each series, or None.

    The series are those that the user named, or those of a column that leaves no two rows with the same number.
    """
    columns = list(map(str, frame.columns))
    numbers = [name for name in columns if name not in inputs and is_time_name(name) and frame[name].dtype.kind in "iu"]
    if not numbers or any(
        column_kind(frame[name]) == "text" and _looks_like_time(frame[name], name) for name in columns
    ):
        return None
    given = [find_column(name, columns, "--id") for name in naming]
    given = given or [name for name in columns if name.lower() in ID_NAMES]
    if given:
        return numbers[0] if not frame.duplicated([numbers[0], *given]).any() else None
    names = [n for n in columns if n not in inputs and not is_time_name(n) and frame[n].dtype.kind in "iuOUT"]
    repeating = [n for n in names[:_MAX_NAMING] if frame[n].nunique() <= 0.5 * len(frame)]
    is_key = any(not frame.duplicated([numbers[0], name]).any() for name in repeating)
    return numbers[0] if is_key else None


def _repeats(column: Any) -> bool:
    """Whether values recur, as the numbers of months do."""
    return int(column.nunique()) <= 0.5 * len(column)


def _question(frame: pandas.DataFrame, candidates: tuple[str, ...], inputs: set[str]) -> Finding | None:
    """Returns the finding that asks for the time, or None if the candidates decide it or there is no time column."""
    is_date = bool(candidates) and (
        column_kind(frame[candidates[0]]) != "number" or are_dates(frame[candidates[0]], candidates[0])
    )
    if not inputs and (header := parts_in_header(list(map(str, frame.columns)))):
        return header
    if is_date and time_rank(candidates[0]) is not None:
        return None
    others = [name for name in map(str, frame.columns) if name not in candidates and name not in inputs]
    if not is_date and (split := _split_time(frame)):
        message = "year, month and so on are columns of their own: together they are the time"
        return Finding("split time", message, column=" + ".join(split), remedy={"time": split}, blocking=True)
    texts = [name for name in others if column_kind(frame[name]) == "text" and _looks_like_time(frame[name], name)]
    if named := [name for name in texts if _is_whole_time(name) or not candidates]:
        message = "cannot be read as times: set their format with --time-format, such as '%d.%m.%Y %H:%M'"
        other = f", the time is '{candidates[0]}' (--time)" if candidates else ""
        name = min(named, key=lambda name: not is_time_name(name))
        remedy = {"time": (COUNT_ROWS,)} if not candidates and _cycles(frame[name]) else {}
        return _unread(frame, name, f"{message}{other}, or {_COUNT_HINT}", **remedy)
    if candidates:
        return None
    numbers = [name for name in others if column_kind(frame[name]) == "number" and is_time_name(name)]
    if numbers:
        return _unread_numbers(frame, numbers[0])
    if durations := [name for name in others if frame[name].dtype.kind == "m"]:
        message = f"a duration is no time: add it to the time of its start; {_COUNT_HINT}"
        return _unread(frame, durations[0], message)
    return time_axis(frame, others) or times_in_header(frame)


def _is_whole_time(name: str) -> bool:
    """Whether a name means a time that needs no other column, unlike a month or a weekday."""
    return is_time_name(name) and part_of_time(name) is None


def _split_time(frame: pandas.DataFrame) -> tuple[str, ...]:
    """Returns the columns of year, month and so on that are the time together, or nothing."""
    columns: dict[str, str] = {}
    for name in map(str, frame.columns):
        part = part_of_time(name)
        if part is not None and part not in columns and column_kind(frame[name]) in ("number", "text"):
            columns[part] = name
    if "year" not in columns or not are_years(frame[columns["year"]]):
        return ()
    if "day" in columns:
        day, clock = frame[columns["day"]], [columns[part] for part in _CLOCK_PARTS if part in columns]
        date = [columns[part] for part in ("year", "month", "day") if part in columns]
        if column_kind(day) != "number" or (day.max() <= 7 and frame.duplicated([*date, *clock]).any()):
            del columns["day"]  # a day of the week
    for parts in (("month", "day", *_CLOCK_PARTS), ("week",), ("quarter",)):
        present = [columns["year"]]
        for part in parts:
            if part not in columns:
                break
            present.append(columns[part])
        names = tuple(present)
        if len(names) > 1 and parts_by_name(names):
            absent = read_parts(frame, names).absent
            if absent is None or absent.mean() < _MAX_UNREAD:
                return names
    return ()


def _looks_like_time(column: Any, name: str) -> bool:
    """Whether a column of texts that cannot be read has a time's name and digits or names of months, or holds dates."""
    cells = sample(column)
    if not mentions_time(name):
        return len([cell for cell in cells if _DATE.search(cell)]) > 0.5 * len(cells)
    if is_time_name(name):
        return len([cell for cell in cells if re.search(r"\d", cell) or names_a_part(cell)]) > 0.5 * len(cells)
    dated = [cell for cell in cells if sum(map(str.isdigit, cell)) > 1 or names_a_part(cell)]
    return len(dated) > 0.5 * len(cells) and int(column.nunique()) >= min(_MIN_DISTINCT, 0.5 * len(column))


def _cycles(column: Any) -> bool:
    """Whether the values recur in the same order from the first row to the last, as names of months do."""
    import pandas

    codes, values = pandas.factorize(column)
    return 1 < len(values) <= 0.5 * len(codes) and bool(np.all(codes[len(values) :] == codes[: -len(values)]))


def _unread(frame: pandas.DataFrame, name: str, message: str, **remedy: Any) -> Finding:
    known = frame[name].notna().to_numpy()
    row = int(np.argmax(known))
    value = str(frame[name].iloc[row])
    return Finding("unread time", message, name, None, int(known.sum()), row + 1, value, remedy, blocking=True)


def _unread_numbers(frame: pandas.DataFrame, name: str) -> Finding:
    """Returns the question about numbers that cannot be times alone. If they go up or cycle, rows may be counted."""
    values = frame[name].to_numpy(np.float64)
    known = values[np.isfinite(values)]
    steps = np.diff(known)
    cycles = len(steps) > 0 and bool(
        np.all((steps == 1) | ((known[1:] == known.min()) & (known[:-1] >= known.max() - 3)))
    )
    in_order = len(known) == len(values) and (cycles or bool(np.all(steps > 0)))
    remedy = {"time": (COUNT_ROWS,)} if in_order else {}
    if np.any(known != np.floor(known)):
        message = (
            "decimals are no times unless --time-format says how (s for Unix time, excel for a spreadsheet's days)"
        )
    else:
        message = "its numbers repeat: name all columns of the time with --time, or those of the series with --id"
    return _unread(frame, name, f"{message}; {_COUNT_HINT}", **remedy)
