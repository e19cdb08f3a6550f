"""Writes CSV text as pandas does, without importing pandas."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def csv_times(times: np.ndarray, *, utc: bool) -> list[str]:
    """Formats times: as dates if all are midnight, else with seconds and as many decimals as needed.

    Args:
        times: Array of datetime64[ns], or of int64 counters, of shape (rows,).
        utc: Whether to append the UTC offset "+00:00".
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
    """Returns columns of equal length as CSV with a header; numbers are written with full precision."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return file.getvalue()
