"""Written files read the same again."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.tagged.conll import parse_columns
from seqkit.data.tagged.json_spans import parse_json
from seqkit.data.tagged.reading import read_tagged, read_untagged
from seqkit.data.tagged.schemes import tags_of
from seqkit.data.tagged.sentences import Layout, TaggedSentence
from seqkit.data.tagged.token_tables import parse_token_table
from seqkit.data.tagged.words import word_offsets
from seqkit.data.tagged.writing import layout_for, write_tagged
from seqkit.errors import DataError
from tests.data.tagged.test_schemes import sentences as spans_of_sentences

without_deadline = settings(deadline=None, max_examples=50)

FILE = "words.conll"
LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
WORDS = st.text(LETTERS, min_size=1, max_size=5)


@st.composite
def tagged(draw, words=WORDS, scheme="IOB2"):
    """Sentences with tags, and perhaps other columns."""
    result = []
    columns = draw(st.integers(0, 2))
    for _ in range(draw(st.integers(1, 3))):
        length, spans = draw(spans_of_sentences())
        length = max(length, 1)
        chosen = tuple(draw(words) for _ in range(length))
        others = tuple(tuple(draw(words) for _ in range(columns)) for _ in range(length)) if columns else ()
        tags = tuple(tags_of(spans, length, scheme))
        result.append(TaggedSentence(chosen, tags, columns=others))
    return result


def same(one, other):
    return [(s.words, s.tags, s.columns) for s in one] == [(s.words, s.tags, s.columns) for s in other]


@pytest.mark.parametrize("separator", ["\t", " "])
@without_deadline
@given(sentences=tagged())
def test_columns_come_back_or_are_refused(separator, sentences):
    layout = Layout("conll", separator, 0, 1 + len(sentences[0].columns[0]) if sentences[0].columns else 1)
    try:
        text = "".join(write_tagged(sentences, layout, "IOB2"))
    except DataError as error:
        assert "which columns cannot hold" in str(error)
        return
    assert same(parse_columns(text, "x").sentences, sentences)


PLAIN_WORDS = st.text("abÄ지#-1.'\"", min_size=1, max_size=4).filter(lambda word: word[0] != "#")


@pytest.mark.parametrize("separator", ["\t", " "])
@without_deadline
@given(sentences=tagged(PLAIN_WORDS))
def test_columns_can_hold_all_usual_words(separator, sentences):
    layout = Layout("conll", separator, 0, 1 + len(sentences[0].columns[0]) if sentences[0].columns else 1)
    text = "".join(write_tagged(sentences, layout, "IOB2"))
    assert same(parse_columns(text, "x").sentences, sentences)


@without_deadline
@given(sentences=tagged(WORDS.map(lambda word: word.strip(" \t") or "x")))
def test_tables_come_back(sentences):
    columns = len(sentences[0].columns[0]) if sentences[0].columns else 0
    names = ("sentence", "word", *(f"c{i}" for i in range(columns)), "tag")
    numbered = [
        TaggedSentence(
            s.words, s.tags, columns=tuple((str(n), *(s.columns[i] if columns else ())) for i in range(len(s)))
        )
        for n, s in enumerate(sentences)
    ]
    layout = Layout("csv", ",", 1, 2 + columns, names, 0)
    text = "".join(write_tagged(numbered, layout, "IOB2"))
    assert same(parse_token_table(text, "x")[0].sentences, numbered)


@without_deadline
@given(text=st.text(LETTERS, min_size=1, max_size=12), data=st.data())
def test_texts_with_spans_come_back(text, data):
    offsets = word_offsets(text)
    if not offsets:
        return
    spans = data.draw(spans_of_sentences(labels=("a", "b c")))[1]
    spans = [span for span in spans if span.end <= len(offsets)]
    tags = tuple(tags_of(spans, len(offsets), "BIOES"))
    words = tuple(text[start:end] for start, end in offsets)
    sentence = TaggedSentence(words, tags, 0, text, tuple(offsets))
    written = "".join(write_tagged([sentence], Layout("json"), "BIOES"))
    (back,) = parse_json(written, "x")[0].sentences
    assert (back.words, back.tags, back.text, back.offsets) == (words, tags, text, tuple(offsets))


@without_deadline
@given(sentences=tagged(WORDS.filter(lambda word: not word.isspace())))
def test_lists_of_words_come_back(sentences):
    text = "".join(write_tagged(sentences, Layout("json", has_spans=False), "IOB2"))
    back = parse_json(text, "x")[0].sentences
    assert [(s.words, s.tags) for s in back] == [(s.words, s.tags) for s in sentences]


TEXT = """-DOCSTART- -X- O

