"""Tables with a word in each row."""

import gzip

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tagged.reading import read_tagged
from seqkit.data.tagged.token_tables import corpus_of_frame
from seqkit.errors import DataError, UsageError

FILE = "words.csv"
ROWS = "sentence,word,tag\n1,Ada,B-person\n1,met,O\n2,Tim,B-person\n"


def content(corpus):
    return [(sentence.words, sentence.tags) for sentence in corpus.sentences]


EXPECTED = [(("Ada", "met"), ("B-person", "O")), (("Tim",), ("B-person",))]


@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        ROWS.replace(",", "\t"),
        ROWS.replace(",", ";").replace("\n", "\r\n"),
        "Sentence #,Word,POS,Tag\nSentence: 1,Ada,N,B-person\n,met,V,O\nSentence: 2,Tim,N,B-person\n",
        ROWS.replace("tag", "ner_tag").replace("word", "TOKEN").replace("sentence", "sent_id"),
        "x,tag,sentence,word\nu,B-person,1,Ada\nv,O,1,met\nw,B-person,2,Tim\n",
    ],
    ids=["comma", "tab", "semicolon", "numbered once", "other names", "other order"],
)
def test_variants_of_the_same_table_read_alike(written, text):
    assert content(read_tagged(written(text))) == EXPECTED


def test_parquet_and_gzip(written, tmp_path):
    frame = pd.DataFrame({"sentence": [1, 1, 2], "word": ["Ada", "met", "Tim"], "tag": ["B-person", "O", "B-person"]})
    frame.to_parquet(tmp_path / "words.parquet")
    assert content(read_tagged(tmp_path / "words.parquet")) == EXPECTED
    assert content(read_tagged(written(gzip.compress(ROWS.encode()), "words.csv.gz"))) == EXPECTED
    assert content(corpus_of_frame(frame)) == EXPECTED


def test_quoted_words(written):
    corpus = read_tagged(written('sentence,word,tag\n1,""""\n1,",",O\n'.replace('""""\n', '"""",O\n')))
    assert corpus.sentences[0].words == ('"', ",")
    assert read_tagged(written('sentence\tword\ttag\n1\t"\tO\n1\ta\tO\n'), quotes="none").sentences[0].words == (
        '"',
        "a",
    )


def test_words_that_look_like_missing_values_or_numbers_stay(written):
    corpus = read_tagged(written("sentence,word,tag\n1,NA,O\n1,null,O\n1,1.0,O\n1,nan,O\n"))
    assert corpus.sentences[0].words == ("NA", "null", "1.0", "nan")


def test_documents_and_parts(written):
    text = "doc,sentence,word,tag,fold\nx,1,a,O,train\nx,1,b,O,train\nx,2,c,O,train\ny,1,d,B-q,dev\ny,1,e,I-q,dev\n"
    corpus = read_tagged(written(text))
    assert [sentence.document for sentence in corpus.sentences] == [0, 0, 1]
    assert corpus.parts.tolist() == ["train", "train", "validation"]
    assert "parts: 2 train, 1 validation" in corpus.notes


def test_columns_can_be_chosen_by_name_or_number(written):
    path = written("sentence,a,b,word,tag\n1,Ada,N,x,O\n1,met,V,y,O\n")
    assert content(read_tagged(path, word_column="a", tag_column="3")) == [(("Ada", "met"), ("N", "V"))]
    with pytest.raises(UsageError, match="no column 'c' for --tag-column"):
        read_tagged(path, tag_column="c")


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (ROWS.replace("2,Tim", "2,"), DataError, "row 3 has no word: 'word' is empty"),
        (ROWS.replace("met,O", "met,"), DataError, "row 2 has no tag"),
        (ROWS + "1,Lee,O\n", DataError, "row 4 belongs to sentence '1', which ended in row 2"),
        (ROWS.replace("1,Ada", ",Ada"), DataError, "row 1 has no number of its sentence"),
        ("doc,sentence,word,tag\nx,1,a,O\ny,,b,O\n", DataError, "row 2 starts a document within a sentence"),
        ("sentence,word,tag,part\n1,a,O,train\n1,b,O,test\n", DataError, "row 2 puts its sentence into a second part"),
        (ROWS.replace("2,Tim", "2,Tim,x"), DataError, "4 cells|has 4"),
        (ROWS.replace("met,O", "met,I-place"), DataError, "row 2 has the tag 'I-place' after 'B-person'"),
        ("sentence,word,tag\n", DataError, "header but no rows"),
    ],
)
def test_fault_is_named_with_its_row(written, text, error, message):
    with pytest.raises(error, match=message):
        read_tagged(written(text))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"sentence": [1], "word": ["a"]}, "Which column contains the tags.*--tag-column.*'sentence', 'word'"),
        ({"word": ["a"], "tag": ["O"]}, "Which column contains the sentences.*Name it 'sentence'"),
    ],
)
def test_missing_column_is_named(columns, message):
    with pytest.raises(UsageError, match=message):
        corpus_of_frame(pd.DataFrame(columns))


def test_list_in_a_cell_is_refused():
    with pytest.raises(DataError, match=r"the list \['a', 'b'\], expected a word"):
        corpus_of_frame(pd.DataFrame({"sentence": [1], "word": [["a", "b"]], "tag": ["O"]}))


def test_missing_cells_of_a_frame_continue_the_sentence():
    frame = pd.DataFrame({"sentence": [1.0, np.nan, 2.0], "word": ["a", "b", "c"], "tag": ["O", "O", "B-x"]})
    assert [sentence.words for sentence in corpus_of_frame(frame).sentences] == [("a", "b"), ("c",)]
