"""Word vectors, asked: which words are near a word, what completes an analogy, which word does not belong.

Names are those of gensim's `KeyedVectors`. A question costs one pass over the vectors, which are never copied.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np

from seqkit.errors import DataError, NotFoundError
from seqkit.tasks.embed.metrics import EPSILON, Method
from seqkit.tasks.embed.spelling import near_spellings

if TYPE_CHECKING:
    from seqkit.data.text.subwords import Subwords

_NUMBERS_AT_A_TIME = 1 << 22
_MAX_LENGTH = 1e37
"""Length of a vector up to which its products stay within 32 bits."""
_MAX_SPELLINGS = 3


@dataclass(frozen=True)
class NgramVectors:
    """The vectors of words' parts, of which a word that training never saw is composed.

    Attributes:
        subwords: Which buckets the n-grams of a word fall into.
        buckets: Those that training saw, int64, ascending, of shape (n,).
        vectors: Of these, float32, of shape (n, dimensions).
    """

    subwords: Subwords
    buckets: np.ndarray
    vectors: np.ndarray

    def compose(self, word: str) -> np.ndarray | None:
        """Returns the mean of the vectors of a word's n-grams that training saw, None where it saw none."""
        asked = self.subwords.ngrams([word])[0]
        place = np.minimum(np.searchsorted(self.buckets, asked), max(len(self.buckets) - 1, 0))
        seen = place[self.buckets[place] == asked] if len(self.buckets) else place[:0]
        return self.vectors[seen].mean(axis=0, dtype=np.float32) if len(seen) else None


