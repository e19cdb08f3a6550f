"""The weight of the tag O."""

import numpy as np
import pytest

from seqkit.tasks.tag.decoding import COARSE, biases, choose_bias, lowered


def counts_with_peak(at: float):
    """Counts whose F1 is largest where O is lowered by `at`."""
    tried = []

    def counts(amounts):
        tried.extend(amounts)
        return np.array([[100 - 10 * abs(amount - at), 100, 100] for amount in amounts])

    return counts, tried


@pytest.mark.parametrize(("peak", "chosen"), [(0.0, 0.0), (2.8, 2.75), (9.0, 6.75), (0.1, 0.0)])
def test_amount_with_the_best_f1_is_chosen_in_steps_of_a_quarter(peak, chosen):
    counts, tried = counts_with_peak(peak)
    assert choose_bias(counts) == chosen
    assert min(tried) == 0 and len(tried) == len(COARSE) + 7


def test_equal_scores_leave_the_tag_as_it_is():
    assert choose_bias(lambda amounts: np.ones((len(amounts), 3))) == 0


def test_untuned_tag_is_left_as_it_is():
    assert choose_bias(lambda amounts: pytest.fail("counted"), outside="trained") == 0
    assert biases("trained") == (0.0,) and biases("tuned") == COARSE


def test_only_the_first_tag_is_lowered():
    logits = np.array([[[1.0, 2.0]], [[3.0, 4.0]]], np.float32)
    assert lowered(logits, 0.5).tolist() == [[[0.5, 2]], [[2.5, 4]]]
    assert lowered(logits, 0.0) is logits
