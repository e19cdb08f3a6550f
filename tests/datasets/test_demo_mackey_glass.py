"""The simulated Mackey-Glass series: deterministic, a solution of its equation, and chaotic."""

import importlib

import numpy as np
import pandas as pd
import pytest

from seqkit.errors import UsageError

demo = importlib.import_module("seqkit.datasets.demo_mackey_glass")


def test_a_seed_determines_the_series_and_more_rows_do_not_change_it():
    few, many = demo.load(rows=101), demo.load(rows=300)
    pd.testing.assert_frame_equal(few, many.iloc[:101])
    assert not np.allclose(demo.load(rows=101, series_seed=1)["x"], few["x"])


def test_series_solves_the_equation():
    x = demo.load(rows=2_000)["x"].to_numpy()
    slopes = (x[:-4] - 8 * x[1:-3] + 8 * x[3:-1] - x[4:]) / 12  # fourth-order central differences
    now, delayed = x[2:-2][17:], x[2:-2][:-17]
    expected = 0.2 * delayed / (1 + delayed**10) - 0.1 * now
    np.testing.assert_allclose(slopes[17:], expected, atol=2e-3)
    assert np.abs(expected).max() > 0.05


def test_small_differences_grow_but_values_stay_on_the_attractor():
    one = demo.simulate(3_000, 17, 0)
    other = demo.simulate(3_000, 17, 1)
    assert np.abs(one - other)[2_000:].max() > 0.5
    assert one[1_000:].min() > 0.2 and one[1_000:].max() < 1.4


@pytest.mark.parametrize("options", [{"rows": 0}, {"delay": 0}, {"delay": 101}, {"series_seed": -1}])
def test_values_out_of_range_are_refused(options):
    (name,) = options
    with pytest.raises(UsageError, match=f"invalid value for `{name}`, expected"):
        demo.load(**options)
