"""Two sets of word vectors side by side: is one of them better at what both of them cover?"""

import math
from typing import NamedTuple

import numpy as np

from seqkit.stats.paired_tests import mcnemar
from seqkit.tasks.embed.metrics import AnalogyScores, PairScores, rank_correlation, share_of


class PairedTest(NamedTuple):
    """Two sets of vectors on what both of them cover.

    Attributes:
        compared: Questions or pairs that both cover.
        own: The first one's score on these: a share, or a rank correlation; None if it is not defined.
        other: The second one's.
        p_value: Two-sided, of the hypothesis that they are equally good; None if it is not defined.
    """

    compared: int
    own: float | None
    other: float | None
    p_value: float | None


def compare_analogies(own: AnalogyScores, other: AnalogyScores) -> PairedTest:
    """Tests whether two sets of vectors answer the same questions equally well, by McNemar's exact test.

    Questions share words, so that they are not independent and the p-value is smaller than it should be: one that is
    not small tells that no difference was seen, one that is barely small tells little.

    Raises:
        ValueError: The two were not asked the same questions.
    """
    if [(each.name, each.all) for each in own.sections] != [(each.name, each.all) for each in other.sections]:
        raise ValueError("Expected scores of the same questions, got others.")
    both = (own.outcomes >= 0) & (other.outcomes >= 0)
    first, second = own.outcomes[both] == 1, other.outcomes[both] == 1
    count = len(first)
    p_value = mcnemar(first, second)[1] if count else None
    return PairedTest(count, share_of(int(first.sum()), count), share_of(int(second.sum()), count), p_value)


def compare_pairs(own: PairScores, other: PairScores) -> PairedTest:
    """Tests whether two sets of vectors rank the same pairs equally well, by Williams' test on the ranks.

    Both correlate with the same ratings and with each other, for which the test accounts: E. J. Williams, 1959, as
    J. H. Steiger, 1980, recommends it, https://doi.org/10.1037/0033-2909.87.2.245

    Raises:
        ValueError: The two were not asked about the same pairs.
    """
    if not np.array_equal(own.ratings, other.ratings):
        raise ValueError("Expected scores of the same pairs, got others.")
    both = ~(np.isnan(own.cosines) | np.isnan(other.cosines))
    ratings, first, second = own.ratings[both], own.cosines[both], other.cosines[both]
    own_rho, other_rho, between = (
        rank_correlation(first, ratings),
        rank_correlation(second, ratings),
        rank_correlation(first, second),
    )
    p_value = None
    if own_rho is not None and other_rho is not None and between is not None:
        p_value = _williams(own_rho, other_rho, between, len(ratings))
    return PairedTest(len(ratings), own_rho, other_rho, p_value)


def _williams(own: float, other: float, between: float, count: int) -> float | None:
    """Returns the two-sided p-value of a difference of two correlations with the same third, themselves correlated."""
    if own == other:
        return 1.0
    if count < 4:
        return None
    determinant = max(0.0, 1 - own**2 - other**2 - between**2 + 2 * own * other * between)
    mean = (own + other) / 2
    spread = 2 * (count - 1) / (count - 3) * determinant + mean**2 * (1 - between) ** 3
    if spread <= 0 or between <= -1:
        return None
    from scipy.stats import t

    statistic = (own - other) * math.sqrt((count - 1) * (1 + between) / spread)
    return float(2 * t.sf(abs(statistic), count - 3))
