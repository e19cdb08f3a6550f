"""Adds public holidays to a table, as features that are known ahead."""

from dataclasses import replace

from seqkit.data.series.holidays import Holidays
from seqkit.data.series.table import Table
from seqkit.errors import UsageError


def with_holidays(table: Table, holidays: Holidays) -> Table:
    """Returns a table with the holidays as features that are known ahead.

    Args:
        table: The table.
        holidays: The countries.

    Raises:
        UsageError: The rows have no times, a country is unknown, or a column has the name of a holiday feature.
        MissingExtraError: The package `holidays` is not installed.
    """
    if table.time.dtype.kind != "M":
        raise UsageError("--holidays needs the times of the rows, but they are counted. Leave it out, or set --time.")
    if both := [name for name in holidays.columns if name in table.columns]:
        raise UsageError(f"The column '{both[0]}' has the name that --holidays gives to its feature. Rename it.")
    values = holidays.values(table.time)
    columns = {name: values[:, i] for i, name in enumerate(holidays.columns)}
    return replace(
        table, columns={**table.columns, **columns}, future=(*table.future, *holidays.columns), holidays=holidays
    )
