"""UTC offsets of times: in the text of a cell, or in the type of a time-zone-aware column."""

from __future__ import annotations

from typing import Any

import numpy as np

_OFFSET = r"([+-])(\d{2}):?(\d{2})?$"
_LENGTH = len("+05:30")
_MINUTE = 60 * 1_000_000_000


def text_offsets(text: Any) -> np.ndarray:
    """Returns the UTC offset at the end of each text in nanoseconds, int64 of shape (rows,); 0 without one.

    Args:
        text: Times as text, a Series of length rows.
    """
    import pandas

    codes, tails = pandas.factorize(text.str[-_LENGTH:])
    parts = pandas.Series(tails, dtype="str").str.extract(_OFFSET)
    hours, minutes = (pandas.to_numeric(parts[i]).fillna(0).to_numpy(np.int64) for i in (1, 2))
    sign = np.where(parts[0] == "-", -1, 1)
    offsets = np.append(sign * (60 * hours + minutes) * _MINUTE, 0)  # the last one is that of missing texts
    return offsets[codes]


def column_offsets(column: Any) -> np.ndarray:
    """Returns the UTC offset of each time of a time-zone-aware column in nanoseconds; 0 for missing times."""
    local, utc = column.dt.tz_localize(None), column.dt.tz_convert("UTC").dt.tz_localize(None)
    offsets = (local.to_numpy() - utc.to_numpy()).astype("timedelta64[ns]")
    return np.where(np.isnat(offsets), np.timedelta64(0), offsets).astype(np.int64)
