"""Nearest words, analogies and similarities of word vectors, with the names of gensim's `KeyedVectors`.

A query reads all vectors once and does not copy them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np

from seqkit.errors import DataError, NotFoundError
from seqkit.tasks.embed.metrics import EPSILON, Method
from seqkit.tasks.embed.spelling import known_spelling, near_spellings

if TYPE_CHECKING:
    from seqkit.data.text.subwords import Subwords

_MAX_NUMBERS = 1 << 22
_MAX_LENGTH = 1e37
"""Length of a vector above which float32 products overflow."""
_MAX_SPELLINGS = 3


@dataclass(frozen=True)
class NgramVectors:
    """Vectors of character n-grams, for words outside the vocabulary.

    Attributes:
        subwords: Maps words to the buckets of their n-grams.
        buckets: Buckets that occurred in training, ascending, int64, of shape (n,).
        vectors: Their vectors, float32, of shape (n, dimensions).
    """

    subwords: Subwords
    buckets: np.ndarray
    vectors: np.ndarray

    def compose(self, word: str) -> np.ndarray | None:
        """Returns the mean vector of those n-grams of a word that occurred in training, None if there are none."""
        word_buckets = self.subwords.ngrams([word])[0]
        rows = np.minimum(np.searchsorted(self.buckets, word_buckets), max(len(self.buckets) - 1, 0))
        known_rows = rows[self.buckets[rows] == word_buckets] if len(self.buckets) else rows[:0]
        return self.vectors[known_rows].mean(axis=0, dtype=np.float32) if len(known_rows) else None


class KeyedVectors:
    """Words and their vectors. Created by `open_vectors`.

    A word is looked up as given, then in the Unicode normal forms NFC, NFKC and NFD, and then, with `lower`, in lower
    case.

    Attributes:
        index_to_key: The words, by row.
        key_to_index: The rows, by word.
        vectors: The vectors, float32, of shape (words, dimensions).
        counts: Count of each word in training, int64, of shape (words,); None if unknown.
        lower: Whether to look up an unknown word in lower case.
        subwords: Vectors of n-grams, for words outside the vocabulary; None without subwords.
        name: Source of the vectors, for messages.
        notes: Messages about vectors of a file that were left out, one line each.
        marker: Prefix of subwords at the start of a word; a word is also looked up with it, and the form that comes
            first, which is the more frequent one, counts. Empty if the keys are words.
    """

    def __init__(
        self,
        words: Sequence[str],
        vectors: np.ndarray,
        *,
        counts: np.ndarray | None = None,
        lower: bool = False,
        subwords: NgramVectors | None = None,
        name: str = "these vectors",
        notes: Sequence[str] = (),
        marker: str = "",
    ) -> None:
        self.index_to_key = list(words)
        self.key_to_index = {word: row for row, word in enumerate(self.index_to_key)}
        self.vectors = np.asarray(vectors, np.float32)
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.key_to_index):
            raise ValueError(
                "Received an invalid value for argument `vectors`, expected one row for each of "
                f"{len(self.key_to_index)} different words, got the shape {self.vectors.shape}."
            )
        self.counts = counts
        self.lower = lower
        self.subwords = subwords
        self.name = name
        self.notes = tuple(notes)
        self.marker = marker
        self._lengths: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._find(word) is not None

    def __getitem__(self, words: str | Sequence[str]) -> np.ndarray:
        """Returns the vector of a word, of shape (dimensions,), or of several words, of shape (words, dimensions).

        Raises:
            NotFoundError: A word has no vector; the message suggests similar spellings.
        """
        if isinstance(words, str):
            return self._vector(words)
        return np.stack([self._vector(word) for word in words])

    @property
    def vector_size(self) -> int:
        """Dimension of the vectors."""
        return self.vectors.shape[1]

    @property
    def lengths(self) -> np.ndarray:
        """Euclidean length of each vector, float64, of shape (words,); computed on first use."""
        if self._lengths is None:
            self._lengths = row_lengths(self.vectors)
        return self._lengths

    def key(self, word: str) -> str | None:
        """Returns the spelling of `word` in the vocabulary, None if it is unknown."""
        forms = (word, self.marker + word) if self.marker else (word,)
        keys = [known_spelling(form, self.key_to_index, lower=self.lower) for form in forms]
        return min((key for key in keys if key is not None), key=self.key_to_index.__getitem__, default=None)

    def most_similar(
        self,
        positive: str | Sequence[str],
        negative: str | Sequence[str] = (),
        topn: int = 10,
        *,
        method: Method = "3cosadd",
    ) -> list[tuple[str, float]]:
        """Returns the words most similar to the positive words and least similar to the negative ones.

        Args:
            positive: Words that contribute positively.
            negative: Words that contribute negatively.
            topn: Maximum number of words to return, [1, inf).
            method: "3cosadd" uses the cosine to the sum of the unit vectors, those of `negative` subtracted; "3cosmul"
                multiplies the cosines to the words, shifted to [0, 1], and divides by those to `negative`, so that a
                single large one does not dominate (Levy & Goldberg 2014, https://aclanthology.org/W14-1618).

        Returns:
            Words and their scores (cosines, or products of cosines), the largest first, without the given words.

        Raises:
            NotFoundError: A word has no vector.
            DataError: The vector of a word, or the sum of the vectors, is zero.
            ValueError: `positive` is empty, or another argument is invalid.
        """
        positive, negative = _as_list(positive), _as_list(negative)
        if not positive:
            raise ValueError("Received an invalid value for argument `positive`, expected at least one word, got none.")
        if topn < 1:
            raise ValueError(f"Received an invalid value for argument `topn`, expected [1, inf), got {topn!r}.")
        if method not in get_args(Method):
            expected = " or ".join(map(repr, get_args(Method)))
            raise ValueError(f"Received an invalid value for argument `method`, expected {expected}, got {method!r}.")
        near = np.stack([self._direction(word) for word in positive])
        away = np.stack([self._direction(word) for word in negative]) if negative else near[:0]
        if method == "3cosadd":
            total = near.sum(axis=0) - away.sum(axis=0)
            length = float(np.linalg.norm(total))
            if length < 1e-6:
                given = ", ".join(f"'{word}'" for word in (*positive, *negative))
                raise DataError(f"The vectors of {given} cancel each other out. Choose other words.")
            scores = self._cosines(total[None] / length)[:, 0]
        else:
            shifted = (1 + self._cosines(np.concatenate([near, away]))) / 2
            scores = shifted[:, : len(near)].prod(axis=1) / (shifted[:, len(near) :].prod(axis=1) + EPSILON)
        excluded = {row for word in (*positive, *negative) if (row := self._row(word)) is not None}
        scores[list(excluded)] = -np.inf
        rows = _largest(scores, min(topn, len(self) - len(excluded)))
        return [(self.index_to_key[row], float(scores[row])) for row in rows]

    def similarity(self, a: str, b: str) -> float:
        """Returns the cosine similarity of two words, [-1, 1].

        Raises:
            NotFoundError: A word has no vector.
            DataError: The vector of a word is zero.
        """
        return float(np.clip(self._direction(a) @ self._direction(b), -1, 1))

    def doesnt_match(self, words: Sequence[str]) -> str:
        """Returns the word with the smallest cosine similarity to the mean of the given words.

        Args:
            words: At least three words, as two have the same similarity to their mean.

        Raises:
            NotFoundError: A word has no vector.
            DataError: The vector of a word is zero.
            ValueError: There are fewer than three words.
        """
        words = _as_list(words)
        if len(words) < 3:
            raise ValueError(
                f"Received an invalid value for argument `words`, expected at least three words, got {len(words)}."
            )
        directions = np.stack([self._direction(word) for word in words])
        return words[int(np.argmin(directions @ directions.mean(axis=0)))]

    def nearest_spellings(self, word: str) -> list[str]:
        """Returns up to three known words with a spelling similar to `word`, the most similar first."""
        return near_spellings(word, self.index_to_key, self.key_to_index, _MAX_SPELLINGS)

    def _row(self, word: str) -> int | None:
        key = self.key(word)
        return None if key is None else self.key_to_index[key]

    def _find(self, word: str) -> np.ndarray | None:
        row = self._row(word)
        if row is not None:
            return self.vectors[row]
        if self.subwords is None:
            return None
        plain = unicodedata.normalize("NFKC", word)
        return self.subwords.compose(plain.lower() if self.lower else plain)

    def _vector(self, word: str) -> np.ndarray:
        vector = self._find(word)
        if vector is None:
            close = " or ".join(f"'{spelling}'" for spelling in self.nearest_spellings(word))
            hint = f"Did you mean {close}?" if close else f"None of its {len(self):,} words has a similar spelling."
            raise NotFoundError(f"The word '{word}' has no vector in {self.name}. {hint}")
        return vector

    def _direction(self, word: str) -> np.ndarray:
        """Returns the unit vector of a word, float64, of shape (dimensions,)."""
        vector = self._vector(word).astype(np.float64)
        length = np.linalg.norm(vector)
        if length == 0:
            raise DataError(f"The vector of '{word}' in {self.name} is zero and has no direction. Choose another word.")
        return vector / length

    def _cosines(self, directions: np.ndarray) -> np.ndarray:
        """Returns the cosines of all words to unit vectors of shape (n, dimensions), of shape (words, n)."""
        lengths = np.where(self.lengths > 0, self.lengths, 1)
        if lengths.max(initial=0) > _MAX_LENGTH:
            step = max(_MAX_NUMBERS // self.vector_size, 1)
            starts = range(0, len(lengths), step)
            products = [self.vectors[i : i + step].astype(np.float64) @ directions.T for i in starts]
            return np.clip(np.concatenate(products) / lengths[:, None], -1, 1)
        return np.clip((self.vectors @ directions.T.astype(np.float32)) / lengths[:, None], -1, 1)


def row_lengths(vectors: np.ndarray) -> np.ndarray:
    """Returns the Euclidean length of each row, float64, of shape (rows,); not finite if a value of the row is not."""
    lengths = np.empty(len(vectors))
    step = max(_MAX_NUMBERS // max(vectors.shape[1], 1), 1)
    for first in range(0, len(vectors), step):
        with np.errstate(invalid="ignore"):  # converting a signaling NaN
            rows = vectors[first : first + step].astype(np.float64)
        np.sqrt(np.einsum("ij,ij->i", rows, rows), out=lengths[first : first + len(rows)])
    return lengths


def _as_list(words: str | Sequence[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _largest(scores: np.ndarray, count: int) -> np.ndarray:
    """Returns the indices of the largest scores in descending order; ties keep their order."""
    if not count:
        return np.empty(0, np.int64)
    threshold = np.partition(scores, len(scores) - count)[len(scores) - count]
    rows = np.flatnonzero(scores >= threshold)
    return rows[np.argsort(-scores[rows], kind="stable")][:count]
