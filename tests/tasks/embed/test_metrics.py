"""Metrics of word vectors against hand-computed values and a plain reference implementation."""

import json
import math

import numpy as np
import pytest

from seqkit.data.vectors.analogies import Section
from seqkit.errors import DataError
from seqkit.tasks.embed import metrics as vector_metrics
from seqkit.tasks.embed.metrics import AnalogyScores, analogy_scores, pair_scores

WORDS = ["man", "woman", "king", "queen", "far"]

VECTORS = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 1], [0, 1, 1], [0, 0, -1]], np.float32)

ROYAL = ("man", "king", "woman", "queen")


def ask(*questions, words=WORDS, vectors=VECTORS, **options) -> AnalogyScores:
    return analogy_scores(words, vectors, [Section("", list(questions))], **{"lower": False, **options})


def unit(*numbers: float) -> list[float]:
    """Appends the component that makes a vector of length 1."""
    return [*numbers, math.sqrt(1 - sum(number**2 for number in numbers))]


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_analogies_are_answered_for_any_of_the_four_words(method):
    questions = [ROYAL, ("king", "man", "queen", "woman"), ("man", "woman", "king", "queen")]
    assert ask(*questions, method=method).outcomes.tolist() == [1, 1, 1]
    assert ask(("man", "king", "woman", "far"), method=method).outcomes.tolist() == [0]


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_given_words_are_never_the_answer(method):
    # b - a + c is close to b here.
    vectors = np.array([[0, 1, 0], [1, 0, 0], [0.1, 1, 0], [0.5, 0, 1]], np.float32)
    assert ask(("a", "b", "c", "d"), words=list("abcd"), vectors=vectors, method=method).outcomes.tolist() == [1]
    assert ask(("a", "b", "c", "b"), words=list("abcd"), vectors=vectors, method=method).outcomes.tolist() == [0]


def test_methods_differ_if_one_cosine_is_large_and_one_small():
    # To a, b, c the word x has the cosines 0, 0.9, 0.1 and y 0, 0.45, 0.45.
    # 3CosAdd: 1 and 0.9. 3CosMul: 0.95 * 0.55 / 0.501 = 1.043 and 0.725 * 0.725 / 0.501 = 1.049.
    vectors = np.zeros((5, 5))
    vectors[:3, :3] = np.eye(3)
    vectors[3, :4] = unit(0, 0.9, 0.1)
    vectors[4, [0, 1, 2, 4]] = unit(0, 0.45, 0.45)
    questions = [("a", "b", "c", "x"), ("a", "b", "c", "y")]
    assert ask(*questions, words=list("abcxy"), vectors=vectors).outcomes.tolist() == [1, 0]
    assert ask(*questions, words=list("abcxy"), vectors=vectors, method="3cosmul").outcomes.tolist() == [0, 1]


def test_lengths_of_vectors_do_not_matter():
    lengths = np.array([[0.01], [300], [1], [1e-12], [1e12]])
    assert ask(ROYAL, vectors=VECTORS * lengths).right == 1
    assert pair_scores(WORDS, VECTORS * lengths, [("man", "king", 1)], lower=False).cosines[0] == pytest.approx(
        0.5**0.5
    )


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_answers_match_a_plain_loop_for_any_batch_size(method, monkeypatch):
    rng = np.random.default_rng(3)
    words, vectors = [f"w{i}" for i in range(30)], rng.normal(size=(30, 4)).astype(np.float32)
    length = np.linalg.norm(vectors.astype(float), axis=1)
    cosine = vectors.astype(float) @ vectors.T / np.outer(length, length)
    questions, expected = [], []
    for a, b, c, d in rng.integers(30, size=(60, 4)):
        scores = {}
        for word in set(range(30)) - {a, b, c}:
            if method == "3cosadd":
                scores[word] = cosine[word, b] - cosine[word, a] + cosine[word, c]
            else:
                to_a, to_b, to_c = ((1 + cosine[word, given]) / 2 for given in (a, b, c))
                scores[word] = to_b * to_c / (to_a + 0.001)
        best = max(scores, key=scores.__getitem__)
        questions += [(f"w{a}", f"w{b}", f"w{c}", f"w{word}") for word in (best, d)]
        expected += [1, int(best == d)]
    for size in (1, 100, 1 << 24):
        monkeypatch.setattr(vector_metrics, "_BATCH_NUMBERS", size)
        assert ask(*questions, words=words, vectors=vectors, method=method).outcomes.tolist() == expected


def test_questions_are_counted_by_section_and_unknown_words_are_not_answerable():
    sections = [
        Section("royal", [ROYAL, ROYAL, ("man", "king", "woman", "far"), ("man", "king", "girl", "queen")]),
        Section("none", []),
        Section("unknown", [("a", "b", "c", "d")]),
    ]
    scores = analogy_scores(WORDS, VECTORS, sections, lower=False)
    assert scores.sections == (("royal", 2, 3, 4), ("none", 0, 0, 0), ("unknown", 0, 0, 1))
    assert scores.outcomes.tolist() == [1, 1, 0, -1, -1]
    summary = scores.summary()
    assert json.loads(json.dumps(summary)) == summary
    assert summary == {
        "right": 2,
        "asked": 3,
        "all": 5,
        "share": 2 / 3,
        "covered": 3 / 5,
        "sections": [
            {"name": "royal", "right": 2, "asked": 3, "all": 4, "share": 2 / 3},
            {"name": "unknown", "right": 0, "asked": 0, "all": 1, "share": None},
        ],
    }


