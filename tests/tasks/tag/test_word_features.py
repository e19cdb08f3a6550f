"""Features of words for a linear tagger."""

import pytest

from seqkit.tasks.tag.word_features import sentence_features, shape, short_shape, word_features


@pytest.mark.parametrize(
    ("word", "long", "short"),
    [("McDonald", "XxXxxxxx", "XxXx"), ("U.S.", "X.X.", "X.X."), ("1,000.5", "0,000.0", "0,0.0"), ("지수", "xx", "x")],
)
def test_shapes(word, long, short):
    assert (shape(word), short_shape(word)) == (long, short)


def test_features_of_a_word():
    assert set(word_features("Mr-2")) == {
        *("bias", "w=mr-2", "shape=Xx-0", "s=Xx-0", "title", "a digit", "a hyphen"),
        *("prefix=m", "prefix=mr", "prefix=mr-", "prefix=mr-2", "suffix=2", "suffix=-2", "suffix=r-2", "suffix=mr-2"),
    }
    assert {"a name"} <= set(word_features("@ada"))
    assert {"a topic"} <= set(word_features("#fun"))
    assert {"an address"} <= set(word_features("http://t.co"))
    assert {"no letter", "digits"} <= set(word_features("12"))


def test_neighbours_and_ends_of_a_sentence():
    first, second = sentence_features(["Ada", "met"])
    assert {"w+1=met", "s+1=x", "w|w+1=ada|met"} <= set(first)
    assert {"w-1=ada", "s-1=Xx", "w-1|w=ada|met"} <= set(second)
    ends = [name for name in first if name.startswith(("w-1=", "w-2="))]
    assert len(set(ends)) == 2
    assert ends[0] != "w-1=", "the beginning differs from every word"
    assert sentence_features([]) == []


def test_features_look_at_two_words_on_each_side():
    near = sentence_features(["a", "b", "c", "d", "e"])[2]
    far = sentence_features(["x", "a", "b", "c", "d", "e", "x"])[3]
    assert near == far
    assert near != sentence_features(["x", "b", "c", "d", "e"])[2]
