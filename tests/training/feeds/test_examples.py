"""`ExampleFeed` against sequences padded by hand."""

import numpy as np
import pytest
import tensorflow as tf

from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.ragged import Ragged
from seqkit.training.feeds.examples import MULTIPLE, ExampleFeed


def part(lengths: list[int], first: int = 0, channels: int = 0) -> Part:
    """Sequence i repeats the value first + i + 2."""
    shape = (channels,) if channels else ()
    kind = np.float32 if channels else np.int32
    sequences = [np.full((n, *shape), first + i + 2, kind) for i, n in enumerate(lengths)]
    return Part(Ragged.from_sequences(sequences), np.arange(len(lengths)) + first, np.arange(len(lengths)))


def test_batch_is_padded_at_the_end():
    feed = ExampleFeed(part([3, 1, 9]), part([2], first=3), pad=0)

    inputs, y_true = feed.gather(tf.constant([1, 0, 3], tf.int64))

    expected = np.zeros((3, MULTIPLE), np.int32)
    expected[0, :1], expected[1, :3], expected[2, :2] = 3, 2, 5
    np.testing.assert_array_equal(inputs, expected)
    np.testing.assert_array_equal(y_true, [1, 0, 3])


def test_series_of_equal_length_are_not_padded():
    feed = ExampleFeed(part([5, 5], channels=2), part([5], channels=2), pad=-1.0, steps=5)
    inputs, _ = feed.gather(tf.constant([0, 2], tf.int64))
    np.testing.assert_array_equal(inputs, np.repeat([2.0, 2.0], 10).reshape(2, 5, 2))


def test_series_of_variable_length_are_padded_in_every_channel():
    feed = ExampleFeed(part([2, 4], channels=2), part([1], channels=2), pad=-7.0)
    inputs, _ = feed.gather(tf.constant([0, 1], tf.int64))
    assert inputs.shape == (2, MULTIPLE, 2)
    assert (inputs.numpy()[0, 2:] == -7).all()
    assert (inputs.numpy()[0, :2] == 2).all()


@pytest.mark.parametrize("count", [1600, 1607])
def test_epoch_contains_every_example_once(count):
    lengths = np.random.default_rng(0).integers(1, 50, count).tolist()
    feed = ExampleFeed(part(lengths), part([1]), pad=0)
    full, rest = feed.batches(16, seed=3, epoch=2)
    assert sorted([*full.ravel(), *rest.ravel()]) == list(range(count))
    assert len(full) + len(rest) == feed.steps(16)


def test_batch_contains_examples_of_similar_length():
    lengths = np.random.default_rng(0).integers(1, 500, 3200)
    feed = ExampleFeed(part(lengths.tolist()), part([1]), pad=0)
    full, _ = feed.batches(32, seed=0, epoch=1)
    filled = lengths[full].max(axis=1).sum() * 32
    assert filled < 1.05 * lengths.sum(), "hardly any step is padding; without sorting it is every second"
    assert (np.diff(lengths[full].max(axis=1)) < 0).sum() > 20, "batches are not shuffled"


def test_order_depends_only_on_seed_and_epoch():
    feed = ExampleFeed(part([1 + i % 7 for i in range(800)]), part([1]), pad=0)
    first, again = feed.batches(8, 1, 1)[0], feed.batches(8, 1, 1)[0]
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, feed.batches(8, 1, 2)[0])
    assert not np.array_equal(first, feed.batches(8, 2, 1)[0])


def test_validation_contains_every_validation_example_once():
    feed = ExampleFeed(part([3, 1, 9]), part([2, 70_000, 1], first=3), pad=0)
    batches = list(feed.validation_batches(2))
    assert sorted(np.concatenate(batches).tolist()) == [3, 4, 5]
    assert [len(batch) for batch in batches] == [2, 1], "the long one alone"
