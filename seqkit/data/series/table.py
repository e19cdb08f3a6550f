"""Regular numeric time series, as models read them: no gaps inside a segment, no missing values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas

    from seqkit.data.series.holidays import Holidays


@dataclass(frozen=True)
class Table:
    """Regular numeric series, sorted by series, then time.

    Attributes:
        columns: The inputs by name, including the targets, in file order; numeric, each of shape (rows,).
        time: datetime64[ns] of shape (rows,), UTC if the time zone is known; int64 counters if there is no time.
        ids: Names of the series in order; "series" for a single unnamed one.
        starts: Row offsets, int64 of shape (series + 1,): series `s` is the rows `starts[s]:starts[s + 1]`.
        segments: Row ranges [first, end) without a gap, each inside one series, int64 of shape (n, 2), ascending.
        interval: Time between rows as a pandas offset alias ("10min", "h", "D", "B", "MS", ...); "1" for counters.
        targets: Names of the columns to predict, in the requested order.
        time_column: The time columns; empty if rows are numbered instead.
        id_column: The columns that name the series, joined by " + ", or None.
        notes: One line for each fix, dropped row or column, and other note.
        utc: Whether the times are UTC because the time zone is known: from an offset in the text, a zone-aware column,
            Unix time, or the option `timezone` (which does not shift dates without a time of day). False for local
            times of an unknown zone and for counters.
        time_format: The format that the rows settled together, so that newer rows are read in the same way: the order
            of day and month, or whether numbers are weeks. None if every time shows its format.
        filled: For each column with filled values, whether each value was filled instead of measured, of shape
            (rows,). A filled value may be an input; it is never a target.
        future: Names of the columns that are known ahead, for the rows to predict too.
        categories: Categories by name of the column that they were read from; see `seqkit.tasks.forecast.categories`.
        unknown_categories: Categories of these columns that are no inputs.
        holidays: Countries whose holidays are among the columns; None for none.
        lookahead: Whether a value of each row was interpolated, and so depends on a later one, of shape (rows,); None
            if none was. No window ends on such a row: at its time the value was not known.
        origin: Row of the file that each row comes from, counted from 0, -1 for an inserted row, of shape (rows,); None
            if all rows are as in the file.
    """

    columns: dict[str, np.ndarray]
    time: np.ndarray
    ids: tuple[str, ...]
    starts: np.ndarray
    segments: np.ndarray
    interval: str
    targets: tuple[str, ...]
    time_column: tuple[str, ...]
    id_column: str | None
    notes: tuple[str, ...]
    utc: bool = False
    time_format: str | None = None
    filled: dict[str, np.ndarray] = field(default_factory=dict)
    future: tuple[str, ...] = ()
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown_categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    holidays: Holidays | None = None
    lookahead: np.ndarray | None = None
    origin: np.ndarray | None = None

    @cached_property
    def frame(self) -> pandas.DataFrame:
        """The columns as a DataFrame with a RangeIndex; it shares their memory."""
        import pandas

        return pandas.DataFrame(self.columns, copy=False)

    def __len__(self) -> int:
        return len(self.time)

    def measured(self, names: Sequence[str]) -> np.ndarray | None:
        """Returns whether each value of the given columns was measured, of shape (rows, columns); None if all were."""
        if not any(name in self.filled for name in names):
            return None
        everywhere = np.ones(len(self), bool)
        return np.stack([~self.filled[name] if name in self.filled else everywhere for name in names], axis=1)

    def series_of(self, rows: np.ndarray) -> np.ndarray:
        """Returns the number of the series of each row: its position in `ids`."""
        numbers: np.ndarray = np.searchsorted(self.starts, rows, side="right") - 1
        return numbers


def fingerprint(table: Table, columns: Iterable[str], *, filled: bool = False) -> str:
    """Returns a hash of a table's series, times and the given columns; equal data give equal hashes.

    Args:
        table: The table.
        columns: Names of the columns.
        filled: Whether the hash also depends on which values were filled.
    """
    digest = hashlib.sha256(repr(table.ids).encode())
    digest.update(table.time.tobytes())
    digest.update(table.starts.tobytes())
    for name in columns:
        digest.update(str(name).encode())
        digest.update(table.columns[name].astype(np.float64).tobytes())
        if filled and name in table.filled:
            digest.update(table.filled[name].tobytes())
    return digest.hexdigest()
