"""Tables of many series: the work grows with the rows."""

import sys
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from seqkit.data.series.table import Table
from seqkit.data.tables.regularise import regularise
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.encode import encode, forecast_columns, missing_context, newest_windows


def panel(levels, rows=60, *, seed=0, swing=0.3, noise=0.05):
    """Returns daily series s0, s1, … with the same weekly shape in relation to their level."""
    rng, levels = np.random.default_rng(seed), np.asarray(levels, float)
    shape = 1 + swing * np.sin(2 * np.pi * np.arange(rows) / 7) + noise * rng.standard_normal((len(levels), rows))
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{i}" for i in range(len(levels))], rows),
            "ds": np.tile(pd.date_range("2023-01-02", periods=rows), len(levels)),
            "y": (levels[:, None] * shape).ravel(),
        }
    )


def work(function: Callable[[], object]) -> tuple[int, int]:
    """Returns the calls and the peak of memory in bytes of a function."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    tracemalloc.start()
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return calls, peak


def forecast_all(table: Table) -> None:
    state, _ = forecast.prepare(table, window=14, horizon=7)
    values, windows = encode(state, table), newest_windows(state, table)
    missing_context(state, table)
    windows.read(values)
    forecast_columns(state, table, windows, np.zeros((len(windows), 7, 1)))


@pytest.mark.parametrize("function", [lambda table: forecast.prepare(table, window=14, horizon=7), forecast_all])
def test_work_grows_linearly_in_the_number_of_series(function):
    few, many = (regularise(panel(np.ones(series))) for series in (100, 800))
    function(few)  # what is imported, compiled or cached once
    calls, peak = zip(*(work(lambda table=table: function(table)) for table in (few, many)), strict=True)

    assert calls[1] < 9 * calls[0]
    assert peak[1] < 9 * peak[0]