class KeyedVectors:
    """Words and their vectors, ready to be asked. Made by `open_vectors`.

    A word is looked for as it is written, then as Unicode's NFC and NFKC write it, and then, with `lower`, in small
    letters.

    Attributes:
        index_to_key: The words, by row.
        key_to_index: The rows, by word.
        vectors: Float32, of shape (words, dimensions).
        counts: How often each word came in training, int64, of shape (words,); None where that is not known.
        lower: Whether a word that is not known is looked for in small letters.
        subwords: Of which a vector for any other word is composed; None where there are none.
        name: Where the vectors come from, for messages.
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
    ) -> None:
        self.index_to_key = list(words)
        self.key_to_index = {word: row for row, word in enumerate(self.index_to_key)}
        self.vectors = np.asarray(vectors, np.float32)
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.key_to_index):
            raise ValueError(
                "Received an invalid value for argument `vectors`, expected a row for each of "
                f"{len(self.key_to_index)} different words, got the shape {self.vectors.shape}."
            )
        self.counts = counts
        self.lower = lower
        self.subwords = subwords
        self.name = name
        self._lengths: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._find(word) is not None

    def __getitem__(self, words: str | Sequence[str]) -> np.ndarray:
        """Returns the vector of a word, of shape (dimensions,), or of several, of shape (words, dimensions).

        Raises:
            NotFoundError: A word has no vector; the known ones that are spelled like it are suggested.
        """
        if isinstance(words, str):
            return self._vector(words)
        return np.stack([self._vector(word) for word in words])

    @property
    def vector_size(self) -> int:
        """Numbers of a vector."""
        return self.vectors.shape[1]

    @property
    def lengths(self) -> np.ndarray:
        """Euclidean length of each vector, float64, of shape (words,); worked out when first asked for."""
        if self._lengths is None:
            self._lengths = row_lengths(self.vectors)
        return self._lengths

    def key(self, word: str) -> str | None:
        """Returns the known word that is meant by `word`, None where there is none."""
        forms = [word, unicodedata.normalize("NFC", word), unicodedata.normalize("NFKC", word)]
        if self.lower:
            forms += [form.lower() for form in forms]
        return next((form for form in forms if form in self.key_to_index), None)

    def most_similar(
        self,
        positive: str | Sequence[str],
        negative: str | Sequence[str] = (),
        topn: int = 10,
        *,
        method: Method = "3cosadd",
    ) -> list[tuple[str, float]]:
        """Returns the words that lie in a direction: near some words and away from others.

        Args:
            positive: Words to be near.
            negative: Words to be away from.
            topn: How many are returned at most, [1, inf).
            method: "3cosadd" takes the cosine with the sum of the unit vectors, those of `negative` subtracted;
                "3cosmul" multiplies the cosines with each word, moved to [0, 1], and divides by those of `negative`,
                so that no single large one outweighs the others (Levy & Goldberg 2014, https://aclanthology.org/W14-1618).

        Returns:
            Words and their cosines, or their products, the largest first; never a word that was given.

        Raises:
            NotFoundError: A word has no vector.
            DataError: A word's vector has no direction: it is all zeros, as is the sum of those that cancel out.
            ValueError: There is no positive word, or an argument has another value.
        """
        positive, negative = _listed(positive), _listed(negative)
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
                raise DataError(f"The vectors of {given} cancel one another out. Ask of other words.")
            scores = self._cosines(total[None] / length)[:, 0]
        else:
            shares = (1 + self._cosines(np.concatenate([near, away]))) / 2
            scores = shares[:, : len(near)].prod(axis=1) / (shares[:, len(near) :].prod(axis=1) + EPSILON)
        taken = {row for word in (*positive, *negative) if (row := self._row(word)) is not None}
        scores[list(taken)] = -np.inf
        rows = _largest(scores, min(topn, len(self) - len(taken)))
        return [(self.index_to_key[row], float(scores[row])) for row in rows]

    def similarity(self, a: str, b: str) -> float:
        """Returns the cosine of two words' vectors, [-1, 1].

        Raises:
            NotFoundError: A word has no vector.
            DataError: A word's vector is all zeros.
        """
        return float(np.clip(self._direction(a) @ self._direction(b), -1, 1))

    def doesnt_match(self, words: Sequence[str]) -> str:
        """Returns the word that lies farthest from the mean of all given ones, by the cosine of their vectors.

        Args:
            words: At least three: two are equally far from their mean.

        Raises:
            NotFoundError: A word has no vector.
            DataError: A word's vector is all zeros.
            ValueError: There are fewer than three.
        """
        words = _listed(words)
        if len(words) < 3:
            raise ValueError(
                f"Received an invalid value for argument `words`, expected at least three words, got {len(words)}."
            )
        directions = np.stack([self._direction(word) for word in words])
        return words[int(np.argmin(directions @ directions.mean(axis=0)))]

    def nearest_spellings(self, word: str) -> list[str]:
        """Returns up to three known words that are spelled much like `word`, the likest first."""
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
            close = " or ".join(f"'{each}'" for each in self.nearest_spellings(word))
            hint = f"Did you mean {close}?" if close else f"None of its {len(self):,} words is spelled like it."
            raise NotFoundError(f"The word '{word}' has no vector in {self.name}. {hint}")
        return vector

    def _direction(self, word: str) -> np.ndarray:
        """Returns a word's vector at length one, float64, of shape (dimensions,)."""
        vector = self._vector(word).astype(np.float64)
        length = np.linalg.norm(vector)
        if length == 0:
            raise DataError(f"The vector of '{word}' in {self.name} is all zeros: it has no direction. Ask of another.")
        return vector / length

    def _cosines(self, directions: np.ndarray) -> np.ndarray:
        """Returns each word's cosine with some directions of shape (n, dimensions), of shape (words, n)."""
        lengths = np.where(self.lengths > 0, self.lengths, 1)
        if lengths.max(initial=0) > _MAX_LENGTH:
            step = max(_NUMBERS_AT_A_TIME // self.vector_size, 1)
            parts = range(0, len(lengths), step)
            pieces = [self.vectors[i : i + step].astype(np.float64) @ directions.T for i in parts]
            return np.clip(np.concatenate(pieces) / lengths[:, None], -1, 1)
        return np.clip((self.vectors @ directions.T.astype(np.float32)) / lengths[:, None], -1, 1)


def row_lengths(vectors: np.ndarray) -> np.ndarray:
    """Returns the Euclidean length of each row, float64, of shape (rows,); not finite where a number of it is not."""
    lengths = np.empty(len(vectors))
    step = max(_NUMBERS_AT_A_TIME // max(vectors.shape[1], 1), 1)
    for first in range(0, len(vectors), step):
        with np.errstate(invalid="ignore"):  # a number that is none may be of the kind that signals
            rows = vectors[first : first + step].astype(np.float64)
        np.sqrt(np.einsum("ij,ij->i", rows, rows), out=lengths[first : first + len(rows)])
    return lengths


def _listed(words: str | Sequence[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _largest(scores: np.ndarray, count: int) -> np.ndarray:
    """Returns where the largest scores stand, the largest first; of equal ones, the earlier."""
    if not count:
        return np.empty(0, np.int64)
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    rows = np.flatnonzero(scores >= least)
    return rows[np.argsort(-scores[rows], kind="stable")][:count]
