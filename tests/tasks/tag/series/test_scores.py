"""What a paired test of labels of rows draws: recordings, or blocks of time; and the choice of shares."""

import numpy as np
import pytest

from seqkit.tasks.tag.decoding import SHARES, Decoding
from seqkit.tasks.tag.series.mixture import choose_share
from seqkit.tasks.tag.series.scores import SeriesScores, compare_counts, items_of
from seqkit.tasks.tag.series.show import show_series


def test_recordings_are_drawn_where_there_are_enough():
    recordings = np.repeat([3, 5, 6, 8, 9], 10)
    items, name = items_of(recordings, np.arange(50) % 2, np.zeros(50, int))
    assert name == "recording" and items.tolist() == np.repeat(np.arange(5), 10).tolist()


def test_few_recordings_are_cut_into_blocks_of_some_segments():
    labels = np.arange(1000) // 10 % 2  # segments of 10 rows
    recordings = np.repeat([0, 1], [600, 400])
    items, name = items_of(recordings, labels, recordings)
    assert name == "block" and np.bincount(items).tolist() == [50] * 20
    assert items[599] != items[600] and (np.diff(items) >= 0).all()
    long, _ = items_of(np.zeros(90_000, int), np.arange(90_000) // 3 % 2, np.zeros(90_000, int))
    assert np.bincount(long).tolist() == [2250] * 40


def test_too_few_blocks_are_not_tested():
    counts, other = np.array([[3, 4, 4]] * 4), np.array([[2, 4, 4]] * 4)
    found = compare_counts(counts, other, "block")
    assert found["difference"] == pytest.approx(0.25) and found["p_value"] is None
    assert found["reason"] == "4 blocks are too few; at least 5 are needed"
    assert compare_counts(counts[:1], other[:1], "block")["reason"].startswith("1 block is too few;")
    tested = compare_counts(np.array([[3, 4, 4]] * 8), np.array([[2, 4, 4], [1, 4, 4]] * 4), "block")
    assert tested["p_value"] < 0.05 and tested["low"] <= tested["difference"] <= tested["high"]


def test_best_share_is_chosen_and_of_equal_ones_that_with_most_of_the_network():
    assert choose_share(lambda decoding: -abs(decoding.share - 0.42)) == Decoding(0.4)
    assert choose_share(lambda decoding: 0.0) == Decoding(1.0) and SHARES[0] == 1
    assert choose_share(lambda decoding: -decoding.share, combine="none") == Decoding(1.0)


def test_a_single_segment_is_counted_as_one(capsys):
    labels = np.zeros(3, int)
    scores = SeriesScores(np.arange(3), labels, labels, "block", labels, {"gru": labels}, np.ones(3), ("on", "off"))
    show_series(scores.summary(), "test", quiet=True)
    assert "Test: 3 rows with a label, 1 segment, 1 block\n" in capsys.readouterr().out
