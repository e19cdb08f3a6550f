"""Holt-Winters forecasts, against a recursion written out for one series, and on public data."""

import time

import numpy as np
import pandas as pd
import pytest

from seqkit.data.series.windows import Windows
from seqkit.tasks.forecast import exponential_smoothing
from seqkit.tasks.forecast.baselines import SeasonalNaive
from seqkit.tasks.forecast.exponential_smoothing import HoltWinters, choose_smoothing
from seqkit.tasks.forecast.seasonal_constants import Smoothing


def by_hand(values: np.ndarray, season: int, constants: Smoothing, horizon: int) -> list[float]:
    """Returns the forecasts after the last of the values: the equations of Holt-Winters for one series."""
    first, second = values[:season].mean(), values[season : 2 * season].mean()
    slope = (second - first) / season
    seasonal = [values[i] - first - slope * (i - (season - 1) / 2) for i in range(season)]
    trend = slope if constants.trend else 0.0
    level = first + trend * (season - 1) / 2
    for t in range(season, len(values)):
        expected = level + constants.damping * trend
        error = values[t] - expected - seasonal[t - season]
        level = expected + constants.level * error
        trend = constants.damping * trend + constants.level * constants.trend * error
        seasonal.append(seasonal[t - season] + constants.season * (1 - constants.level) * error)
    ahead = range(1, horizon + 1)
    trends = [trend * sum(constants.damping**power for power in range(1, step + 1)) for step in ahead]
    return [level + trends[step - 1] + seasonal[len(values) - season + (step - 1) % season] for step in ahead]


