"""Small frames and tables."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from seqkit.data.series.table import Table
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError

NAN = float("nan")


def hourly(values, *, start: str = "2020-01-01", **columns) -> pd.DataFrame:
    """A table of hourly rows with the target `y`."""
    times = pd.date_range(start, periods=len(values), freq="h")
    return pd.DataFrame({"ds": times, "y": values, **columns})


def hours(table: Table) -> list[int]:
    """The times of a table in hours since 2020."""
    return ((table.time - np.datetime64("2020-01-01")) / np.timedelta64(1, "h")).astype(int).tolist()


@st.composite
def holed_series(draw):
    """One to three series of distinct values with rows and values missing."""
    series, value = [], 0.0
    for name in "abc"[: draw(st.integers(1, 3))]:
        present = draw(st.lists(st.integers(0, 40), min_size=4, max_size=30, unique=True))
        known = draw(st.lists(st.booleans(), min_size=len(present), max_size=len(present)))
        known[0] |= name == "a"  # a column of nothing would be left out
        values = [value + i + 1 if keep else NAN for i, keep in enumerate(known)]
        value += 1000
        times = pd.Timestamp("2020-01-01") + pd.to_timedelta(present, unit="h")
        series.append(pd.DataFrame({"unique_id": name, "ds": times, "y": values, "x": np.arange(len(present)) + value}))
    return pd.concat(series, ignore_index=True)


def regular(frame: pd.DataFrame, missing: str) -> Table | None:
    """The table, or None if the drawn data has no valid rows."""
    try:
        return regularise(frame, target=("x",), features=("y",), missing=missing, resample="h")
    except DataError:
        return None
