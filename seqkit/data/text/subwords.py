"""Character n-grams of words, hashed into buckets, so that words with common n-grams share parameters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqkit.data.labelled.ragged import Ragged

_WORDS_AT_ONCE = 1 << 16
_OFFSET_BASIS = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)


@dataclass(frozen=True)
class Subwords:
    """Sizes of the n-grams, and number of hash buckets.

    Attributes:
        shortest: Characters of the shortest n-grams, [1, inf).
        longest: Characters of the longest n-grams, [shortest, inf).
        buckets: Number of hash buckets, [1, inf); different n-grams may share one.

    Source: P. Bojanowski, E. Grave, A. Joulin, T. Mikolov, "Enriching Word Vectors with Subword Information", 2017
        (https://doi.org/10.1162/tacl_a_00051).
    """

    shortest: int
    longest: int
    buckets: int

    def __post_init__(self) -> None:
        for name, value, low in (
            ("shortest", self.shortest, 1),
            ("longest", self.longest, self.shortest),
            ("buckets", self.buckets, 1),
        ):
            if value < low:
                raise ValueError(
                    f"Received an invalid value for argument `{name}`, expected an integer of at least {low}, "
                    f"got {value}."
                )

    def ngrams(self, words: Sequence[str]) -> Ragged:
        """Returns the buckets of the n-grams of each word, shorter n-grams first, including repetitions.

        Each word is enclosed in "<" and ">", so that prefixes and suffixes differ from inner n-grams, and decomposed
        (Unicode NFD): a Hangul syllable becomes its letters, an accent a separate character. A single "<" or ">" does
        not count as an n-gram. A word shorter than the shortest n-gram has none.

        Args:
            words: Any number of words, including none.

        Returns:
            Bucket numbers in [0, buckets), int64, one sequence per word.
        """
        parts = [self._ngrams(words[i : i + _WORDS_AT_ONCE]) for i in range(0, len(words), _WORDS_AT_ONCE)]
        lengths = np.concatenate([np.zeros(1, np.int64), *(part.lengths for part in parts)])
        return Ragged(np.concatenate([np.zeros(0, np.int64), *(part.values for part in parts)]), np.cumsum(lengths))

    def _ngrams(self, words: Sequence[str]) -> Ragged:
        enclosed = [f"<{word if word.isascii() else unicodedata.normalize('NFD', word)}>" for word in words]
        points = np.frombuffer("".join(enclosed).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
        lengths = np.fromiter(map(len, enclosed), np.int64, len(enclosed))
        starts = np.cumsum(lengths) - lengths
        sizes = range(self.shortest, self.longest + 1)
        counts = np.stack([np.maximum(lengths - (size - 1 if size > 1 else 2), 0) for size in sizes])
        offsets = np.concatenate([[0], np.cumsum(counts.sum(axis=0))])
        values = np.empty(offsets[-1], np.int64)
        before = offsets[:-1].copy()  # start of the current size's n-grams within each word's sequence
        for size, count in zip(sizes, counts, strict=True):
            within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
            firsts = np.repeat(starts + (size == 1), count) + within
            values[np.repeat(before, count) + within] = self._bucket(points, firsts, size)
            before += count
        return Ragged(values, offsets)

    def _bucket(self, points: np.ndarray, firsts: np.ndarray, size: int) -> np.ndarray:
        """Returns the buckets of n-grams of one size: 64-bit FNV-1a hashes of their code points, folded to 32 bits."""
        hashed = np.full(len(firsts), _OFFSET_BASIS)
        for place in range(size):
            hashed = (hashed ^ points[firsts + place]) * _PRIME
        folded = (hashed >> np.uint64(32)) ^ (hashed & np.uint64(0xFFFFFFFF))
        return (folded % np.uint64(self.buckets)).astype(np.int64)
