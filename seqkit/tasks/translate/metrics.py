"""BLEU and chrF of translations, by sacrebleu; and the counts per sentence that a paired bootstrap sums up.

Papineni, Roukos, Ward and Zhu, "BLEU", 2002, https://aclanthology.org/P02-1040. Popović, "chrF", 2015,
https://aclanthology.org/W15-3049. Post, "A Call for Clarity in Reporting BLEU Scores", 2018,
https://aclanthology.org/W18-6319: a score is comparable with its signature only.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.stats.bootstrap import paired_bootstrap

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU

MAX_ORDER = 4
"""Longest n-grams of words that BLEU counts."""

CHARACTER_ORDER, BETA = 6, 2
"""Longest n-grams of characters that chrF counts, and its weight of recall."""

_WITHOUT_BLANKS = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
_SAMPLE = 1000
_EPSILON = 1e-16


@dataclass(frozen=True)
class TranslationScores:
    """Scores of translations against one reference each.

    Attributes:
        bleu: Corpus BLEU, [0, 100].
        chrf: Corpus chrF, [0, 100].
        signature: How sacrebleu counted BLEU.
        chrf_signature: How sacrebleu counted chrF.
    """

    bleu: float
    chrf: float
    signature: str
    chrf_signature: str

    def summary(self) -> dict[str, Any]:
        """Returns the scores for JSON."""
        return {
            "bleu": self.bleu,
            "chrf": self.chrf,
            "signature": self.signature,
            "chrf_signature": self.chrf_signature,
        }


def score_translations(hypotheses: Sequence[str], references: Sequence[str]) -> TranslationScores:
    """Returns corpus BLEU and chrF by sacrebleu.

    Args:
        hypotheses: The translations.
        references: The correct translations, at least one.
    """
    from sacrebleu.metrics.chrf import CHRF

    bleu, chrf = _bleu(tokenizer_for(references)), CHRF()
    return TranslationScores(
        bleu.corpus_score(list(hypotheses), [list(references)]).score,
        chrf.corpus_score(list(hypotheses), [list(references)]).score,
        str(bleu.get_signature()),
        str(chrf.get_signature()),
    )


def tokenizer_for(references: Sequence[str]) -> str:
    """Returns sacrebleu's tokenizer for a language: "13a", or "char" if most letters are of one without blanks."""
    letters = Counter(c for sentence in references[:_SAMPLE] for c in sentence if c.isalpha())
    unspaced = sum(n for c, n in letters.items() if unicodedata.name(c, "").startswith(_WITHOUT_BLANKS))
    return "char" if 2 * unspaced > letters.total() else "13a"


def bleu_statistics(hypotheses: Sequence[str], references: Sequence[str]) -> np.ndarray:
    """Returns the counts of each sentence that make BLEU.

    Returns:
        Length of the translation and of the reference, correct n-grams and all n-grams of 1 to 4 words, float64 of
        shape (sentences, 10).
    """
    bleu = _bleu(tokenizer_for(references))
    rows = []
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        score = bleu.corpus_score([hypothesis], [[reference]])
        rows.append([score.sys_len, score.ref_len, *score.counts, *score.totals])
    return np.array(rows, np.float64).reshape(-1, 2 + 2 * MAX_ORDER)


def bleu_of(statistics: np.ndarray) -> np.ndarray:
    """Returns BLEU, [0, 100], of sums of counts, float64 of shape (…).

    Orders without a correct n-gram are smoothed exponentially, as in sacrebleu.

    Args:
        statistics: Sums of `bleu_statistics` over sentences, of shape (…, 10).
    """
    sums = np.asarray(statistics, np.float64)
    length, reference = sums[..., 0], sums[..., 1]
    correct, total = sums[..., 2 : 2 + MAX_ORDER], sums[..., 2 + MAX_ORDER :]
    is_smoothed = (correct == 0) & (total > 0)
    smoothing = 2.0 ** np.cumsum(is_smoothed, axis=-1)
    precisions = np.where(is_smoothed, 1 / smoothing, correct) / np.maximum(total, 1)
    logs = np.log(np.maximum(precisions, 1e-300))
    brevity = np.exp(np.minimum(0, 1 - reference / np.maximum(length, 1e-300)))
    score = 100 * brevity * np.exp(logs.mean(axis=-1))
    is_zero = (length == 0) | (correct[..., 0] == 0) | (total == 0).any(axis=-1)
    return np.where(is_zero, 0.0, score)


def chrf_statistics(hypotheses: Sequence[str], references: Sequence[str]) -> np.ndarray:
    """Returns the counts of each sentence that make chrF.

    Returns:
        For n-grams of 1 to 6 characters without blanks: those of the translation, of the reference, and of both,
        float64 of shape (sentences, 18).
    """
    rows = []
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        a, b = ("".join(sentence.split()) for sentence in (hypothesis, reference))
        row: list[int] = []
        for order in range(1, CHARACTER_ORDER + 1):
            grams, expected = _character_ngrams(a, order), _character_ngrams(b, order)
            shared = sum(min(count, expected[gram]) for gram, count in grams.items() if gram in expected)
            row += [grams.total() if expected else 0, expected.total(), shared]
        rows.append(row)
    return np.array(rows, np.float64).reshape(-1, 3 * CHARACTER_ORDER)


def chrf_of(statistics: np.ndarray) -> np.ndarray:
    """Returns chrF, [0, 100], of sums of counts, float64 of shape (…).

    Args:
        statistics: Sums of `chrf_statistics` over sentences, of shape (…, 18).
    """
    sums = np.asarray(statistics, np.float64)
    counts = sums.reshape(*sums.shape[:-1], CHARACTER_ORDER, 3)
    translation, reference, shared = counts[..., 0], counts[..., 1], counts[..., 2]
    is_counted = (translation > 0) & (reference > 0)
    orders = np.maximum(is_counted.sum(axis=-1), 1)
    precision, recall = (
        (np.where(is_counted, shared, 0) / np.maximum(n, 1)).sum(axis=-1) / orders for n in (translation, reference)
    )
    weight = BETA**2
    denominator = weight * precision + recall
    return 100 * np.where(denominator > 0, (1 + weight) * precision * recall / np.maximum(denominator, _EPSILON), 0)


def compare_translations(
    statistics: np.ndarray,
    other_statistics: np.ndarray,
    score: Callable[[np.ndarray], np.ndarray] = bleu_of,
    *,
    resamples: int = 2000,
) -> dict[str, float]:
    """Returns the difference of two scores on the same sentences, with a paired bootstrap over sentences.

    Koehn, "Statistical Significance Tests for Machine Translation Evaluation", 2004, https://aclanthology.org/W04-3250.

    Args:
        statistics: Counts per sentence of one model, from `bleu_statistics` or `chrf_statistics`.
        other_statistics: Counts of the other model.
        score: `bleu_of` or `chrf_of`.
        resamples: Number of resamples, [1, inf).

    Returns:
        `difference`, its 95 % interval from `low` to `high`, and the two-sided `p_value`.
    """
    test = paired_bootstrap(statistics, other_statistics, score, resamples=resamples)
    return {"difference": test.difference, "low": test.low, "high": test.high, "p_value": test.p_value}


def _character_ngrams(text: str, order: int) -> Counter[str]:
    return Counter(text[i : i + order] for i in range(len(text) - order + 1))


@lru_cache
def _bleu(tokenizer: str) -> "BLEU":
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(tokenize=tokenizer)
