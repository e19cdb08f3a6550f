"""Scores of word vectors: do they answer questions of analogy, and do they find alike what people find alike?

Words and vectors may come from anywhere; nothing here knows of models or files. A figure that is not defined is None,
never NaN.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from seqkit.data.vectors.analogies import Section
from seqkit.errors import DataError

Method = Literal["3cosadd", "3cosmul"]

EPSILON = 1e-3
"""Keeps 3CosMul from dividing by zero; the value of its authors."""

_BATCH_NUMBERS = 1 << 24
"""Cosines that are held at a time: 64 MiB of them."""


class SectionScore(NamedTuple):
    """How many questions of one section were answered right, how many were asked, and how many there are."""

    name: str
    right: int
    asked: int
    all: int


@dataclass(frozen=True)
class AnalogyScores:
    """What came of questions of analogy.

    Attributes:
        sections: In their order.
        outcomes: For each question 1 if it was answered right, 0 if wrong, -1 if it could not be asked because a word
            of it has no vector; int8 of shape (questions,).
    """

    sections: tuple[SectionScore, ...]
    outcomes: np.ndarray = field(repr=False, compare=False)

    @property
    def right(self) -> int:
        """Questions that were answered right."""
        return sum(section.right for section in self.sections)

    @property
    def asked(self) -> int:
        """Questions all four words of which have a vector."""
        return sum(section.asked for section in self.sections)

    @property
    def all(self) -> int:
        """All questions."""
        return sum(section.all for section in self.sections)

    @property
    def share(self) -> float | None:
        """Share of the questions asked that were answered right; None if none was asked."""
        return share_of(self.right, self.asked)

    @property
    def covered(self) -> float | None:
        """Share of all questions that were asked."""
        return share_of(self.asked, self.all)

    def summary(self) -> dict[str, Any]:
        """Returns the figures as JSON: of all questions, and in `sections` of each that has any."""
        return {
            "right": self.right,
            "asked": self.asked,
            "all": self.all,
            "share": self.share,
            "covered": self.covered,
            "sections": [
                {**each._asdict(), "share": share_of(each.right, each.asked)} for each in self.sections if each.all
            ],
        }


@dataclass(frozen=True)
class PairScores:
    """How well cosines rank pairs of words that people have rated.

    Attributes:
        spearman: Rank correlation of the cosines and the ratings, [-1, 1]; None if fewer than two pairs are covered or
            either is the same throughout.
        covered: Pairs both words of which have a vector.
        pairs: All pairs.
        cosines: Of each pair, NaN where it is not covered; float64 of shape (pairs,).
        ratings: Of each pair; float64 of shape (pairs,).
    """

    spearman: float | None
    covered: int
    pairs: int
    cosines: np.ndarray = field(repr=False, compare=False)
    ratings: np.ndarray = field(repr=False, compare=False)

    def summary(self) -> dict[str, Any]:
        """Returns the figures as JSON."""
        return {"spearman": self.spearman, "covered": self.covered, "pairs": self.pairs}


def analogy_scores(
    words: Sequence[str],
    vectors: np.ndarray,
    sections: Sequence[Section],
    *,
    lower: bool,
    method: Method = "3cosadd",
) -> AnalogyScores:
    """Asks which word is to c as b is to a, and counts how often it is d.

    The answer is sought among all words but the three that are given. 3CosAdd takes the word with the largest cosine to
    b - a + c, all vectors of length 1 (T. Mikolov, W. Yih and G. Zweig, NAACL 2013, https://aclanthology.org/N13-1090).
    3CosMul multiplies the cosines to b and c and divides by that to a, all of them moved to [0, 1] (O. Levy and
    Y. Goldberg, CoNLL 2014, https://aclanthology.org/W14-1618).

    Args:
        words: Of words that come twice, the first counts.
        vectors: Of shape (words, dimensions).
        sections: What is asked, as `seqkit.data.vectors.analogies.read_analogies` reads it.
        lower: Whether the questions' words are lower-cased first; those of `words` are taken as they are.
        method: "3cosadd" or "3cosmul".

    Raises:
        ValueError: Words and vectors are not equally many, or there is no such method.
        DataError: A vector holds what is no finite number.
    """
    if method not in get_args(Method):
        raise ValueError(
            f"Received an invalid value for argument `method`, expected one of {', '.join(get_args(Method))}, "
            f"got {method!r}."
        )
    questions = _rows_of([question for section in sections for question in section.questions], words, vectors, 4, lower)
    known = (questions >= 0).all(axis=1)
    outcomes = np.full(len(questions), -1, np.int8)
    if known.any():
        outcomes[known] = _answers(_unit(words, vectors), questions[known, :3], method) == questions[known, 3]
    scores, first = [], 0
    for section in sections:
        own = outcomes[first : first + len(section.questions)]
        scores.append(SectionScore(section.name, int((own == 1).sum()), int((own >= 0).sum()), len(own)))
        first += len(own)
    return AnalogyScores(tuple(scores), outcomes)


def pair_scores(
    words: Sequence[str], vectors: np.ndarray, pairs: Sequence[tuple[str, str, float]], *, lower: bool
) -> PairScores:
    """Compares the cosines of pairs of words with what people said of them.

    Args:
        words: Of words that come twice, the first counts.
        vectors: Of shape (words, dimensions).
        pairs: Two words and a rating each, as `seqkit.data.vectors.pairs.read_pairs` reads them.
        lower: Whether the pairs' words are lower-cased first; those of `words` are taken as they are.

    Raises:
        ValueError: Words and vectors are not equally many.
        DataError: A vector holds what is no finite number.
    """
    places = _rows_of([pair[:2] for pair in pairs], words, vectors, 2, lower)
    ratings = np.array([pair[2] for pair in pairs], np.float64)
    known = (places >= 0).all(axis=1)
    named, place = np.unique(places[known], return_inverse=True)
    unit = _unit([words[row] for row in named], vectors[named]).astype(np.float64)
    left, right = place.reshape(-1, 2).T
    cosines = np.full(len(pairs), np.nan)
    cosines[known] = (unit[left] * unit[right]).sum(axis=1)
    return PairScores(
        rank_correlation(cosines[known], ratings[known]), int(known.sum()), len(pairs), cosines=cosines, ratings=ratings
    )


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float | None:
    """Returns Spearman's correlation of two arrays of shape (pairs,), ties sharing their mean rank.

    In [-1, 1]; None where there are fewer than two pairs, or one of the arrays is the same throughout.
    """
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    from scipy.stats import spearmanr

    return float(spearmanr(first, second).statistic)


def share_of(part: int, whole: int) -> float | None:
    """Returns a part as a share of the whole, None where there is no whole."""
    return part / whole if whole else None


def _answers(unit: np.ndarray, questions: np.ndarray, method: Method) -> np.ndarray:
    """Returns the row that answers each question (a, b, c), of shape (questions,)."""
    found = np.empty(len(questions), np.int64)
    size = max(1, _BATCH_NUMBERS // len(unit) // (1 if method == "3cosadd" else 3))
    for first in range(0, len(questions), size):
        batch = questions[first : first + size]
        a, b, c = batch.T
        if method == "3cosadd":
            scores = (unit[b] - unit[a] + unit[c]) @ unit.T  # (questions, words)
        else:
            given, place = np.unique(batch, return_inverse=True)  # neighbouring questions share their words
            a, b, c = place.reshape(-1, 3).T
            shifted = (1 + unit[given] @ unit.T) / 2  # (given words, words)
            scores, divisor = shifted[b] * shifted[c], shifted[a]
            divisor += np.float32(EPSILON)
            scores /= divisor
        np.put_along_axis(scores, batch, -np.inf, axis=1)
        found[first : first + size] = scores.argmax(axis=1)
    return found


def _rows_of(
    asked: Sequence[Sequence[str]], words: Sequence[str], vectors: np.ndarray, width: int, lower: bool
) -> np.ndarray:
    """Returns the row of each word that is asked about, -1 where it has none, of shape (asked, width)."""
    if vectors.ndim != 2 or len(words) != len(vectors):
        raise ValueError(
            "Received an invalid value for argument `vectors`, expected a row to each word, of shape (words, "
            f"dimensions), got {len(words)} words and shape {vectors.shape}."
        )
    rows = {word: row for row, word in reversed(list(enumerate(words)))}
    found = [[rows.get(word.lower() if lower else word, -1) for word in each] for each in asked]
    return np.array(found, np.int64).reshape(-1, width)


def _unit(words: Sequence[str], vectors: np.ndarray) -> np.ndarray:
    """Returns the vectors at length 1, float32; those of length 0 stay so and are like nothing."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    if not np.isfinite(lengths).all():
        word = words[int(np.flatnonzero(~np.isfinite(lengths))[0])]
        raise DataError(
            f"The vector of '{word}' holds a number that is not finite. The model has diverged or is damaged: train it "
            "again."
        )
    lengths[lengths == 0] = 1
    unit = np.empty(vectors.shape, np.float32)
    return np.divide(vectors, lengths[:, None], out=unit, casting="same_kind")
