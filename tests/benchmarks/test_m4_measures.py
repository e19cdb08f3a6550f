"""The measures of the M4 competition, against numbers worked out by hand."""

import numpy as np
import pytest

from tests.paths import ROOT

pytestmark = pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="not in a checkout")


@pytest.fixture(scope="module")
def measures(load):
    return load("m4_measures")


SEASONAL = np.tile([1.0, 3.0], 10) * 5  # 5, 15, 5, 15, …


def test_smape_by_hand(measures):
    # 200 · 1 / 3 and 200 · 0 / 8
    assert measures.smape(np.array([1.0, 4.0]), np.array([2.0, 4.0])) == pytest.approx(100 / 3)


def test_mase_by_hand(measures):
    history = np.array([1.0, 2.0, 4.0, 6.0])  # two rows apart: 3 and 4, mean 3.5
    assert measures.mase(np.array([7.0, 7.0]), np.array([0.0, 7.0]), history, 2) == pytest.approx(1.0)


def test_seasonal_indices_by_hand(measures):
    np.testing.assert_allclose(measures.seasonal_indices(SEASONAL, 2), [0.5, 1.5])


def test_naive2_repeats_the_season_at_the_last_level(measures):
    assert measures.is_seasonal(SEASONAL, 2)
    np.testing.assert_allclose(measures.naive2(SEASONAL, 3, 2), [5, 15, 5])
    np.testing.assert_allclose(measures.naive2(SEASONAL[:-1], 3, 2), [15, 5, 15])


def test_naive2_is_the_last_value_without_a_season(measures):
    history = np.random.default_rng(2).normal(size=40) + 9
    assert not measures.is_seasonal(history, 7) and not measures.is_seasonal(SEASONAL[:5], 2)
    np.testing.assert_array_equal(measures.naive2(history, 3, 7), np.full(3, history[-1]))


def test_owa_of_the_reference_is_one_and_halves_with_its_errors(measures):
    rng = np.random.default_rng(1)
    histories = [SEASONAL + rng.normal(size=20) / 10 for _ in range(4)]
    y_true = [np.array([6.0, 14.0, 4.0]) for _ in histories]
    naive = [measures.naive2(history, 3, 2) for history in histories]
    scores = measures.owa(y_true, naive, histories, 2)
    assert scores["owa"] == pytest.approx(1.0)
    assert scores["smape"] == pytest.approx(np.mean([measures.smape(y, p) for y, p in zip(y_true, naive, strict=True)]))
    halved = [y + (p - y) / 2 for y, p in zip(y_true, naive, strict=True)]
    better = measures.owa(y_true, halved, histories, 2)
    assert better["mase"] == pytest.approx(scores["mase"] / 2) and 0.45 < better["owa"] < 0.55
