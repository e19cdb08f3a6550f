"""Normal equations from lagged products, against an explicit design matrix."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.series.windows import Windows, legal_windows
from seqkit.errors import DataError
from seqkit.stats.ridge import NormalEquations
from seqkit.tasks.forecast.normal_equations import Calendar, window_differences, window_equations


def assert_equal(equations: NormalEquations, expected: NormalEquations, tolerance: float) -> None:
    assert equations.rows == expected.rows
    for name in ("x_mean", "y_mean", "xx", "xy", "yy"):
        actual, desired = getattr(equations, name), getattr(expected, name)
        assert actual.shape == desired.shape
        atol = tolerance * np.abs(desired).max(initial=0)
        np.testing.assert_allclose(actual, desired, rtol=tolerance, atol=atol, err_msg=name)


def design(values: np.ndarray, targets: list[int], windows: Windows, *, shared: bool) -> NormalEquations:
    """Returns the normal equations of an explicit design matrix."""
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
            changes = [values[row, c] - values[last, c] for row in read for c in range(values.shape[1])]
            x.append([*changes, *values[last]])
            y.append([values[row, t] - values[last, t] for row in ahead for t in targets])
    rows, outputs = np.array(x).reshape(len(x), -1), np.array(y)
    equations = NormalEquations(rows.shape[1], outputs.shape[1])
    equations.add(rows, outputs)
    return equations


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
def test_window_equations_equal_those_of_the_design_matrix(
    shared, steps, horizon, lead, rate, targets, seed, scattered
):
    rng = np.random.default_rng(seed)
    values = np.cumsum(rng.normal(size=(260, 3)), axis=0) + 1000
    segments = [(0, 120), (121, 123), (125, 250)]
    windows = legal_windows(segments, [(0, 260)], steps=steps, horizon=horizon, lead=lead, sampling_rate=rate)
    if scattered:  # too many runs for lagged products
        windows = windows[np.sort(rng.permutation(len(windows))[:40])]
    assert_equal(
        window_equations(values, targets, windows, shared=shared), design(values, targets, windows, shared=shared), 1e-8
    )


def test_lagged_products_span_many_fft_blocks():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2000, 2))
    windows = legal_windows([(0, 2000)], [(0, 2000)], steps=5, horizon=2)
    assert_equal(
        window_equations(values, [1], windows, shared=False), design(values, [1], windows, shared=False), 1e-10
    )


def test_a_large_mean_costs_no_precision():
    values = np.random.default_rng(0).normal(size=(300, 2))
    windows = legal_windows([(0, 300)], [(0, 300)], steps=5, horizon=2)
    expected = window_equations(values, [0], windows, shared=False)
    shifted = window_equations(values + 1e7, [0], windows, shared=False)
    shifted.x_mean[-2:] -= 1e7  # the features of the last row
    assert_equal(shifted, expected, 1e-7)


def test_window_differences_subtract_the_last_row_and_append_it_unless_shared():
    values = np.array([[1.0, 10], [2, 30], [4, 60]])
    windows = Windows(np.array([0]), steps=3)
    np.testing.assert_array_equal(window_differences(values, windows, shared=False), [[-3, -50, -2, -30, 4, 60]])
    np.testing.assert_array_equal(window_differences(values, windows, shared=True), [[-3, -2], [-50, -30]])


@pytest.mark.parametrize("shared", [True, False])
def test_rows_outside_all_windows_have_no_effect(shared):
    values = np.random.default_rng(0).normal(size=(120, 2))
    windows = legal_windows([(5, 60), (70, 100)], [(0, 100)], steps=4, horizon=2, sampling_rate=2)
    before = window_equations(values, [0], windows, shared=shared)
    values[:5] = values[60:70] = values[100:] = np.nan
    assert_equal(window_equations(values, [0], windows, shared=shared), before, 0)


@pytest.mark.parametrize("step", [1, 2])
def test_values_that_are_not_finite_are_rejected(step):
    values = np.zeros((100, 2))
    values[50, 1] = np.inf
    windows = legal_windows([(0, 100)], [(0, 100)], steps=4)[::step]
    with pytest.raises(DataError, match="finite"):
        window_equations(values, [0], windows, shared=False)


@pytest.mark.parametrize("shared", [True, False])
def test_no_windows_give_equations_of_zero_rows(shared):
    windows = Windows(np.empty(0, np.int64), steps=3, horizon=2)
    assert window_equations(np.zeros((9, 2)), [0], windows, shared=shared).rows == 0


def calendar_design(values: np.ndarray, windows: Windows, calendar: Calendar) -> NormalEquations:
    """Returns the normal equations of an explicit design matrix; the last three columns are calendar terms."""
    k, x, y = windows.sampling_rate, [], []
    for start in windows.starts:
        last = start + k * (windows.steps - 1)
        changes = [values[start + k * i, c] - values[last, c] for i in range(windows.steps - 1) for c in range(5)]
        products = [term * (values[last, c] - calendar.centre[c]) for term in values[last, 2:] for c in range(2)]
        x.append([*changes, *values[last], *products])
        ahead = [last + k * (windows.lead + i) for i in range(windows.horizon)]
        y.append([values[row, t] - values[last, t] for row in ahead for t in (1, 0)])
    equations = NormalEquations(len(x[0]), len(y[0]))
    equations.add(np.array(x), np.array(y))
    return equations


@pytest.mark.parametrize("rate", [1, 3])
@pytest.mark.parametrize("scattered", [True, False])
def test_equations_with_calendar_features_equal_those_of_the_design_matrix(rate, scattered):
    rng = np.random.default_rng(0)
    values = np.cumsum(rng.normal(size=(900, 5)), axis=0) + 20
    values[:, 2:] = np.sin(np.arange(900)[:, None] * [0.3, 0.1, 0.02])
    segments = [(0, 420), (421, 423), (430, 900)]
    windows = legal_windows(segments, [(0, 880)], steps=4, horizon=3, lead=2, sampling_rate=rate)
    if scattered:
        windows = windows[np.sort(rng.permutation(len(windows))[:60])]
    calendar = Calendar(3, np.array([18.0, 23.0]))
    equations = window_equations(values, [1, 0], windows, shared=False, calendar=calendar)
    assert_equal(equations, calendar_design(values, windows, calendar), 1e-8)
