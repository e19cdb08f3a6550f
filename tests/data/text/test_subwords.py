import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.text import subwords
from seqkit.data.text.subwords import Subwords


def bucket(gram: str, buckets: int) -> int:
    """FNV-1a as its authors write it down, over code points, folded from 64 bits to 32."""
    hashed = 14695981039346656037
    for character in gram:
        hashed = (hashed ^ ord(character)) * 1099511628211 % 2**64
    return ((hashed >> 32) ^ (hashed % 2**32)) % buckets


def grams(word: str, shortest: int, longest: int) -> list[str]:
    written = f"<{unicodedata.normalize('NFD', word)}>"
    every = [written[i : i + n] for n in range(shortest, longest + 1) for i in range(len(written) - n + 1)]
    return [gram for gram in every if gram not in ("<", ">")]


def test_word_is_split_into_ngrams_with_boundary_markers():
    ragged = Subwords(3, 4, 10**9).ngrams(["where"])
    expected = ["<wh", "whe", "her", "ere", "re>", "<whe", "wher", "here", "ere>"]
    assert ragged[0].tolist() == [bucket(gram, 10**9) for gram in expected]
    assert ragged.values.dtype == np.int64


def test_hash_equals_published_values():
    # Of the test vectors of FNV-1a, 64 bits: "foobar" is 0x85944171f73967e8.
    ragged = Subwords(6, 6, 2**32).ngrams(["foobar"])
    assert bucket("foobar", 2**64) == 0x85944171 ^ 0xF73967E8
    assert ragged[0].tolist()[1] == bucket("foobar", 2**32)


def test_whole_word_is_an_ngram_only_if_its_length_fits():
    ragged = Subwords(3, 4, 10**9).ngrams(["at", "ate"])
    assert bucket("<at>", 10**9) in ragged[0] and bucket("<ate>", 10**9) not in ragged[1]


def test_word_shorter_than_any_ngram_has_none():
    ragged = Subwords(5, 6, 100).ngrams(["at", "ate", "at"])
    assert ragged.lengths.tolist() == [0, 1, 0] and len(ragged) == 3


def test_no_words_have_no_ngrams():
    ragged = Subwords(3, 6, 100).ngrams([])
    assert len(ragged) == 0 and ragged.values.tolist() == [] and ragged.offsets.tolist() == [0]


def test_single_boundary_markers_are_not_ngrams():
    assert Subwords(1, 1, 10**9).ngrams(["ab", ""]).lengths.tolist() == [2, 0]


def test_hangul_syllables_share_the_ngrams_of_their_letters():
    hashed = Subwords(3, 3, 10**9).ngrams(["한", "한국", unicodedata.normalize("NFD", "한국")])
    assert hashed[1].tolist() == hashed[2].tolist() and len(hashed[1]) == 6
    assert set(hashed[0][:2].tolist()) < set(hashed[1].tolist())  # "<ᄒ" "ᄒ.." of both


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("abé한😀", max_size=7), max_size=9),
    st.integers(1, 4),
    st.integers(0, 3),
    st.integers(1, 50),
    st.integers(1, 4),
)
def test_ngrams_equal_the_reference_in_batches_of_any_size(words, shortest, more, buckets, at_once):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subwords, "_WORDS_AT_ONCE", at_once)
        ragged = Subwords(shortest, shortest + more, buckets).ngrams(words)
    expected = [[bucket(gram, buckets) for gram in grams(word, shortest, shortest + more)] for word in words]
    assert [ragged[i].tolist() for i in range(len(ragged))] == expected


def test_ngrams_are_spread_evenly_over_the_buckets():
    words = [f"{a}{b}{c}" for a in "abcdefghij" for b in "klmnopqrst" for c in "가나다라마바사아자차"]
    values = np.unique(Subwords(5, 5, 10**12).ngrams(words).values)
    counts = np.bincount(Subwords(5, 5, 64).ngrams(words).values, minlength=64)
    assert len(values) > 1000 and counts.max() < 1.6 * counts.mean()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((0, 6, 10), "`shortest`, expected an integer of at least 1, got 0"),
        ((3, 2, 10), "`longest`, expected an integer of at least 3, got 2"),
        ((3, 6, 0), "`buckets`, expected an integer of at least 1, got 0"),
    ],
)
def test_invalid_sizes_are_named(arguments, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        Subwords(*arguments)
