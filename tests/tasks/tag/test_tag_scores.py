"""The mixture of the scores of network and CRF."""

import numpy as np
import pytest

from seqkit.inference.linear_chain import IMPOSSIBLE
from seqkit.tasks.tag.baselines import CrfBaseline
from seqkit.tasks.tag.decoding import Decoding
from seqkit.tasks.tag.tag_scores import Batch, CrfScores, Transitions, best_tags, by_position, mixed, probabilities

TAGS = ("O", "B-x", "I-x")


@pytest.fixture
def batch() -> Batch:
    """A sentence of two words and one of a single word: the network finds B-x first, and the CRF O."""
    network, crf = np.zeros((2, 2, 3), np.float32), np.zeros((2, 2, 3), np.float32)
    network[:, :, 1], crf[:, :, 0] = 1.0, 3.0
    return Batch(np.array([1, 0]), np.array([2, 1]), network, crf)


@pytest.fixture
def transitions() -> Transitions:
    legal = np.zeros((4, 4))
    legal[0, 2] = legal[3, 2] = IMPOSSIBLE
    network, crf = np.zeros((4, 4)), np.zeros((4, 4))
    network[1, 1], crf[1, 1] = -2.0, -4.0
    return Transitions(legal, network, crf)


def test_logits_and_transitions_are_weighed_with_the_share(batch, transitions):
    logits, pairs = mixed(batch, transitions, Decoding(0.75, 5.0))
    np.testing.assert_allclose(logits[0, 0], [0.75, 0.75, 0.0])
    assert pairs[1, 1] == -2.5 and pairs[0, 2] == IMPOSSIBLE


def test_without_a_crf_the_network_counts_alone(batch, transitions):
    single = Batch(batch.rows, batch.lengths, batch.network)
    logits, pairs = mixed(single, transitions, Decoding(0.5))
    np.testing.assert_array_equal(logits, batch.network)
    assert pairs[1, 1] == -2


def test_tags_are_those_of_the_weights(batch, transitions):
    assert [tags.tolist() for tags in best_tags(batch, transitions, Decoding(0.5))] == [[0, 0], [0]]
    assert [tags.tolist() for tags in best_tags(batch, transitions, Decoding(0.9))] == [[1, 0], [1]]
    assert [tags.tolist() for tags in best_tags(batch, transitions, Decoding(0.5, 2.0))] == [[1, 2], [1]]


def test_probabilities_are_those_without_the_bias(batch, transitions):
    found = probabilities(batch, transitions, Decoding(0.5, 2.0), [np.array([1, 2]), np.array([1])])
    assert found[1].tolist() == pytest.approx([np.exp(0.5) / (np.exp(0.5) + np.exp(1.5))])  # I-x cannot begin
    assert found[0].shape == (2,) and (found[0] < 0.5).all()


def test_values_are_put_in_the_order_of_the_sentences(batch):
    ordered = by_position([batch], [[np.array([5, 6]), np.array([7])]], 3)
    assert [values.tolist() for values in ordered] == [[7], [5, 6], []]


def test_crf_with_fewer_tags_gives_the_others_its_smallest_score():
    crf = CrfBaseline(
        tags=("B-x", "O", "B-y"),
        features=("w=a",),
        feature_of_weight=np.array([0, 0]),
        tag_of_weight=np.array([0, 1]),
        weights=np.array([2.0, -3.0], np.float32),
        transitions=np.arange(9, dtype=np.float32).reshape(3, 3),
    )
    scores = CrfScores(crf, TAGS)
    assert scores.logits([["a"], ["b", "a"]], 3).tolist() == [
        [[-3, 2, -3], [0, 0, 0], [0, 0, 0]],
        [[0, 0, 0], [-3, 2, -3], [0, 0, 0]],
    ]
    expected = np.zeros((4, 4))
    expected[:2, :2] = [[4, 3], [1, 0]]
    np.testing.assert_array_equal(scores.transitions, expected)
