"""The way of a table from a frame as it was read to regular rows, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from seqkit.data.tables.columns import find_roles
from seqkit.data.tables.findings import Choices
from seqkit.data.tables.gaps import fill_gaps
from seqkit.data.tables.grid import find_grid
from seqkit.data.tables.numbers import numeric_columns, read_numbers, text_columns
from seqkit.data.tables.ordering import merge_duplicates, resample, sort_rows, turn_to_utc
from seqkit.data.tables.times import Times, read_times, time_candidates
from seqkit.data.tables.working_table import WorkingTable
from seqkit.errors import DataError, listed

if TYPE_CHECKING:
    import pandas

_MAX_ROUNDS = 20


def examine(frame: pandas.DataFrame, choices: Choices, *, must_choose: bool = True) -> WorkingTable:
    """Takes a frame through all stages.

    Args:
        frame: As it was read.
        choices: Roles and remedies.
        must_choose: Whether it is an error that no target is told.

    Returns:
        A draft whose rows are regular, if none of its findings is blocking.

    Raises:
        UsageError: A choice does not fit the columns.
        DataError: There are no rows, or columns of the same name.
    """
    working = parse_table(frame, choices, must_choose=must_choose)
    if len(working):
        sort_rows(working)
        turn_to_utc(working)
    if len(working):
        merge_duplicates(working)
        resample(working)
        if find_grid(working):
            fill_gaps(working)
        working.forget_empty_series()
    return working


def examine_roles(frame: pandas.DataFrame, choices: Choices, *, must_choose: bool) -> WorkingTable:
    """As `examine`, but examines the table again where it was misread, so that what is found is about the right one.

    It was misread where rows of the same time show that a column is part of the time, or names the series.
    """
    working = examine(frame, choices, must_choose=must_choose)
    misread = [finding for finding in working.findings if finding.remedy.keys() & {"time", "id"}]
    if not misread:
        return working
    again = examine(frame, choices.merged(misread[0].remedy), must_choose=must_choose)
    again.findings = misread[:1] + [f for f in again.findings if not f.remedy.keys() & {"time", "id"}]
    return again


def remedied(frame: pandas.DataFrame, working: WorkingTable) -> tuple[Choices, bool]:
    """Returns the choices that mend all that can be mended, and whether they mend everything.

    A remedy can bring out what it hid: a sentinel read as missing is a hole, bins can be empty. So the mended table is
    examined again, until nothing new is found.

    Args:
        frame: As it was read.
        working: What `examine` or `examine_roles` made of it.
    """
    choices = working.choices
    for _ in range(_MAX_ROUNDS):
        blocking = [finding for finding in working.findings if finding.blocking]
        if not blocking:
            return choices, True
        amended = choices
        for finding in blocking:
            amended = amended.merged(finding.remedy)
        working = examine(frame, amended, must_choose=False)
        if amended == choices and any(finding.blocking for finding in working.findings):
            return choices, False
        choices = amended
    return choices, False


def parse_table(frame: pandas.DataFrame, choices: Choices, *, must_choose: bool) -> WorkingTable:
    """Returns the rows in the order of the file, less those without a time or a series.

    Args:
        frame: As it was read.
        choices: Roles and remedies.
        must_choose: Whether it is an error that no target is told.

    Raises:
        UsageError: A choice does not fit the columns.
        DataError: There are no rows, or columns of the same name.
    """
    frame = _plain_frame(frame)
    numeric = numeric_columns(frame, choices)
    candidates = () if choices.time else time_candidates(frame)
    roles = find_roles(frame, choices, numeric, candidates, must_choose=must_choose)
    findings, columns = list(roles.findings), {}
    for name in roles.inputs:
        others = tuple(other for other in roles.inputs if other != name)
        values, found = read_numbers(frame[name], name, choices, is_target=name in roles.targets, others=others)
        findings += found
        if not any(f.kind == "empty column" for f in found):
            columns[name] = values
    if not choices.features:
        known = {*roles.time, roles.id, *numeric, *roles.inputs}
        findings += text_columns(frame, tuple(name for name in frame.columns if name not in known))
    codes, ids, nameless = _series(frame, roles.id)
    times = read_times(frame, roles.time, choices) if roles.time else _counted(codes, len(frame))
    findings += times.findings
    working = WorkingTable(
        frame, choices, roles, columns, times.ticks, codes, ids, times.counter, times.utc, findings=findings
    )
    if nameless is not None:
        working.report(
            "missing series",
            "a row without a name belongs to no series",
            np.flatnonzero(nameless),
            column=roles.id,
            remedy={"missing": "drop"},
            blocking=choices.missing == "error",
            value="",
        )
    _leave_out(working, times.absent, nameless)
    return working


def _plain_frame(frame: pandas.DataFrame) -> pandas.DataFrame:
    """Returns the frame with texts for names, and with an index of times as its first column."""
    import pandas

    if isinstance(frame.index, (pandas.DatetimeIndex, pandas.PeriodIndex)):
        frame = frame.reset_index()
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise DataError(f"Several columns are called {listed(twice)}. Give each its own name.")
    if not len(frame):
        raise DataError("The table has no rows. Give it at least two.")
    return frame if names == list(frame.columns) else frame.set_axis(names, axis=1)


def _series(frame: pandas.DataFrame, name: str | None) -> tuple[np.ndarray | None, tuple[str, ...], np.ndarray | None]:
    """Returns the number of each row's series, the names in order, and which rows have none (None: all have)."""
    if name is None:
        return None, ("series",), None
    import pandas

    column = frame[name]
    if column.dtype.kind not in "iufM":
        text = column.astype("str").str.strip()  # one type, so that names have an order
        column = text.where(column.notna() & (text != ""))
    codes, names = pandas.factorize(column, sort=True)
    nameless = codes < 0
    whole = column.dtype.kind == "f" and bool(np.all(names == np.floor(names)))
    texts = tuple(str(int(value) if whole else value) for value in names)
    return codes.astype(np.int32), texts, nameless if nameless.any() else None


def _counted(codes: np.ndarray | None, rows: int) -> Times:
    """Returns counters: the place of each row within its series."""
    ticks = np.arange(rows, dtype=np.int64)
    if codes is not None:
        order = np.argsort(codes, kind="stable")
        ranked = codes[order]
        first = np.searchsorted(ranked, ranked)
        ticks[order] = np.arange(rows) - first
    return Times(ticks, None, counter=True, utc=False, findings=())


def _leave_out(working: WorkingTable, *masks: np.ndarray | None) -> None:
    """Takes out the rows that have no place in any series; with --missing error the findings have stopped that."""
    given = [mask for mask in masks if mask is not None]
    if not given:
        return
    out = np.logical_or.reduce(given)
    if working.choices.missing != "error":
        kinds = ("missing time", "unreadable time", "missing series")
        working.findings = [f for f in working.findings if f.kind not in kinds or not f.remedy]
        working.report("left out", "rows without a time or a series are left out", np.flatnonzero(out), value="")
    working.take(~out)
