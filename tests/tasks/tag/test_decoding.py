"""The weights of network, CRF and the tag O."""

import numpy as np
import pytest

from seqkit.tasks.tag.decoding import COARSE, SHARES, Decoding, biases, choose_bias, choose_decoding, lowered


def score_with_peak(share: float, bias: float):
    """A score that is largest at some weights, and the weights that it was asked for."""
    tried: list[Decoding] = []

    def score(decoding: Decoding) -> float:
        tried.append(decoding)
        return -abs(decoding.share - share) - abs(decoding.bias - bias)

    return score, tried


@pytest.mark.parametrize(("peak", "chosen"), [(0.0, 0.0), (2.8, 2.75), (9.0, 6.75), (0.1, 0.0)])
def test_best_weights_are_chosen_with_o_lowered_in_steps_of_a_quarter(peak, chosen):
    score, tried = score_with_peak(0.4, peak)
    assert choose_decoding(score) == (Decoding(0.4, chosen), Decoding(1.0, chosen))
    assert min(decoding.bias for decoding in tried) == 0
    assert len(tried) == len(SHARES) * len(COARSE) + 14  # the best share and the network alone in small steps


def test_network_alone_is_weighed_without_a_mixture():
    score, tried = score_with_peak(0.4, 1.0)
    assert choose_decoding(score, combine="none") == (Decoding(1.0, 1.0), Decoding(1.0, 1.0))
    assert {decoding.share for decoding in tried} == {1.0}


def test_untuned_tag_is_left_as_it_is():
    score, tried = score_with_peak(0.6, 3.0)
    assert choose_decoding(score, outside="trained") == (Decoding(0.6), Decoding())
    assert {decoding.bias for decoding in tried} == {0.0}
    assert biases("trained") == (0.0,) and biases("tuned") == COARSE


def test_equal_scores_leave_the_network_as_it_is():
    assert choose_decoding(lambda decoding: 0.5) == (Decoding(), Decoding())
    assert choose_bias(lambda amounts: np.ones((len(amounts), 3))) == 0


def test_bias_alone_is_the_one_with_the_best_f1():
    assert choose_bias(lambda amounts: np.array([[9 - abs(each - 2.3), 9, 9] for each in amounts])) == 2.25


def test_only_the_first_tag_is_lowered():
    logits = np.array([[[1.0, 2.0]], [[3.0, 4.0]]], np.float32)
    assert lowered(logits, 0.5).tolist() == [[[0.5, 2]], [[2.5, 4]]]
    assert lowered(logits, 0.0) is logits
