"""JSON of annotation tools: texts with spans, and lists of words and of tags."""

import json

import pytest

from seqkit.data.tagged.reading import read_tagged
from seqkit.data.tagged.schemes import spans_of
from seqkit.errors import DataError

FILE = "texts.jsonl"
TEXT = "Ada Lee met Tim."
SPANS = [(0, 7, "person"), (12, 15, "person")]
SHAPES = {
    "prodigy": {"text": TEXT, "spans": [{"start": a, "end": b, "label": label} for a, b, label in SPANS]},
    "doccano": {"id": 1, "text": TEXT, "label": SPANS},
    "doccano 1.5": {"text": TEXT, "labels": SPANS},
    "doccano relations": {
        "text": TEXT,
        "entities": [{"id": 1, "label": label, "start_offset": a, "end_offset": b} for a, b, label in SPANS],
        "relations": [],
    },
    "spacy": {"text": TEXT, "entities": SPANS},
    "label studio, small": {
        "text": TEXT,
        "label": [{"start": a, "end": b, "text": TEXT[a:b], "labels": [label]} for a, b, label in SPANS],
    },
    "label studio": {
        "data": {"text": TEXT},
        "annotations": [
            {"result": [{"value": {"start": a, "end": b, "labels": [label]}, "id": "x"} for a, b, label in SPANS]}
        ],
    },
}


def spans(sentence):
    """The spans of a sentence by their characters, read from its tags."""
    return [
        (sentence.offsets[start][0], sentence.offsets[end - 1][1], label)
        for start, end, label in spans_of(sentence.tags, "BIOES")
    ]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("form", ["lines", "list", "object"])
def test_spans_of_known_shapes(written, shape, form):
    value = SHAPES[shape]
    text = {
        "lines": json.dumps(value) + "\n" + json.dumps(value),
        "list": json.dumps([value, value], indent=1),
        "object": json.dumps({"version": 1, "examples": [value, value]}),
    }[form]
    corpus = read_tagged(written(text))
    for sentence in corpus.sentences:
        assert sentence.words == ("Ada", "Lee", "met", "Tim", ".")
        assert sentence.text == TEXT
        assert spans(sentence) == SPANS
    assert (len(corpus), corpus.scheme, corpus.has_documents) == (2, "BIOES", False)


def test_spans_of_spacy_2(written):
    corpus = read_tagged(written(json.dumps([[TEXT, {"entities": SPANS}]]), "train.json"))
    assert spans(corpus.sentences[0]) == SPANS


def test_lists_of_words_and_tags(written):
    value = {"id": 0, "tokens": ["Ada", "met"], "ner_tags": ["B-person", "O"]}
    corpus = read_tagged(written(json.dumps(value)))
    assert (corpus.sentences[0].words, corpus.sentences[0].tags) == (("Ada", "met"), ("B-person", "O"))
    assert (corpus.sentences[0].text, corpus.scheme) == (None, "IOB2")


def test_offsets_count_characters_beyond_the_basic_plane(written):
    value = {"text": "👍 Ada", "spans": [{"start": 2, "end": 5, "label": "person"}]}
    sentence = read_tagged(written(json.dumps(value))).sentences[0]
    assert sentence.words == ("👍", "Ada")
    assert spans(sentence) == [(2, 5, "person")]


def test_word_is_divided_where_a_span_ends_inside_it(written):
    value = {"text": "지수가 왔다", "spans": [{"start": 0, "end": 2, "label": "person"}]}
    corpus = read_tagged(written(json.dumps(value)))
    assert corpus.sentences[0].words == ("지수", "가", "왔다")
    assert spans(corpus.sentences[0]) == [(0, 2, "person")]
    assert "1 words are divided where a span ends inside them; for a language" in corpus.notes[0]
    characters = read_tagged(written(json.dumps(value)), tokenizer="char")
    assert characters.sentences[0].words == ("지", "수", "가", "왔", "다")
    assert characters.layout.tokenizer == "char"


