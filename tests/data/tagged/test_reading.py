"""Folders with a file for each part, test files, and files that are yet to be tagged."""

import io
import sys

import pytest

from seqkit.data.tagged.reading import join_test, read_tagged, read_untagged
from seqkit.data.tagged.sentences import fingerprint_corpus
from seqkit.errors import DataError, NotFoundError, UsageError

FILE = "words.conll"
IOB2 = "Ada\tB-person\nLee\tI-person\n\nhi\tO\n"
BIOES = "Tim\tS-person\n\nin\tO\nNew\tB-place\nYork\tE-place\n"


@pytest.mark.parametrize(
    "names",
    [
        ("train.conll", "dev.conll", "test.conll"),
        ("wnut17train.conll", "emerging.dev.conll", "emerging.test.annotated"),
        ("eng-train.txt", "eng_valid.txt", "eng.test.txt"),
    ],
)
def test_folder_has_a_file_for_each_part(written, tmp_path, names):
    for name, text in zip(names, (IOB2, BIOES, IOB2), strict=True):
        written(text, name)
    (tmp_path / "README.txt").write_text("Trained?")
    corpus = read_tagged(tmp_path)
    assert corpus.parts.tolist() == ["train"] * 2 + ["validation"] * 2 + ["test"] * 2
    assert corpus.scheme == "IOB2"
    assert corpus.sentences[3].tags == ("O", "B-place", "I-place"), "all parts have the scheme of training"
    assert "parts: 2 train, 2 validation, 2 test" in corpus.notes
    assert corpus.source == str(tmp_path)


def test_folder_without_a_file_for_training_is_refused(written, tmp_path):
    written(IOB2, "test.conll")
    with pytest.raises(UsageError, match="no file of tagged words for training"):
        read_tagged(tmp_path)


def test_documents_of_files_are_different_ones(written, tmp_path):
    written("-DOCSTART-\tO\n\na\tO\n\n-DOCSTART-\tO\n\nb\tB-x\n", "train.conll")
    written("c\tO\n", "dev.conll")
    written("-DOCSTART-\tO\n\nd\tO\n", "test.conll")
    corpus = read_tagged(tmp_path)
    assert [sentence.document for sentence in corpus.sentences] == [0, 1, 2, 3]
    assert corpus.has_documents


def test_test_file_becomes_the_test_part(written):
    train, test = read_tagged(written(IOB2)), read_tagged(written(BIOES, "other.conll"))
    corpus = join_test(train, test)
    assert corpus.parts.tolist() == ["train", "train", "test", "test"]
    assert corpus.sentences[2].tags == ("B-person",)
    assert corpus.sentences[0] == train.sentences[0]
    assert fingerprint_corpus(corpus) != fingerprint_corpus(train)


def test_test_file_replaces_a_test_part_but_not_validation(written):
    train = read_tagged(
        written("sentence,word,tag,part\n1,a,B-x,train\n2,b,O,test\n3,c,O,dev\n", "words.csv"),
    )
    corpus = join_test(train, read_tagged(written(IOB2)))
    assert corpus.parts.tolist() == ["train", "validation", "test", "test"]


def test_test_file_without_spans_is_refused(written):
    plain = read_tagged(written("a\tNOUN\nb\tVERB\n", "other.conll"))
    with pytest.raises(DataError, match=r"has tags of the scheme IOB2, but .*other.conll has plain"):
        join_test(read_tagged(written(IOB2)), plain)


