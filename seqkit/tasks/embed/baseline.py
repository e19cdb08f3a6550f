"""Counting instead of training: vectors of words from PPMI and a truncated SVD, which learnt ones have to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SMOOTHING = 0.75
"""The power that contexts' counts are raised to, so that rare contexts do not seem to say much."""

SINGULAR_POWER = 0.5
"""The power that singular values are raised to: less than 1, so that the few largest do not decide everything."""

_PAIRS_AT_A_TIME = 1 << 22
_SMALL = 500  # words whose matrix is decomposed as a whole
_TOLERANCE = 1e-2  # of squared singular values, relative; smaller ones leave the scores as they are


def ppmi_svd(ids: np.ndarray, vocabulary: int, *, window: int = 5, dim: int = 100, seed: int = 0) -> np.ndarray:
    """Returns vectors of words from how often they stand beside which others.

    Two words within a window of one line count for each other, the more the nearer they stand: neighbours `window`
    times, words at its end once, as often as word2vec would draw them. What is decomposed is the positive pointwise
    mutual information with smoothed contexts, and vectors are the left singular ones, each times the root of its
    singular value: O. Levy, Y. Goldberg and I. Dagan, "Improving distributional similarity with lessons learned from
    word embeddings", TACL 2015, https://aclanthology.org/Q15-1016.

    Args:
        ids: Numbers of the words of a text in [1, vocabulary], 0 between two lines; of shape (words and line ends,).
        vocabulary: How many words there are, [1, inf).
        window: How far apart two words of a line may stand, [1, inf).
        dim: Dimensions of the vectors, [1, inf). Where there are more of them than words, the last ones are zero.
        seed: Where the search for singular vectors begins; the result is the same but for rounding.

    Returns:
        float32 of shape (vocabulary, dim), the word of number i in row i - 1; of words that stand alone all are zero.

    Raises:
        ValueError: A number is out of its range.
    """
    for name, value in (("vocabulary", vocabulary), ("window", window), ("dim", dim)):
        if value < 1:
            raise ValueError(f"Received an invalid value for argument `{name}`, expected at least 1, got {value}.")
    if len(ids) and not 0 <= int(ids.min()) <= int(ids.max()) <= vocabulary:
        raise ValueError(f"Expected ids in [0, {vocabulary}], got {ids.min()} to {ids.max()}.")
    information = _ppmi(_counts(ids, vocabulary, window))
    vectors = np.zeros((vocabulary, dim), np.float32)
    if information.nnz:
        left, values = _largest(information, min(dim, vocabulary), seed)
        vectors[:, : len(values)] = left * values**SINGULAR_POWER
    return vectors


def _counts(ids: np.ndarray, vocabulary: int, window: int) -> csr_array:
    """Counts, for each word (rows), which others stand in its window, nearer ones more often; symmetric, integers."""
    from scipy.sparse import coo_array, csr_array

    total = csr_array((vocabulary, vocabulary), dtype=np.int32)
    step = max(1, _PAIRS_AT_A_TIME // window)
    for first in range(0, len(ids), step):
        own = np.asarray(ids[first : first + step + window])
        line = np.cumsum(own == 0)
        rows, columns, weights = [], [], []
        for distance in range(1, window + 1):
            left, right = own[:-distance][:step], own[distance:][:step]
            met = (left > 0) & (right > 0) & (line[:-distance][:step] == line[distance:][:step])
            rows.append(left[met] - 1)
            columns.append(right[met] - 1)
            weights.append(np.full(len(rows[-1]), window + 1 - distance, np.int32))
        met_at = np.concatenate(rows), np.concatenate(columns)
        total = total + coo_array((np.concatenate(weights), met_at), shape=total.shape).tocsr()
    return (total + total.T).tocsr()


def _ppmi(counts: csr_array) -> csr_array:
    """Returns max(0, log(P(word, context) / P(word) P(context))), the contexts' probability smoothed; float32."""
    from scipy.sparse import csr_array

    occurrences = counts.sum(axis=1, dtype=np.float64)
    word = np.log(np.maximum(occurrences, 1))  # what never stands beside another word has no entry
    context = SMOOTHING * word - np.log(max(1.0, (occurrences**SMOOTHING).sum()))
    values = np.log(counts.data, dtype=np.float32)
    values -= context.astype(np.float32)[counts.indices]
    values -= np.repeat(word.astype(np.float32), np.diff(counts.indptr))
    found = csr_array((np.maximum(values, 0, out=values), counts.indices, counts.indptr), shape=counts.shape)
    found.eliminate_zeros()
    return found


def _largest(matrix: csr_array, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the left singular vectors of the largest singular values, and these, falling; signs are settled."""
    if len(matrix.indptr) <= max(_SMALL, 2 * count) + 1:
        left, values, _ = np.linalg.svd(matrix.toarray(), full_matrices=False)
        left, values = left[:, :count], values[:count]
    else:
        from scipy.sparse.linalg import LinearOperator, svds
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        turned = matrix.T.tocsr()  # rows are read faster than columns
        operator = LinearOperator(matrix.shape, matvec=matrix.dot, rmatvec=turned.dot, dtype=np.float32)
        start = np.random.default_rng(seed).standard_normal(matrix.shape[0]).astype(np.float32)
        with threadpool_limits(1):  # many small steps, in which threads would wait for one another
            left, values, _ = svds(operator, count, v0=start, tol=_TOLERANCE, return_singular_vectors="u")
        left, values = left[:, ::-1], values[::-1]
    heaviest = np.take_along_axis(left, np.abs(left).argmax(axis=0)[None], axis=0)
    return left * np.sign(heaviest), values
