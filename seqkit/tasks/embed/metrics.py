"""Metrics of word vectors: accuracy on analogies, and rank correlation with similarity ratings.

This module knows neither models nor files. An undefined metric is None, never NaN.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from seqkit.data.vectors.analogies import Section
from seqkit.errors import DataError
from seqkit.tasks.embed.spelling import known_spelling

Method = Literal["3cosadd", "3cosmul"]

EPSILON = 1e-3
"""Avoids division by zero in 3CosMul; the value is from the paper."""

_BATCH_NUMBERS = 1 << 24
"""Maximum number of cosines in memory: 64 MiB."""


class SectionScore(NamedTuple):
    """Numbers of correctly answered, answerable and all questions of one section."""

    name: str
    right: int
    asked: int
    all: int


@dataclass(frozen=True)
class AnalogyScores:
    """Scores on analogy questions.

    Attributes:
        sections: Scores by section, in order.
        outcomes: For each question, 1 if the answer is correct, 0 if it is wrong, -1 if a word of the question has no
            vector; int8 of shape (questions,).
    """

    sections: tuple[SectionScore, ...]
    outcomes: np.ndarray = field(repr=False, compare=False)

    @property
    def right(self) -> int:
        """Number of correctly answered questions."""
        return sum(section.right for section in self.sections)

    @property
    def asked(self) -> int:
        """Number of answerable questions: all four words have a vector."""
        return sum(section.asked for section in self.sections)

    @property
    def all(self) -> int:
        """Number of questions."""
        return sum(section.all for section in self.sections)

    @property
    def share(self) -> float | None:
        """Accuracy on the answerable questions; None if there are none."""
        return share_of(self.right, self.asked)

    @property
    def covered(self) -> float | None:
        """Share of all questions that are answerable."""
        return share_of(self.asked, self.all)

    def summary(self) -> dict[str, Any]:
        """Returns the scores as JSON: for all questions, and in `sections` for each section that has any."""
        return {
            "right": self.right,
            "asked": self.asked,
            "all": self.all,
            "share": self.share,
            "covered": self.covered,
            "sections": [
                {**section._asdict(), "share": share_of(section.right, section.asked)}
                for section in self.sections
                if section.all
            ],
        }


@dataclass(frozen=True)
class PairScores:
    """Agreement of cosine similarities with human ratings of word pairs.

    Attributes:
        spearman: Rank correlation of cosines and ratings, [-1, 1]; None if fewer than three pairs are covered, or if
            cosines or ratings are constant.
        covered: Number of pairs in which both words have a vector.
        pairs: Number of pairs.
        cosines: Cosine of each pair, NaN if it is not covered; float64 of shape (pairs,).
        ratings: Rating of each pair; float64 of shape (pairs,).
    """

    spearman: float | None
    covered: int
    pairs: int
    cosines: np.ndarray = field(repr=False, compare=False)
    ratings: np.ndarray = field(repr=False, compare=False)

    def summary(self) -> dict[str, Any]:
        """Returns the scores as JSON."""
        return {"spearman": self.spearman, "covered": self.covered, "pairs": self.pairs}


def analogy_scores(
    words: Sequence[str],
    vectors: np.ndarray,
    sections: Sequence[Section],
    *,
    lower: bool,
    method: Method = "3cosadd",
) -> AnalogyScores:
    """Answers questions of the form "a is to b as c is to d", and counts how often the answer is d.

    Candidates are all words except a, b and c. 3CosAdd picks the word with the largest cosine to b - a + c, with unit
    vectors (T. Mikolov, W. Yih and G. Zweig, NAACL 2013, https://aclanthology.org/N13-1090). 3CosMul multiplies the
    cosines to b and c and divides by the cosine to a, all shifted to [0, 1] (O. Levy and Y. Goldberg, CoNLL 2014,
    https://aclanthology.org/W14-1618).

    Args:
        words: The words; of duplicates, the first counts.
        vectors: Their vectors, of shape (words, dimensions).
        sections: The questions, from `seqkit.data.vectors.analogies.read_analogies`.
        lower: Look up in lower case those words of the questions that are unknown as written.
        method: "3cosadd" or "3cosmul".

    Raises:
        ValueError: Words and vectors differ in number, or `method` is unknown.
        DataError: A vector contains a value that is not finite.
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
        part = outcomes[first : first + len(section.questions)]
        scores.append(SectionScore(section.name, int((part == 1).sum()), int((part >= 0).sum()), len(part)))
        first += len(part)
    return AnalogyScores(tuple(scores), outcomes)


def pair_scores(
    words: Sequence[str], vectors: np.ndarray, pairs: Sequence[tuple[str, str, float]], *, lower: bool
) -> PairScores:
    """Compares the cosine similarities of word pairs with human ratings.

    Args:
        words: The words; of duplicates, the first counts.
        vectors: Their vectors, of shape (words, dimensions).
        pairs: Two words and a rating each, from `seqkit.data.vectors.pairs.read_pairs`.
        lower: Look up in lower case those words of the pairs that are unknown as written.

    Raises:
        ValueError: Words and vectors differ in number.
        DataError: A vector contains a value that is not finite.
    """
    rows = _rows_of([pair[:2] for pair in pairs], words, vectors, 2, lower)
    ratings = np.array([pair[2] for pair in pairs], np.float64)
    known = (rows >= 0).all(axis=1)
    unique_rows, unit_row_of = np.unique(rows[known], return_inverse=True)
    unit = _unit([words[row] for row in unique_rows], vectors[unique_rows]).astype(np.float64)
    left, right = unit_row_of.reshape(-1, 2).T
    cosines = np.full(len(pairs), np.nan)
    cosines[known] = (unit[left] * unit[right]).sum(axis=1)
    return PairScores(
        rank_correlation(cosines[known], ratings[known]), int(known.sum()), len(pairs), cosines=cosines, ratings=ratings
    )


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float | None:
    """Returns Spearman's rank correlation of two arrays of shape (pairs,), with mean ranks for ties.

    It is in [-1, 1]; None for fewer than three pairs, two of which are always ±1, or if an array is constant.
    """
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    from scipy.stats import spearmanr

    return float(spearmanr(first, second).statistic)


def share_of(part: int, whole: int) -> float | None:
    """Returns `part / whole`, or None if `whole` is 0."""
    return part / whole if whole else None


def _answers(unit: np.ndarray, questions: np.ndarray, method: Method) -> np.ndarray:
    """Returns the row of the answer to each question (a, b, c), of shape (questions,)."""
    answers = np.empty(len(questions), np.int64)
    size = max(1, _BATCH_NUMBERS // len(unit) // (1 if method == "3cosadd" else 3))
    for first in range(0, len(questions), size):
        batch = questions[first : first + size]
        a, b, c = batch.T
        if method == "3cosadd":
            scores = (unit[b] - unit[a] + unit[c]) @ unit.T  # (questions, words)
        else:
            unique_rows, shifted_row_of = np.unique(batch, return_inverse=True)  # neighbouring questions share words
            a, b, c = shifted_row_of.reshape(-1, 3).T
            shifted = (1 + unit[unique_rows] @ unit.T) / 2  # (unique rows, words)
            scores, divisor = shifted[b] * shifted[c], shifted[a]
            divisor += np.float32(EPSILON)
            scores /= divisor
        np.put_along_axis(scores, batch, -np.inf, axis=1)
        answers[first : first + size] = scores.argmax(axis=1)
    return answers


def _rows_of(
    queries: Sequence[Sequence[str]], words: Sequence[str], vectors: np.ndarray, width: int, lower: bool
) -> np.ndarray:
    """Returns the row of each word of the queries, -1 for an unknown word, of shape (queries, width)."""
    if vectors.ndim != 2 or len(words) != len(vectors):
        raise ValueError(
            "Received an invalid value for argument `vectors`, expected one row per word, of shape (words, "
            f"dimensions), got {len(words)} words and shape {vectors.shape}."
        )
    row_of = {word: row for row, word in reversed(list(enumerate(words)))}
    spelling_of = {word: known_spelling(word, row_of, lower=lower) for query in queries for word in query}
    row_of_query = {word: -1 if known is None else row_of[known] for word, known in spelling_of.items()}
    return np.array([[row_of_query[word] for word in query] for query in queries], np.int64).reshape(-1, width)


def _unit(words: Sequence[str], vectors: np.ndarray) -> np.ndarray:
    """Scales vectors to unit length, float32; zero vectors stay zero, with cosine 0 to any other."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    if not np.isfinite(lengths).all():
        word = words[int(np.flatnonzero(~np.isfinite(lengths))[0])]
        raise DataError(
            f"The vector of '{word}' contains a value that is not finite. The model has diverged or is damaged: train "
            "it again."
        )
    lengths[lengths == 0] = 1
    unit = np.empty(vectors.shape, np.float32)
    return np.divide(vectors, lengths[:, None], out=unit, casting="same_kind")
