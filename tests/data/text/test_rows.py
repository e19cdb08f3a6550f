"""Rows of tables given as running text."""

import pytest

from seqkit.data.text.corpus import read_corpus

JSON = "the text consists of JSON objects, whose keys are read as words; save their texts alone, one per line"


def notes_of(text: str, tmp_path) -> list[str]:
    return read_corpus([text, "a film\n"], min_count=1, scratch=tmp_path).notes[1:]


@pytest.mark.parametrize(
    "text",
    [
        '{"text": "a film", "id": 1}\n{"text": "a soup", "id": 2}\n',
        '[{"text": "a film"}]\n',
        '[\n  {\n    "text": "a"}]\n',
    ],
)
def test_json_is_noted(text, tmp_path):
    assert notes_of(text, tmp_path) == [JSON]


@pytest.mark.parametrize(
    ("header", "column"),
    [("id,text", "text"), ("text;label", "text"), ('"id"\t"Review"', "Review"), ("label | comment", "comment")],
)
def test_a_header_is_noted(header, column, tmp_path):
    (note,) = notes_of(f"{header}\n1,a film\n", tmp_path)
    assert note == (
        f"the first line, {header!r}, names the columns of a table, and all columns are read as words; save the column "
        f"'{column}' alone, one text per line, without the header"
    )


@pytest.mark.parametrize(
    "line", ["Text and comment, id.", "{a} set", '{"a" b}', "[{ note }]", "title, of a book", "id, name", "text"]
)
def test_other_first_lines_are_text(line, tmp_path):
    assert notes_of(f"{line}\nmore words\n", tmp_path) == []
