"""From a frame as it was read to a regular table: sorted, without holes inside a segment, all numbers.

Whatever is wrong is named, all at once, with the flags that mend it; nothing is mended that was not asked for, except
for the order of the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from seqkit.data.series.table import Table
from seqkit.data.tables.findings import Choices
from seqkit.data.tables.gaps import segments
from seqkit.data.tables.pipeline import examine
from seqkit.data.tables.report import finding_lines, refusal
from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas


def regularise(
    frame: pandas.DataFrame,
    *,
    time: tuple[str, ...] = (),
    id: str | None = None,
    target: tuple[str, ...] = (),
    features: tuple[str, ...] = (),
    timezone: str | None = None,
    time_format: str | None = None,
    sentinel: tuple[float, ...] = (),
    not_sentinel: tuple[float, ...] = (),
    null: tuple[str, ...] = (),
    decimal: Literal[".", ","] = ".",
    missing: Literal["error", "ffill", "interpolate", "drop"] = "error",
    duplicates: Literal["error", "first", "last", "mean"] = "error",
    resample: str | None = None,
    interval: str | None = None,
) -> Table:
    """Returns the regular table of a frame, or says everything that stands in the way.

    Args:
        frame: The table as `seqkit.data.tables.reading.read_frame` returns it; it is not changed.
        time: Column of the time; several are a date and an hour (minute, second), or year, month, day and so on.
        id: Column that names the series, in a long table of several; unique_id and item_id are known.
        target: Column to predict, or several, or 'all'; y and target are known, and so is an only column of numbers.
        features: Columns to read; all columns of numbers by default, and the targets in any case.
        timezone: Time zone of local times, such as Europe/Berlin; they are turned into UTC.
        time_format: How times are written, such as '%d.%m.%Y %H:%M'; s, ms, us or ns for Unix time.
        sentinel: Numbers that stand for a missing value, such as -9999.
        not_sentinel: Numbers that look like a sentinel and were measured.
        null: Texts among numbers that stand for a missing value, such as '?'.
        decimal: Sign before the decimals of numbers.
        missing: Missing rows and values: error stops; ffill fills with the last value; interpolate fills on the line to
            the next value, which was not known at the time, so that scores flatter; drop leaves the rows out and cuts
            the series there.
        duplicates: Rows of the same time: error stops; first, last and mean keep the first, the last or their mean.
        resample: Average all rows of each such interval, as in 10min, h, D, W-SUN, MS.
        interval: The interval the rows must have, for data that a finished run reads; a target may then be constant.

    Raises:
        UsageError: A column that is asked for is not there (the nearest are named), no target is told, or a choice is
            none.
        DataError: Something is wrong that the choices do not mend: every finding with column, count, first row and
            value, and the flags that mend it.
    """
    choices = Choices(
        time=time,
        id=id,
        target=target,
        features=features,
        timezone=timezone,
        time_format=time_format,
        sentinel=sentinel,
        not_sentinel=not_sentinel,
        null=null,
        decimal=decimal,
        missing=missing,
        duplicates=duplicates,
        resample=resample,
        interval=interval,
    )
    working = examine(frame, choices)
    if any(finding.blocking for finding in working.findings):
        raise DataError(refusal(frame, choices))
    assert working.interval is not None  # without one there is a blocking finding
    return Table(
        columns=dict(working.columns),
        time=working.ticks if working.counter else working.ticks.view("datetime64[ns]"),
        ids=working.ids,
        starts=working.starts,
        segments=segments(working),
        interval=working.interval,
        targets=working.roles.targets,
        time_column=working.roles.time,
        id_column=working.roles.id,
        notes=tuple(finding_lines(working.findings)),
        utc=working.utc,
    )