def test_blanks_at_the_ends_of_a_span_are_left_out(written):
    value = {"text": "in Paris today", "spans": [{"start": 2, "end": 9, "label": " big  place "}]}
    corpus = read_tagged(written(json.dumps(value)))
    assert spans(corpus.sentences[0]) == [(3, 8, "big place")]
    assert corpus.notes[0] == "1 span began or ended with a blank, which is left out"


def test_blank_texts_are_left_out_with_a_note(written):
    lines = [{"text": " ", "spans": []}, {"text": "Hi", "spans": []}]
    corpus = read_tagged(written("\n".join(map(json.dumps, lines))))
    assert (len(corpus), corpus.sentences[0].line) == (1, 2)
    assert corpus.notes[0] == "1 text has no words and are left out"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"text": "Ada", "spans": [[0, 4, "x"]]}, r"row 1 has the span \['0', '4', 'x'\].*up to 3"),
        ({"text": "Ada", "spans": [[2, 2, "x"]]}, "expected a label, a start from 0"),
        ({"text": "Ada", "spans": [[-1, 2, "x"]]}, "expected a label"),
        ({"text": "Ada", "spans": [[0, 2, ""]]}, "expected a label"),
        ({"text": "Ada", "spans": [{"start": "a", "end": 3, "label": "x"}]}, "expected a label"),
        ({"text": "Ada", "spans": [{"start": 0, "label": "x"}]}, "expected a label"),
        ({"text": "Ada", "spans": [{"start": 0, "end": 3, "labels": ["x", "y"]}]}, "expected a label"),
        ({"text": "Ada  Lee", "spans": [[3, 5, "x"]]}, "has the span '' .x. of blanks alone"),
        ({"text": "Ada Lee", "spans": [[0, 5, "x"], [4, 7, "y"]]}, r"overlap: 'Ada L' \(x\) and 'Lee' \(y\)"),
        ({"text": "Ada Lee", "spans": [[0, 3, "x"], [0, 3, "y"]]}, "overlap"),
        ({"text": "Ada"}, 'has no spans. Write "spans"'),
        ({"text": None, "spans": []}, "has no text"),
        (["Ada"], "has no text|not JSON"),
        ({"tokens": ["a", "b"], "tags": ["O"]}, "2 words and 1 tags"),
        ({"tokens": ["a"]}, "1 words and no tags"),
        ({"tokens": ["a", " "], "tags": ["O", "O"]}, "word 2 is blank"),
        ({"text": "", "spans": []}, "no texts with words"),
        ({"tokens": ["a", "b"], "tags": ["O", "I-x"], "x": 1}, None),
        ({"tokens": ["a", "b"], "tags": ["B-x", "I-y"]}, "row 1 has the tag 'I-y' after 'B-x'"),
        ({"text": "\ud800", "spans": []}, "surrogate"),
    ],
)
def test_fault_is_named_with_its_row(written, value, message):
    path = written(json.dumps(value))
    if message is None:
        read_tagged(path)
        return
    with pytest.raises(DataError, match=message):
        read_tagged(path)


def test_texts_and_lists_of_words_are_not_mixed(written):
    lines = [{"text": "Hi", "spans": []}, {"tokens": ["a"], "tags": ["O"]}]
    with pytest.raises(DataError, match="both texts with spans and lists"):
        read_tagged(written("\n".join(map(json.dumps, lines))))


def test_fault_in_lines_is_named_with_its_line(written):
    lines = [{"text": "Hi", "spans": []}, {"text": "Hi"}]
    with pytest.raises(DataError, match="line 2 has no spans"):
        read_tagged(written("\n".join(map(json.dumps, lines))))


def test_same_span_twice_counts_once(written):
    value = {"text": "Ada", "spans": [[0, 3, "x"], [0, 3, "x"]]}
    assert spans(read_tagged(written(json.dumps(value))).sentences[0]) == [(0, 3, "x")]
