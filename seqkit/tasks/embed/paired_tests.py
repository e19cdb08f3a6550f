"""Paired significance tests of two sets of word vectors, on the questions that both cover."""

import math
from typing import NamedTuple

import numpy as np

from seqkit.stats.paired_tests import mcnemar
from seqkit.tasks.embed.metrics import AnalogyScores, PairScores, rank_correlation, share_of

MIN_PAIRS = 4
"""Fewest pairs of Williams' test, whose degrees of freedom are three fewer."""


class PairedTest(NamedTuple):
    """Scores of two sets of vectors on the questions that both cover, and the p-value of their difference.

    Attributes:
        compared: Number of questions or pairs that both cover.
        own: Score of the first set: accuracy or rank correlation; None if undefined.
        other: Score of the second set.
        p_value: Two-sided p-value under the null hypothesis of equal scores; None if undefined.
        reason: Why there is no p-value; None if there is one.
    """

    compared: int
    own: float | None
    other: float | None
    p_value: float | None
    reason: str | None = None


def compare_analogies(first: AnalogyScores, second: AnalogyScores) -> PairedTest:
    """Tests whether two sets of vectors answer the same questions equally well, by McNemar's exact test.

    Questions share words and are not independent, so the p-value is too small: a large one shows no difference, but one
    just below the significance level is weak evidence.

    Raises:
        ValueError: The scores are of different questions.
    """
    first_sections, second_sections = (
        [(section.name, section.all) for section in scores.sections] for scores in (first, second)
    )
    if first_sections != second_sections:
        raise ValueError("Expected scores of the same questions, got scores of different ones.")
    both = (first.outcomes >= 0) & (second.outcomes >= 0)
    first_correct, second_correct = first.outcomes[both] == 1, second.outcomes[both] == 1
    count = len(first_correct)
    if not count:
        return PairedTest(0, None, None, None, "both cover no question in common")
    p_value = mcnemar(first_correct, second_correct)[1]
    first_share, second_share = (share_of(int(correct.sum()), count) for correct in (first_correct, second_correct))
    return PairedTest(count, first_share, second_share, p_value)


def compare_pairs(first: PairScores, second: PairScores) -> PairedTest:
    """Tests whether two sets of vectors rank the same pairs equally well, by Williams' test on the ranks.

    The test accounts for the correlation between the two sets: E. J. Williams, 1959, as recommended by J. H. Steiger,
    1980, https://doi.org/10.1037/0033-2909.87.2.245

    Raises:
        ValueError: The scores are of different pairs.
    """
    if not np.array_equal(first.ratings, second.ratings):
        raise ValueError("Expected scores of the same pairs, got scores of different ones.")
    both = ~(np.isnan(first.cosines) | np.isnan(second.cosines))
    ratings, first_cosines, second_cosines = first.ratings[both], first.cosines[both], second.cosines[both]
    first_rho, second_rho, mutual_rho = (
        rank_correlation(first_cosines, ratings),
        rank_correlation(second_cosines, ratings),
        rank_correlation(first_cosines, second_cosines),
    )
    p_value, count = None, len(ratings)
    if first_rho is not None and second_rho is not None and mutual_rho is not None:
        p_value = _williams(first_rho, second_rho, mutual_rho, count)
    reason = "the ratings or the cosines are all equal, or ranked in opposite order"
    if count < MIN_PAIRS:
        reason = f"{count} pair{'s' * (count != 1)} in common; at least {MIN_PAIRS} are needed"
    return PairedTest(count, first_rho, second_rho, p_value, reason if p_value is None else None)


def _williams(first: float, second: float, mutual: float, count: int) -> float | None:
    """Returns the two-sided p-value of the difference of two dependent correlations with a common variable.

    Args:
        first: Correlation of the first variable with the common one.
        second: Correlation of the second variable with the common one.
        mutual: Correlation of the first variable with the second.
        count: Number of observations.
    """
    if first == second:
        return 1.0
    if count < MIN_PAIRS:
        return None
    determinant = max(0.0, 1 - first**2 - second**2 - mutual**2 + 2 * first * second * mutual)
    mean = (first + second) / 2
    variance = 2 * (count - 1) / (count - 3) * determinant + mean**2 * (1 - mutual) ** 3
    if variance <= 0 or mutual <= -1:
        return None
    from scipy.stats import t

    statistic = (first - second) * math.sqrt((count - 1) * (1 + mutual) / variance)
    return float(2 * t.sf(abs(statistic), count - 3))
