"""Tables of plain arrays, for programs that forecast many times a second."""

import numpy as np

from seqkit.data.series.table import Table
from seqkit.errors import DataError
from seqkit.tasks.forecast.context import ID, TIME
from seqkit.tasks.forecast.state import ForecastState


def table_of_arrays(state: ForecastState, values: np.ndarray, times: np.ndarray | None) -> Table:
    """Returns a table of the rows in arrays; see `Forecaster.forecast_arrays`.

    Args:
        state: The fitted state.
        values: Rows, of shape (rows, columns) or (series, rows, columns).
        times: Times of the rows, of shape (rows,), or None.

    Raises:
        DataError: The arrays have another shape, are too short, or contain values that are not finite.
    """
    names = ", ".join(state.columns)
    if values.ndim not in (2, 3) or values.shape[-1] != len(state.columns) or not values.size:
        raise DataError(
            f"Expected values of shape (rows, {len(state.columns)}) or (series, rows, {len(state.columns)}) with the "
            f"columns {names}, got {values.shape}. Reorder or reshape the array."
        )
    count, rows = (values.shape[0] if values.ndim == 3 else 1), values.shape[-2]
    if not np.isfinite(values).all():
        raise DataError("The array contains values that are not finite. Fill them, or give a frame to `forecast`.")
    if times is None:
        if state.calendar:
            raise DataError("The run reads the calendar. Give the times of the rows as `times`.")
        times = np.arange(rows)
    elif times.shape != (rows,):
        raise DataError(f"Expected {rows} times, one for each row, got the shape {times.shape}. Give one for each row.")
    starts = np.arange(count + 1, dtype=np.int64) * rows
    return Table(
        columns={name: values[..., i].ravel() for i, name in enumerate(state.columns)},
        time=np.tile(times, count),
        ids=tuple(map(str, range(count))) if values.ndim == 3 else ("series",),
        starts=starts,
        segments=np.stack([starts[:-1], starts[1:]], axis=1),
        interval=state.interval,
        targets=state.targets,
        time_column=(TIME,),
        id_column=ID if values.ndim == 3 else None,
        notes=(),
    )
