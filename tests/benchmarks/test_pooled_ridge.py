"""The partly pooled ridge regression of a panel."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.pooled_ridge import PooledRidge
from seqkit.errors import DataError

RIDGE = PooledRidge(horizon=4, season=4, windows=(8, 12), pooling=0.3)


def seasonal(seed, rows=120):
    rng = np.random.default_rng(seed)
    season = np.tile(rng.normal(size=4), rows // 4 + 1)[:rows]
    return np.exp(3 * seed + season + rng.normal(size=rows) / 20)


def test_season_of_each_series_continues_at_its_level():
    series = [seasonal(seed) for seed in range(5)]
    forecasts = RIDGE.forecast([values[:-4] for values in series])
    np.testing.assert_allclose(forecasts, [values[-4:] for values in series], rtol=0.25)


def test_forecast_does_not_depend_on_the_unit():
    series = [seasonal(seed) for seed in range(3)]
    scaled = RIDGE.forecast([values * 1000 for values in series])
    np.testing.assert_allclose(scaled, 1000 * RIDGE.forecast(series), rtol=1e-6)


def test_windows_are_averaged_as_logarithms():
    series = [seasonal(seed) for seed in range(3)]
    short, long = (replace(RIDGE, windows=(window,)).forecast(series) for window in (8, 12))
    np.testing.assert_allclose(RIDGE.forecast(series), np.sqrt(short * long), rtol=1e-9)


@pytest.mark.parametrize(
    ("values", "message"), [(np.zeros(50), "not positive.* Leave it out"), (np.ones(16), "has 16 rows, expected 17")]
)
def test_series_that_cannot_be_forecast_is_refused(values, message):
    with pytest.raises(DataError, match=rf"Series 1 .*{message}"):
        RIDGE.forecast([seasonal(0), values])
