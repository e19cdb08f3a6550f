import time

import numpy as np
import pytest

from seqkit.tasks.embed.spelling import MAX_COMPARED, near_spellings

WORDS = ["the", "king", "kings", "queen", "ring", "Paris", "NATO", "international", "한국", "대한민국", "학교"]


def near(word: str, words: list[str] = WORDS, most: int = 3) -> list[str]:
    return near_spellings(word, words, set(words), most)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("kingg", "king"),
        ("knig", "king"),
        ("qeen", "queen"),
        ("wueen", "queen"),  # the first letter is the wrong one
        ("paris", "Paris"),
        ("nato", "NATO"),
        ("KING", "king"),
        ("internatoinal", "international"),
        ("힌국", "한국"),  # one letter of the first syllable
        ("대한민귝", "대한민국"),
    ],
)
def test_a_slip_of_the_pen_finds_the_word(word, expected):
    assert near(word)[0] == expected


def test_the_likest_come_first_and_of_equally_like_ones_the_more_frequent():
    assert near("kingss") == ["kings", "king"]
    assert near("cat", ["car", "can", "cap"]) == ["car", "can", "cap"]
    assert near("cat", ["cap", "car", "can"], 2) == ["cap", "car"]


def test_a_word_in_other_capitals_comes_first_however_rare_it_is():
    words = [f"n{i:05}" for i in range(MAX_COMPARED)] + ["NATO"]
    assert near("nato", words) == ["NATO"]


@pytest.mark.parametrize("word", ["xylophone", "kindergarten", "", "\u0000"])
def test_nothing_is_suggested_where_nothing_is_like_it(word):
    assert near(word) == []


def test_a_million_words_are_looked_through_in_a_blink():
    rng = np.random.default_rng(0)
    letters = rng.choice(list("etaoinshrdlucmfw"), size=(1_000_000, 7))
    words = ["".join(row) for row in letters.tolist()]
    began = time.perf_counter()
    assert near_spellings("tasinho", words, set(), 3)
    assert time.perf_counter() - began < 2  # a tenth of that where nothing else runs
