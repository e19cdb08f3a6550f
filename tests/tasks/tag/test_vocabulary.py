"""Words as rows of integers."""

from zlib import crc32

import numpy as np
import pytest

from seqkit.tasks.tag import vocabulary as vocabulary_module
from seqkit.tasks.tag.vocabulary import UNKNOWN, Vocabulary, feature_ids, normalised


@pytest.fixture(autouse=True)
def two_features(monkeypatch):
    """Each word has itself and the word before it as features."""

    def features(words):
        return [[f"w={word}", f"-1={before}"] for before, word in zip(["", *words], words, strict=False)]

    monkeypatch.setattr(vocabulary_module, "sentence_features", features)


VOCABULARY = Vocabulary.fit([["Ada", "met", "Tim", "met"], ["in", "1815"]], size=5)


def test_words_are_sorted_by_frequency_in_lower_case_with_zeros_for_digits():
    assert VOCABULARY.words == ("met", "ada", "tim")
    assert (VOCABULARY.size, VOCABULARY.alphabet) == (5, len(VOCABULARY.characters) + 2)
    assert VOCABULARY.characters[:2] == ("m", "e") and {"A", "T", "1", "8", "5"} < set(VOCABULARY.characters)
    assert normalised("Boeing-747") == "boeing-000" and normalised("Ⅷ٣x") == "ⅷ0x"


def test_row_is_word_then_characters_then_features():
    rows = VOCABULARY.encode(["Tim", "xé"], characters=4, slots=2, buckets=1000)
    ids = {character: number for number, character in enumerate(VOCABULARY.characters, start=2)}
    assert rows.shape == (2, 7) and rows.dtype == np.int32
    assert rows[0, :5].tolist() == [4, ids["T"], ids["i"], ids["m"], 0]
    assert rows[1, :5].tolist() == [UNKNOWN, UNKNOWN, UNKNOWN, 0, 0]
    assert rows[0, 5:].tolist() == [crc32(b"w=Tim") % 999 + 1, crc32(b"-1=") % 999 + 1]
    assert rows[1, 5:].tolist() == feature_ids(["w=xé", "-1=Tim"], 1000)


def test_beginning_and_end_of_a_long_word_are_read():
    characters = VOCABULARY.encode(["mAAAAAAAAAet"], characters=5, slots=0, buckets=2)[0, 1:]
    assert "".join(VOCABULARY.characters[number - 2] for number in characters) == "mAAet"
    assert (VOCABULARY.encode(["m" * 5], characters=5, slots=0, buckets=2)[0, 1:] == 2).all()


def test_features_beyond_the_slots_are_left_out_and_missing_ones_are_zero():
    assert VOCABULARY.encode(["in"], characters=1, slots=1, buckets=50).shape == (1, 3)
    assert VOCABULARY.encode(["in"], characters=1, slots=4, buckets=50)[0, -2:].tolist() == [0, 0]


def test_sentence_without_words_has_no_rows():
    assert VOCABULARY.encode([], characters=3, slots=2, buckets=9).shape == (0, 6)


def test_stored_vocabulary_is_the_same():
    vocabulary = Vocabulary.fit([["naïve", "한글", "\U0001f600", 'quo"te', "back\\slash"]], size=50)
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"words": []}', b'{"words": [1], "characters": []}', b'{"words": "ab", "characters": []}']
)
def test_damaged_vocabulary_raises(content):
    with pytest.raises(ValueError):
        Vocabulary.from_json(content)
