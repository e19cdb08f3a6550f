"""The Diebold-Mariano test: against SciPy, against loops, and its false positive rate."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from seqkit.stats.paired_tests import diebold_mariano, student_p_value


@given(st.floats(-35, 35), st.floats(0.5, 1e6))
def test_student_p_value_equals_scipy(statistic, degrees):
    expected = 2 * stats.t.sf(abs(statistic), degrees)
    np.testing.assert_allclose(student_p_value(statistic, degrees), expected, rtol=1e-7)


def test_student_p_value_at_the_ends():
    assert student_p_value(0, 5) == 1
    assert student_p_value(1e200, 5) == 0


def moving_average(rng: np.random.Generator, n: int, order: int) -> np.ndarray:
    """Sums of `order + 1` neighbouring shocks, as are errors whose targets overlap."""
    return np.convolve(rng.normal(size=n + order), np.ones(order + 1), "valid")


def test_identical_forecasts_do_not_differ():
    losses = np.random.default_rng(0).normal(size=50) ** 2
    result = diebold_mariano(losses, losses, steps_overlap=3)
    assert (result.statistic, result.p_value, result.mean_difference) == (0, 1, 0)


def test_statistic_equals_a_loop_over_lags():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=60) ** 2, rng.normal(size=60) ** 2 + 0.3
    result = diebold_mariano(a, b, steps_overlap=5)
    d, n, bandwidth = a - b, 60, 12  # twice the overlap is above 1.3 √60 = 10.07
    centred = d - d.mean()
    variance = sum(
        (1 - abs(i - j) / bandwidth) * centred[i] * centred[j] / n
        for i in range(n)
        for j in range(n)
        if abs(i - j) < bandwidth
    )
    harvey = math.sqrt((n + 1 - 2 * 6 + 6 * 5 / n) / n)
    expected = d.mean() / math.sqrt(variance / n) * harvey * math.sqrt(1 - bandwidth / n)
    assert result.statistic == pytest.approx(expected, rel=1e-10)
    assert result.p_value == pytest.approx(2 * stats.t.sf(abs(expected), 1.5 * n / bandwidth), rel=1e-10)
    assert result.mean_difference == pytest.approx(d.mean())


def test_swapping_the_forecasts_negates_the_statistic():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 100)) ** 2
    one, other = diebold_mariano(a, b, steps_overlap=2), diebold_mariano(b, a, steps_overlap=2)
    assert one.statistic == -other.statistic
    assert one.p_value == other.p_value


def test_units_do_not_matter():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 100)) ** 2
    small, large = (diebold_mariano(a * unit, b * unit, steps_overlap=0) for unit in (1e-9, 1e9))
    assert small.p_value == pytest.approx(large.p_value, rel=1e-6)


@pytest.mark.parametrize(
    ("n", "order", "most"), [(250, 0, 0.09), (250, 11, 0.10), (400, 47, 0.11)], ids=["noise", "overlap", "long overlap"]
)
def test_false_positive_rate_is_about_5_percent(n, order, most):
    """Ignoring the overlap, it would exceed 50 % (see the next test)."""
    rng, runs = np.random.default_rng(4), 500
    p_values = [
        diebold_mariano(moving_average(rng, n, order), np.zeros(n), steps_overlap=order).p_value for _ in range(runs)
    ]
    assert 0.015 < np.mean(np.array(p_values) < 0.05) < most


def test_plain_paired_test_has_false_positives_with_overlap():
    rng = np.random.default_rng(5)
    p_values = [stats.ttest_1samp(moving_average(rng, 250, 11), 0).pvalue for _ in range(200)]
    assert np.mean(np.array(p_values) < 0.05) > 0.4


def test_autocorrelation_beyond_the_overlap_is_accounted_for():
    rng, runs = np.random.default_rng(6), 400
    p_values = []
    for _ in range(runs):
        shocks, losses = rng.normal(size=500), np.zeros(500)
        for i in range(1, 500):
            losses[i] = 0.7 * losses[i - 1] + shocks[i]
        p_values.append(diebold_mariano(losses, np.zeros(500), steps_overlap=0).p_value)
    assert np.mean(np.array(p_values) < 0.05) < 0.11


def test_a_real_difference_is_found():
    rng = np.random.default_rng(7)
    a = moving_average(rng, 1000, 11) + 2.5
    result = diebold_mariano(a, np.zeros(1000), steps_overlap=11)
    assert result.statistic > 0
    assert result.p_value < 0.01


@pytest.mark.parametrize(("windows", "overlap", "signs"), [(30, 0, 30), (2, 0, 2), (30, 6, 5), (14, 6, 2)])
def test_a_constant_difference_is_as_certain_as_the_signs_of_windows_without_overlap(windows, overlap, signs):
    losses = np.random.default_rng(8).normal(size=windows) ** 2
    result = diebold_mariano(losses + 0.1, losses, steps_overlap=overlap)
    assert (result.statistic, result.p_value) == (math.inf, 2 / 2**signs)


@pytest.mark.parametrize(("windows", "overlap"), [(20, 95), (3, 6), (7, 6), (8, 6), (13, 6), (1, 0), (0, 0)])
def test_windows_that_overlap_over_more_than_half_of_them_are_not_tested(windows, overlap):
    a = np.random.default_rng(9).normal(size=windows) + 5
    result = diebold_mariano(a, np.zeros(windows), steps_overlap=overlap)
    assert math.isnan(result.p_value) and math.isnan(result.statistic)
    assert f"at least {2 * (overlap + 1)} are needed" in result.reason
    enough = diebold_mariano(np.arange(2 * overlap + 2.0), np.zeros(2 * overlap + 2), steps_overlap=overlap)
    assert 0 < enough.p_value < 1 and enough.reason is None


def test_reason_without_a_test_counts_times():
    reasons = [diebold_mariano(np.ones(n), np.zeros(n), steps_overlap=s).reason for n, s in ((3, 6), (1, 0))]
    assert reasons == [
        "3 times are too few where forecasts span 7 rows; at least 14 are needed",
        "1 time is too few; at least 2 are needed",
    ]


@pytest.mark.parametrize(("n", "order"), [(14, 6), (24, 11), (96, 47)])
def test_false_positive_rate_is_at_most_nominal_at_the_fewest_windows(n, order):
    rng, runs = np.random.default_rng(4), 600
    p_values = [
        diebold_mariano(moving_average(rng, n, order), np.zeros(n), steps_overlap=order).p_value for _ in range(runs)
    ]
    assert 0.01 < np.mean(np.array(p_values) < 0.05) < 0.08


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_a_handful_of_windows_can_be_tested(n):
    result = diebold_mariano(np.arange(n) + 1.0, np.zeros(n), steps_overlap=0)
    assert 0 < result.p_value < 1


def test_non_finite_losses_are_refused_with_the_window():
    with pytest.raises(ValueError, match="window 2 are nan"):
        diebold_mariano(np.array([1, 2, np.nan]), np.zeros(3), steps_overlap=0)


def test_losses_of_different_windows_are_refused():
    with pytest.raises(ValueError, match="shape"):
        diebold_mariano(np.zeros(3), np.zeros(4), steps_overlap=0)
