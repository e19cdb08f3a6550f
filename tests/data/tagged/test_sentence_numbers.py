"""Tables of words without numbers of sentences: lists of words, and blank rows between sentences."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.files.sniffing import look_at
from seqkit.data.tagged.reading import read_tagged, read_untagged
from seqkit.data.tagged.recognition import holds_tagged
from seqkit.data.tagged.token_tables import corpus_of_frame
from seqkit.errors import DataError, UsageError

FILE = "words.csv"
EXPECTED = [(("Ada", "met"), ("B-person", "O")), (("Tim",), ("B-person",))]
LISTS = {"id": [7, 8], "tokens": [["Ada", "met"], ["Tim"]], "ner_tags": [["B-person", "O"], ["B-person"]]}


def content(corpus):
    return [(sentence.words, sentence.tags) for sentence in corpus.sentences]


@pytest.mark.parametrize("end", [",\n", "\n", "\n\n", " , \n"], ids=["blank cells", "blank line", "two", "blanks"])
def test_blank_rows_separate_sentences(written, end):
    path = written(f"word,tag\nAda,B-person\nmet,O\n{end}Tim,B-person\n{end}")
    assert holds_tagged(look_at(path))
    assert content(read_tagged(path)) == EXPECTED


def test_tabs_and_blank_rows(written):
    path = written("Token\tNER\nAda\tB-person\nmet\tO\n\nTim\tB-person\n")
    assert content(read_tagged(path)) == EXPECTED


def test_rows_are_counted_with_the_blank_ones(written):
    path = written("word,tag\nAda,B-person\nmet,O\n,\nTim,\n")
    with pytest.raises(DataError, match="row 4 has no tag"):
        read_tagged(path)
    path = written("word,tag\nAda,B-person\nmet,O\n,\nTim,I-place\n")
    with pytest.raises(DataError, match="row 4 has the tag"):
        read_tagged(path)


def test_table_without_blank_rows_is_refused(written):
    path = written("word,tag\nAda,B-person\nmet,O\n")
    assert not holds_tagged(look_at(path))
    with pytest.raises(UsageError, match="leave a row blank after each sentence"):
        read_tagged(path)


def test_parquet_with_lists(tmp_path):
    path = tmp_path / "words.parquet"
    pd.DataFrame(LISTS).to_parquet(path)
    assert holds_tagged(look_at(path))
    assert content(read_tagged(path)) == EXPECTED
    assert content(read_untagged(path)) == [(words, ()) for words, _ in EXPECTED]


def test_frame_with_lists():
    assert content(corpus_of_frame(pd.DataFrame(LISTS))) == EXPECTED
    arrays = {**LISTS, "tokens": [np.array(words) for words in LISTS["tokens"]]}
    assert content(corpus_of_frame(pd.DataFrame(arrays))) == EXPECTED


@pytest.mark.parametrize(
    ("column", "cells", "message"),
    [
        ("ner_tags", [[1, 0], [1]], r"'ner_tags' has numbers, such as \[1, 0\].*Replace each by its name"),
        ("ner_tags", [["B-person"], ["O"]], "row 1 has no list in 'ner_tags' that is as long as that in 'tokens'"),
        ("tokens", [["Ada", "met"], None], "row 2 has no list in 'tokens'"),
    ],
)
def test_lists_that_do_not_fit_are_refused(column, cells, message):
    with pytest.raises(DataError, match=message):
        corpus_of_frame(pd.DataFrame({**LISTS, column: cells}))
