"""Ridge regression against scikit-learn and least squares; accumulated sums against explicit rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from seqkit.errors import DataError
from seqkit.stats.ridge import MAX_PENALTY, NormalEquations, choose_averaged, choose_common_penalty, choose_penalty


def sums(x: np.ndarray, y: np.ndarray, *, batch: int | None = None) -> NormalEquations:
    equations = NormalEquations(x.shape[1], y.shape[1])
    for first in range(0, len(x), batch or len(x)):
        equations.add(x[first : first + (batch or len(x))], y[first : first + (batch or len(x))])
    return equations


def problem(seed: int = 0, n: int = 200, features: int = 7, outputs: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features)) * rng.uniform(0.5, 3, features) + rng.normal(size=features)
    return x, x @ rng.normal(size=(features, outputs)) + rng.normal(size=(n, outputs)) + 5


def same(solution: NormalEquations, expected: NormalEquations, tolerance: float) -> None:
    assert solution.rows == expected.rows
    for name in ("x_mean", "y_mean", "xx", "xy", "yy"):
        one, other = getattr(solution, name), getattr(expected, name)
        assert one.shape == other.shape
        np.testing.assert_allclose(
            one, other, rtol=tolerance, atol=tolerance * np.abs(other).max(initial=0), err_msg=name
        )


@pytest.mark.parametrize("penalty", [1e-6, 0.1, 10.0])
def test_solution_equals_scikit_learn(penalty):
    x, y = problem()
    coefficients, intercept = sums(x, y, batch=33).solve(penalty)
    reference = Ridge(alpha=penalty * x.var(axis=0).mean() * len(x)).fit(x, y)
    np.testing.assert_allclose(coefficients, reference.coef_.T, rtol=1e-8)
    np.testing.assert_allclose(intercept, reference.intercept_, rtol=1e-8)


def test_intercept_is_not_penalised():
    x, y = problem()
    coefficients, intercept = sums(x, y).solve(1e12)
    np.testing.assert_allclose(coefficients, 0, atol=1e-9)
    np.testing.assert_allclose(intercept, y.mean(axis=0))


def test_penalty_is_independent_of_rows_and_unit():
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


def test_large_mean_costs_no_precision():
    x, y = problem()
    coefficients, _ = sums(x, y).solve(0.01)
    shifted, _ = sums(x + 1e6, y - 1e6, batch=32).solve(0.01)
    np.testing.assert_allclose(shifted, coefficients, rtol=1e-7)


def test_float32_rows_are_summed_over_batches_in_float64():
    x, y = problem(n=3000)
    same(sums(x.astype(np.float32), y.astype(np.float32), batch=100), sums(x, y), 1e-6)


def test_integers_are_accepted():
    x = np.array([[0], [1], [2], [4]])
    coefficients, intercept = sums(x, 3 * x + 1).solve(0)
    np.testing.assert_allclose([coefficients[0, 0], intercept[0]], [3, 1])


def test_error_equals_the_error_on_the_rows():
    (x, y), (other_x, other_y) = problem(0), problem(1)
    coefficients, intercept = sums(x, y).solve(0.1)
    expected = ((other_x @ coefficients + intercept - other_y) ** 2).mean()
    assert sums(other_x, other_y, batch=50).error(coefficients, intercept) == pytest.approx(expected, rel=1e-10)


def test_collinear_features_have_the_minimum_norm_solution():
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


def test_constant_features_get_no_weight():
    coefficients, intercept = sums(np.full((9, 2), 4.0), np.arange(9.0)[:, None]).solve(0.1)
    np.testing.assert_array_equal(coefficients, 0)
    np.testing.assert_allclose(intercept, [4])


def test_without_features_the_solution_is_the_mean():
    coefficients, intercept = sums(np.empty((3, 0)), np.array([[1.0], [2.0], [6.0]])).solve(1)
    assert coefficients.shape == (0, 1)
    np.testing.assert_allclose(intercept, [3])


def test_penalty_minimises_the_validation_error():
    (x, y), (other_x, other_y) = problem(0, n=12, features=10), problem(1, n=300, features=10)
    penalties = (1e-4, 1e-2, 1.0, 1e2)
    solution = choose_penalty(sums(x, y), sums(other_x, other_y), penalties)
    by_hand = {}
    for penalty in penalties:
        model = Ridge(alpha=penalty * x.var(axis=0).mean() * len(x)).fit(x, y)
        by_hand[penalty] = ((model.predict(other_x) - other_y) ** 2).mean()
    assert solution.penalty == min(by_hand, key=by_hand.__getitem__)
    assert solution.validation_mse == pytest.approx(min(by_hand.values()), rel=1e-7)
    np.testing.assert_allclose(solution.coefficients, sums(x, y).solve(solution.penalty)[0])


def test_ties_go_to_the_larger_penalty():
    constant = sums(np.ones((4, 1)), np.arange(4.0)[:, None])
    assert choose_penalty(constant, constant, (0.1, 10.0, 1.0)).penalty == 10


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_non_finite_numbers_are_refused_with_row_and_column(bad):
    x, y = problem()
    x[3, 2] = bad
    with pytest.raises(DataError, match=f"feature 2 of row 3 is {bad}"):
        NormalEquations(7, 3).add(x, y)
    with pytest.raises(DataError, match=f"output 2 of row 3 is {bad}"):
        NormalEquations(3, 7).add(y, x)


def test_solving_and_scoring_need_rows():
    for use in (lambda e: e.solve(1), lambda e: e.error(np.zeros((2, 1)), np.zeros(1))):
        with pytest.raises(ValueError, match="No row"):
            use(NormalEquations(2, 1))


def test_a_negative_penalty_is_refused():
    with pytest.raises(ValueError, match="penalty"):
        sums(*problem()).solve(-1)


@pytest.mark.parametrize(
    ("optional", "repeated"), [(0, False), (1, False), (3, False), (7, False), (3, True), (7, True)]
)
def test_optional_features_are_used_if_they_help(optional, repeated):
    x, y = problem(n=300)
    if repeated:
        x[:, 6] = x[:, 5]
    solution = choose_penalty(sums(x[:200], y[:200]), sums(x[200:], y[200:]), (1e-4, 0.1), optional=optional)
    reference = Ridge(alpha=solution.penalty * x[:200].var(axis=0).mean() * 200).fit(x[:200], y[:200])
    np.testing.assert_allclose(solution.coefficients, reference.coef_.T, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(solution.intercept, reference.intercept_, rtol=1e-6)


def test_harmful_optional_features_are_dropped():
    x, y = problem(n=300)
    x[200:, 5:] *= -1  # What they said in training is the contrary now.
    train, validation = sums(x[:200], y[:200]), sums(x[200:], y[200:])
    solution = choose_penalty(train, validation, optional=2)
    without = choose_penalty(sums(x[:200, :5], y[:200]), sums(x[200:, :5], y[200:]))
    np.testing.assert_array_equal(solution.coefficients[5:], 0)
    np.testing.assert_allclose(solution.coefficients[:5], without.coefficients)
    assert (solution.penalty, solution.validation_mse) == pytest.approx((without.penalty, without.validation_mse))


def test_merged_equations_equal_those_of_all_rows():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 4)) + 100, rng.normal(size=(60, 2))
    whole, first, second = (NormalEquations(4, 2) for _ in range(3))
    whole.add(x, y)
    first.add(x[:25], y[:25])
    second.add(x[25:], y[25:])
    first.merge(NormalEquations(4, 2))
    first.merge(second)
    assert first.rows == 60
    for name in ("x_mean", "y_mean", "xx", "xy", "yy"):
        np.testing.assert_allclose(getattr(first, name), getattr(whole, name), rtol=1e-9, atol=1e-9)


def test_common_penalty_of_outputs_with_the_same_rows_is_that_of_one_regression():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(80, 6)), rng.normal(size=(80, 3))

    def equations(rows: slice, outputs: slice) -> NormalEquations:
        sums = NormalEquations(6, len(range(3)[outputs]))
        sums.add(x[rows], y[rows, outputs])
        return sums

    parts = slice(0, 40), slice(40, 80)
    expected = choose_penalty(*(equations(part, slice(0, 3)) for part in parts), optional=2)
    columns = ([equations(part, slice(i, i + 1)) for part in parts] for i in range(3))
    solution = choose_common_penalty(columns, optional=2)
    assert solution.penalty == expected.penalty
    assert solution.validation_mse == pytest.approx(expected.validation_mse)
    np.testing.assert_allclose(solution.coefficients, expected.coefficients, atol=1e-9)
    np.testing.assert_allclose(solution.intercept, expected.intercept, atol=1e-9)


def lags(weights: np.ndarray, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(seed).normal(size=(n, len(weights)))
    return x, x @ weights + np.random.default_rng(seed + 9).normal(size=(n, 1))


def test_mean_of_regressions_on_all_features_and_on_their_newer_half():
    weights = np.array([0.3, -0.2, 0.1, 0.0, 0.8, 1.0])[:, None]
    (x, y), (other_x, other_y) = lags(weights, 60, 0), lags(weights * 0.6, 400, 1)
    train, validation = sums(x, y), sums(other_x, other_y)
    solution = choose_averaged(train, validation)
    whole, half = choose_penalty(train, validation), choose_penalty(sums(x[:, 3:], y), sums(other_x[:, 3:], other_y))
    expected = np.concatenate([np.zeros((3, 1)), half.coefficients]) / 2 + whole.coefficients / 2
    np.testing.assert_allclose(solution.coefficients, expected, atol=1e-9)
    np.testing.assert_allclose(solution.intercept, (whole.intercept + half.intercept) / 2, atol=1e-9)
    errors = other_x @ solution.coefficients + solution.intercept - other_y
    assert (
        solution.validation_mse == pytest.approx(np.mean(errors**2)) and solution.validation_mse < whole.validation_mse
    )


def test_half_that_lacks_the_season_is_not_averaged():
    weights = np.array([1.0, 0, 0, 0, 0, 0])[:, None]
    train, validation = sums(*lags(weights, 300, 0)), sums(*lags(weights, 300, 1))
    whole, solution = choose_penalty(train, validation), choose_averaged(train, validation)
    np.testing.assert_array_equal(solution.coefficients, whole.coefficients)
    single = sums(*lags(weights[:1], 30, 0))
    assert choose_averaged(single, single).validation_mse == choose_penalty(single, single).validation_mse


def test_optional_features_stay_with_both_regressions():
    weights = np.array([0.3, 0.2, 0.8, 1.0, 2.0])[:, None]
    train, validation = sums(*lags(weights, 60, 0)), sums(*lags(weights * 0.8, 400, 1))
    half = train.newest(2, 1)
    np.testing.assert_array_equal(half.xx, train.xx[2:, 2:])
    assert half.error(*half.solve(1e-3)) > train.error(*train.solve(1e-3))
    assert choose_averaged(train, validation, optional=1).coefficients[-1] > 1


def test_penalty_is_at_most_what_the_features_can_cost():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(3000, 10)), rng.normal(size=(3000, 1))
    train, validation = sums(x, y), sums(-x, x @ np.ones((10, 1)))  # shrinking as much as possible is best
    assert choose_penalty(train, validation, (1e-3, 1e3)).penalty == 1e3
    assert choose_penalty(train, validation).penalty == 0.1 == 10 / 3000 * MAX_PENALTY
