"""Paired tests of two sets of word vectors against hand-computed values."""

import math

import numpy as np
import pytest

from seqkit.tasks.embed.metrics import AnalogyScores, PairScores, SectionScore
from seqkit.tasks.embed.paired_tests import PairedTest, _williams, compare_analogies, compare_pairs
from seqkit.tasks.embed.show import show_evaluation


def scored(outcomes: list[int], name: str = "") -> AnalogyScores:
    array = np.array(outcomes, np.int8)
    return AnalogyScores((SectionScore(name, int((array == 1).sum()), int((array >= 0).sum()), len(array)),), array)


def rated(cosines: list[float], ratings: list[float]) -> PairScores:
    return PairScores(None, 0, 0, cosines=np.array(cosines), ratings=np.array(ratings, float))


def test_answers_are_compared_on_questions_that_both_cover():
    # Both correct 2, both wrong 1, only the first 5, only the second 1, and two that one of them does not cover.
    first = scored([1, 1, 0, 1, 1, 1, 1, 1, 0, 1, -1])
    second = scored([1, 1, 0, 0, 0, 0, 0, 0, 1, -1, 1])
    assert compare_analogies(first, second) == PairedTest(9, 7 / 9, 3 / 9, pytest.approx(2 * (1 + 6) / 2**6))
    assert compare_analogies(first, first).p_value == 1
    nothing = compare_analogies(scored([-1, 1]), scored([1, -1]))
    assert nothing == PairedTest(0, None, None, None, "both cover no question in common")


def test_scores_of_different_questions_are_rejected():
    with pytest.raises(ValueError, match="Expected scores of the same questions"):
        compare_analogies(scored([1, 0]), scored([1]))
    with pytest.raises(ValueError, match="Expected scores of the same questions"):
        compare_analogies(scored([1], "a"), scored([1], "b"))
    with pytest.raises(ValueError, match="Expected scores of the same pairs"):
        compare_pairs(rated([0.1, 0.2], [1, 2]), rated([0.1, 0.2], [1, 3]))


def test_williams_test_matches_a_hand_computed_p_value():
    # Determinant 1 - 0.25 - 0.09 - 0.16 + 0.12 = 0.62; 0.2 * sqrt(99 * 1.4 / (2 * 99 / 97 * 0.62 + 0.16 * 0.6**3)) is
    # 2.065, and t with 97 degrees of freedom lies beyond that in either direction in 4.16 % of cases.
    assert _williams(0.5, 0.3, 0.4, 100) == pytest.approx(0.0416, abs=5e-5)
    assert _williams(0.3, 0.5, 0.4, 100) == _williams(0.5, 0.3, 0.4, 100)
    assert _williams(0.4, 0.4, 0.9, 100) == 1
    assert _williams(0.5, 0.3, 0.4, 3) is None
    assert _williams(1.0, -1.0, -1.0, 10) is None


def test_pairs_are_compared_by_rank_on_pairs_that_both_cover():
    ratings = [1, 2, 3, 4, 5, 6, 7]
    first = rated([0.1, 0.2, 0.4, 0.3, 0.5, 0.9, math.nan], ratings)  # one step out of order: 1 - 6 * 2 / (6 * 35)
    second = rated([0.6, 0.2, 0.1, 0.9, 0.3, 0.4, 0.5], ratings)
    # Ranks of the second 5, 2, 1, 6, 3, 4: differences 4, 0, 2, 2, 2, 2 from the ratings' and 4, 0, 3, 3, 2, 2 from
    # the first.
    rho, second_rho, mutual = (1 - 6 * total / 210 for total in (2, 32, 42))
    found = compare_pairs(first, second)
    assert found[:3] == (6, pytest.approx(rho), pytest.approx(second_rho))
    assert found.p_value == pytest.approx(_williams(rho, second_rho, mutual, 6))
    assert compare_pairs(first, rated([math.exp(9 * cosine) for cosine in first.cosines], ratings)).p_value == 1
    constant = compare_pairs(first, rated([0.5] * 7, ratings))
    assert constant[:4] == (6, pytest.approx(rho), None, None) and "all equal" in constant.reason
    assert compare_pairs(first, second).reason is None
    few = compare_pairs(rated([0.1, 0.2, 0.3], [1, 2, 3]), rated([0.2, 0.1, 0.3], [1, 2, 3]))
    assert (few.p_value, few.reason) == (None, "3 pairs in common; at least 4 are needed")


def test_reason_without_a_test_is_shown(capsys):
    pairs = {"covered": 3, "pairs": 3, "spearman": 0.5}
    outcome = compare_pairs(rated([0.1, 0.2, 0.3], [1, 2, 3]), rated([0.2, 0.1, 0.3], [1, 2, 3]))._asdict()
    models = [{"name": "skipgram", "analogies": None, "pairs": pairs}]
    models += [{**models[0], "name": "PPMI", "against_model": {"analogies": None, "pairs": outcome}}]
    show_evaluation({"models": models})
    line = "Paired tests of skipgram against PPMI: pairs not tested (3 pairs in common; at least 4 are needed)"
    assert capsys.readouterr().out.splitlines()[-1] == line
