from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.data.series.scaling import MIN_RELATIVE_DEVIATION, fit_by_series, scale, statistics


def scaled(columns, mean, deviation):
    """Scales the columns of a single series."""
    return scale(columns, np.array([[mean]]), np.array([[deviation]]), 0, starts=np.array([0, len(columns[0])]))


numbers = st.lists(st.floats(-1e150, 1e150, allow_subnormal=False), min_size=1, max_size=30)


@given(numbers, st.sampled_from([0.0, 1.0, 1e12, -1e12]))
def test_mean_and_deviation_equal_exact_arithmetic(rows, offset):
    column = np.array(rows) + offset
    exact = [Fraction(float(value)) for value in column]
    mean = sum(exact) / len(exact)
    spread = float(max(exact) - min(exact))
    exact = [(value - mean) / Fraction(spread or 1.0) for value in exact]  # whose squares do not vanish
    deviation = float(sum(value**2 for value in exact) / len(exact)) ** 0.5 * spread
    fitted = statistics(column, [(0, len(column))])
    assert fitted.rows == len(rows)
    assert fitted.mean == pytest.approx(float(mean), rel=4e-16, abs=4e-16 * spread)
    assert fitted.deviation == pytest.approx(deviation, rel=1e-14, abs=1e-15 * spread)


@pytest.mark.parametrize("unit", [1e300, 1e12, 1.0, 1e-12, 1e-300, 5e-320])
def test_scaling_is_independent_of_the_unit(unit):
    column = np.tile([0.0, 4.0], 10) * unit
    fitted = statistics(column, [(0, 20)])
    assert fitted.mean == 2 * unit and fitted.deviation == 2 * unit and not fitted.constant
    np.testing.assert_array_equal(scaled([column], fitted.mean, fitted.deviation)[:2, 0], [-1, 1])


def test_column_over_the_full_range_of_float64_does_not_overflow():
    column = np.array([-1.7e308, 1.7e308])
    fitted = statistics(column, [(0, 2)])
    assert (fitted.mean, fitted.deviation) == (0.0, 1.7e308)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e12 + 0.1, -1.7e308, 5e-324])
def test_constant_column_is_detected_exactly(value):
    fitted = statistics(np.full(1000, value), [(0, 300), (400, 1000)])
    assert (fitted.rows, fitted.mean, fitted.deviation, fitted.constant) == (900, value, 0.0, True)


def test_small_variation_on_a_large_offset_is_not_lost():
    column = 1e12 + np.tile([0.0, 2.0**-13], 500)  # as fine as float64 has it there
    fitted = statistics(column, [(0, 1000)])
    assert not fitted.constant
    assert fitted.deviation == 2.0**-14


def test_only_the_given_rows_count():
    column = np.array([1.0, 3.0, 1e9, np.nan, 5.0])
    fitted = statistics(column, [(0, 2), (4, 5)])
    assert fitted.mean == 3.0
    assert fitted.deviation == pytest.approx((8 / 3) ** 0.5)


def test_values_beyond_float32_become_infinite_and_nan_stays_nan():
    values = scaled([np.array([0.0, 1e300, -1e300, np.nan])], 0.0, 1.0)
    np.testing.assert_array_equal(values[:, 0], [0, np.inf, -np.inf, np.nan])


def test_filled_values_do_not_count_unless_there_are_no_others():
    column, filled = np.array([1.0, 3.0, 3.0, 3.0, 9.0]), np.array([False, False, True, True, False])
    fitted = statistics(column, [(0, 4)], filled)
    assert (fitted.rows, fitted.mean, fitted.deviation) == (2, 2, 1)
    assert statistics(column, [(2, 4)], filled).mean == 3


@given(st.lists(st.lists(st.floats(-1e150, 1e150, allow_subnormal=False), min_size=1, max_size=8), min_size=1))
def test_statistics_by_series_are_those_of_each_series(series):
    column, ends = np.concatenate(series), np.cumsum([len(rows) for rows in series])
    mean, deviation, constant = fit_by_series(column, np.stack([ends - [len(rows) for rows in series], ends], axis=1))
    for i, rows in enumerate(series):
        fitted, level = statistics(np.array(rows), [(0, len(rows))]), max(map(abs, rows))
        assert constant[i] == (max(rows) == min(rows))
        assert mean[i] == pytest.approx(fitted.mean, rel=1e-12, abs=1e-12 * level)
        if not constant[i]:
            assert deviation[i] == pytest.approx(max(fitted.deviation, MIN_RELATIVE_DEVIATION * level), rel=1e-12)


def test_deviation_of_a_constant_series_is_its_magnitude_and_of_zeros_one():
    mean, deviation, constant = fit_by_series(np.array([-8.0, -8.0, 0.0, 0.0, 0.0]), [(0, 2), (2, 5)])
    assert (mean.tolist(), deviation.tolist(), constant.tolist()) == ([-8, 0], [8, 1], [True, True])


def test_series_that_varies_little_about_a_high_level_is_scaled_by_its_deviation():
    column = np.tile([1e6 - 5, 1e6 + 5], 20)
    assert fit_by_series(column, [(0, 40)])[1][0] == pytest.approx(5, rel=1e-9)


def test_filled_values_of_a_series_do_not_count_unless_there_are_no_others():
    column = np.array([1.0, 3.0, 9.0, 5.0, 7.0])
    filled = np.array([False, False, True, True, True])
    mean, deviation, _ = fit_by_series(column, [(0, 3), (3, 5)], filled)
    assert (mean.tolist(), deviation.tolist()) == ([2, 6], [1, 1])


def test_each_series_is_scaled_by_its_own_statistics():
    column = np.array([1.0, 3.0, 100.0, 300.0, 500.0])
    values = scale([column], np.array([[2.0], [300.0]]), np.array([[1.0], [100.0]]), 0, starts=np.array([0, 2, 5]))
    assert values[:, 0].tolist() == [-1, 1, -2, 0, 2]
