import time

import numpy as np
import pytest

from seqkit.tasks.embed.spelling import MAX_COMPARED, near_spellings

WORDS = ["the", "king", "kings", "queen", "ring", "Paris", "NATO", "international", "한국", "대한민국", "학교"]


def near(word: str, words: list[str] = WORDS, max_words: int = 3) -> list[str]:
    return near_spellings(word, words, set(words), max_words)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("kingg", "king"),
        ("knig", "king"),
        ("qeen", "queen"),
        ("wueen", "queen"),  # wrong first letter
        ("paris", "Paris"),
        ("nato", "NATO"),
        ("KING", "king"),
        ("internatoinal", "international"),
        ("힌국", "한국"),  # one wrong letter in the first syllable
        ("대한민귝", "대한민국"),
    ],
)
def test_a_misspelling_finds_the_word(word, expected):
    assert near(word)[0] == expected


def test_the_most_similar_come_first_and_ties_keep_their_order():
    assert near("kingss") == ["kings", "king"]
    assert near("cat", ["car", "can", "cap"]) == ["car", "can", "cap"]
    assert near("cat", ["cap", "car", "can"], 2) == ["cap", "car"]


def test_a_rare_word_in_another_case_comes_first():
    words = [f"n{i:05}" for i in range(MAX_COMPARED)] + ["NATO"]
    assert near("nato", words) == ["NATO"]


@pytest.mark.parametrize("word", ["xylophone", "kindergarten", "", "\u0000"])
def test_no_similar_spelling_gives_no_suggestion(word):
    assert near(word) == []


def test_a_million_words_are_searched_quickly():
    rng = np.random.default_rng(0)
    letters = rng.choice(list("etaoinshrdlucmfw"), size=(1_000_000, 7))
    words = ["".join(row) for row in letters.tolist()]
    began = time.perf_counter()
    assert near_spellings("tasinho", words, set(), 3)
    assert time.perf_counter() - began < 2  # takes a tenth of this on an idle machine
