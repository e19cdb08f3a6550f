"""Streams: consecutive batches continue each other, targets are the tokens one later, every token is validated."""

import numpy as np
import pytest
import tensorflow as tf

from seqkit.training.feeds.streams import StreamFeed

TRAIN, VALIDATION = np.arange(1000, dtype=np.int32), np.arange(5000, 6003, dtype=np.int32)


@pytest.fixture
def feed() -> StreamFeed:
    return StreamFeed(TRAIN, VALIDATION, chunk=10)


def test_batches_continue_each_other(feed):
    batches, rest = feed.batches(4, seed=0, epoch=1)
    assert batches.shape == (feed.steps(4), 4) == (24, 4) and rest.size == 0
    assert np.all(np.diff(batches, axis=0) == 10)
    tokens = np.concatenate([feed.gather(tf.constant(batch))[0].numpy() for batch in batches], axis=1)
    assert np.all(np.diff(tokens, axis=1) == 1)
    assert len(np.unique(tokens)) == tokens.size


def test_targets_are_one_token_later(feed):
    inputs, targets = feed.gather(tf.constant(feed.batches(4, seed=0, epoch=1)[0][-1]))
    assert np.array_equal(targets.numpy(), inputs.numpy() + 1)
    assert targets.numpy().max() <= TRAIN[-1]


def test_epochs_have_other_borders_and_depend_on_seed_and_epoch_only(feed):
    first, again, other = (feed.batches(4, seed=0, epoch=epoch)[0] for epoch in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_validation_reads_every_stream_once_and_in_order(feed):
    batches = list(feed.validation_batches(1024))
    parts = [feed.gather_validation(tf.constant(batch)) for batch in batches]
    inputs = np.concatenate([part[0].numpy() for part in parts], axis=1)
    targets = np.concatenate([part[1].numpy() for part in parts], axis=1)
    assert inputs.shape == (16, 62)
    assert np.array_equal(np.sort(inputs.ravel()), VALIDATION[: 16 * 62])
    assert np.array_equal(targets, inputs + 1)


def test_short_validation_has_fewer_streams():
    feed = StreamFeed(TRAIN, np.array([3, 4], np.int32), chunk=10)
    (batch,) = feed.validation_batches(1024)
    inputs, targets = feed.gather_validation(tf.constant(batch))
    assert (inputs.numpy().tolist(), targets.numpy().tolist()) == ([[3]], [[4]])


def test_columns_are_read_instead_of_tokens():
    columns = tuple(np.stack([tokens[:-1], -tokens[:-1]], axis=1) for tokens in (TRAIN, VALIDATION))
    feed = StreamFeed(TRAIN, VALIDATION, 10, columns)
    inputs, targets = feed.gather(tf.constant(feed.batches(4, seed=0, epoch=1)[0][-1]))
    assert inputs.shape == (4, 10, 2)
    assert np.array_equal(inputs[:, :, 0] + 1, targets) and np.array_equal(inputs[:, :, 1], -inputs[:, :, 0])
    *_, last = feed.validation_batches(1024)
    inputs, targets = feed.gather_validation(tf.constant(last))
    assert np.array_equal(inputs[:, :, 0] + 1, targets) and np.array_equal(inputs[:, :, 1], -inputs[:, :, 0])
