import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.data.labelled.ragged import Ragged, batches_by_length


def ids(*sequences: list[int]) -> Ragged:
    return Ragged.from_sequences([np.array(sequence, np.int32) for sequence in sequences])


def side_by_side(sequences, pad, multiple):
    """Padding by lists: every sequence is as long as the longest, rounded up."""
    length = max([1, *map(len, sequences)])
    while length % multiple:
        length += 1
    return [[*sequence, *[pad] * (length - len(sequence))] for sequence in sequences]


def test_sequences_are_stored_end_to_end():
    ragged = ids([5, 6], [], [7, 8, 9])
    assert ragged.values.tolist() == [5, 6, 7, 8, 9] and ragged.values.dtype == np.int32
    assert ragged.offsets.tolist() == [0, 2, 2, 5] and ragged.offsets.dtype == np.int64
    assert len(ragged) == 3 and ragged.lengths.tolist() == [2, 0, 3]
    assert ragged[1].tolist() == [] and ragged[2].tolist() == [7, 8, 9]


def test_single_sequence_is_a_view_and_take_copies():
    ragged = ids([1, 2], [3])
    assert np.shares_memory(ragged[0], ragged.values)
    taken = ragged.take(np.array([0, 1]))
    assert not np.shares_memory(taken.values, ragged.values)


def test_take_may_repeat_reorder_and_be_empty():
    ragged = ids([1, 2], [3], [])
    taken = ragged.take(np.array([1, 0, 2, 1]))
    assert taken.values.tolist() == [3, 1, 2, 3] and taken.offsets.tolist() == [0, 1, 3, 3, 4]
    nothing = ragged.take(np.array([], np.int64))
    assert len(nothing) == 0 and nothing.values.dtype == np.int32


def test_shorter_sequences_are_padded_at_the_end():
    padded = ids([1, 2, 3], [4]).padded(np.array([1, 0]), 0)
    assert padded.tolist() == [[4, 0, 0], [1, 2, 3]] and padded.dtype == np.int32


@pytest.mark.parametrize(("multiple", "length"), [(1, 3), (2, 4), (3, 3), (8, 8)])
def test_common_length_is_rounded_up_to_a_multiple(multiple, length):
    assert ids([1, 2, 3], [4]).padded(np.array([0, 1]), 0, multiple).shape == (2, length)


def test_only_the_chosen_sequences_decide_the_common_length():
    assert ids([1], [2, 2], [3, 3, 3, 3, 3]).padded(np.array([0, 1]), 0).shape == (2, 2)


def test_empty_sequences_are_padded_to_one_value():
    assert ids([], [], [1]).padded(np.array([0, 1]), 9).tolist() == [[9], [9]]


def test_padding_applies_to_every_channel():
    series = [np.array([[1, 2], [3, 4]], np.float32), np.array([[5, 6]], np.float32)]
    padded = Ragged.from_sequences(series).padded(np.array([0, 1]), -1e30)
    assert padded.dtype == np.float32 and padded.shape == (2, 2, 2)
    assert padded[0].tolist() == [[1, 2], [3, 4]] and padded[1, 0].tolist() == [5, 6]
    assert (padded[1, 1] == np.float32(-1e30)).all()


@given(st.data())
def test_take_and_padded_equal_list_operations(data):
    sequences = data.draw(st.lists(st.lists(st.integers(1, 99), max_size=6), min_size=1, max_size=8))
    indices = data.draw(st.lists(st.integers(0, len(sequences) - 1), min_size=1, max_size=10))
    multiple = data.draw(st.integers(1, 5))
    channels = data.draw(st.sampled_from([None, 1, 3]))
    arrays = [np.array(sequence, np.float32) for sequence in sequences]
    if channels:
        arrays = [np.repeat(array[:, None], channels, axis=1) for array in arrays]
    ragged = Ragged.from_sequences(arrays)
    chosen = [sequences[i] for i in indices]

    def single(array):
        return array[..., 0].tolist() if channels else array.tolist()

    assert [single(ragged[i]) for i in range(len(ragged))] == sequences
    taken = ragged.take(np.array(indices))
    assert [single(taken[i]) for i in range(len(taken))] == chosen
    assert taken.lengths.tolist() == [len(sequence) for sequence in chosen]
    padded = ragged.padded(np.array(indices), -7, multiple)
    assert single(padded) == side_by_side(chosen, -7, multiple)
    assert not channels or (padded == padded[..., :1]).all()


def test_batches_start_with_short_sequences_and_limit_padding():
    batches = batches_by_length(np.array([9, 2, 3, 2, 50, 4]), sequences=3, steps=10)
    assert [batch.tolist() for batch in batches] == [[1, 3, 2], [5], [0], [4]]  # 3 x 3, then 2 x 9 is more than 10
    full = batches_by_length(np.array([5, 5, 5]), sequences=3, steps=10)
    assert [batch.tolist() for batch in full] == [[0, 1], [2]]


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(1, 8), st.integers(1, 60))
def test_batches_contain_every_sequence_once_within_the_limits(lengths, sequences, steps):
    batches = list(batches_by_length(np.array(lengths, np.int64), sequences=sequences, steps=steps))
    order = [i for batch in batches for i in batch.tolist()]
    assert order == sorted(range(len(lengths)), key=lambda i: (lengths[i], i))
    sizes = [len(batch) * max(lengths[i] for i in batch) for batch in batches]
    assert all(1 <= len(batch) <= sequences for batch in batches)
    assert all(size <= steps or len(batch) == 1 for size, batch in zip(sizes, batches, strict=True))
    for batch, following in itertools.pairwise(batches):  # none ends early
        longer = (len(batch) + 1) * lengths[following[0]]
        assert len(batch) == sequences or longer > steps
