"""Batches of pairs: all pairs once, no more tokens than asked for, the same shapes in each epoch, other pairs."""

import numpy as np
import pytest
import tensorflow as tf

from seqkit.data.labelled.ragged import Ragged
from seqkit.training.feeds.pairs import PairFeed

TOKENS = 60


def sequences(lengths, seed: int) -> Ragged:
    rng = np.random.default_rng(seed)
    return Ragged.from_sequences([rng.integers(1, 50, length).astype(np.int32) for length in lengths])


def sides(pairs: int, seed: int) -> tuple[Ragged, Ragged]:
    rng = np.random.default_rng(seed)
    return sequences(rng.integers(2, 20, pairs), seed + 1), sequences(rng.integers(2, 15, pairs), seed + 2)


TRAIN, VALIDATION = sides(400, 0), sides(30, 9)


@pytest.fixture(scope="module")
def feed():
    return PairFeed(TRAIN, VALIDATION, start=7)


def test_an_epoch_has_every_pair_once_and_few_tokens_in_each_batch(feed):
    batches, rest = feed.batches(TOKENS, seed=3, epoch=1)
    assert rest.size == 0 and len(batches) == feed.steps(TOKENS) >= 50
    assert sorted(batches[batches >= 0]) == list(range(400))
    for batch in batches:
        chosen = batch[batch >= 0]
        for side in TRAIN:
            assert side.lengths[chosen].max() * len(chosen) <= TOKENS
        spread = TRAIN[1].lengths[chosen]
        assert spread.max() - spread.min() <= 2


def test_batches_depend_on_seed_and_epoch_only_and_their_number_on_neither(feed):
    first, again, other, seed = (feed.batches(TOKENS, *key)[0] for key in ((0, 1), (0, 1), (0, 2), (1, 1)))
    np.testing.assert_array_equal(first, again)
    assert first.shape == other.shape == seed.shape
    pairs = [{tuple(sorted(batch[batch >= 0])) for batch in batches} for batches in (first, other, seed)]
    assert len(pairs[0] & pairs[1]) < len(first) / 4 and len(pairs[0] & pairs[2]) < len(first) / 4


def test_few_pairs_are_passed_over_several_times_in_an_epoch():
    small = PairFeed(sides(12, 4), VALIDATION, start=7)
    batches, _ = small.batches(1000, seed=0, epoch=1)
    assert len(batches) == small.steps(1000) == 50
    assert (np.bincount(batches[batches >= 0]) == 50).all()


def test_a_pair_with_more_tokens_than_a_batch_is_a_batch_of_its_own():
    long = PairFeed((sequences([90, 3, 3], 0), sequences([4, 3, 3], 1)), VALIDATION, start=7)
    batches, _ = long.batches(TOKENS, seed=0, epoch=1)
    assert {tuple(sorted(batch[batch >= 0])) for batch in batches} == {(0,), (1, 2)}


def test_gathered_pairs_are_padded_and_the_target_is_shifted(feed):
    (source, previous), target = feed.gather(tf.constant([5, 8, -1, 0, -1], tf.int64))
    for row, number in enumerate((5, 8, 0)):
        for values, sequence in ((source, TRAIN[0][number]), (target, TRAIN[1][number])):
            np.testing.assert_array_equal(values[row, : len(sequence)], sequence)
            assert (values.numpy()[row, len(sequence) :] == 0).all()
        np.testing.assert_array_equal(previous[row], [7, *target.numpy()[row, :-1]])
    assert source.shape[0] == 3 and previous.shape == target.shape


def test_validation_has_every_pair_once_short_ones_first(feed):
    batches = list(feed.validation_batches(16))
    rows = np.concatenate(batches)
    assert sorted(rows) == list(range(400, 430)) and max(map(len, batches)) <= 16
    lengths = np.maximum(VALIDATION[0].lengths, VALIDATION[1].lengths)[rows - 400]
    assert (np.diff(lengths) >= 0).all()
    (source, _), target = feed.gather_validation(tf.constant(rows[-1:]))
    np.testing.assert_array_equal(source[0], VALIDATION[0][rows[-1] - 400])
    np.testing.assert_array_equal(target[0], VALIDATION[1][rows[-1] - 400])


def test_alignment_comes_beside_the_targets_and_is_unknown_in_validation():
    alignment = np.arange(len(TRAIN[1].values), dtype=np.int32)
    feed = PairFeed(TRAIN, VALIDATION, 7, alignment)
    _, (target, positions) = feed.gather(tf.constant([3, 8], tf.int64))
    offsets = TRAIN[1].offsets
    for row, number in enumerate((3, 8)):
        length = TRAIN[1].lengths[number]
        expected = np.arange(offsets[number], offsets[number] + length)
        np.testing.assert_array_equal(positions[row, :length], expected)
        np.testing.assert_array_equal(target[row, :length], TRAIN[1][number])
    _, (_, positions) = feed.gather_validation(tf.constant([400], tf.int64))
    assert (positions.numpy() == -1).all()
