"""Forecasts of plain arrays."""

import numpy as np
import pytest

import seqkit
from seqkit.errors import DataError


@pytest.fixture
def forecaster(small_run):
    return seqkit.load(small_run)


@pytest.fixture
def rows(forecaster):
    """The stored rows as an array, and their times."""
    table = forecaster.context()
    return np.stack([table.columns[name] for name in forecaster.state.columns], axis=1), table.time


def test_arrays_are_forecast_as_the_same_rows_in_a_frame(forecaster, rows):
    values, times = rows
    expected = forecaster.forecast()["dense"].to_numpy()
    np.testing.assert_array_equal(forecaster.forecast_arrays(values, times)[:, 0], expected)


def test_several_series_are_forecast_in_one_call(forecaster, rows):
    values, times = rows
    forecasts = forecaster.forecast_arrays(np.stack([values, values + 1]), times)
    assert forecasts.shape == (2, 1, 1)
    np.testing.assert_allclose(forecasts[1], forecaster.forecast_arrays(values + 1, times), rtol=1e-6)


def test_arrays_that_do_not_fit_the_run_are_refused(forecaster, rows):
    values, times = rows
    with pytest.raises(
        DataError, match=r"Expected values of shape \(rows, 14\) or \(series, rows, 14\) with the columns"
    ):
        forecaster.forecast_arrays(values[:, :-1], times)
    with pytest.raises(DataError, match=r"The run reads the calendar\. Give the times of the rows as `times`"):
        forecaster.forecast_arrays(values)
    with pytest.raises(DataError, match=r"times, one for each row, got the shape \(1,\)"):
        forecaster.forecast_arrays(values, times[:1])
    with pytest.raises(DataError, match="A forecast needs"):
        forecaster.forecast_arrays(values[1:], times[1:])
    values[3, 0] = np.nan
    with pytest.raises(DataError, match=r"contains values that are not finite\. Fill them, or give a frame"):
        forecaster.forecast_arrays(values, times)