# id = 1
EU NNP B-org
rejects VBZ O

Peter NNP B-person

-DOCSTART- -X- O

Tim NNP B-person
"""


def test_comments_documents_and_columns_are_written_back(written):
    corpus = read_tagged(written(TEXT))
    text = "".join(write_tagged(corpus.sentences, corpus.layout, corpus.scheme))
    assert text == TEXT.replace("-DOCSTART- -X- O\n\n", "-DOCSTART- -X- O\n") + "\n"
    again = read_tagged(written(text))
    assert [s.document for s in again.sentences] == [s.document for s in corpus.sentences] == [0, 0, 1]


def test_tags_are_added_to_words_or_replace_those_of_the_file(written):
    for text, expected in (
        ("Ada\nmet\n", "Ada\tB-x\nmet\tO\n\n"),
        ("Ada N\nmet V\n", "Ada N B-x\nmet V O\n\n"),
        ("Ada N O\nmet V O\n", "Ada N B-x\nmet V O\n\n"),
    ):
        corpus = read_untagged(written(text), tags=("O", "B-x"))
        tagged = [TaggedSentence(s.words, ("B-x", "O"), columns=s.columns, before=s.before) for s in corpus.sentences]
        assert "".join(write_tagged(tagged, corpus.layout, "IOB2")) == expected


def test_tags_are_added_to_a_table(written):
    corpus = read_untagged(written("sentence,word\n1,Ada\n1,met\n", "words.csv"))
    tagged = [TaggedSentence(s.words, ("B-x", "O"), columns=s.columns) for s in corpus.sentences]
    assert "".join(write_tagged(tagged, corpus.layout, "IOB2")) == "sentence,word,tag\n1,Ada,B-x\n1,met,O\n"


@pytest.mark.parametrize(
    ("path", "source", "format", "has_spans"),
    [
        ("out.conll", Layout("json"), "conll", True),
        ("out.conll", Layout("conll", " ", 1, 3), "conll", True),
        ("out.jsonl", Layout("conll"), "json", False),
        ("out.jsonl", Layout("json"), "json", True),
        ("out.csv", Layout("conll"), "csv", True),
        ("out.CSV", Layout("csv", ";"), "csv", True),
        ("out.txt", Layout("json"), "json", True),
    ],
)
def test_layout_of_an_output_file(path, source, format, has_spans):
    layout = layout_for(path, source)
    assert (layout.format, layout.has_spans) == (format, has_spans)
    assert layout.separator == (source.separator if layout.format == source.format else layout.separator)


def test_new_table_numbers_its_sentences():
    sentences = [TaggedSentence(("a", "b"), ("O", "O")), TaggedSentence(("c",), ("O",))]
    text = "".join(write_tagged(sentences, layout_for("x.csv", Layout()), "IOB2"))
    assert text == "sentence,word,tag\n1,a,O\n1,b,O\n2,c,O\n"


def test_json_of_sentences_without_a_text_has_words():
    text = "".join(write_tagged([TaggedSentence(("a",), ("B-x",))], Layout("json"), "IOB2"))
    assert json.loads(text) == {"tokens": ["a"], "tags": ["B-x"]}
