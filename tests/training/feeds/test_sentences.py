"""`SentenceFeed` against sentences padded by hand."""

import numpy as np
import tensorflow as tf

from seqkit.data.labelled.ragged import Ragged
from seqkit.training.feeds.sentences import SentenceFeed


def sentences(lengths: list[int], first: int) -> tuple[Ragged, np.ndarray]:
    """Sentence i repeats the row (first + i, 7), and its tags count from 0."""
    rows = [np.tile(np.array([[first + i, 7]], np.int32), (length, 1)) for i, length in enumerate(lengths)]
    return Ragged.from_sequences(rows), np.concatenate([np.arange(length) for length in lengths])


def test_batch_has_rows_and_tags_of_its_sentences_padded_at_the_end():
    feed = SentenceFeed(*sentences([3, 1], 10), *sentences([2], 20))
    inputs, tags = feed.gather(tf.constant([1, 0, 2], tf.int64))
    expected = np.zeros((3, 8, 2), np.int32)
    expected[0, :1], expected[1, :3], expected[2, :2] = (11, 7), (10, 7), (20, 7)
    np.testing.assert_array_equal(inputs, expected)
    assert tags.numpy()[:, :4].tolist() == [[0, -1, -1, -1], [0, 1, 2, -1], [0, 1, -1, -1]]
    assert (tags.numpy()[:, 4:] == -1).all() and inputs.dtype == tf.int32


def test_validation_batches_are_of_validation_sentences():
    feed = SentenceFeed(*sentences([3, 1], 10), *sentences([2, 4], 20))
    (batch,) = feed.validation_batches(10)
    inputs, _ = feed.gather_validation(tf.constant(batch))
    assert sorted(inputs.numpy()[:, 0, 0].tolist()) == [20, 21]
    assert feed.steps(1) == 50
