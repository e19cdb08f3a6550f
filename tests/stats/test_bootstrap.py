"""The paired bootstrap, against SciPy's and on cases worked out by hand."""

import numpy as np
import pytest
from scipy import stats

from seqkit.stats.bootstrap import paired_bootstrap


def mean(sums):
    return sums[..., 0] / sums[..., 1]


def f1(sums):
    return 2 * sums[..., 0] / np.maximum(sums[..., 1] + sums[..., 2], 1)


def counts(rng, items, skill):
    """Correct, predicted and true entities of each sentence, for a system that finds each with probability `skill`."""
    true = rng.integers(0, 4, items)
    predicted = rng.integers(0, 4, items)
    return np.column_stack([rng.binomial(np.minimum(true, predicted), skill), predicted, true])


def test_interval_equals_that_of_scipy():
    rng = np.random.default_rng(0)
    a, b = counts(rng, 300, 0.8), counts(rng, 300, 0.6)

    def difference(rows, axis):
        assert axis == -1
        return f1(a[rows].sum(axis=-2)) - f1(b[rows].sum(axis=-2))

    reference = stats.bootstrap(
        (np.arange(300),), difference, n_resamples=20_000, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    result = paired_bootstrap(a, b, f1, resamples=20_000)
    assert result.difference == f1(a.sum(axis=0)) - f1(b.sum(axis=0))
    assert (result.low, result.high) == pytest.approx((reference.low, reference.high), abs=0.003)


def test_p_value_of_means_equals_that_of_the_t_test():
    rng = np.random.default_rng(2)
    a = np.column_stack([rng.normal(0.1, 1, 500), np.ones(500)])
    b = np.column_stack([rng.normal(0, 1, 500), np.ones(500)])
    result = paired_bootstrap(a, b, mean, resamples=20_000)
    assert result.p_value == pytest.approx(stats.ttest_rel(a[:, 0], b[:, 0]).pvalue, abs=0.015)


def test_equal_systems_are_rarely_called_different():
    rng = np.random.default_rng(3)
    p_values = [
        paired_bootstrap(counts(rng, 200, 0.7), counts(rng, 200, 0.7), f1, resamples=400).p_value for _ in range(200)
    ]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.04)


def test_resamples_draw_the_same_items_for_both_systems():
    rng = np.random.default_rng(4)
    base = rng.normal(0, 100, 100)
    a, b = np.column_stack([base + 1, np.ones(100)]), np.column_stack([base, np.ones(100)])
    result = paired_bootstrap(a, b, mean)
    assert (result.low, result.high) == pytest.approx((1, 1))
    assert result.p_value == 1 / 2001


def test_blocks_of_resamples_do_not_change_the_result(monkeypatch):
    rng = np.random.default_rng(5)
    a, b = counts(rng, 50, 0.8), counts(rng, 50, 0.6)
    whole = paired_bootstrap(a, b, f1, resamples=101)
    monkeypatch.setattr("seqkit.stats.bootstrap._DRAWS_AT_ONCE", 120)
    assert paired_bootstrap(a, b, f1, resamples=101) == whole


def test_result_depends_on_the_seed_alone():
    rng = np.random.default_rng(6)
    a, b = counts(rng, 50, 0.8), counts(rng, 50, 0.6)
    assert paired_bootstrap(a, b, f1, seed=1) == paired_bootstrap(a, b, f1, seed=1)
    assert paired_bootstrap(a, b, f1, seed=1) != paired_bootstrap(a, b, f1, seed=2)


@pytest.mark.parametrize(("items", "p_value"), [(1, 1.0), (2, 0.5), (4, 0.125)])
def test_few_items_never_give_a_small_p_value(items, p_value):
    a, b = np.ones((items, 2)), np.column_stack([np.zeros(items), np.ones(items)])
    assert paired_bootstrap(a, b, mean).p_value == p_value


def test_systems_with_equal_statistics_have_p_value_1():
    a = counts(np.random.default_rng(7), 10, 0.5)
    result = paired_bootstrap(a, a, f1)
    assert (result.difference, result.low, result.high, result.p_value) == (0, 0, 0, 1)


@pytest.mark.parametrize("shapes", [((3, 2), (4, 2)), ((3,), (3,)), ((0, 2), (0, 2))])
def test_other_shapes_are_refused(shapes):
    with pytest.raises(ValueError, match="items, statistics"):
        paired_bootstrap(np.zeros(shapes[0]), np.zeros(shapes[1]), mean)


def test_score_that_is_not_finite_is_refused():
    a, b = np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([[1.0, 1.0], [1.0, 1.0]])
    with np.errstate(divide="ignore", invalid="ignore"), pytest.raises(ValueError, match="not finite"):
        paired_bootstrap(a, b, mean)