def test_shares_are_undefined_without_questions():
    scores = analogy_scores(WORDS, VECTORS, [], lower=True)
    assert (scores.share, scores.covered, scores.summary()["sections"]) == (None, None, [])
    assert ask(("a", "b", "c", "d")).share is None
    assert analogy_scores([], np.zeros((0, 3), np.float32), [Section("", [ROYAL])], lower=False).covered == 0


def test_unknown_words_of_questions_are_looked_up_in_lower_case_only_with_lower():
    capitals = tuple(word.title() for word in ROYAL)
    assert ask(capitals).outcomes.tolist() == [-1]
    assert ask(capitals, lower=True).outcomes.tolist() == [1]
    assert ask(ROYAL, words=["Man", *WORDS[1:]], lower=True).outcomes.tolist() == [-1]
    assert pair_scores(WORDS, VECTORS, [("Man", "king", 1)], lower=False).covered == 0
    assert pair_scores(WORDS, VECTORS, [("Man", "king", 1)], lower=True).covered == 1
    cased = pair_scores(["Man", "man"], np.array([[3, 4], [4, 3]], np.float32), [("Man", "man", 1)], lower=True)
    assert cased.cosines == pytest.approx([24 / 25])


def test_words_of_questions_are_looked_up_in_unicode_normal_forms():
    vectors = np.array([[3, 4], [4, 3]], np.float32)
    for known, asked in (
        ("e\u0301te\u0301", "été"),
        ("été", "e\u0301t\u00e9"),
        ("ete", "ｅｔｅ"),
        ("ete", "e\xadte\u200b"),
    ):
        assert pair_scores([known, "b"], vectors, [(asked, "b", 1)], lower=False).cosines == pytest.approx([24 / 25])


def test_the_first_vector_of_a_duplicate_word_counts():
    vectors = np.concatenate([VECTORS, -VECTORS[:1]])
    assert pair_scores([*WORDS, "man"], vectors, [("man", "man", 1), ("man", "king", 1)], lower=False).cosines == (
        pytest.approx([1, 0.5**0.5])
    )


def test_a_zero_vector_has_cosine_zero():
    vectors = np.concatenate([VECTORS, np.zeros((1, 3), np.float32)])
    words = [*WORDS, "zero"]
    assert ask(ROYAL, ("zero", "king", "woman", "queen"), words=words, vectors=vectors).outcomes.tolist() == [1, 1]
    assert pair_scores(words, vectors, [("man", "zero", 1)], lower=False).cosines.tolist() == [0]


def test_rank_correlation_matches_hand_computed_values():
    # Cosines 1, 0.7, 0 and -0.7: ranks 4, 3, 2, 1 against 4, 2, 3, 1, so 1 - 6 * (1 + 1) / (4 * 15) = 0.8.
    pairs = [("man", "man", 10), ("man", "king", 5), ("man", "woman", 6), ("queen", "far", 1), ("man", "boy", 3)]
    scores = pair_scores(WORDS, VECTORS, pairs, lower=False)
    assert scores.spearman == pytest.approx(0.8)
    assert scores.cosines[:4] == pytest.approx([1, 0.5**0.5, 0, -(0.5**0.5)]) and math.isnan(scores.cosines[4])
    assert scores.summary() == {"spearman": scores.spearman, "covered": 4, "pairs": 5}
    # Ratings with ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
    tied = [("man", "man", 3), ("man", "king", 2), ("man", "woman", 2), ("queen", "far", 1)]
    assert pair_scores(WORDS, VECTORS, tied, lower=False).spearman == pytest.approx(4.5 / math.sqrt(22.5))


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("man", "king", 1)],
        [("man", "king", 1), ("woman", "boy", 2)],
        [("man", "king", 1), ("man", "woman", 1)],
        [("man", "king", 1), ("man", "woman", 2)],
        [("man", "king", 1), ("woman", "queen", 2), ("woman", "queen", 3)],
    ],
)
def test_correlation_is_undefined_without_three_different_pairs(pairs):
    assert pair_scores(WORDS, VECTORS, pairs, lower=False).spearman is None


def test_invalid_arguments_are_named():
    with pytest.raises(ValueError, match="`method`, expected one of 3cosadd, 3cosmul, got 'cosine'"):
        ask(ROYAL, method="cosine")
    for words, vectors in ((WORDS[1:], VECTORS), (WORDS, VECTORS[0])):
        with pytest.raises(ValueError, match="`vectors`, expected one row per word"):
            ask(ROYAL, words=words, vectors=vectors)
        with pytest.raises(ValueError, match="`vectors`, expected one row per word"):
            pair_scores(words, vectors, [], lower=False)


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_named_with_its_word(number):
    vectors = VECTORS.copy()
    vectors[3, 1] = number
    with pytest.raises(DataError, match="vector of 'queen' contains a value that is not finite"):
        ask(ROYAL, vectors=vectors)
    with pytest.raises(DataError, match="vector of 'queen'"):
        pair_scores(WORDS, vectors, [("man", "queen", 1)], lower=False)
