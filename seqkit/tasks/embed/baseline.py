"""Baseline for word vectors: positive pointwise mutual information (PPMI) and truncated SVD."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SMOOTHING = 0.75
"""Exponent for context counts, which reduces the weight of rare contexts."""

SINGULAR_POWER = 0.5
"""Exponent for singular values; below 1, so that the largest ones do not dominate."""

_PAIRS_AT_A_TIME = 1 << 22
_MAX_DENSE = 500  # words up to which the SVD is dense
_TOLERANCE = 1e-2  # relative, of squared singular values; smaller values do not change the scores


def ppmi_svd(ids: np.ndarray, vocabulary: int, *, window: int = 5, dim: int = 100, seed: int = 0) -> np.ndarray:
    """Returns word vectors from co-occurrence counts.

    Words that co-occur within a window of a line are counted with weights that decrease with the distance, from
    `window` for neighbours to 1 at its end, which is how often word2vec samples them. The matrix is the positive
    pointwise mutual information with smoothed contexts; vectors are its left singular vectors, scaled by the square
    root of the singular values: O. Levy, Y. Goldberg and I. Dagan, "Improving distributional similarity with lessons
    learned from word embeddings", TACL 2015, https://aclanthology.org/Q15-1016.

    Args:
        ids: Word ids of a text, in [1, vocabulary], with 0 between lines; of shape (words and line ends,).
        vocabulary: Number of words, [1, inf).
        window: Maximum distance of two words within a line, [1, inf).
        dim: Dimension of the vectors, [1, inf). If it exceeds the number of words, the last dimensions are zero.
        seed: Random seed of the SVD solver; it changes the result only by rounding.

    Returns:
        Vectors, float32, of shape (vocabulary, dim), with word id i in row i - 1; zero for words without neighbours.

    Raises:
        ValueError: An argument is out of range.
    """
    for name, value in (("vocabulary", vocabulary), ("window", window), ("dim", dim)):
        if value < 1:
            raise ValueError(f"Received an invalid value for argument `{name}`, expected at least 1, got {value}.")
    if len(ids) and not 0 <= int(ids.min()) <= int(ids.max()) <= vocabulary:
        raise ValueError(f"Expected ids in [0, {vocabulary}], got {ids.min()} to {ids.max()}.")
    ppmi = _ppmi(_counts(ids, vocabulary, window))
    vectors = np.zeros((vocabulary, dim), np.float32)
    if ppmi.nnz:
        left, values = _truncated_svd(ppmi, min(dim, vocabulary), seed)
        vectors[:, : len(values)] = left * values**SINGULAR_POWER
    return vectors


def _counts(ids: np.ndarray, vocabulary: int, window: int) -> csr_array:
    """Counts co-occurrences within the window, weighted by distance; a symmetric integer matrix."""
    from scipy.sparse import coo_array, csr_array

    total = csr_array((vocabulary, vocabulary), dtype=np.int32)
    step = max(1, _PAIRS_AT_A_TIME // window)
    for first in range(0, len(ids), step):
        part = np.asarray(ids[first : first + step + window])
        line = np.cumsum(part == 0)
        rows, columns, weights = [], [], []
        for distance in range(1, window + 1):
            left, right = part[:-distance][:step], part[distance:][:step]
            co_occur = (left > 0) & (right > 0) & (line[:-distance][:step] == line[distance:][:step])
            rows.append(left[co_occur] - 1)
            columns.append(right[co_occur] - 1)
            weights.append(np.full(len(rows[-1]), window + 1 - distance, np.int32))
        indices = np.concatenate(rows), np.concatenate(columns)
        total = total + coo_array((np.concatenate(weights), indices), shape=total.shape).tocsr()
    return (total + total.T).tocsr()


def _ppmi(counts: csr_array) -> csr_array:
    """Returns max(0, log(P(word, context) / P(word) P(context))) with smoothed P(context), float32."""
    from scipy.sparse import csr_array

    occurrences = counts.sum(axis=1, dtype=np.float64)
    word = np.log(np.maximum(occurrences, 1))  # a word without neighbours has no entry
    context = SMOOTHING * word - np.log(max(1.0, (occurrences**SMOOTHING).sum()))
    values = np.log(counts.data, dtype=np.float32)
    values -= context.astype(np.float32)[counts.indices]
    values -= np.repeat(word.astype(np.float32), np.diff(counts.indptr))
    ppmi = csr_array((np.maximum(values, 0, out=values), counts.indices, counts.indptr), shape=counts.shape)
    ppmi.eliminate_zeros()
    return ppmi


def _truncated_svd(matrix: csr_array, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the left singular vectors of the largest singular values, and these in descending order.

    The sign of each vector makes its largest entry positive, so that the result is unique.
    """
    if len(matrix.indptr) <= max(_MAX_DENSE, 2 * count) + 1:
        left, values, _ = np.linalg.svd(matrix.toarray(), full_matrices=False)
        left, values = left[:, :count], values[:count]
    else:
        from scipy.sparse.linalg import LinearOperator, svds
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        transposed = matrix.T.tocsr()  # row-wise products are faster
        operator = LinearOperator(matrix.shape, matvec=matrix.dot, rmatvec=transposed.dot, dtype=np.float32)
        start = np.random.default_rng(seed).standard_normal(matrix.shape[0]).astype(np.float32)
        with threadpool_limits(1):  # many small products, for which threads cost more than they gain
            left, values, _ = svds(operator, count, v0=start, tol=_TOLERANCE, return_singular_vectors="u")
        left, values = left[:, ::-1], values[::-1]
    largest = np.take_along_axis(left, np.abs(left).argmax(axis=0)[None], axis=0)
    return left * np.sign(largest), values
