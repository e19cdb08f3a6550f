"""PPMI + SVD vectors against a pair-by-pair count and the dense decomposition."""

import math
from collections import Counter

import numpy as np
import pytest

from seqkit.tasks.embed import baseline as vector_baseline
from seqkit.tasks.embed.baseline import ppmi_svd

LINES = [[1, 2, 3, 1, 1], [2, 3], [4], [3, 4, 2, 1, 3, 2, 2]]


def stream(lines: list[list[int]]) -> np.ndarray:
    """Concatenates lines, each followed by 0, as in a corpus."""
    return np.array([number for line in lines for number in (*line, 0)], np.int32)


def ppmi_matrix(lines: list[list[int]], vocabulary: int, window: int) -> np.ndarray:
    """Returns the positive pointwise mutual information by its definition, counted pair by pair."""
    counts: Counter[tuple[int, int]] = Counter()
    for line in lines:
        for i, word in enumerate(line):
            for j, other in enumerate(line):
                if i != j and abs(i - j) <= window:
                    counts[word, other] += window + 1 - abs(i - j)
    words = Counter({word: sum(counts[word, c] for c in range(1, vocabulary + 1)) for word in range(1, vocabulary + 1)})
    total, smoothed = words.total(), sum(count**0.75 for count in words.values())
    matrix = np.zeros((vocabulary, vocabulary))
    for (word, other), count in counts.items():
        if count:
            expected = words[word] / total * words[other] ** 0.75 / smoothed
            matrix[word - 1, other - 1] = max(0.0, math.log(count / total / expected))
    return matrix


def longer(lines: int, vocabulary: int) -> list[list[int]]:
    """Returns lines in which neighbouring ids co-occur."""
    rng = np.random.default_rng(1)
    starts = rng.integers(1, vocabulary, size=lines)
    return [(1 + (start + rng.integers(0, 12, size=9)) % vocabulary).tolist() for start in starts]


@pytest.mark.parametrize("window", [1, 2, 5, 40])
def test_products_of_vectors_match_the_matrix_counted_pair_by_pair(window):
    # Rows U S^0.5 have the products U S U', whose square is M M'.
    matrix = ppmi_matrix(LINES, 5, window)
    vectors = ppmi_svd(stream(LINES), 5, window=window, dim=5)
    products = (vectors @ vectors.T).astype(float)
    assert matrix.any() and vectors.dtype == np.float32
    np.testing.assert_allclose(products @ products, matrix @ matrix.T, atol=1e-5)


def test_the_first_dimensions_belong_to_the_largest_singular_values():
    whole, few = (ppmi_svd(stream(LINES), 5, dim=dim) for dim in (5, 2))
    assert few.shape == (5, 2) and (few == whole[:, :2]).all()
    values = np.linalg.svd(ppmi_matrix(LINES, 5, 5), compute_uv=False)
    np.testing.assert_allclose((whole**2).sum(axis=0), values, atol=1e-5)


def test_windows_never_cross_the_end_of_a_line():
    apart, together = stream([[1, 2], [3, 4]]), stream([[1, 2, 3, 4]])
    vectors = ppmi_svd(apart, 4, dim=4)
    assert np.abs(vectors[:2] @ vectors[2:].T).max() < 1e-6
    assert np.abs(ppmi_svd(together, 4, dim=4) - vectors).max() > 0.1


def test_repeated_or_missing_line_ends_have_no_effect():
    expected = ppmi_svd(stream(LINES), 5, dim=3)
    ids = stream(LINES)
    assert (ppmi_svd(np.concatenate([[0, 0], np.repeat(ids, np.where(ids == 0, 3, 1))]), 5, dim=3) == expected).all()
    assert (ppmi_svd(ids[:-1], 5, dim=3) == expected).all()


@pytest.mark.parametrize("pairs", [1, 7, 40])
def test_counts_do_not_depend_on_the_chunk_size(pairs, monkeypatch):
    expected = ppmi_svd(stream(LINES), 5, dim=4, window=3)
    monkeypatch.setattr(vector_baseline, "_PAIRS_AT_A_TIME", pairs)
    assert (ppmi_svd(stream(LINES), 5, dim=4, window=3) == expected).all()


def test_the_sparse_svd_matches_the_dense_one(monkeypatch):
    ids = stream(longer(400, 120))
    expected = ppmi_svd(ids, 120, dim=10)
    monkeypatch.setattr(vector_baseline, "_MAX_DENSE", 0)
    vectors = ppmi_svd(ids, 120, dim=10)
    np.testing.assert_allclose(vectors @ vectors.T, expected @ expected.T, atol=2e-3)
    np.testing.assert_allclose(vectors[:, :3], expected[:, :3], atol=2e-3)  # signs too
    assert vectors.tobytes() == ppmi_svd(ids, 120, dim=10).tobytes()
    other = ppmi_svd(ids, 120, dim=10, seed=5)
    assert other.tobytes() != vectors.tobytes()
    np.testing.assert_allclose(other[:, :3], vectors[:, :3], atol=2e-3)


def test_co_occurring_words_get_similar_vectors():
    vectors = ppmi_svd(stream(longer(3000, 120)), 120, dim=10)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = vectors @ vectors.T
    near, far = ([cosines[i, (i + step) % 120] for i in range(120)] for step in (1, 60))
    assert np.mean(near) > 0.9 and np.mean(far) < 0.2


def test_words_without_neighbours_and_extra_dimensions_are_zero():
    vectors = ppmi_svd(stream([[1, 2], [3], [2, 1, 2]]), 4, dim=6)
    assert vectors.shape == (4, 6)
    assert not vectors[2:].any() and not vectors[:, 4:].any() and vectors[:2].any()
    assert not ppmi_svd(np.zeros(0, np.int32), 3, dim=2).any()
    assert not ppmi_svd(stream([[1], [2]]), 3, dim=2).any()


def test_a_large_vocabulary_with_few_words_in_the_text_is_decomposed(monkeypatch):
    expected = ppmi_svd(stream(LINES), 100, dim=4)
    monkeypatch.setattr(vector_baseline, "_MAX_DENSE", 0)
    vectors = ppmi_svd(stream(LINES), 100, dim=6)
    assert np.isfinite(vectors).all() and not vectors[4:].any()
    np.testing.assert_allclose(vectors @ vectors.T, expected @ expected.T, atol=1e-4)
    assert not ppmi_svd(stream([[1], [2]]), 100, dim=2).any()


def test_arguments_out_of_range_are_named():
    with pytest.raises(ValueError, match=r"Expected ids in \[0, 3\], got 0 to 4"):
        ppmi_svd(stream([[1, 4]]), 3)
    with pytest.raises(ValueError, match=r"Expected ids in \[0, 3\], got -1 to 2"):
        ppmi_svd(np.array([-1, 2], np.int32), 3)
    for name in ("window", "dim"):
        with pytest.raises(ValueError, match=f"`{name}`, expected at least 1, got 0"):
            ppmi_svd(stream(LINES), 5, **{name: 0})
    with pytest.raises(ValueError, match="`vocabulary`, expected at least 1, got 0"):
        ppmi_svd(np.zeros(0, np.int32), 0)
