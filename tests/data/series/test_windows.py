import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.data.series.windows import Windows, legal_windows


def brute_force(segments, ranges, steps, horizon, lead, rate):
    """Every start whose rows all lie in one segment and whose targets all lie in one range, by trying all of them."""
    valid = []
    for start in range(200):
        inputs = [start + rate * i for i in range(steps)]
        targets = [inputs[-1] + rate * (lead + h) for h in range(horizon)]
        in_segment = any(first <= start and targets[-1] < end for first, end in segments)
        in_range = any(first <= targets[0] and targets[-1] < end for first, end in ranges)
        if in_segment and in_range:
            valid.append(start)
    return valid


@st.composite
def row_ranges(draw, most=5):
    """Disjoint, ascending row ranges."""
    cuts = sorted(draw(st.sets(st.integers(0, 120), min_size=2, max_size=2 * most)))
    return list(zip(cuts[0::2], cuts[1::2], strict=False))


@given(
    segments=row_ranges(),
    ranges=row_ranges(),
    steps=st.integers(1, 9),
    horizon=st.integers(1, 4),
    lead=st.integers(1, 4),
    rate=st.integers(1, 3),
)
def test_every_valid_window_is_found_exactly_once(segments, ranges, steps, horizon, lead, rate):
    windows = legal_windows(segments, ranges, steps=steps, horizon=horizon, lead=lead, sampling_rate=rate)

    assert windows.starts.tolist() == brute_force(segments, ranges, steps, horizon, lead, rate)


def test_target_of_the_textbook_protocol_lies_24_hours_after_the_last_row_read():
    # 120 rows an hour apart in a 10-minute record, 24 hours ahead: 6 × (120 + 24 - 1) rows after the first one.
    windows = Windows(np.array([0, 7]), steps=120, horizon=1, lead=24, sampling_rate=6)

    assert windows.last_rows.tolist() == [6 * 119, 6 * 119 + 7]
    assert windows.target_rows.tolist() == [[6 * (120 + 24 - 1)], [6 * (120 + 24 - 1) + 7]]
    assert windows.span == 6 * (120 + 24 - 1) + 1


def test_reading_gathers_inputs_and_targets_by_hand():
    values = np.arange(40, dtype=np.float32).reshape(20, 2)
    windows = Windows(np.array([1, 5]), steps=3, horizon=2, lead=2, sampling_rate=2)

    assert windows.read(values)[:, :, 0].tolist() == [[2, 6, 10], [10, 14, 18]]
    assert windows.read_targets(values)[:, :, 1].tolist() == [[19, 23], [27, 31]]


def test_reading_a_window_that_ends_at_the_last_row():
    values = np.arange(10, dtype=np.float32)[:, None]
    windows = Windows(np.array([9 - 4]), steps=3, sampling_rate=2)

    assert windows.read(values)[0, :, 0].tolist() == [5, 7, 9]


@pytest.mark.parametrize("order", ["C", "F"])
def test_reading_does_not_depend_on_memory_layout(order):
    values = np.asarray(np.random.default_rng(0).normal(size=(50, 3)), order=order)
    windows = Windows(np.array([0, 3, 30]), steps=4, sampling_rate=3)

    expected = np.stack([values[s : s + 10 : 3] for s in (0, 3, 30)])
    np.testing.assert_array_equal(windows.read(values), expected)


def test_inputs_may_extend_before_the_start_of_a_split_but_never_after_its_end():
    train = legal_windows([(0, 100)], [(0, 50)], steps=10, horizon=5)
    validation = legal_windows([(0, 100)], [(50, 100)], steps=10, horizon=5)

    assert train.target_rows.max() == 49
    assert validation.target_rows.min() == 50
    assert validation.starts.min() == 40
    assert validation.target_rows.max() == 99


def test_batches_hold_every_window_and_drop_none():
    windows = Windows(np.arange(10), steps=2)

    assert [batch.starts.tolist() for batch in windows.batches(4)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_tiles_predict_each_row_once():
    windows = legal_windows([(0, 100)], [(20, 92)], steps=4, horizon=6, sampling_rate=2)

    rows = windows.tiles().target_rows.ravel()

    assert len(set(rows)) == len(rows)
    assert sorted(rows) == list(range(20, 92))


def test_no_window_is_found_if_none_fits():
    assert len(legal_windows([(0, 9)], [(0, 9)], steps=9, horizon=1)) == 0
    assert len(legal_windows([(0, 10)], [(0, 10)], steps=9, horizon=1)) == 1


@pytest.mark.parametrize(("count", "most", "every"), [(0, 3, 1), (3, 3, 1), (4, 3, 2), (7, 3, 3), (9, 3, 3)])
def test_thinned_keeps_every_nth_window_with_the_smallest_n(count, most, every):
    thinned = Windows(np.arange(count), 2).thinned(most)
    np.testing.assert_array_equal(thinned.starts, np.arange(0, count, every))
