"""Decoding of tags against the enumeration of all sequences."""

from itertools import product

import numpy as np
import pytest

from seqkit.inference.linear_chain import IMPOSSIBLE, marginals, most_likely

TAGS, TIME = 3, 5


@pytest.fixture
def chain() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits and lengths of four sequences, and transitions that exclude a first, a last and an inner pair."""
    rng = np.random.default_rng(0)
    transitions = rng.normal(size=(TAGS + 1, TAGS + 1)) * 2
    transitions[1, 2] = transitions[-1, 2] = transitions[1, -1] = IMPOSSIBLE
    return rng.normal(size=(4, TIME, TAGS)) * 2, np.array([5, 1, 0, 3]), transitions


def scores_of_all(logits: np.ndarray, transitions: np.ndarray) -> dict[tuple[int, ...], float]:
    """The score of every sequence of tags, with the border before the first and after the last one."""
    border = len(transitions) - 1
    return {
        tags: sum(logits[step, tag] for step, tag in enumerate(tags))
        + sum(transitions[pair] for pair in zip((border, *tags), (*tags, border), strict=True))
        for tags in product(range(TAGS), repeat=len(logits))
    }


def test_most_likely_sequence_is_the_best_of_all(chain):
    logits, lengths, transitions = chain
    found = most_likely(logits, lengths, transitions)
    for row, length in enumerate(lengths):
        assert (found[row, length:] == -1).all()
        if length:
            scores = scores_of_all(logits[row, :length], transitions)
            assert tuple(found[row, :length]) == max(scores, key=scores.__getitem__)


def test_marginals_are_sums_over_all_sequences(chain):
    logits, lengths, transitions = chain
    found = marginals(logits, lengths, transitions)
    for row, length in enumerate(lengths):
        expected = np.zeros((TIME, TAGS))
        scores = scores_of_all(logits[row, :length], transitions) if length else {}
        total = np.logaddexp.reduce([*scores.values(), -np.inf])
        for tags, score in scores.items():
            expected[range(length), tags] += np.exp(score - total)
        np.testing.assert_allclose(found[row], expected, atol=1e-12)


def test_padding_has_no_effect(chain):
    logits, _, transitions = chain
    lengths, noise = np.array([3, 2, 1, 4]), np.full((4, 6, TAGS), 1e4)
    padded = np.concatenate([logits, noise], axis=1)
    np.testing.assert_array_equal(
        most_likely(padded, lengths, transitions)[:, :TIME], most_likely(logits, lengths, transitions)
    )
    np.testing.assert_allclose(
        marginals(padded, lengths, transitions)[:, :TIME], marginals(logits, lengths, transitions), atol=1e-12
    )


def test_excluded_pairs_are_never_decoded_whatever_the_logits():
    logits = np.zeros((1, 3, 2))
    logits[:, :, 1] = 1e6  # tag 1 is by far the best everywhere, and may not follow itself
    transitions = np.zeros((3, 3))
    transitions[1, 1] = IMPOSSIBLE
    assert most_likely(logits, np.array([3]), transitions).tolist() == [[1, 0, 1]]


def test_large_logits_do_not_overflow():
    logits = np.array([[[3e38, -3e38], [-3e38, 3e38]]], np.float32)
    np.testing.assert_allclose(marginals(logits, np.array([2]), np.zeros((3, 3))), [[[1, 0], [0, 1]]])
