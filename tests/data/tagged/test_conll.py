"""CoNLL columns: every variant that corpora use, and faults named with their line."""

import gzip

import pytest

from seqkit.data.tagged.reading import read_tagged
from seqkit.errors import DataError, UsageError

FILE = "words.conll"
PLAIN = "Ada\tB-person\nmet\tO\n\nTim\tB-person\nLee\tI-person\n"


def content(corpus):
    return [(sentence.words, sentence.tags) for sentence in corpus.sentences]


EXPECTED = [(("Ada", "met"), ("B-person", "O")), (("Tim", "Lee"), ("B-person", "I-person"))]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        "\ufeff" + PLAIN,
        PLAIN.replace("\t", "  "),
        PLAIN.replace("\n\n", "\n\t\n"),
        PLAIN.replace("\n\n", "\n \n\n\n"),
        PLAIN.rstrip("\n"),
        "\n\n" + PLAIN,
        "# a comment\n" + PLAIN,
        "# id = 1\n" + PLAIN.replace("\n\n", "\n\n# id = 2\n"),
        "word\ttag\n" + PLAIN,
        PLAIN.replace("\t", " \t"),
        PLAIN.replace("Tim", "\ufeffTim"),
    ],
    ids=[
        *("tabs", "crlf", "cr", "bom", "blanks", "tab in blank line", "blank lines", "no last line end"),
        *("blank start", "comment", "comments", "header", "blank before tab", "bom of a second file"),
    ],
)
def test_variants_of_the_same_sentences_read_alike(written, text):
    assert content(read_tagged(written(text))) == EXPECTED


def test_gzip_and_other_encodings(written):
    assert content(read_tagged(written(gzip.compress(PLAIN.encode()), "words.conll.gz"))) == EXPECTED
    cp949 = "지수\tB-person\n갔다\tO\n".encode("cp949")
    assert read_tagged(written(cp949), encoding="cp949").sentences[0].words == ("지수", "갔다")
    with pytest.raises(DataError, match=r"not UTF-8.*line 1.*cp949"):
        read_tagged(written(cp949))


def test_words_keep_characters_that_python_takes_for_whitespace_or_line_ends(written):
    corpus = read_tagged(written("a\u00a0b O\n\u3000 O\n\x0c O\n\u2028 O\n"))
    assert corpus.sentences[0].words == ("a\u00a0b", "\u3000", "\x0c", "\u2028")


def test_words_between_tabs_may_contain_blanks(written):
    assert read_tagged(written("1 000\tO\nNew York\tB-place\n")).sentences[0].words == ("1 000", "New York")


def test_word_is_first_tag_last_and_other_columns_are_kept(written):
    sentence = read_tagged(written("EU NNP I-NP B-org\nrejects VBZ I-VP O\n")).sentences[0]
    assert (sentence.words, sentence.tags) == (("EU", "rejects"), ("B-org", "O"))
    assert sentence.columns == (("NNP", "I-NP"), ("VBZ", "I-VP"))


def test_columns_can_be_chosen(written):
    path = written("1 EU NNP B-org\n2 rejects VBZ O\n")
    corpus = read_tagged(path, word_column="2", tag_column="3")
    assert content(corpus) == [(("EU", "rejects"), ("NNP", "VBZ"))]
    assert corpus.scheme == "plain"
    for options, message in (
        ({"word_column": "5"}, "no column 5 for --word-column: the file has 4"),
        ({"tag_column": "0"}, "no column 0"),
        ({"word_column": "4"}, "Column 4 cannot hold both"),
        ({"word_column": "token"}, "'token', but the columns have no names"),
    ):
        with pytest.raises(UsageError, match=message):
            read_tagged(path, **options)


def test_documents_begin_at_docstart(written):
    text = "-DOCSTART- -X- O\n\nA B O\n\nC D O\n\n-DOCSTART- -X- O\n\nE F O\n"
    corpus = read_tagged(written(text), scheme="IOB2")
    assert [sentence.document for sentence in corpus.sentences] == [0, 0, 1]
    assert corpus.has_documents
    assert corpus.sentences[2].before == ("-DOCSTART- -X- O",)


def test_documents_begin_at_newdoc_and_words_before_are_one_of_their_own(written):
    corpus = read_tagged(written("A\tX\n\n# newdoc id = 7\n# sent_id = 1\nB\tY\n\n#begin document (3)\nC\tX\n"))
    assert [sentence.document for sentence in corpus.sentences] == [0, 1, 2]
    assert corpus.sentences[1].before == ("# newdoc id = 7", "# sent_id = 1")


def test_file_without_marks_has_no_documents(written):
    assert not read_tagged(written(PLAIN)).has_documents


def test_conllu_has_words_and_parts_of_speech_in_columns_2_and_4(written):
    rows = ("1-2\tdon't\t_\t_", "1\tdo\tdo\tAUX", "2\tn't\tnot\tPART", "2.1\t_\t_\t_", "3\tgo\tgo\tVERB")
    text = "# text = don't go\n" + "".join(f"{row}\t_\t_\t_\t_\t_\t_\n" for row in rows)
    corpus = read_tagged(written(text))
    assert content(corpus) == [(("do", "n't", "go"), ("AUX", "PART", "VERB"))]
    assert "2 lines for several words" in corpus.notes[0]


@pytest.mark.parametrize(
    "word", ["#photo", "#", "##", "#1 = "], ids=["topic", "mark", "two marks", "looks like a comment"]
)
def test_word_that_starts_with_a_number_sign_is_no_comment(written, word):
    corpus = read_tagged(written(f"see\tO\n{word}\tO\n\n#fun\tO\nit\tO\n"))
    assert [sentence.words for sentence in corpus.sentences] == [("see", word.strip()), ("#fun", "it")]


def test_file_whose_words_all_start_with_a_number_sign(written):
    assert read_tagged(written("#a\tO\n#b\tO\n")).sentences[0].words == ("#a", "#b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\tO\nb\n", "line 2 has 1 column, but the first word has 2\\. Separate them by tabs\\."),
        ("a\tO\nb\tN\tO\n", "line 2 has 3 columns, but the first word has 2"),
        ("a O\n\nb c O\n", "line 3 has 3 columns"),
        ("a\tO\n#b\n", "line 2 has 1 column"),
        ("\n\n# x\nword\nother\n", "line 4 has one column, expected a word and its tag"),
        ("a\tO\n\tO\n", "line 2 has an empty word"),
        ("a\tO\nb\t\n", "line 2 has an empty tag"),
        ("# only\n\n", "contains no words"),
        ("-DOCSTART-\tO\n\n", "contains no words"),
        ("\n \n", "contains no words"),
        ("", "is empty"),
        ("a\0\tO\n", "binary data|NUL"),
    ],
)
def test_fault_is_named_with_its_line(written, text, message):
    with pytest.raises(DataError, match=message):
        read_tagged(written(text))


def test_time_grows_with_the_number_of_lines(written):
    corpus = read_tagged(written("a\tB-x\nb\tO\n\n" * 50_000))
    assert len(corpus) == 50_000
    assert len({id(word) for sentence in corpus.sentences for word in sentence.words}) == 2, "equal words are shared"
