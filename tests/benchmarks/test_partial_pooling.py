"""Partly pooled ridge regressions, against least squares on weighted rows."""

import numpy as np
import pytest

from benchmarks.partial_pooling import Moments, solve_pooled


def problem(count=3, rows=(40, 25, 60)):
    rng = np.random.default_rng(0)
    xs = [rng.normal(size=(n, 4)) + i for i, n in zip(range(count), rows, strict=True)]
    return xs, [x @ rng.normal(size=(4, 2)) + rng.normal(size=(len(x), 2)) + i for i, x in enumerate(xs)]


@pytest.mark.parametrize("pooling", [0.0, 0.5, 20.0])
def test_solution_is_that_of_weighted_rows(pooling):
    xs, ys = problem()
    solutions = list(solve_pooled([Moments.of(x, y) for x, y in zip(xs, ys, strict=True)], pooling, 1e-9))
    for own, (coefficients, intercept) in enumerate(solutions):
        weights = [(pooling / 3 + (i == own)) / len(x) for i, x in enumerate(xs)]
        rows = np.concatenate([np.c_[x, np.ones(len(x))] * np.sqrt(w) for x, w in zip(xs, weights, strict=True)])
        outputs = np.concatenate([y * np.sqrt(w) for y, w in zip(ys, weights, strict=True)])
        expected = np.linalg.lstsq(rows, outputs, rcond=None)[0]
        np.testing.assert_allclose(coefficients, expected[:4], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(intercept, expected[4], rtol=1e-5, atol=1e-6)


def test_much_pooling_gives_all_series_one_regression():
    xs, ys = problem()
    first, *others = solve_pooled([Moments.of(x, y) for x, y in zip(xs, ys, strict=True)], 1e9, 0.1)
    for other in others:
        np.testing.assert_allclose(other[0], first[0], atol=1e-6)


def test_intercept_is_not_penalised():
    xs, ys = problem()
    coefficients, intercept = next(solve_pooled([Moments.of(xs[0], ys[0])], 0.0, 1e12))
    np.testing.assert_allclose(coefficients, 0, atol=1e-9)
    np.testing.assert_allclose(intercept, ys[0].mean(axis=0))
