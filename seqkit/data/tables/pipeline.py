"""Pipeline from a raw DataFrame to a regular table: parse, sort, choose the clock, merge, resample, fill."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.files.frame_index import with_index_columns
from seqkit.data.tables.columns import Roles, find_roles
from seqkit.data.tables.findings import Choices, Finding
from seqkit.data.tables.gaps import fill_gaps
from seqkit.data.tables.grid import find_grid
from seqkit.data.tables.naming import alike_names, series_of_rows
from seqkit.data.tables.numbers.reading import numeric_columns, read_numbers, text_columns
from seqkit.data.tables.ordering import merge_duplicates, sort_rows
from seqkit.data.tables.resampling import resample
from seqkit.data.tables.rounding import round_times
from seqkit.data.tables.times.choice import choose_time
from seqkit.data.tables.times.clock import choose_clock
from seqkit.data.tables.times.mistyped_dates import find_mistyped_dates
from seqkit.data.tables.times.parsed_times import Times
from seqkit.data.tables.times.reading import read_times
from seqkit.data.tables.working_table import WorkingTable
from seqkit.errors import DataError, listed

if TYPE_CHECKING:
    import pandas

Numbers = dict[tuple[Any, ...], tuple[np.ndarray, list[Finding]]]
"""Columns as `read_numbers` returns them, by name and by what their reading depends on."""

_MAX_ROLES = 3
_NO_NUMBERS = (
    *("time", "id", "target", "features", "wide", "timezone", "time_format", "missing", "duplicates"),
    *("sessions", "round", "resample", "resample_with"),
)
"""Options that reading the numbers of a column does not depend on."""


def examine(
    frame: pandas.DataFrame, choices: Choices, *, must_choose: bool = True, numbers: Numbers | None = None
) -> WorkingTable:
    """Runs all stages of the pipeline.

    Args:
        frame: The table as read.
        choices: Roles and fixes.
        must_choose: Whether a missing target is an error.
        numbers: Columns that were read before, which this adds to.

    Returns:
        The working table; its rows are regular if it has no blocking findings.

    Raises:
        UsageError: A choice does not fit the columns.
        DataError: There are no rows, or duplicate column names.
    """
    working = parse_table(frame, choices, must_choose=must_choose, numbers=numbers)
    if len(working):
        find_mistyped_dates(working)
        sort_rows(working)
        choose_clock(working)
    if len(working):
        round_times(working)
        merge_duplicates(working)
        resample(working)
        if find_grid(working):
            fill_gaps(working)
        working.drop_empty_series()
    return working


def examine_roles(
    frame: pandas.DataFrame, choices: Choices, *, must_choose: bool, numbers: Numbers | None = None
) -> WorkingTable:
    """Runs `examine`, and again with corrected roles if a run misread the table.

    Duplicate times show that a column is part of the time or names the series; findings then refer to the last run.
    """
    working = examine(frame, choices, must_choose=must_choose, numbers=numbers)
    misread: list[Finding] = []
    while len(misread) < _MAX_ROLES:
        finding = next((f for f in working.findings if f.remedy.keys() & {"time", "id"}), None)
        if finding is None:
            break
        misread.append(finding)
        working = examine(frame, working.choices.merged(finding.remedy), must_choose=must_choose, numbers=numbers)
    working.findings = misread + [f for f in working.findings if not f.remedy.keys() & {"time", "id"}]
    return working


def parse_table(
    frame: pandas.DataFrame, choices: Choices, *, must_choose: bool, numbers: Numbers | None = None
) -> WorkingTable:
    """Parses times, series and numbers; returns the rows in file order, without those that lack a time or a series.

    Args:
        frame: The table as read.
        choices: Roles and fixes.
        must_choose: Whether a missing target is an error.
        numbers: Columns that were read before, which this adds to.

    Raises:
        UsageError: A choice does not fit the columns.
        DataError: There are no rows, or duplicate column names.
    """
    frame = _checked(frame)
    if choices.wide != "none":
        from seqkit.data.tables.long_form import as_long

        frame = as_long(frame, choices)
    roles_from = choices if choices.wide == "none" else replace(choices, id=())  # the long form has names of its own
    attributes, frame.attrs = frame.attrs, {}  # every column would get a copy of them
    numeric = numeric_columns(frame, choices)
    time = choose_time(frame, roles_from)
    roles = find_roles(frame, roles_from, numeric, time.columns, skipped=time.skipped, must_choose=must_choose)
    notes = [Finding(**note) for note in attributes.get("notes", ())]
    if choices.thousands != "error" or choices.decimal == ",":
        notes = [note for note in notes if note.kind != "thousands separator"]  # they are answered
    three_decimals = attributes.get("three_decimals")
    columns, problems = _read_columns(frame, choices, roles, {} if numbers is None else numbers, three_decimals)
    findings = [*notes, *time.findings, *roles.findings, *problems]
    if not choices.features:
        named = {finding.column for finding in time.findings}
        known = {*roles.time, *roles.id, *time.skipped, *named, *numeric, *roles.inputs}
        findings += text_columns(frame, tuple(name for name in frame.columns if name not in known))
    codes, ids, nameless = series_of_rows(frame, roles.id)
    if choices.interval is None and (alike := alike_names(ids)):
        message = (
            f"{listed(alike, 3)} differ only in case or blanks and are series of their own; if not, write them alike"
        )
        findings.append(Finding("similar series", message, column=roles.id_name))
    times = read_times(frame, roles.time, choices) if roles.time else _row_counters(codes, len(frame))
    findings = [*_totals(findings, roles), *times.findings]
    working = WorkingTable(
        frame,
        choices,
        roles,
        columns,
        times.ticks,
        codes,
        ids,
        times.counter,
        times.utc,
        offset=times.offset,
        time_format=times.settled_format,
        findings=findings,
    )
    if nameless is not None:
        working.report(
            "missing series",
            "a row without a series name belongs to no series",
            np.flatnonzero(nameless),
            column=roles.id_name,
            remedy={"missing": "drop"},
            blocking=choices.missing == "error",
            value="",
        )
    _drop_unplaced(working, times.absent, nameless)
    return working


def _totals(findings: list[Finding], roles: Roles) -> list[Finding]:
    """Returns findings in which the last rows of a series of totals are one note about that series."""
    series = {f.value: f for f in findings if f.kind == "total" and f.column in roles.id}
    kept = [f for f in findings if f.kind != "total" or f.column not in roles.id]
    message = "looks like the sum or mean of the other series; if so, delete its rows in the file"
    return kept + [Finding("total", message, column=f.column, value=name) for name, f in series.items()]


def _read_columns(
    frame: pandas.DataFrame, choices: Choices, roles: Roles, numbers: Numbers, three_decimals: tuple[str, ...] | None
) -> tuple[dict[str, np.ndarray], list[Finding]]:
    """Returns the numbers of the inputs, without empty columns, and the problems with them."""
    targets, features = set(roles.targets), set(choices.features)
    relevant = replace(choices, **{name: getattr(Choices(), name) for name in _NO_NUMBERS})
    columns: dict[str, np.ndarray] = {}
    findings: list[Finding] = []
    for name in roles.inputs:
        key = (name, relevant, name in targets, name in features)
        if key not in numbers:
            numbers[key] = read_numbers(
                frame[name],
                name,
                choices,
                is_target=name in targets,
                required=name in features,
                three_decimals=three_decimals,
            )
        values, problems = numbers[key]
        findings += [_with_other_columns(problem, name, roles.inputs) for problem in problems]
        if not any(problem.kind == "empty column" for problem in problems):
            columns[name] = values
    return columns, findings


def _with_other_columns(problem: Finding, name: str, inputs: tuple[str, ...]) -> Finding:
    """Returns a problem whose remedy, if it leaves out the column, names all others."""
    if problem.remedy.get("features") != ():
        return problem
    return replace(problem, remedy={**problem.remedy, "features": tuple(other for other in inputs if other != name)})


def _checked(frame: pandas.DataFrame) -> pandas.DataFrame:
    """Returns a shallow copy of the frame with its index as columns; no rows or duplicate names are refused."""
    frame = with_index_columns(frame).copy(deep=False)
    names = list(frame.columns)
    duplicates = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if duplicates:
        raise DataError(f"The table has duplicate column names: {listed(duplicates)}. Rename them.")
    if not len(frame):
        raise DataError("The table has no rows. Pass at least two.")
    return frame


def _row_counters(codes: np.ndarray | None, rows: int) -> Times:
    """Returns the position of each row within its series as counters."""
    ticks = np.arange(rows, dtype=np.int64)
    if codes is not None:
        order = np.argsort(codes, kind="stable")
        ranked = codes[order]
        first = np.searchsorted(ranked, ranked)
        ticks[order] = np.arange(rows) - first
    return Times(ticks, None, counter=True, utc=False, findings=())


def _drop_unplaced(working: WorkingTable, *masks: np.ndarray | None) -> None:
    """Drops the rows without a time or a series; their findings stop training if --missing is error, or all are."""
    given = [mask for mask in masks if mask is not None]
    if not given:
        return
    unplaced = np.logical_or.reduce(given)
    if working.choices.missing != "error" and not unplaced.all():
        kinds = ("missing time", "unreadable time", "missing series")
        working.findings = [f for f in working.findings if f.kind not in kinds or not f.remedy]
        working.report("dropped", "rows without a time or a series are dropped", np.flatnonzero(unplaced), value="")
    working.take(~unplaced)