@pytest.mark.parametrize(
    ("text", "name", "words", "tag"),
    [
        ("Ada\nLee\n\nhi\n", FILE, [("Ada", "Lee"), ("hi",)], 1),
        ("Ada N\nLee N\n", FILE, [("Ada", "Lee")], 2),
        ("Ada N O\nLee N B-x\n", FILE, [("Ada", "Lee")], 2),
        ("-DOCSTART-\n\n# id = 1\nAda\n", FILE, [("Ada",)], 1),
        ("sentence,word\n1,Ada\n1,Lee\n", "words.csv", [("Ada", "Lee")], 2),
        ("sentence,word,tag\n1,Ada,\n1,Lee,\n".replace(",\n", ",?\n"), "words.csv", [("Ada", "Lee")], 2),
        ('{"text": "Ada Lee."}\n{"text": "hi"}\n', "texts.jsonl", [("Ada", "Lee", "."), ("hi",)], 1),
        ('{"text": "Ada Lee.", "spans": [[0, 2, "x"]]}', "texts.jsonl", [("Ada", "Lee", ".")], 1),
        ('{"tokens": ["Ada", "Lee"]}', "words.jsonl", [("Ada", "Lee")], 1),
        ('{"tokens": ["Ada", "Lee"], "tags": ["O"]}', "words.jsonl", [("Ada", "Lee")], 1),
    ],
)
def test_file_to_be_tagged(written, text, name, words, tag):
    corpus = read_untagged(written(text, name), tags=("O", "B-x", "I-x"))
    assert corpus.words == words
    assert {sentence.tags for sentence in corpus.sentences} == {()}
    assert corpus.layout.tag == tag


def test_other_columns_are_no_tags(written):
    corpus = read_untagged(written("Ada N\nLee N\n"), tags=("O", "B-x"))
    assert corpus.sentences[0].columns == (("N",), ("N",))
    assert read_untagged(written("1 Ada\n2 Lee\n"), word_column="2").words == [("Ada", "Lee")]


def test_column_of_tags_may_be_any_and_may_be_missing(written):
    path = written("Ada B-x N\nLee O N\n")
    corpus = read_untagged(path, tag_column="2", tags=("O", "B-x"))
    assert (corpus.layout.tag, corpus.sentences[0].columns) == (1, (("N",), ("N",)))
    assert read_untagged(path, tag_column="4", tags=("O", "B-x")).layout.tag == 3
    rows = "".join(f"{i}\tAda\tAda\t_\t_\t_\t_\t_\t_\t_\n" for i in (1, 2))
    assert read_untagged(written(rows), tags=("NOUN",)).layout.tag == 3, "blanks of CoNLL-U give way, too"
    table = written("sentence,token,ner,kind\n1,Ada,x,N\n", "words.csv")
    assert read_untagged(table, tag_column="kind").layout.tag == 3
    assert read_untagged(table, tag_column="other").layout.tag == 4
    assert read_untagged(written("Ada\t\nLee\tO\n"), tags=("O",)).layout.tag == 1
    assert read_untagged(written("sentence,word,tag\n1,Ada,\n", "words.csv")).layout.tag == 2


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("Hi.\nAda met Tim.\n", "texts.txt", r"line 2 has several words, 'Ada met Tim\.', .* from standard input"),
        ("Ada met Tim.\nHi.\n", "texts.txt", r"line 2 has 1 column, but the first word has 3\..* standard input"),
        ("time,value\n1,2\n", "series.csv", "names no columns of sentences and words"),
    ],
)
def test_texts_and_tables_without_words_are_not_tagged(written, text, name, message):
    with pytest.raises(DataError, match=message):
        read_untagged(written(text, name), tags=("O", "B-x"))


def test_column_of_words_among_others_is_noted(written):
    notes = read_untagged(written("Ada met Tim\nLee met Nora\n"), tags=("O",)).notes
    assert notes == ["tags the words in column 1 of 3; lines of text are tagged from standard input, with -"]
    assert read_untagged(written("Ada O\nLee O\n"), tags=("O",)).notes == []


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(IOB2.encode())))
    assert len(read_tagged("-")) == 2
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(DataError, match="standard input is empty"):
        read_untagged("-")


def test_missing_file_and_binary_file_are_named(written, tmp_path):
    with pytest.raises(NotFoundError, match=r"no file .*missing.conll"):
        read_tagged(tmp_path / "missing.conll")
    with pytest.raises(DataError, match="Excel workbook"):
        read_tagged(written(b"PK\x03\x04 and more"))
    with pytest.raises(DataError, match="half of a surrogate pair"):
        read_tagged(written(b"+2AA-\tO\n"), encoding="utf-7")
