"""A regular table of numbers over time, as models read it: no gap inside a segment, no value missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Table:
    """Regular numeric series, sorted by series, then time.

    Attributes:
        columns: The inputs by name, the targets among them, in the order of the file; each of shape (rows,), numbers.
        time: datetime64[ns] of shape (rows,), UTC where the data told its zone; int64 counters where there is no time.
        ids: Names of the series in order; "series" where there is one without a name.
        starts: Row offsets, int64 of shape (series + 1,): series `s` is the rows `starts[s]:starts[s + 1]`.
        segments: Row ranges [first, end) without a gap, each inside one series, int64 of shape (n, 2), ascending.
        interval: Time between two rows as a pandas offset alias ("10min", "h", "D", "B", "MS", ...); "1" for counters.
        targets: Names of the columns to predict, in the order asked for.
        time_column: The columns that told the time; none where the rows were counted.
        id_column: The column that names the series, or None.
        notes: Everything that was mended, left out or is good to know, one line each.
        utc: Whether the times are UTC because the data told its zone: an offset in the text, a column that knows its
            zone, Unix time, or the option `timezone` (which leaves dates without a clock as they are). False for local
            times of an unknown zone, and for counters.
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

    @cached_property
    def frame(self) -> pandas.DataFrame:
        """The columns as a frame, rows counted from 0; it shares their memory."""
        import pandas

        return pandas.DataFrame(self.columns, copy=False)

    def __len__(self) -> int:
        return len(self.time)


def fingerprint(table: Table, columns: Iterable[str]) -> str:
    """Returns a hash of a table's series, times and the numbers of some columns: the same for the same data."""
    digest = hashlib.sha256(repr(table.ids).encode())
    digest.update(table.time.tobytes())
    digest.update(table.starts.tobytes())
    for name in columns:
        digest.update(str(name).encode())
        digest.update(table.columns[name].astype(np.float64).tobytes())
    return digest.hexdigest()
