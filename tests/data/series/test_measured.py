"""Windows by what was measured of their targets."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.series.measured import all_measured, any_measured, step_windows, with_skipped
from seqkit.data.series.windows import legal_windows


def test_window_counts_by_the_rows_it_predicts():
    windows = legal_windows([(0, 7)], [(0, 7)], steps=2, horizon=2)  # predict rows 2–3, 3–4, 4–5, 5–6
    measured = np.array([[False, True]] * 3 + [[True, True]] * 2 + [[False, False]] * 2)
    assert any_measured(windows, measured).tolist() == [True, True, True, False]
    assert all_measured(windows, measured).tolist() == [False, True, False, False]


@st.composite
def holed_windows(draw):
    rows = draw(st.integers(20, 60))
    cut = draw(st.integers(1, rows - 1))
    sizes = {name: draw(st.integers(1, 4)) for name in ("steps", "horizon", "lead", "sampling_rate")}
    windows = legal_windows([(0, cut), (cut, rows)], [(0, rows)], **sizes)
    measured = draw(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=rows, max_size=rows))
    return windows, np.array(measured)


@settings(max_examples=100, deadline=None)
@given(holed_windows())
def test_counted_windows_equal_those_found_by_reading_the_mask(drawn):
    windows, measured = drawn
    targets = windows.read_targets(measured)
    np.testing.assert_array_equal(any_measured(windows, measured), targets.any(axis=(1, 2)))
    np.testing.assert_array_equal(all_measured(windows, measured), targets.all(axis=(1, 2)))
    for step in range(windows.horizon):
        np.testing.assert_array_equal(step_windows(windows, step).read_targets(measured)[:, 0], targets[:, step])


@settings(max_examples=100, deadline=None)
@given(holed_windows())
def test_skipped_windows_come_back_and_no_others(drawn):
    windows, measured = drawn
    left = windows[any_measured(windows, measured)]
    again = with_skipped(left)
    assert set(left.starts) <= set(again.starts) <= set(windows.starts)
    assert np.all(np.diff(again.starts) > 0)
    assert not np.any(
        (np.diff(again.starts) > 1)
        & np.isin(again.starts[:-1] + 1, windows.starts)
        & (np.diff(again.starts) < windows.span)
    )
