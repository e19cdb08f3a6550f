"""`WordFeed`: blocks of running text, subsampling and order."""

import numpy as np
import pytest

from seqkit.data.text.corpus import Corpus
from seqkit.tasks.embed.feed import PART, WordFeed
from seqkit.tasks.embed.prepare import keep_probabilities


def corpus(words: int, vocabulary: int = 30, line: int = 9) -> Corpus:
    """Returns lines of the given lengths; rarer words have higher ids."""
    rng = np.random.default_rng(0)
    drawn = np.minimum(rng.geometric(0.15, words), vocabulary).astype(np.int32)
    ends = np.arange(line, words + 1, line)
    ids = np.insert(drawn, ends, 0).astype(np.int32)
    counts = np.bincount(ids, minlength=vocabulary + 1)
    names = [f"w{number}" for number in range(vocabulary)]
    return Corpus(ids, names, counts[1:].astype(np.int64), words, int(counts[0]), "", [])


def epoch(feed: WordFeed, seed: int = 0, number: int = 1, batch: int = 1024, at_once: int = 4) -> list[np.ndarray]:
    return list(feed.blocks(batch, seed, number, at_once))


def together(pieces: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([piece.ravel() for piece in pieces])


@pytest.mark.parametrize("words", [100, 1000, 3 * PART + 77])
def test_without_subsampling_every_word_and_line_end_occurs_once(words):
    text = corpus(words)
    feed = WordFeed(text, 0.0)
    found = together(epoch(feed))
    filled = -len(text.ids) % feed.length(1024)
    expected = np.bincount(text.ids, minlength=31)
    expected[0] += filled
    np.testing.assert_array_equal(np.bincount(found, minlength=31), expected)
    assert not found[len(found) - filled :].any()


def test_text_of_one_part_keeps_its_order_and_is_padded_with_zeros():
    text = corpus(1000)
    found = together(epoch(WordFeed(text, 0.0)))
    np.testing.assert_array_equal(found[: len(text.ids)], text.ids)
    assert len(found) % 256 == 0 and not found[len(text.ids) :].any()


def test_parts_are_shuffled_in_every_epoch():
    text = corpus(4 * PART)
    feed = WordFeed(text, 0.0)
    assert not np.array_equal(together(epoch(feed, number=1)), together(epoch(feed, number=2)))


def test_epoch_depends_only_on_seed_and_number():
    text = corpus(20_000)
    feed, again = WordFeed(text, 0.01), WordFeed(text, 0.01)
    epoch(feed, number=7)
    first = together(epoch(feed, seed=3, number=2))
    np.testing.assert_array_equal(first, together(epoch(again, seed=3, number=2)))
    assert not np.array_equal(first, together(epoch(feed, seed=4, number=2)))
    assert not np.array_equal(first, together(epoch(feed, seed=3, number=3)))


def test_number_of_blocks_per_call_does_not_change_the_text():
    feed = WordFeed(corpus(PART + 20_000), 0.01)
    np.testing.assert_array_equal(together(epoch(feed, at_once=1)), together(epoch(feed, at_once=16)))


def test_blocks_have_equal_length_and_calls_at_most_the_given_number():
    feed = WordFeed(corpus(PART + 20_000), 0.0)
    pieces = epoch(feed, at_once=4)
    assert all(piece.dtype == np.int32 and piece.shape[1] == 1024 and 1 <= len(piece) <= 4 for piece in pieces)
    assert sum(map(len, pieces)) == pytest.approx(feed.steps(1024), abs=1)


@pytest.mark.parametrize(
    ("ids", "batch", "length"),
    [(100, 8192, 256), (50 * 1000, 8192, 768), (50 * 8192, 8192, 8192), (50 * 8192, 1000, 768), (50 * 8192, 256, 256)],
)
def test_blocks_are_shorter_if_an_epoch_would_have_fewer_than_fifty_steps(ids, batch, length):
    text = Corpus(np.zeros(0, np.int32), ["a", "b"], np.array([ids // 2, ids // 2]), ids, 0, "", [])
    feed = WordFeed(text, 0.0)
    assert feed.length(batch) == length
    assert feed.steps(batch) == max(round(ids / length), 1)


def test_keep_probabilities_are_those_of_word2vec():
    found = keep_probabilities(np.array([60, 30, 9, 1]), 0.1)
    # Shares 0.6, 0.3, 0.09, 0.01 over 0.1 are 6, 3, 0.9, 0.1: (√6 + 1)/6, (√3 + 1)/3, and above 1 otherwise.
    np.testing.assert_allclose(found, [1, 0.5749150, 0.9106836, 1, 1], rtol=1e-6)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(keep_probabilities(np.array([60, 30]), 0.0), [1, 1, 1])


def test_words_are_kept_with_their_probability_and_line_ends_always():
    text = corpus(200_000)
    feed = WordFeed(text, 0.002)
    kept = keep_probabilities(text.counts, 0.002)[1:]
    assert kept.min() < 0.3 and kept.max() == 1
    found = np.bincount(together(epoch(feed)), minlength=31)
    deviation = np.sqrt(text.counts * kept * (1 - kept))
    assert (np.abs(found[1:] - text.counts * kept) <= 4 * deviation + 1e-3 * text.counts).all()
    assert text.lines <= found[0] < text.lines + feed.length(1024)
    assert feed.expected == pytest.approx(text.lines + (text.counts * kept).sum())


def test_kept_words_keep_the_order_of_the_text():
    text = corpus(1000)
    found = together(epoch(WordFeed(text, 0.01)))
    found = found[: np.flatnonzero(found)[-1] + 1]
    assert len(found) < len(text.ids)
    rest = iter(text.ids.tolist())
    assert all(number in rest for number in found.tolist())
