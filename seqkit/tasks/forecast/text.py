"""Forecasts and rows as CSV, without pandas, as pandas writes them."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def csv_times(times: np.ndarray, *, utc: bool) -> list[str]:
    """Returns times as text: dates alone where all are at midnight, else seconds and as many decimals as are needed.

    Args:
        times: datetime64[ns] or, as counters, int64, of shape (rows,).
        utc: Whether to write that they are UTC.
    """
    if times.dtype.kind != "M":
        return [str(number) for number in times.tolist()]
    ticks = times.astype("datetime64[ns]").astype(np.int64)
    if not utc and not (ticks % 86_400_000_000_000).any():
        return np.datetime_as_string(times, "D").tolist()
    unit: Any = next(
        unit for unit, scale in (("s", 10**9), ("ms", 10**6), ("us", 10**3), ("ns", 1)) if not (ticks % scale).any()
    )
    zone = "+00:00" if utc else ""
    return [text.replace("T", " ") + zone for text in np.datetime_as_string(times, unit).tolist()]


def csv_lines(columns: Mapping[str, Sequence[object]]) -> str:
    """Returns columns of one length as CSV with a header; numbers are written so that they are read as the same."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return file.getvalue()
