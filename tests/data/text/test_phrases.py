import itertools
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.text import phrases
from seqkit.data.text.corpus import read_corpus
from seqkit.data.text.phrases import join_phrases


def joined(lines: list[list[str]], *, min_count: int, threshold: float) -> tuple[list[list[str]], list[str]]:
    """The lines with their phrases joined, and the notes."""
    table = {"\0": 0}
    stream = [table.setdefault(word, len(table)) for line in lines for word in [*line, "\0"]]
    ids = np.array(stream, np.int32)
    counts = np.bincount(ids, minlength=len(table))
    length, notes = join_phrases(ids, counts, table, min_count=min_count, threshold=threshold)
    words = list(table)
    assert list(table.values()) == list(range(len(table)))
    text = "|".join(words[number] for number in ids[:length])
    return [line.strip("|").split("|") if line.strip("|") else [] for line in text.split("\0")[:-1]], notes


def joined_by_hand(lines: list[list[str]], min_count: int, threshold: float) -> tuple[list[list[str]], int]:
    """The lines with their phrases joined and how many phrases there are, with dictionaries, a word at a time."""
    words = Counter(word for line in lines for word in line)
    pairs = Counter(pair for line in lines for pair in itertools.pairwise(line))
    total = sum(words.values())

    def is_phrase(a: str, b: str) -> bool:
        if pairs[a, b] < min_count or not (a.isalnum() and b.isalnum()):
            return False
        p = pairs[a, b] / total
        return math.log(p * total * total / (words[a] * words[b])) / -math.log(p) >= threshold

    result = []
    for line in lines:
        rest, out = list(line), []
        while rest:
            size = 2 if len(rest) > 1 and is_phrase(*rest[:2]) else 1
            out.append("_".join(rest[:size]))
            rest = rest[size:]
        result.append(out)
    return result, sum(is_phrase(*pair) for pair in pairs)


def test_words_that_co_occur_more_than_by_chance_are_joined():
    lines = [["new", "york", "is", "big"], ["i", "is", "new", "york"], ["big", "i", "is"], ["york", "new"]]
    # p(new york) = 2/13, p(new) = p(york) = 3/13: log(26/9) / log(13/2) = 0.567; p(is) the same and no pair twice but
    # "i is": p(i) = 2/13: log(2 * 13 / (2 * 3)) / log(13/2) = 0.783.
    assert joined(lines, min_count=2, threshold=0.57)[0] == [
        ["new", "york", "is", "big"],
        ["i_is", "new", "york"],
        ["big", "i_is"],
        ["york", "new"],
    ]
    assert joined(lines, min_count=2, threshold=0.56)[0] == [
        ["new_york", "is", "big"],
        ["i_is", "new_york"],
        ["big", "i_is"],
        ["york", "new"],
    ]


def test_words_that_only_occur_together_have_the_highest_value():
    lines = [["a", "b", "c"], ["c", "a", "b"], ["c"], ["a", "b"]]
    assert joined(lines, min_count=3, threshold=1.0) == (
        [["a_b", "c"], ["c", "a_b"], ["c"], ["a_b"]],
        ["1 phrase joined, such as a_b"],
    )


def test_words_are_joined_from_left_to_right_once_each():
    assert joined([["a"] * 5, ["b", "a", "a"]], min_count=2, threshold=-0.99)[0] == [
        ["a_a", "a_a", "a"],
        ["b", "a_a"],
    ]


def test_phrase_never_spans_lines_or_contains_punctuation():
    assert joined([["a"], ["b"]] * 9, min_count=2, threshold=-0.99)[0] == [["a"], ["b"]] * 9
    assert joined([["a", ",", "b"]] * 9, min_count=2, threshold=-0.99)[0] == [["a", ",", "b"]] * 9


def test_rare_pair_is_not_joined():
    lines = [["ab", "cd"], ["x"], ["ab", "cd"], ["y"]]
    assert joined(lines, min_count=3, threshold=0.1) == (lines, ["0 phrases joined"])


def test_phrase_spelled_like_a_word_shares_its_id():
    lines = [["a_b", "x"], ["a", "b"], ["y", "a", "b"]]
    assert joined(lines, min_count=2, threshold=0.5)[0] == [["a_b", "x"], ["a_b"], ["y", "a_b"]]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from([*"abcd,"]), max_size=9), min_size=1, max_size=9),
    st.integers(1, 3),
    st.sampled_from([-0.5123, 0.0123, 0.3123, 0.6123]),
    st.integers(1, 5),
    st.integers(1, 30),
)
def test_joining_equals_the_reference_in_chunks_of_any_size(lines, min_count, threshold, chunk, at_once):
    if len({word for line in lines for word in line}) < 2:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phrases, "_CHUNK", chunk)
        patch.setattr(phrases, "_IDS_AT_ONCE", at_once)
        result, (note,) = joined(lines, min_count=min_count, threshold=threshold)
    expected, count = joined_by_hand(lines, min_count, threshold)
    assert result == expected and note.startswith(f"{count} phrase")


def test_corpus_counts_phrases_as_words(tmp_path: Path):
    text = "new york is big\nis old york was new\nnew york\nnew york\n"
    result = read_corpus([text], phrases=0.2, min_count=2, scratch=tmp_path)
    assert result.words == ["new_york", "is"] and result.counts.tolist() == [3, 2]
    assert result.ids.tolist() == [1, 2, 0, 2, 0, 1, 0, 1, 0]
    assert result.raw_words == 13 and result.notes[1] == "1 phrase joined, such as new_york"


@pytest.mark.parametrize("threshold", [-1.0, 1.01, math.nan])
def test_threshold_out_of_range_is_refused(threshold):
    with pytest.raises(ValueError, match=re.escape("`threshold`, expected a number in (-1, 1], got")):
        joined([["a", "b"]], min_count=1, threshold=threshold)
