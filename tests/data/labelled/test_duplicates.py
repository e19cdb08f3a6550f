"""Duplicate texts, as tokenizers read them, and equal series."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.labelled.duplicates import series_groups, shared_groups, text_groups
from seqkit.data.text.tokenizer import TextTokenizer

SPELLINGS = [
    ("A Fine film", "a fine FILM"),
    ("a fine film", " a  fine\tfilm\n"),
    ("a fine film", "a fine<br />film"),
    ("a fine film", "a\u00a0fine\u3000film"),
    ("a fine film, truly.", "a fine film ,truly ."),
    ("caf\u00e9", "cafe\u0301"),
    ("\uae0d\uc815", "\u1100\u1173\u11bc\u110c\u1165\u11bc"),
    ("\uff21 film", "a film"),
    ("a fi\u00adlm", "\ufeffa film\u200e"),
    ("a film \u2764\ufe0f", "a\u200bfilm \u2764"),
    ("\u1e9e", "\u00df"),
    ("It's Q&A", "it&#39;s q&amp;a"),
    ("R & B", "r & amp ; b"),
    ("caf\u00c9<br>bar", "CAF&Eacute;&lt;br&gt;bar"),
    ("a film", "a&nbsp;&#65279;film"),
    ("\u201cdon\u2019t\u201d \u2014 a film", '"don\'t" - a film'),
    ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2"),
]


@pytest.mark.parametrize(("text", "other"), SPELLINGS)
def test_texts_that_a_tokenizer_reads_alike_share_a_group(text, other):
    assert text_groups([text, "different", other]).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("therapist", "the rapist"),
        ("a fine film", "a fine film!"),
        ("it's", "its"),
        ("12", "1 2"),
        ("", "a"),
        ("q&a", "q&amp a"),
        ("&lt;", "&gt;"),
    ],
)
def test_texts_of_different_words_do_not_share_a_group(text, other):
    assert text_groups([text, other]).tolist() == [0, 1]


@settings(deadline=None)
@given(
    st.lists(st.text("aAbB é\u0301ßς.,\t<br>&;lt\u201c\u2581\u00ad\u200b\u200c", max_size=6), min_size=2, max_size=12)
)
@pytest.mark.parametrize("kind", ["word", "bpe", "char"])
def test_no_tokenizer_reads_texts_of_different_groups_alike(kind, texts):
    tokenizer = TextTokenizer.fit(["every letter: aAbB é\u0301ßς.,<br>&;lt\u201c", *texts], kind=kind)
    encoded = tokenizer.encode(texts).ragged
    group_of: dict[bytes, int] = {}
    for i, group in enumerate(text_groups(texts).tolist()):
        assert group_of.setdefault(encoded[i].tobytes(), group) == group


def test_equal_series_share_a_group():
    series = [np.array([[1.0, 0.0]]), np.array([[1.0, 2.0]]), np.array([[1.0, -0.0]]), np.array([[1.0, 0.0], [0, 0]])]
    assert series_groups(series).tolist() == [0, 1, 0, 2]


def test_shared_groups_are_counted_and_the_first_ones_listed():
    train, test = np.array([4, 7, 4, 5]), np.array([1, 4, 7, 4])
    assert shared_groups(train, test) == (3, [(0, 1), (1, 2), (0, 3)])
    assert shared_groups(train, test, max_pairs=1) == (3, [(0, 1)])
    assert shared_groups(train, np.array([9])) == (0, [])
    assert shared_groups(train[:0], test) == (0, [])
