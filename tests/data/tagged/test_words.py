"""Finding the words of a text with their offsets."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.tagged.words import word_offsets

without_deadline = settings(deadline=None)


def words(text, kind="word", boundaries=()):
    return [text[start:end] for start, end in word_offsets(text, kind, boundaries)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada met Tim, in Paris.", "Ada|met|Tim|,|in|Paris|."),
        ("It's Ada's, don't they'll", "It|'s|Ada|'s|,|do|n't|they|'ll"),
        ("won’t O’Neil rock'n'roll", "wo|n’t|O’Neil|rock'n'roll"),
        ("See http://t.co/a?b=c. (www.x.org)", "See|http://t.co/a?b=c|.|(|www.x.org|)"),
        ("@paul #photo! a.b@c.de", "@paul|#photo|!|a.b@c.de"),
        ("U.S. rose 1,000.5 on 2026-11-28", "U.S.|rose|1,000.5|on|2026-11-28"),
        ("well-known -- really...", "well-known|--|really|..."),
        ("지수가 학교에 갔다.", "지수가|학교에|갔다|."),
        ("東京に行く", "東|京|に|行|く"),
        ("👍🏽 e\u0301 ❤\ufe0f", "👍🏽|e\u0301|❤\ufe0f"),
    ],
)
def test_words_of_a_text(text, expected):
    assert words(text) == expected.split("|")


@pytest.mark.parametrize("kind", ["word", "char"])
@without_deadline
@given(text=st.text(), boundaries=st.sets(st.integers(0, 20)))
def test_words_cover_all_but_whitespace_once(kind, text, boundaries):
    offsets = word_offsets(text, kind, boundaries)
    ends = [0, *(position for pair in offsets for position in pair), len(text)]
    assert ends == sorted(ends)
    assert all(start < end for start, end in offsets)
    assert "".join(text[start:end] for start, end in offsets) == "".join(text.split())


@without_deadline
@given(text=st.text(alphabet="ab .-'é\u0301", max_size=20), boundaries=st.sets(st.integers(0, 20)))
def test_no_word_crosses_a_boundary(text, boundaries):
    assert not any(start < edge < end for start, end in word_offsets(text, "word", boundaries) for edge in boundaries)


def test_each_character_is_a_word_if_wanted():
    assert words("Ada 1.", "char") == ["A", "d", "a", "1", "."]


@pytest.mark.parametrize("unit", ["ab.", "a-", "a@", "n't", "www.", "-.-", "1.", "é\u0301"])
def test_time_grows_with_the_length_of_the_text(unit):
    start = time.perf_counter()
    word_offsets(unit * 50_000)
    assert time.perf_counter() - start < 5, "quadratic time would take minutes"
