"""Logarithms of positive targets, which turn growth by shares of the level into growth by constant steps."""

from dataclasses import replace

import numpy as np

from seqkit.data.series.table import Table
from seqkit.errors import DataError
from seqkit.tasks.forecast.text import csv_times

MAX_LOG = 700.0
"""Largest magnitude of a logarithm that is transformed back: its exponential is finite in float64."""


def with_log_targets(table: Table) -> Table:
    """Returns the table with the natural logarithms of its targets.

    Raises:
        DataError: A value of a target is not positive.
    """
    columns = dict(table.columns)
    for name in table.targets:
        values = columns[name].astype(np.float64)
        if not (values > 0).all():
            row = int(np.argmin(values > 0))
            raise DataError(
                f"The target '{name}' is {values[row]:g} at {csv_times(table.time[[row]], utc=table.utc)[0]}, and "
                f"{int((values <= 0).sum()):,} of its {len(values):,} values are not positive: they have no logarithm. "
                "Leave out --log."
            )
        columns[name] = np.log(values)
    return replace(table, columns=columns)


def from_log(values: np.ndarray) -> np.ndarray:
    """Returns the exponentials of values, those beyond `MAX_LOG` cut there."""
    exponentials: np.ndarray = np.exp(np.clip(values, -MAX_LOG, MAX_LOG))
    return exponentials