def noisy(rows: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 20 + 0.3 * np.arange(rows) + 5 * np.sin(np.arange(rows) * 2 * np.pi / 6) + rng.normal(size=rows)


CONSTANTS = [
    Smoothing(level=0.3, trend=0.1, season=0.2, damping=0.9),
    Smoothing(level=0.5, trend=0.0, season=0.4, damping=1.0),
    Smoothing(level=0.2, trend=0.05, season=0.1, damping=1.0, floor=1.0),
]


@pytest.mark.parametrize("constants", CONSTANTS)
@pytest.mark.parametrize("season", [1, 6])
def test_forecasts_follow_the_equations(constants, season):
    values = noisy(60)
    smoother = HoltWinters(values[:, None], np.array([[0, 60]]), season, (constants,))
    for last in (2 * season - 1, 30, 49):
        known = values[: last + 1]
        if constants.floor:
            expected = np.exp(by_hand(np.log(known), season, constants, 9))
        else:
            expected = by_hand(known, season, constants, 9)
        np.testing.assert_allclose(smoother.predict(Windows(np.array([last]), 1, 9))[0, :, 0], expected)


def test_steps_ahead_are_counted_in_rows():
    values = noisy(60)
    smoother = HoltWinters(values[:, None], np.array([[0, 60]]), 6, (CONSTANTS[0],))
    every_row = smoother.predict(Windows(np.array([30]), 1, 9))
    every_second = smoother.predict(Windows(np.array([26]), 3, 3, lead=2, sampling_rate=2))
    np.testing.assert_allclose(every_second[0], every_row[0, [3, 5, 7]])


def test_each_segment_is_smoothed_from_its_first_row_whatever_its_neighbours():
    values = np.stack([noisy(90), noisy(90, seed=1)], axis=1)
    constants = (CONSTANTS[0], CONSTANTS[2])
    windows = Windows(np.array([25, 60, 85]), 2, 3)
    together = HoltWinters(values, np.array([[0, 30], [32, 70], [70, 90]]), 6, constants).predict(windows)
    for position, (first, end) in enumerate([(0, 30), (32, 70), (70, 90)]):
        own = Windows(windows.starts[[position]] - first, 2, 3)
        alone = HoltWinters(values[first:end], np.array([[0, end - first]]), 6, constants).predict(own)
        np.testing.assert_allclose(together[position], alone[0])


def test_windows_before_two_seasons_of_their_segment_are_seasonal_naive():
    values, segments = noisy(60)[:, None], np.array([[0, 20], [20, 60]])
    windows = Windows(np.array([5, 9, 10, 25, 30]), 2, 4)
    forecasts = HoltWinters(values, segments, 6, (CONSTANTS[0],)).predict(windows)
    naive = SeasonalNaive(values, segments, 6).predict(windows)
    assert (forecasts == naive).all(axis=(1, 2)).tolist() == [True, True, False, True, False]


def test_a_forecast_depends_on_no_later_row():
    values, changed = noisy(200)[:, None], noisy(200)[:, None]
    changed[101:] += 40
    before, after = (
        HoltWinters(targets, np.array([[0, 200]]), 6, (CONSTANTS[0],)).predict(Windows(np.arange(80, 105), 1, 4))
        for targets in (values, changed)
    )
    np.testing.assert_array_equal(before[:21], after[:21])
    assert (before[21:] != after[21:]).all()


def test_a_long_segment_in_pieces_is_forecast_as_in_one(monkeypatch):
    values, windows = noisy(900)[:, None], Windows(np.arange(20, 890), 1, 4)
    whole = HoltWinters(values, np.array([[0, 900]]), 6, (CONSTANTS[1],)).predict(windows)
    monkeypatch.setattr(exponential_smoothing, "WARM_UP", (200, 8))
    pieces = HoltWinters(values, np.array([[0, 900]]), 6, (CONSTANTS[1],)).predict(windows)
    np.testing.assert_allclose(pieces, whole, atol=0.02)  # of values whose noise has a deviation of 1
    assert (pieces != whole).any()


def test_a_million_rows_are_smoothed_in_seconds():
    values = np.random.default_rng(0).normal(size=(1_000_000, 1))
    began = time.perf_counter()
    HoltWinters(values, np.array([[0, len(values)]]), 24, (CONSTANTS[1],)).predict(Windows(np.array([999_000]), 1, 2))
    assert time.perf_counter() - began < 10


def test_zeros_after_training_on_positive_values_stay_finite():
    values = np.concatenate([np.exp(noisy(60) / 20), np.zeros(12)])[:, None]
    forecasts = HoltWinters(values, np.array([[0, 72]]), 6, (CONSTANTS[2],)).predict(Windows(np.arange(55, 71), 1, 400))
    assert np.isfinite(forecasts).all() and (forecasts > 0).all()


def test_the_constants_suit_the_series():
    """A walk has a level that follows every error, noise around a constant one that hardly moves."""
    rng = np.random.default_rng(0)
    targets = np.stack([rng.normal(size=400).cumsum(), 50 + rng.normal(size=400)], axis=1)
    walk, noise = choose_smoothing(targets, np.array([[0, 400]]), 1, np.array([1, 2]), np.ones((1, 2)))
    assert walk.level == 0.8 and walk.floor is None
    assert noise.level == 0.05 and noise.trend == 0


def test_exponential_growth_is_smoothed_on_the_log_scale_and_linear_growth_as_it_is():
    rows = np.arange(72)
    season = np.tile([1.0, 2, 4, 3, 2, 1], 12)
    targets = np.stack([season * 1.05**rows, 10 * season + rows, season - 3], axis=1)
    chosen = choose_smoothing(targets, np.array([[0, 72]]), 6, np.arange(1, 7), np.ones((1, 3)))
    assert [each.floor is not None for each in chosen] == [True, False, False]


def test_wild_values_are_smoothed_without_overflow():
    values = np.exp(np.random.default_rng(0).normal(0, 8, size=(200, 1)).cumsum(axis=0) / 4)
    constants = choose_smoothing(values, np.array([[0, 200]]), 6, np.arange(1, 101), np.ones((1, 1)))
    unstable = Smoothing(level=0.8, trend=1.0, season=1.0, damping=1.0, floor=1e-9)
    for each in (*constants, unstable):
        windows = Windows(np.arange(20, 100), 1, 100)
        assert np.isfinite(HoltWinters(values, np.array([[0, 200]]), 6, (each,)).predict(windows)).all()


def test_forecasts_beyond_any_number_are_not_chosen():
    rows = np.arange(30)
    targets = 10.0 ** np.minimum(20 * rows, 300)[:, None]  # goes on level where growth would exceed float64
    (chosen,) = choose_smoothing(targets, np.array([[0, 30]]), 1, np.arange(1, 9), np.ones((1, 1)))
    assert np.isfinite(HoltWinters(targets, np.array([[0, 30]]), 1, (chosen,)).targets).all()


def test_too_few_rows_or_too_long_a_season_have_no_constants():
    values, scale = noisy(17)[:, None], np.ones((1, 1))
    assert choose_smoothing(values, np.array([[0, 17]]), 6, np.arange(1, 3), scale) == ()
    assert len(choose_smoothing(values, np.array([[0, 17]]), 5, np.arange(1, 3), scale)) == 1
    many = noisy(7000)[:, None]
    assert choose_smoothing(many, np.array([[0, 7000]]), 2001, np.arange(1, 3), scale) == ()


def test_the_error_on_air_passengers_is_that_of_published_implementations_or_lower(requires_data):
    """Four years are forecast at their beginnings. Holt-Winters of the logarithms has a MASE of about 0.69 there."""
    frame = pd.read_csv(requires_data("air_passengers/AirPassengers.csv"))
    values = frame["#Passengers"].to_numpy(np.float64)[:, None]
    errors = []
    for rows in (96, 108, 120, 132):
        constants = choose_smoothing(values, np.array([[0, rows]]), 12, np.arange(1, 13), np.ones((1, 1)))
        smoother = HoltWinters(values, np.array([[0, 144]]), 12, constants)
        forecast = smoother.predict(Windows(np.array([rows - 1]), 1, 12))
        scale = np.abs(values[12:rows] - values[: rows - 12]).mean()
        errors.append(np.abs(forecast[0] - values[rows : rows + 12]).mean() / scale)
    assert np.mean(errors) == pytest.approx(0.53, abs=0.02)
