"""Paired bootstrap for corpus scores that are functions of summed statistics, such as F1 and BLEU.

Such a score is no mean over sentences, so that no paired t-test applies. Sentences are drawn with replacement, the same
ones for both systems, and the score is computed from the sums of their statistics.

- P. Koehn, "Statistical significance tests for machine translation evaluation", 2004,
  https://aclanthology.org/W04-3250
- S. Riezler and J. T. Maxwell, "On some pitfalls in automatic evaluation and significance testing for MT", 2005,
  https://aclanthology.org/W05-0908
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_DRAWS_AT_ONCE = 1 << 21


@dataclass(frozen=True)
class PairedBootstrap:
    """Result of `paired_bootstrap`.

    Attributes:
        difference: Score of `a` minus score of `b` on all items.
        low: Lower end of the confidence interval of the difference.
        high: Upper end of the confidence interval of the difference.
        p_value: Two-sided p-value under the hypothesis of equal scores, above 0.
    """

    difference: float
    low: float
    high: float
    p_value: float


def paired_bootstrap(
    a: np.ndarray,
    b: np.ndarray,
    score: Callable[[np.ndarray], np.ndarray],
    *,
    resamples: int = 2000,
    seed: int = 0,
    confidence: float = 0.95,
) -> PairedBootstrap:
    """Compares two systems by a score of summed statistics.

    The interval consists of percentiles of the resampled differences. The p-value is the share of resamples whose
    difference is at least as far from the mean of all resamples as the observed difference is from 0; one is added to
    both counts. A bootstrap of a few items is overconfident: with a single one, all resamples are alike. The p-value is
    therefore at least 2 / 2ⁿ, that of a sign test, where n items have different statistics.

    Args:
        a: Statistics of each item for one system, such as correct, predicted and true entities of a sentence, of shape
            (items, statistics).
        b: The same for the other system.
        score: Maps sums of statistics, of shape (…, statistics), to scores of shape (…).
        resamples: Number of resamples, [1, inf).
        seed: Seed of the draws.
        confidence: Level of the confidence interval, (0, 1).

    Raises:
        ValueError: The shapes differ, there are no items, or a score is not finite.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape or a.ndim != 2 or not len(a):
        raise ValueError(f"Expected two arrays of shape (items, statistics), got {a.shape} and {b.shape}.")
    difference = float(_differences(a.sum(axis=0), b.sum(axis=0), score))
    differing = int((a != b).any(axis=1).sum())
    if not differing:
        return PairedBootstrap(0.0, 0.0, 0.0, 1.0)
    rng = np.random.default_rng(seed)
    block = max(1, _DRAWS_AT_ONCE // len(a))
    drawn = [_resampled(a, b, score, rng, min(block, resamples - start)) for start in range(0, resamples, block)]
    differences = np.concatenate(drawn)
    low, high = np.percentile(differences, [50 * (1 - confidence), 50 * (1 + confidence)])
    # Rounding must not decide whether a resample is as extreme as the observed difference.
    tolerance = 1e-12 * max(1.0, abs(difference))
    extreme = int((np.abs(differences - differences.mean()) >= abs(difference) - tolerance).sum())
    p_value = max((extreme + 1) / (resamples + 1), min(1.0, 2.0 ** (1 - differing)))
    return PairedBootstrap(difference, float(low), float(high), p_value)


def _resampled(
    a: np.ndarray, b: np.ndarray, score: Callable[[np.ndarray], np.ndarray], rng: np.random.Generator, count: int
) -> np.ndarray:
    """Returns the differences of `count` resamples, of shape (count,)."""
    items = len(a)
    draws = rng.integers(0, items, (count, items)) + np.arange(count)[:, None] * items
    times = np.bincount(draws.ravel(), minlength=count * items).reshape(count, items).astype(np.float64)
    return _differences(times @ a, times @ b, score)


def _differences(a: np.ndarray, b: np.ndarray, score: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    differences = np.asarray(score(a), np.float64) - score(b)
    if not np.isfinite(differences).all():
        raise ValueError("The score of a resample is not finite. Define it for sums of 0.")
    return differences
