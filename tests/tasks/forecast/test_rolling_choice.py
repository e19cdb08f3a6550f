"""The choice of window, normalisation and logarithm by rolling validation."""

import numpy as np
import pytest

from seqkit.stats.ridge import NormalEquations, penalised_solutions
from seqkit.tasks.forecast import rolling_choice
from seqkit.tasks.forecast.rolling_choice import Choice, best_choice, rolling_errors


def growing(years: int = 9, noise: float = 0.02) -> np.ndarray:
    """A monthly series that grows by shares of its level, as its season does."""
    rows = np.arange(12 * years)
    random = np.random.default_rng(0).normal(size=len(rows))
    return np.exp(0.01 * rows + 0.3 * np.sin(rows * 2 * np.pi / 12) + noise * random)


def test_logarithms_are_chosen_for_a_series_that_grows_by_shares():
    errors = rolling_errors([growing()], (12, 24), ("last",), (False, True), horizon=12, season=12)
    assert set(errors) == {Choice(window, "last", log) for window in (12, 24) for log in (False, True)}
    assert best_choice(errors).log


def test_logarithms_are_not_tried_for_values_of_zero():
    series = np.maximum(growing() - 1.5, 0)
    assert not any(choice.log for choice in rolling_errors([series], (12,), ("last",), (False, True), horizon=2))


def test_logarithms_that_hardly_help_are_not_chosen():
    plain, logged = Choice(12, "last", False), Choice(24, "last", True)
    assert best_choice({plain: 1.0, logged: 0.985}) == plain
    assert best_choice({plain: 1.0, logged: 0.97}) == logged
    assert best_choice({logged: 0.97}) == logged


def test_a_window_of_a_season_is_chosen_where_only_the_value_a_season_ago_tells():
    rng = np.random.default_rng(0)
    season = rng.normal(size=12)
    series = np.tile(season, 12) + 0.05 * rng.normal(size=144)
    errors = rolling_errors([series], (4, 12), ("last",), (False,), horizon=3, season=12)
    assert best_choice(errors) == Choice(12, "last", False)


def test_scaling_each_window_is_chosen_where_large_windows_would_decide_alone():
    """A wild walk of five years, then a season that is a thousandth as large."""
    rng = np.random.default_rng(0)
    walk, season = 1000 * rng.normal(size=60).cumsum(), np.tile(rng.normal(size=12), 9)
    series = np.concatenate([walk, season + 0.01 * rng.normal(size=108)])
    errors = rolling_errors([series], (12,), ("last", "window"), (False,), horizon=2, season=12)
    assert best_choice(errors).normalise == "window"


def test_the_error_is_that_of_regressions_on_the_rows_before_each_past_time(monkeypatch):
    monkeypatch.setattr(rolling_choice, "FOLDS", 2)
    monkeypatch.setattr(rolling_choice, "PENALTIES", (0.1,))
    values, window, horizon = growing(2, noise=0.1), 4, 2
    errors = rolling_errors([values], (window,), ("last",), (False,), horizon=horizon)
    by_hand = []
    for known in (12, 22):
        starts = range(known - window - horizon + 1)
        x = np.array([values[s : s + window - 1] - values[s + window - 1] for s in starts])
        y = np.array([values[s + window : s + window + horizon] - values[s + window - 1] for s in starts])
        equations = NormalEquations(window - 1, horizon)
        equations.add(x, y)
        weights, intercept = equations.solve(0.1)
        last = values[known - 1]
        forecast = (values[known - window : known - 1] - last) @ weights + intercept + last
        by_hand.append(np.abs(forecast - values[known : known + horizon]).mean())
    scale = np.abs(np.diff(values[:22])).mean()
    assert errors[Choice(window, "last", False)] == pytest.approx(np.mean(by_hand) / scale)


def test_series_of_different_lengths_share_the_weights_and_short_ones_are_left_out():
    series = [growing(), growing()[-40:] * 1000, growing()[:5]]
    errors = rolling_errors(series, (12,), ("last",), (False,), horizon=3, season=12)
    assert 0 < errors[Choice(12, "last", False)] < 1


def test_lead_steps_lie_between_a_window_and_its_forecast():
    one, two = (
        rolling_errors([growing(noise=0)], (12,), ("last",), (True,), horizon=3, lead=lead, season=12)
        for lead in (1, 5)
    )
    assert set(one) == set(two) and one != two and max([*one.values(), *two.values()]) < 0.01


def test_a_series_too_short_for_any_window_has_no_errors():
    assert rolling_errors([growing()[:20]], (12,), ("last",), (False,), horizon=3) == {}
    assert rolling_errors([], (12,), ("last",), (False,), horizon=3) == {}
    assert set(rolling_errors([growing()[:23]], (12, 24), ("last",), (False,), horizon=3)) == {
        Choice(12, "last", False)
    }


def test_solutions_of_several_penalties_equal_those_of_each():
    equations, rng = NormalEquations(3, 2), np.random.default_rng(0)
    equations.add(rng.normal(size=(20, 3)), rng.normal(size=(20, 2)))
    for penalty, (weights, intercept) in zip((0.1, 2.0), penalised_solutions(equations, (0.1, 2.0)), strict=True):
        expected = equations.solve(penalty)
        np.testing.assert_allclose(weights, expected[0])
        np.testing.assert_allclose(intercept, expected[1])
