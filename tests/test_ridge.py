"""Ridge regression against scikit-learn and least squares; sums over windows against the rows written down."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from seqkit.data.windows import Windows, legal_windows
from seqkit.errors import DataError
from seqkit.ridge import NormalEquations, choose_penalty, window_differences, window_equations


def sums(x: np.ndarray, y: np.ndarray, *, batch: int | None = None) -> NormalEquations:
    equations = NormalEquations(x.shape[1], y.shape[1])
    for first in range(0, len(x), batch or len(x)):
        equations.add(x[first : first + (batch or len(x))], y[first : first + (batch or len(x))])
    return equations


def problem(seed: int = 0, n: int = 200, features: int = 7, outputs: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features)) * rng.uniform(0.5, 3, features) + rng.normal(size=features)
    return x, x @ rng.normal(size=(features, outputs)) + rng.normal(size=(n, outputs)) + 5


def same(found: NormalEquations, expected: NormalEquations, tolerance: float) -> None:
    assert found.rows == expected.rows
    for name in ("x_mean", "y_mean", "xx", "xy", "yy"):
        one, other = getattr(found, name), getattr(expected, name)
        assert one.shape == other.shape
        np.testing.assert_allclose(
            one, other, rtol=tolerance, atol=tolerance * np.abs(other).max(initial=0), err_msg=name
        )


@pytest.mark.parametrize("penalty", [1e-6, 0.1, 10.0])
def test_solution_is_scikit_learns(penalty):
    x, y = problem()
    coefficients, intercept = sums(x, y, batch=33).solve(penalty)
    reference = Ridge(alpha=penalty * x.var(axis=0).mean() * len(x)).fit(x, y)
    np.testing.assert_allclose(coefficients, reference.coef_.T, rtol=1e-8)
    np.testing.assert_allclose(intercept, reference.intercept_, rtol=1e-8)


def test_intercept_goes_unpenalised():
    x, y = problem()
    coefficients, intercept = sums(x, y).solve(1e12)
    np.testing.assert_allclose(coefficients, 0, atol=1e-9)
    np.testing.assert_allclose(intercept, y.mean(axis=0))


def test_penalty_means_the_same_for_more_rows_and_another_unit():
    x, y = problem()
    coefficients, intercept = sums(x, y).solve(0.3)
    more, _ = sums(np.tile(x, (4, 1)), np.tile(y, (4, 1))).solve(0.3)
    scaled, same_intercept = sums(x * 1000, y).solve(0.3)
    np.testing.assert_allclose(more, coefficients, rtol=1e-9)
    np.testing.assert_allclose(scaled * 1000, coefficients, rtol=1e-9)
    np.testing.assert_allclose(same_intercept, intercept, rtol=1e-9)


@given(st.integers(1, 60))
@settings(deadline=None, max_examples=20)
def test_batches_do_not_matter(batch):
    x, y = problem(n=60)
    same(sums(x, y, batch=batch), sums(x, y), 1e-12)


def test_an_empty_batch_adds_nothing():
    x, y = problem()
    equations = sums(x, y)
    equations.add(x[:0], y[:0])
    same(equations, sums(x, y), 0)


def test_a_large_mean_costs_no_digits():
    x, y = problem()
    coefficients, _ = sums(x, y).solve(0.01)
    shifted, _ = sums(x + 1e6, y - 1e6, batch=32).solve(0.01)
    np.testing.assert_allclose(shifted, coefficients, rtol=1e-7)


def test_float32_rows_are_summed_over_batches_in_float64():
    x, y = problem(n=3000)
    same(sums(x.astype(np.float32), y.astype(np.float32), batch=100), sums(x, y), 1e-6)


def test_whole_numbers_are_features_too():
    x = np.array([[0], [1], [2], [4]])
    coefficients, intercept = sums(x, 3 * x + 1).solve(0)
    np.testing.assert_allclose([coefficients[0, 0], intercept[0]], [3, 1])


def test_error_is_that_of_the_rows():
    (x, y), (other_x, other_y) = problem(0), problem(1)
    coefficients, intercept = sums(x, y).solve(0.1)
    expected = ((other_x @ coefficients + intercept - other_y) ** 2).mean()
    assert sums(other_x, other_y, batch=50).error(coefficients, intercept) == pytest.approx(expected, rel=1e-10)


def test_repeated_features_share_the_shortest_solution():
    x, y = problem()
    once, _ = sums(x, y).solve(0)
    twice, intercept = sums(np.hstack([x, x]), y).solve(0)
    np.testing.assert_allclose(twice, np.vstack([once, once]) / 2, rtol=1e-7)
    np.testing.assert_allclose(np.hstack([x, x]) @ twice + intercept, x @ once + (y - x @ once).mean(axis=0), rtol=1e-7)


def test_more_features_than_rows_are_solved():
    x, y = problem(n=5, features=12)
    coefficients, intercept = sums(x, y).solve(0)
    expected = np.linalg.lstsq(x - x.mean(axis=0), y - y.mean(axis=0), rcond=None)[0]
    np.testing.assert_allclose(coefficients, expected, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(x @ coefficients + intercept, y, rtol=1e-6)


def test_features_that_never_change_get_no_weight():
    coefficients, intercept = sums(np.full((9, 2), 4.0), np.arange(9.0)[:, None]).solve(0.1)
    np.testing.assert_array_equal(coefficients, 0)
    np.testing.assert_allclose(intercept, [4])


def test_no_feature_leaves_the_mean():
    coefficients, intercept = sums(np.empty((3, 0)), np.array([[1.0], [2.0], [6.0]])).solve(1)
    assert coefficients.shape == (0, 1)
    np.testing.assert_allclose(intercept, [3])


def test_penalty_is_the_one_that_does_best_on_validation():
    (x, y), (other_x, other_y) = problem(0, n=12, features=10), problem(1, n=300, features=10)
    penalties = (1e-4, 1e-2, 1.0, 1e2)
    found = choose_penalty(sums(x, y), sums(other_x, other_y), penalties)
    by_hand = {}
    for penalty in penalties:
        model = Ridge(alpha=penalty * x.var(axis=0).mean() * len(x)).fit(x, y)
        by_hand[penalty] = ((model.predict(other_x) - other_y) ** 2).mean()
    assert found.penalty == min(by_hand, key=by_hand.__getitem__)
    assert found.validation_mse == pytest.approx(min(by_hand.values()), rel=1e-7)
    np.testing.assert_allclose(found.coefficients, sums(x, y).solve(found.penalty)[0])


def test_of_two_penalties_that_do_as_well_the_larger_is_taken():
    constant = sums(np.ones((4, 1)), np.arange(4.0)[:, None])
    assert choose_penalty(constant, constant, (0.1, 10.0, 1.0)).penalty == 10


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused_by_row_and_column(bad):
    x, y = problem()
    x[3, 2] = bad
    with pytest.raises(DataError, match=f"feature 2 of row 3 is {bad}"):
        NormalEquations(7, 3).add(x, y)
    with pytest.raises(DataError, match=f"output 2 of row 3 is {bad}"):
        NormalEquations(3, 7).add(y, x)


def test_nothing_is_solved_or_measured_without_rows():
    for use in (lambda e: e.solve(1), lambda e: e.error(np.zeros((2, 1)), np.zeros(1))):
        with pytest.raises(ValueError, match="No row"):
            use(NormalEquations(2, 1))


def test_a_negative_penalty_is_refused():
    with pytest.raises(ValueError, match="penalty"):
        sums(*problem()).solve(-1)


def design(values: np.ndarray, targets: list[int], windows: Windows, *, shared: bool) -> NormalEquations:
    """The sums over rows that are written down one by one."""
    x, y, k = [], [], windows.sampling_rate
    for start in windows.starts:
        last = start + k * (windows.steps - 1)
        read = [start + k * i for i in range(windows.steps - 1)]
        ahead = [last + k * (windows.lead + i) for i in range(windows.horizon)]
        if shared:
            for t in targets:
                x.append([values[row, t] - values[last, t] for row in read])
                y.append([values[row, t] - values[last, t] for row in ahead])
        else:
            x.append([values[row, c] - values[last, c] for row in read for c in range(values.shape[1])])
            y.append([values[row, t] - values[last, t] for row in ahead for t in targets])
    return sums(np.array(x).reshape(len(x), -1), np.array(y))


@given(
    shared=st.booleans(),
    steps=st.integers(1, 6),
    horizon=st.integers(1, 4),
    lead=st.integers(1, 3),
    rate=st.integers(1, 4),
    targets=st.sampled_from([[0], [2], [2, 0], [0, 1, 2]]),
    seed=st.integers(0, 99),
    scattered=st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_window_sums_are_those_of_the_rows(shared, steps, horizon, lead, rate, targets, seed, scattered):
    rng = np.random.default_rng(seed)
    values = np.cumsum(rng.normal(size=(260, 3)), axis=0) + 1000
    segments = [(0, 120), (121, 123), (125, 250)]
    windows = legal_windows(segments, [(0, 260)], steps=steps, horizon=horizon, lead=lead, sampling_rate=rate)
    if scattered:  # too many runs for the short way
        windows = windows[np.sort(rng.permutation(len(windows))[:40])]
    same(
        window_equations(values, targets, windows, shared=shared), design(values, targets, windows, shared=shared), 1e-8
    )


def test_the_short_way_is_taken_across_many_blocks():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2000, 2))
    windows = legal_windows([(0, 2000)], [(0, 2000)], steps=5, horizon=2)
    same(window_equations(values, [1], windows, shared=False), design(values, [1], windows, shared=False), 1e-10)


def test_a_level_far_above_its_changes_costs_no_digits():
    values = np.random.default_rng(0).normal(size=(300, 2))
    windows = legal_windows([(0, 300)], [(0, 300)], steps=5, horizon=2)
    expected = window_equations(values, [0], windows, shared=False)
    same(window_equations(values + 1e7, [0], windows, shared=False), expected, 1e-7)


def test_window_differences_are_values_less_the_last_row():
    values = np.array([[1.0, 10], [2, 30], [4, 60]])
    windows = Windows(np.array([0]), steps=3)
    np.testing.assert_array_equal(window_differences(values, windows, shared=False), [[-3, -50, -2, -30]])
    np.testing.assert_array_equal(window_differences(values, windows, shared=True), [[-3, -2], [-50, -30]])


@pytest.mark.parametrize("shared", [True, False])
def test_rows_that_no_window_reads_change_nothing(shared):
    values = np.random.default_rng(0).normal(size=(120, 2))
    windows = legal_windows([(5, 60), (70, 100)], [(0, 100)], steps=4, horizon=2, sampling_rate=2)
    before = window_equations(values, [0], windows, shared=shared)
    values[:5] = values[60:70] = values[100:] = np.nan
    same(window_equations(values, [0], windows, shared=shared), before, 0)


@pytest.mark.parametrize("every", [1, 2])
def test_values_that_are_not_finite_are_refused_whichever_way_windows_are_summed(every):
    values = np.zeros((100, 2))
    values[50, 1] = np.inf
    windows = legal_windows([(0, 100)], [(0, 100)], steps=4)[::every]
    with pytest.raises(DataError, match="finite"):
        window_equations(values, [0], windows, shared=False)


@pytest.mark.parametrize("shared", [True, False])
def test_no_windows_are_no_rows(shared):
    windows = Windows(np.empty(0, np.int64), steps=3, horizon=2)
    assert window_equations(np.zeros((9, 2)), [0], windows, shared=shared).rows == 0
