"""Split-conformal prediction intervals."""

import numpy as np
import pytest

from seqkit.stats.conformal import LEVELS, MIN_TWO_SIDED, pinball_loss, residual_bounds, winkler_score


def bounds_of(residuals: np.ndarray, level: int) -> tuple[float, float]:
    lower, upper = residual_bounds(residuals[:, None, None])[LEVELS.index(level)]
    return float(lower[0, 0]), float(upper[0, 0])


def test_many_residuals_have_a_quantile_on_each_side():
    residuals = np.random.default_rng(0).permutation(np.arange(1, 1000).astype(float))  # ranks are values
    assert bounds_of(residuals, 95) == (25, 975)
    assert bounds_of(residuals, 80) == (100, 900)


def test_few_residuals_have_symmetric_bounds():
    residuals = np.array([-9.0, 1, 2, -3, 4, 5, -6, 7, 8])
    assert bounds_of(residuals, 80) == (-8, 8)  # rank ceil(10 · 0.8)
    assert bounds_of(residuals, 90) == (-9, 9)
    assert bounds_of(residuals, 91) == (-np.inf, np.inf)


def test_missing_residuals_are_left_out():
    residuals = np.arange(1, 2000, dtype=float)
    residuals[1::2] = np.nan
    assert bounds_of(residuals, 80) == bounds_of(residuals[::2], 80)
    assert bounds_of(np.full(300, np.nan), 80) == (-np.inf, np.inf)


def test_steps_and_targets_have_their_own_bounds():
    rng = np.random.default_rng(0)
    residuals = rng.normal(size=(500, 2, 1)) * [[1.0], [10.0]]
    lower, upper = residual_bounds(residuals)[LEVELS.index(80)]
    assert upper[1, 0] == pytest.approx(10 * upper[0, 0], rel=0.2)
    assert lower[1, 0] == pytest.approx(10 * lower[0, 0], rel=0.2)


@pytest.mark.parametrize("count", [30, MIN_TWO_SIDED - 1, MIN_TWO_SIDED, 1000])
def test_intervals_cover_new_values_at_least_at_their_level(count):
    rng = np.random.default_rng(count)
    residuals, new = rng.gamma(2.0, size=(count, 1, 400)), rng.gamma(2.0, size=(2000, 1, 400))
    for level in (50, 80, 95):
        lower, upper = residual_bounds(residuals)[LEVELS.index(level)]
        covered = ((new >= lower) & (new <= upper)).mean()
        assert level / 100 - 0.01 < covered < level / 100 + 0.01 + 2 / count


def test_bounds_widen_with_the_level():
    bounds = residual_bounds(np.random.default_rng(0).normal(size=(300, 3, 2)))
    assert (np.diff(bounds[:, 1], axis=0) >= 0).all() and (np.diff(bounds[:, 0], axis=0) <= 0).all()


def test_winkler_score_is_the_width_and_a_penalty_outside():
    y_true = np.array([0.0, 3.0, -2.0])
    np.testing.assert_allclose(winkler_score(y_true, y_true * 0 - 1, y_true * 0 + 1, 0.8), [2, 2 + 20, 2 + 10])


def test_pinball_loss_weighs_the_sides():
    np.testing.assert_allclose(pinball_loss(np.array([1.0, -1.0]), np.zeros(2), 0.9), [0.9, 0.1])
