"""Mutable state of the table pipeline: the rows that each stage changes, and the findings so far.

A stage either fixes a problem, as the choices request, or reports it as blocking and continues as if it were fixed, so
that one pass finds everything. See `seqkit.data.tables.pipeline` for the stages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.tables.columns import Roles
from seqkit.data.tables.findings import Choices, Finding, number
from seqkit.errors import UsageError, listed

if TYPE_CHECKING:
    import pandas


@dataclass
class WorkingTable:
    """The remaining rows in their current order, and the findings so far.

    Attributes:
        frame: The table as read; used only for findings.
        choices: Options of the user.
        roles: Roles of the columns.
        columns: Numbers of each input column, each of shape (rows,).
        ticks: Nanoseconds since 1970, or counters, int64 of shape (rows,).
        codes: Series code of each row, of shape (rows,); None for a single series.
        ids: Names of the series, by code.
        counter: Whether the ticks are counters.
        utc: Whether the ticks are UTC.
        origin: Row of the file that each row comes from, counted from 0, -1 for inserted rows; None while all rows are
            as in the file.
        offset: UTC offset of each row in nanoseconds, of shape (rows,); None if the file has none.
        averaged: Number of rows that were merged with others, into a mean or a bin.
        bins: Number of rows that came of them.
        time_format: The format that settled how times are read, or None if every cell shows it.
        interval: Interval of the series, once known.
        filled: For each column with filled values, whether each value was filled, of shape (rows,).
        findings: All findings.
    """

    frame: pandas.DataFrame
    choices: Choices
    roles: Roles
    columns: dict[str, np.ndarray]
    ticks: np.ndarray
    codes: np.ndarray | None
    ids: tuple[str, ...]
    counter: bool
    utc: bool
    origin: np.ndarray | None = None
    offset: np.ndarray | None = None
    averaged: int = 0
    bins: int = 0
    time_format: str | None = None
    interval: str | None = None
    filled: dict[str, np.ndarray] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ticks)

    def take(self, rows: np.ndarray) -> None:
        """Keeps the given rows, a mask or positions, in that order."""
        self.columns = {name: values[rows] for name, values in self.columns.items()}
        self.filled = {name: mask[rows] for name, mask in self.filled.items()}
        self.origin = np.arange(len(self))[rows] if self.origin is None else self.origin[rows]
        self.codes = None if self.codes is None else self.codes[rows]
        self.offset = None if self.offset is None else self.offset[rows]
        self.ticks = self.ticks[rows]

    def check_interval(self, flag: str, interval: str, *, example: str) -> None:
        """Raises UsageError if an interval given with a flag is one of counters and the times are not, or vice versa.

        Args:
            flag: The flag.
            interval: The interval.
            example: Intervals of timestamps, for the message.
        """
        if interval.isdigit() == self.counter:
            return
        raise UsageError(
            f"{flag} {interval} does not fit: the times are {'counters' if self.counter else 'timestamps'}. "
            f"Use {'a whole number' if self.counter else f'an interval such as {example}'}."
        )

    def drop_empty_series(self) -> None:
        """Drops the series that have no rows left, and reports them."""
        if self.codes is None:
            return
        present, codes = np.unique(self.codes, return_inverse=True)
        if len(present) < len(self.ids):
            remaining = set(present.tolist())
            dropped = [name for code, name in enumerate(self.ids) if code not in remaining]
            self.report("dropped", f"series without any rows left: {listed(dropped, 5)}")
            self.ids, self.codes = tuple(self.ids[code] for code in present), codes.astype(np.int32)

    @property
    def starts(self) -> np.ndarray:
        """Row offsets of the series, of shape (series + 1,), for rows sorted by series."""
        if self.codes is None:
            return np.array([0, len(self)], np.int64)
        return np.searchsorted(self.codes, np.arange(len(self.ids) + 1)).astype(np.int64)

    @property
    def same_series(self) -> np.ndarray | None:
        """Whether each row is in the same series as the row before it, of shape (rows - 1,); None if all are."""
        return None if self.codes is None else self.codes[1:] == self.codes[:-1]

    @property
    def repeats(self) -> np.ndarray:
        """Number of earlier rows with the same series and time, of shape (rows,), for rows sorted by both."""
        same = self.ticks[1:] == self.ticks[:-1]
        if self.codes is not None:
            same &= self.codes[1:] == self.codes[:-1]
        if not same.any():
            return np.zeros(len(self), np.int64)
        place = np.arange(len(self))
        first = np.maximum.accumulate(np.where(np.append(True, ~same), place, 0))
        return place - first

    def report(
        self,
        kind: str,
        message: str,
        rows: np.ndarray | int | None = None,
        *,
        count: int | None = None,
        column: str | None = None,
        value: str | None = None,
        remedy: Mapping[str, Any] | None = None,
        blocking: bool = False,
    ) -> None:
        """Adds a finding.

        Args:
            kind: As in `Finding`.
            message: As in `Finding`.
            rows: Positions of the affected rows; the finding names the first of them in the file.
            count: Number of affected rows; the number of `rows` by default.
            column: As in `Finding`.
            value: As in `Finding`; the time of the first row by default.
            remedy: As in `Finding`.
            blocking: As in `Finding`.
        """
        row = series = None
        if rows is not None:
            places = np.atleast_1d(rows)
            first = int(places[0] if self.origin is None else places[np.argmin(self.origin[places])])
            row = 1 + int(first if self.origin is None else self.origin[first])
            code = -1 if self.codes is None else int(self.codes[first])
            series = None if code < 0 else self.ids[code]
            value = self.time_text(first) if value is None else value
            count = len(places) if count is None else count
        self.findings.append(
            Finding(kind, message, column, series, count or 0, row or None, value, remedy or {}, blocking)
        )

    @property
    def time_name(self) -> str | None:
        """The time columns, as a finding names them."""
        return " + ".join(self.roles.time) or None

    def time_text(self, row: int) -> str:
        """Returns the time of a row as text, without trailing zero parts."""
        return tick_text(int(self.ticks[row]), counter=self.counter) + (" UTC" if self.utc else "")


def span_text(ticks: int) -> str:
    """Returns a duration in its two largest units: "1 h 40 min", "3 days"."""
    parts = []
    for size, unit in (
        (86_400 * 10**9, "day"),
        (3600 * 10**9, "h"),
        (60 * 10**9, "min"),
        (10**9, "s"),
        (10**6, "ms"),
        (1, "ns"),
    ):
        whole, ticks = divmod(ticks, size)
        if whole:
            parts.append(f"{whole:,} {unit}" + ("s" if unit == "day" and whole > 1 else ""))
    return " ".join(parts[:2])


def tick_text(tick: int, *, counter: bool) -> str:
    """Returns a time as text, without seconds or time of day where these are zero."""
    if counter:
        return number(tick)
    text = str(np.datetime64(tick, "ns")).replace("T", " ").removesuffix(".000000000")
    text = text.rstrip("0") if "." in text else text.removesuffix(":00")
    return text.removesuffix(" 00:00")
