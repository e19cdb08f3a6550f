"""Baseline: the translation of the most similar source sentence of training, by TF-IDF and the cosine.

Sentences are compared by their words and pairs of words, or by their runs of one to four characters, whichever is
better on validation: in languages with long or inflected words, characters are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.sparse import csr_matrix

from seqkit.tasks.translate.metrics import bleu_of, bleu_statistics
from seqkit.tasks.translate.word_tokens import tokens

Unit = Literal["words", "characters"]

ORDERS: dict[str, int] = {"words": 2, "characters": 4}
"""Longest n-grams of each unit."""

_BUCKETS = 1 << 22
_MAX_SHARE = 0.2
_QUERIES = 64
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class NearestSentence:
    """Translates a sentence by the translation of the nearest one of training.

    Attributes:
        unit: What sentences are compared by.
        targets: Target sentences of training.
        vectors: Vectors of the source sentences, of length 1, of shape (buckets, sentences).
        weights: Inverse document frequency of each bucket, float32 of shape (buckets,).
    """

    unit: Unit
    targets: Sequence[str]
    vectors: csr_matrix
    weights: np.ndarray

    @classmethod
    def fit(cls, sources: Sequence[str], targets: Sequence[str], *, unit: Unit = "words") -> "NearestSentence":
        """Fits the weights, and keeps the vectors of all source sentences.

        N-grams that occur in more than a fifth of the sentences are left out: they tell little, and cost most.

        Args:
            sources: Source sentences, at least one.
            targets: Their translations.
            unit: What to compare sentences by.
        """
        counts = _counts(sources, unit)
        frequency = np.bincount(counts.indices, minlength=_BUCKETS)
        weights = (np.log((1 + len(sources)) / (1 + frequency)) + 1).astype(np.float32)
        if len(sources) > 1000:
            weights[frequency > _MAX_SHARE * len(sources)] = 0
        return cls(unit, targets, _normalised(counts, weights).T.tocsr(), weights)

    @classmethod
    def choose(
        cls,
        sources: Sequence[str],
        targets: Sequence[str],
        validation_sources: Sequence[str],
        validation_targets: Sequence[str],
    ) -> "NearestSentence":
        """Fits it by the unit with the better BLEU on validation pairs."""
        candidates = [cls.fit(sources, targets, unit=unit) for unit in get_args(Unit)]
        scores = [
            float(bleu_of(bleu_statistics(each.translate(validation_sources), validation_targets).sum(axis=0)))
            for each in candidates
        ]
        return candidates[int(np.argmax(scores))]

    def translate(self, sources: Sequence[str]) -> list[str]:
        """Returns the translation of the nearest training sentence of each; of the first, if several are as near."""
        vectors = _normalised(_counts(sources, self.unit), self.weights)
        nearest: list[int] = []
        for first in range(0, len(sources), _QUERIES):
            similarities = (vectors[first : first + _QUERIES] @ self.vectors).toarray()
            nearest += similarities.argmax(axis=1).tolist()
        return [self.targets[i] for i in nearest]


def _counts(sentences: Sequence[str], unit: Unit) -> csr_matrix:
    """Returns the number of n-grams of each bucket, float32 of shape (sentences, buckets)."""
    if unit == "words":
        cut = [tokens(sentence) for sentence in sentences]
        codes = np.array([_code(word) for words in cut for word in words], np.uint64)
        lengths = np.array([len(words) for words in cut], np.int64)
    else:
        padded = [f" {sentence} " for sentence in sentences]
        codes = np.frombuffer("".join(padded).encode("utf-32-le"), np.uint32).astype(np.uint64)
        lengths = np.array([len(sentence) for sentence in padded], np.int64)
    row_of = np.repeat(np.arange(len(sentences)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(codes))  # units to the end of the sentence
    hashes = np.zeros(len(codes), np.uint64)
    rows, buckets = [], []
    for order in range(1, ORDERS[unit] + 1):
        following = np.append(codes[order - 1 :], np.zeros(order - 1, np.uint64))[: len(codes)]
        hashes = (hashes ^ (following + np.uint64(order))) * _MULTIPLIER
        hashes ^= hashes >> np.uint64(29)
        whole = left >= order
        rows.append(row_of[whole])
        buckets.append((hashes[whole] % np.uint64(_BUCKETS)).astype(np.int32))
    row, bucket = np.concatenate(rows), np.concatenate(buckets)
    return csr_matrix((np.ones(len(row), np.float32), (row, bucket)), shape=(len(sentences), _BUCKETS))


def _normalised(counts: csr_matrix, weights: np.ndarray) -> csr_matrix:
    """Returns weighted counts, of length 1 in each row, or 0 if nothing is left."""
    data = counts.data * weights[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    norms = np.sqrt(np.bincount(rows, data.astype(np.float64) ** 2, minlength=counts.shape[0]))
    scaled = csr_matrix(
        ((data / np.maximum(norms, 1e-12)[rows]).astype(np.float32), counts.indices, counts.indptr), counts.shape
    )
    scaled.eliminate_zeros()
    return scaled


def _code(word: str) -> int:
    """Returns a number for a word, the same in every process."""
    from zlib import crc32

    return crc32(word.encode("utf-8", "surrogatepass"))
