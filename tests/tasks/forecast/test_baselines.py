"""Baselines against values worked out by hand, against scikit-learn, and on public data."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge as SklearnRidge

from seqkit.data.series.windows import Windows, legal_windows
from seqkit.errors import DataError
from seqkit.stats.ridge import MAX_PENALTY, PENALTIES
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
    """The targets are the row numbers, so a forecast is the number of the row it was taken from."""
    return SeasonalNaive(np.arange(rows)[:, None], np.array(segments), season)


def test_seasonal_naive_goes_back_the_fewest_seasons_to_a_row_not_after_the_window():
    # Last row 5. The targets 6 to 12 lie 1, 1, 1, 2, 2, 2 and 3 seasons of three rows after rows up to 5.
    predicted = seasonal(20, 3, (0, 20)).predict(windows_at(4, steps=2, horizon=7))
    np.testing.assert_array_equal(predicted[0, :, 0], [3, 4, 5, 3, 4, 5, 3])


def test_seasonal_naive_may_use_the_last_row_of_the_window():
    predicted = seasonal(20, 3, (0, 20)).predict(windows_at(0, steps=1, lead=3))
    np.testing.assert_array_equal(predicted, [[[0]]])


def test_seasonal_naive_may_use_rows_before_the_window_without_a_fallback():
    naive = seasonal(40, 24, (0, 40))
    np.testing.assert_array_equal(naive.predict(windows_at(25, 26, steps=2))[:, 0, 0], [3, 4])
    assert naive.fallbacks == 0


def test_season_is_counted_in_rows_at_any_sampling_rate():
    predicted = seasonal(40, 12, (0, 40)).predict(windows_at(12, steps=3, horizon=3, lead=2, sampling_rate=3))
    np.testing.assert_array_equal(predicted[0, :, 0], [24 - 12, 27 - 12, 30 - 12])


def test_seasonal_naive_falls_back_to_the_last_value_where_the_segment_starts_too_late():
    naive = seasonal(40, 5, (0, 10), (10, 20), (22, 40))
    predicted = naive.predict(windows_at(11, 14, 22, steps=2, horizon=3))
    # Last rows 12, 15 and 23. One season before 13 is 8, in the previous segment; before 24 is 19, across a gap.
    np.testing.assert_array_equal(predicted[..., 0], [[12, 12, 10], [11, 12, 13], [23, 23, 23]])
    assert naive.fallbacks == 5
    naive.predict(windows_at(22, steps=2, horizon=3))
    assert naive.fallbacks == 8


def test_seasonal_naive_falls_back_at_the_first_row_of_a_segment():
    naive = seasonal(20, 5, (0, 10), (10, 20))
    assert naive.predict(windows_at(10, steps=1)) == 10
    assert naive.fallbacks == 1


def test_seasonal_naive_rejects_a_season_of_zero_rows():
    with pytest.raises(ValueError, match="season_rows"):
        seasonal(4, 0, (0, 4))


def series(rows: int = 300, columns: int = 3, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(rows, columns)), axis=0) + 50


def splits(rows: int = 300, **lengths: int) -> tuple[Windows, Windows, Windows]:
    ranges = ((0, rows // 2), (rows // 2, 3 * rows // 4), (3 * rows // 4, rows))
    train, validation, test = (legal_windows([(0, rows)], [part], **lengths) for part in ranges)
    return train, validation, test


def design(values: np.ndarray, targets: list[int], windows: Windows, *, shared: bool) -> tuple[np.ndarray, np.ndarray]:
    x, last = windows.read(values)[:, :-1], values[windows.last_rows][:, None]
    x, y = x - last, (windows.read_targets(values) - last)[:, :, targets]
    if not shared:
        return np.concatenate([x, last], axis=1).reshape(len(windows), -1), y.reshape(len(windows), -1)
    return np.concatenate([x[:, :, t] for t in targets]), np.concatenate([y[:, :, i] for i in range(len(targets))])


@pytest.mark.parametrize("shared", [True, False])
def test_ridge_equals_scikit_learn_on_differences_from_the_last_value(shared):
    values, targets = series(), [2, 0]
    train, validation, test = splits(steps=6, horizon=4, lead=2, sampling_rate=2)
    ridge = Ridge.fit(values, targets, train, validation, shared=shared)

    x, y = design(values, targets, train, shared=shared)
    validation_x, validation_y = design(values, targets, validation, shared=shared)
    test_x, _ = design(values, targets, test, shared=shared)

    def error(predicted):
        return ((predicted - validation_y) ** 2).mean()

    def best(newest):
        """Returns the forecasts on validation and test from the newest features, with the best penalty."""
        part = x[:, -newest:]
        fitted = [
            SklearnRidge(alpha=penalty * part.var(axis=0).mean() * len(part)).fit(part, y)
            for penalty in PENALTIES
            if penalty <= MAX_PENALTY * newest / len(part)
        ]
        forecasts = [(r.predict(validation_x[:, -newest:]), r.predict(test_x[:, -newest:])) for r in fitted]
        return min(forecasts, key=lambda forecast: error(forecast[0]))

    whole, half = best(x.shape[1]), best(x.shape[1] // 2)
    mean = [(one + other) / 2 for one, other in zip(whole, half, strict=True)]
    validated, changes = min(mean, whole, key=lambda forecast: error(forecast[0]))
    assert ridge.validation_mse == pytest.approx(error(validated), rel=1e-7)
    if shared:
        changes = changes.reshape(2, len(test), 4).transpose(1, 2, 0)
    expected = changes.reshape(len(test), 4, 2) + values[test.last_rows][:, None, targets]
    np.testing.assert_allclose(ridge.predict(test), expected, rtol=1e-7)


@pytest.mark.parametrize("shared", [True, False])
def test_ridge_continues_a_series_that_follows_a_linear_recurrence(shared):
    time = np.arange(400)
    values = np.stack([np.sin(time / 5), np.sin(time / 5 + 1)], axis=1)
    train, validation, test = splits(400, steps=8, horizon=3)
    predicted = Ridge.fit(values, [0, 1], train, validation, shared=shared).predict(test)
    np.testing.assert_allclose(predicted, test.read_targets(values), atol=1e-4)


def test_adding_a_constant_to_the_series_adds_it_to_the_forecast():
    values = series()
    train, validation, test = splits(steps=5, horizon=2)
    forecasts = Ridge.fit(values, [0], train, validation, shared=False).predict(test)
    shifted = Ridge.fit(values + 1000, [0], train, validation, shared=False).predict(test)
    np.testing.assert_allclose(shifted, forecasts + 1000, rtol=1e-7)


def test_shared_ridge_of_one_step_is_the_last_value_plus_drift():
    values = np.arange(100.0)[:, None] * 2
    train, validation, test = splits(100, steps=1, horizon=2)
    predicted = Ridge.fit(values, [0], train, validation, shared=True).predict(test)
    np.testing.assert_allclose(predicted, test.read_targets(values))


def test_ridge_forecasts_do_not_depend_on_the_batches():
    values = series().astype(np.float32)
    train, validation, test = splits(steps=5, horizon=2)
    ridge = Ridge.fit(values, [1], train, validation, shared=False)
    assert ridge.predict(test).dtype == np.float32
    one_by_one = np.concatenate([ridge.predict(batch) for batch in test.batches(1)])
    np.testing.assert_allclose(one_by_one, ridge.predict(test), rtol=1e-6)
    assert ridge.predict(test[:0]).shape == (0, 2, 1)


def test_ridge_can_be_rebuilt_from_its_attributes():
    values = series()
    train, validation, test = splits(steps=5, horizon=2)
    fitted = Ridge.fit(values, [2, 0], train, validation, shared=True)
    rebuilt = Ridge(
        inputs=values,
        positions=fitted.positions,
        shared=fitted.shared,
        coefficients=fitted.coefficients,
        intercept=fitted.intercept,
        penalty=fitted.penalty,
        validation_mse=fitted.validation_mse,
    )
    np.testing.assert_array_equal(rebuilt.predict(test), fitted.predict(test))


def test_joint_ridge_with_too_many_features_shares_its_weights(monkeypatch):
    monkeypatch.setattr(baselines, "MAX_JOINT_FEATURES", 11)
    train, validation, test = splits(steps=5, horizon=2)
    ridge = Ridge.fit(series(), [1], train, validation, shared=False)
    assert ridge.shared
    assert ridge.coefficients.shape == (4, 2)
    assert ridge.predict(test).shape == (len(test), 2, 1)


def test_ridge_rejects_values_that_are_not_finite():
    values = series()
    values[10, 0] = np.nan
    train, validation, _ = splits(steps=5, horizon=2)
    with pytest.raises(DataError, match="finite"):
        Ridge.fit(values, [1], train, validation, shared=False)


def test_no_baseline_reads_a_row_after_its_window():
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
    for forecast, forecast_without_future in zip(before, after, strict=True):
        np.testing.assert_array_equal(forecast_without_future, forecast)


def test_only_training_rows_determine_the_coefficients_at_a_penalty():
    values = series()
    train, validation, _ = splits(steps=5, horizon=2)
    before = Ridge.fit(values, [0], train, validation, shared=False)
    values[150:] += np.random.default_rng(1).normal(size=(150, 3))
    after = Ridge.fit(values, [0], train, validation, shared=False)
    if before.penalty == after.penalty:
        np.testing.assert_array_equal(before.coefficients, after.coefficients)
    assert before.validation_mse != after.validation_mse


def seasonal_series(rows: int = 1200, *, strength: float = 1.0) -> np.ndarray:
    """A column that keeps its sign in one half of a cycle and flips it in the other; sine and cosine of the cycle."""
    rng = np.random.default_rng(0)
    angle = 2 * np.pi * np.arange(rows) / 40
    level = np.zeros(rows)
    for row in range(1, rows):
        level[row] = 0.9 * strength * np.sin(angle[row]) * level[row - 1] + rng.normal()
    return np.stack([level, np.sin(angle), np.cos(angle)], axis=1)


def test_calendar_terms_let_the_weight_of_a_column_vary_with_the_season():
    values = seasonal_series()
    train, validation, test = splits(1200, steps=3, horizon=2)
    plain = Ridge.fit(values, [0], train, validation, shared=False)
    ridge = Ridge.fit(values, [0], train, validation, shared=False, calendar_terms=2)
    assert ridge.coefficients.shape == (3 * 3 + 2 * 1, 2)
    errors = [
        np.abs(fitted.predict(test) - test.read_targets(values[:, :1])).mean(axis=0)[0, 0] for fitted in (plain, ridge)
    ]
    noise = np.sqrt(2 / np.pi)  # mean absolute value of standard normal noise
    assert errors[1] < 1.1 * noise < 1.2 * noise < errors[0]
    expected = 0.9 * values[test.target_rows[:, 0], 1] * values[test.last_rows, 0]
    assert np.corrcoef(ridge.predict(test)[:, 0, 0], expected)[0, 1] > 0.97


def test_uninformative_calendar_terms_do_not_raise_the_validation_error():
    values = series()
    values[:, 1:] = np.random.default_rng(1).normal(size=(300, 2))
    train, validation, _ = splits(steps=5, horizon=2)
    plain = Ridge.fit(values, [0], train, validation, shared=False)
    ridge = Ridge.fit(values, [0], train, validation, shared=False, calendar_terms=2)
    assert ridge.validation_mse <= plain.validation_mse
    shared = Ridge.fit(values, [0], train, validation, shared=True, calendar_terms=2)
    assert shared.calendar is None and shared.coefficients.shape == (4, 2)


@pytest.mark.parametrize(
    ("name", "steps", "mse", "mae"),
    [("etth1/ETTh1.csv", 336, 0.3696, 0.3913), ("etth2/ETTh2.csv", 720, 0.2686, 0.3333)],
)
def test_shared_ridge_reaches_the_expected_error_on_ett(requires_data, name, steps, mse, mae):
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


def test_predicting_does_not_modify_the_windows():
    windows = windows_at(4, 5, steps=2, horizon=7)
    copy = replace(windows, starts=windows.starts.copy())
    seasonal(20, 3, (0, 20)).predict(windows)
    np.testing.assert_array_equal(windows.starts, copy.starts)


@pytest.mark.parametrize("shared", [True, False])
def test_ridge_reads_windows_whose_targets_were_all_measured_if_they_are_half(shared):
    values, targets = series(), [2, 0]
    measured = np.ones((300, 2), bool)
    measured[[20, 60, 160], [0, 1, 0]] = False
    train, validation, test = splits(steps=6, horizon=2)
    ridge = Ridge.fit(values, targets, train, validation, shared=shared, measured=measured)
    train, validation = (part[part.read_targets(measured).all(axis=(1, 2))] for part in (train, validation))
    expected = Ridge.fit(values, targets, train, validation, shared=shared)
    np.testing.assert_array_equal(ridge.predict(test), expected.predict(test))
    assert (ridge.penalty, ridge.validation_mse) == (expected.penalty, expected.validation_mse)


@pytest.mark.parametrize("shared", [True, False])
def test_ridge_fits_each_output_on_its_own_windows_where_few_were_measured_in_full(shared):
    values, targets = series(), [2, 0]
    measured = np.random.default_rng(1).random((300, 2)) < 0.6
    train, validation, test = splits(steps=4, horizon=3)
    ridge = Ridge.fit(values, targets, train, validation, shared=shared, measured=measured)

    last, squared = values[test.last_rows], []
    for step in range(3):
        for t, target in enumerate(targets):
            sums = []
            for part in (train, validation):
                rows = []
                for name in targets if shared else [target]:
                    known = part[part.read_targets(measured)[:, step, targets.index(name)]]
                    x, y = design(values, [name], known, shared=shared)
                    rows.append((x, y[:, step]))
                sums.append([np.concatenate(side) for side in zip(*rows, strict=True)])
            (x, y), (x_validation, y_validation) = sums
            reference = SklearnRidge(alpha=ridge.penalty * x.var(axis=0).mean() * len(x)).fit(x, y)
            squared.append((reference.predict(x_validation) - y_validation) ** 2)
            x, _ = design(values, [target], test, shared=shared)
            np.testing.assert_allclose(
                ridge.predict(test)[:, step, t], reference.predict(x) + last[:, target], rtol=1e-6
            )
    squared = squared[::2] if shared else squared  # shared outputs are those of both targets
    assert ridge.validation_mse == pytest.approx(np.concatenate(squared).mean(), rel=1e-6)


def test_step_that_was_never_measured_in_training_is_forecast_by_the_last_value():
    values = np.arange(300.0)[:, None] * [1, 1]
    train, validation, test = splits(steps=3, horizon=2)
    measured = np.zeros((300, 1), bool)
    train = train[:1]  # predicts rows 3 and 4
    measured[3], measured[150:] = True, True
    ridge = Ridge.fit(values, [0], train, validation, shared=True, measured=measured)
    np.testing.assert_allclose(ridge.predict(test)[:, :, 0], values[test.last_rows, :1] + [1, 0])


def test_joint_regression_of_many_features_shares_its_weights_sooner_where_each_step_is_solved(monkeypatch):
    monkeypatch.setattr(baselines, "MAX_JOINT_FEATURES", 24)
    values, measured = series(columns=2), np.random.default_rng(0).random((300, 1)) < 0.5
    train, validation, _ = splits(steps=8, horizon=8)
    assert not Ridge.fit(values, [0], train, validation, shared=False).shared
    assert Ridge.fit(values, [0], train, validation, shared=False, measured=measured).shared
