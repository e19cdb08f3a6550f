"""Baselines by hand, against scikit-learn on the rows written down, and on public data."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge as SklearnRidge

from seqkit.data.series.windows import Windows, legal_windows
from seqkit.errors import DataError
from seqkit.tasks.forecast import baselines
from seqkit.tasks.forecast.baselines import LastValue, Ridge, SeasonalNaive
from seqkit.tasks.forecast.metrics import ForecastErrors


def windows_at(*starts: int, steps: int = 2, horizon: int = 1, lead: int = 1, sampling_rate: int = 1) -> Windows:
    return Windows(np.array(starts, np.int64), steps, horizon, lead, sampling_rate)


def test_last_value_is_repeated_over_the_horizon():
    targets = np.array([[1, 10], [2, 20], [3, 30], [4, 40]])
    predicted = LastValue(targets).predict(windows_at(0, 1, steps=2, horizon=2))
    np.testing.assert_array_equal(predicted, [[[2, 20], [2, 20]], [[3, 30], [3, 30]]])


def seasonal(rows: int, season: int, *segments: tuple[int, int]) -> SeasonalNaive:
    """Its targets are the row numbers, so that a forecast says which row it was taken from."""
    return SeasonalNaive(np.arange(rows)[:, None], np.array(segments), season)


def test_seasonal_naive_takes_as_few_whole_seasons_as_lead_to_a_known_row():
    # Newest row 5; the targets 6 to 12 lie one, one, one, two, two, two and three seasons of three after known rows.
    predicted = seasonal(20, 3, (0, 20)).predict(windows_at(4, steps=2, horizon=7))
    np.testing.assert_array_equal(predicted[0, :, 0], [3, 4, 5, 3, 4, 5, 3])


def test_seasonal_naive_may_take_the_newest_row_itself():
    predicted = seasonal(20, 3, (0, 20)).predict(windows_at(0, steps=1, lead=3))
    np.testing.assert_array_equal(predicted, [[[0]]])


def test_seasonal_naive_looks_back_before_the_window_and_counts_nothing():
    naive = seasonal(40, 24, (0, 40))
    np.testing.assert_array_equal(naive.predict(windows_at(25, 26, steps=2))[:, 0, 0], [3, 4])
    assert naive.fallbacks == 0


def test_seasonal_naive_goes_by_rows_whatever_the_sampling_rate():
    predicted = seasonal(40, 12, (0, 40)).predict(windows_at(12, steps=3, horizon=3, lead=2, sampling_rate=3))
    np.testing.assert_array_equal(predicted[0, :, 0], [24 - 12, 27 - 12, 30 - 12])


def test_seasonal_naive_falls_back_to_the_last_value_before_a_segment_and_counts_it():
    naive = seasonal(40, 5, (0, 10), (10, 20), (22, 40))
    predicted = naive.predict(windows_at(11, 14, 22, steps=2, horizon=3))
    # Newest rows 12, 15 and 23. A season before 13 lies 8, in the segment before; before 24 lies 19, across a gap.
    np.testing.assert_array_equal(predicted[..., 0], [[12, 12, 10], [11, 12, 13], [23, 23, 23]])
    assert naive.fallbacks == 5
    naive.predict(windows_at(22, steps=2, horizon=3))
    assert naive.fallbacks == 8


def test_the_first_row_of_a_segment_knows_no_season():
    naive = seasonal(20, 5, (0, 10), (10, 20))
    assert naive.predict(windows_at(10, steps=1)) == 10
    assert naive.fallbacks == 1


def test_seasonal_naive_refuses_a_season_of_no_row():
    with pytest.raises(ValueError, match="season_rows"):
        seasonal(4, 0, (0, 4))


def series(rows: int = 300, columns: int = 3, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(rows, columns)), axis=0) + 50


def splits(rows: int = 300, **lengths: int) -> tuple[Windows, Windows, Windows]:
    ranges = ((0, rows // 2), (rows // 2, 3 * rows // 4), (3 * rows // 4, rows))
    train, validation, test = (legal_windows([(0, rows)], [part], **lengths) for part in ranges)
    return train, validation, test


def rows_of(values: np.ndarray, targets: list[int], windows: Windows, *, shared: bool) -> tuple[np.ndarray, np.ndarray]:
    x, last = windows.read(values)[:, :-1], values[windows.last_rows][:, None]
    x, y = x - last, (windows.read_targets(values) - last)[:, :, targets]
    if not shared:
        return np.concatenate([x, last], axis=1).reshape(len(windows), -1), y.reshape(len(windows), -1)
    return np.concatenate([x[:, :, t] for t in targets]), np.concatenate([y[:, :, i] for i in range(len(targets))])


@pytest.mark.parametrize("shared", [True, False])
def test_ridge_is_scikit_learns_on_differences_from_the_last_value(shared):
    values, targets = series(), [2, 0]
    train, validation, test = splits(steps=6, horizon=4, lead=2, sampling_rate=2)
    found = Ridge.fit(values, targets, train, validation, shared=shared)

    x, y = rows_of(values, targets, train, shared=shared)
    reference = SklearnRidge(alpha=found.penalty * x.var(axis=0).mean() * len(x)).fit(x, y)
    x, y = rows_of(values, targets, validation, shared=shared)
    assert found.validation_mse == pytest.approx(((reference.predict(x) - y) ** 2).mean(), rel=1e-7)

    x, _ = rows_of(values, targets, test, shared=shared)
    changes = reference.predict(x)
    if shared:
        changes = changes.reshape(2, len(test), 4).transpose(1, 2, 0)
    expected = changes.reshape(len(test), 4, 2) + values[test.last_rows][:, None, targets]
    np.testing.assert_allclose(found.predict(test), expected, rtol=1e-7)


@pytest.mark.parametrize("shared", [True, False])
def test_ridge_continues_what_follows_a_linear_rule(shared):
    time = np.arange(400)
    values = np.stack([np.sin(time / 5), np.sin(time / 5 + 1)], axis=1)
    train, validation, test = splits(400, steps=8, horizon=3)
    predicted = Ridge.fit(values, [0, 1], train, validation, shared=shared).predict(test)
    np.testing.assert_allclose(predicted, test.read_targets(values), atol=1e-4)


def test_a_shift_of_the_series_shifts_its_forecast():
    values = series()
    train, validation, test = splits(steps=5, horizon=2)
    one = Ridge.fit(values, [0], train, validation, shared=False).predict(test)
    other = Ridge.fit(values + 1000, [0], train, validation, shared=False).predict(test)
    np.testing.assert_allclose(other, one + 1000, rtol=1e-7)


def test_ridge_of_one_step_is_last_value_and_drift():
    values = np.arange(100.0)[:, None] * 2
    train, validation, test = splits(100, steps=1, horizon=2)
    predicted = Ridge.fit(values, [0], train, validation, shared=True).predict(test)
    np.testing.assert_allclose(predicted, test.read_targets(values))


def test_ridge_predicts_in_parts_as_at_once():
    values = series().astype(np.float32)
    train, validation, test = splits(steps=5, horizon=2)
    found = Ridge.fit(values, [1], train, validation, shared=False)
    assert found.predict(test).dtype == np.float32
    one_by_one = np.concatenate([found.predict(batch) for batch in test.batches(1)])
    np.testing.assert_allclose(one_by_one, found.predict(test), rtol=1e-6)
    assert found.predict(test[:0]).shape == (0, 2, 1)


def test_ridge_can_be_put_together_again_from_what_it_shows():
    values = series()
    train, validation, test = splits(steps=5, horizon=2)
    fitted = Ridge.fit(values, [2, 0], train, validation, shared=True)
    again = Ridge(
        inputs=values,
        positions=fitted.positions,
        shared=fitted.shared,
        coefficients=fitted.coefficients,
        intercept=fitted.intercept,
        penalty=fitted.penalty,
        validation_mse=fitted.validation_mse,
    )
    np.testing.assert_array_equal(again.predict(test), fitted.predict(test))


def test_a_joint_ridge_of_too_many_features_is_shared_instead(monkeypatch):
    monkeypatch.setattr(baselines, "MAX_JOINT_FEATURES", 11)
    train, validation, test = splits(steps=5, horizon=2)
    found = Ridge.fit(series(), [1], train, validation, shared=False)
    assert found.shared
    assert found.coefficients.shape == (4, 2)
    assert found.predict(test).shape == (len(test), 2, 1)


def test_ridge_refuses_what_is_not_finite():
    values = series()
    values[10, 0] = np.nan
    train, validation, _ = splits(steps=5, horizon=2)
    with pytest.raises(DataError, match="finite"):
        Ridge.fit(values, [1], train, validation, shared=False)


def test_no_baseline_reads_a_row_after_the_newest_of_its_window():
    values = series()
    train, validation, test = splits(steps=5, horizon=6, lead=2)
    window = test[30:31]
    before = [
        LastValue(values).predict(window),
        SeasonalNaive(values, np.array([[0, 300]]), 4).predict(window),
        *(Ridge.fit(values, [0, 1], train, validation, shared=shared).predict(window) for shared in (True, False)),
    ]
    values = values.copy()
    values[window.last_rows[0] + 1 :] = np.nan
    after = [
        LastValue(values).predict(window),
        SeasonalNaive(values, np.array([[0, 300]]), 4).predict(window),
        *(Ridge.fit(values, [0, 1], train, validation, shared=shared).predict(window) for shared in (True, False)),
    ]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_training_rows_alone_decide_the_weights_at_a_penalty():
    values = series()
    train, validation, _ = splits(steps=5, horizon=2)
    before = Ridge.fit(values, [0], train, validation, shared=False)
    values[150:] += np.random.default_rng(1).normal(size=(150, 3))
    after = Ridge.fit(values, [0], train, validation, shared=False)
    if before.penalty == after.penalty:
        np.testing.assert_array_equal(before.coefficients, after.coefficients)
    assert before.validation_mse != after.validation_mse


def seasonal_series(rows: int = 1200, *, strength: float = 1.0) -> np.ndarray:
    """A column whose level goes on in one half of a cycle and turns round in the other, and the cycle."""
    rng = np.random.default_rng(0)
    angle = 2 * np.pi * np.arange(rows) / 40
    level = np.zeros(rows)
    for row in range(1, rows):
        level[row] = 0.9 * strength * np.sin(angle[row]) * level[row - 1] + rng.normal()
    return np.stack([level, np.sin(angle), np.cos(angle)], axis=1)


def test_a_linear_forecast_knows_what_a_value_means_at_the_time_that_is_predicted():
    values = seasonal_series()
    train, validation, test = splits(1200, steps=3, horizon=2)
    plain = Ridge.fit(values, [0], train, validation, shared=False)
    found = Ridge.fit(values, [0], train, validation, shared=False, calendar_terms=2)
    assert found.coefficients.shape == (3 * 3 + 2 * 1, 2)
    errors = [
        np.abs(each.predict(test) - test.read_targets(values[:, :1])).mean(axis=0)[0, 0] for each in (plain, found)
    ]
    assert errors[1] < 1.1 * np.sqrt(2 / np.pi) < 1.2 * np.sqrt(2 / np.pi) < errors[0], "that of the noise alone"
    expected = 0.9 * values[test.target_rows[:, 0], 1] * values[test.last_rows, 0]
    assert np.corrcoef(found.predict(test)[:, 0, 0], expected)[0, 1] > 0.97


def test_calendar_terms_that_say_nothing_change_nothing():
    values = series()
    values[:, 1:] = np.random.default_rng(1).normal(size=(300, 2))
    train, validation, _ = splits(steps=5, horizon=2)
    plain = Ridge.fit(values, [0], train, validation, shared=False)
    found = Ridge.fit(values, [0], train, validation, shared=False, calendar_terms=2)
    assert found.validation_mse <= plain.validation_mse
    shared = Ridge.fit(values, [0], train, validation, shared=True, calendar_terms=2)
    assert shared.calendar is None and shared.coefficients.shape == (4, 2)


@pytest.mark.parametrize(
    ("name", "steps", "mse", "mae"),
    [("etth1/ETTh1.csv", 336, 0.3696, 0.3913), ("etth2/ETTh2.csv", 720, 0.2686, 0.3344)],
)
def test_shared_ridge_forecasts_transformer_temperatures_as_well_as_its_sketch(requires_data, name, steps, mse, mae):
    table = np.loadtxt(requires_data(name), delimiter=",", skiprows=1, usecols=range(1, 8), max_rows=14_400)
    values = ((table - table[:8640].mean(axis=0)) / table[:8640].std(axis=0)).astype(np.float32)
    train, validation, test = (
        legal_windows([(0, 14_400)], [part], steps=steps, horizon=96)
        for part in ((0, 8640), (8640, 11_520), (11_520, 14_400))
    )
    linear = Ridge.fit(values, range(7), train, validation, shared=True)
    errors, naive = ForecastErrors(), ForecastErrors()
    for batch in test.batches(1000):
        errors.add(batch.read_targets(values), linear.predict(batch))
        naive.add(batch.read_targets(values), LastValue(values).predict(batch))
    assert errors.mse == pytest.approx(mse, abs=0.001)
    assert errors.mae == pytest.approx(mae, abs=0.001)
    assert errors.mae < naive.mae


def test_windows_are_left_as_they_are():
    windows = windows_at(4, 5, steps=2, horizon=7)
    copy = replace(windows, starts=windows.starts.copy())
    seasonal(20, 3, (0, 20)).predict(windows)
    np.testing.assert_array_equal(windows.starts, copy.starts)
