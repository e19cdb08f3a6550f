"""Files of analogy questions: reading, and refusal of invalid files."""

import gzip

import pytest

from seqkit.data.vectors.analogies import Section, read_analogies, sections_of
from seqkit.errors import DataError, NotFoundError, UsageError

FILE = "questions.txt"

SMALL = ": capitals\nAthens Greece Oslo Norway\n\nOslo\tNorway  Athens Greece\r\n: plurals\ndog dogs cat cats\n"
SECTIONS = [
    Section("capitals", [("Athens", "Greece", "Oslo", "Norway"), ("Oslo", "Norway", "Athens", "Greece")]),
    Section("plurals", [("dog", "dogs", "cat", "cats")]),
]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: b"\xef\xbb\xbf" + content])
def test_sections_and_questions_are_in_file_order(written, pack):
    assert read_analogies(written(pack(SMALL.encode()))) == SECTIONS


def test_questions_before_the_first_name_are_in_an_unnamed_section(written):
    sections = read_analogies(written("a b c d\n:  e \nf g h i\n"))
    assert sections == [Section("", [("a", "b", "c", "d")]), Section("e", [("f", "g", "h", "i")])]


def test_section_without_questions_and_repeated_questions_are_kept(written):
    sections = read_analogies(written(": none\n: some\na b c d\na b c d\n"))
    assert [(section.name, len(section.questions)) for section in sections] == [("none", 0), ("some", 2)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_comments_line_ends_and_byte_order_marks_are_no_questions(written, end):
    content = "# four words a comment\n\ufeff: one\na b c d\n\ufeff: two\n# e f g\n".replace("\n", end)
    assert read_analogies(written(content)) == [
        Section("one", [("a", "b", "c", "d")]),
        Section("two", [("#", "e", "f", "g")]),
    ]


def test_words_of_other_scripts_are_read(written):
    assert read_analogies(written("서울 한국 도쿄 일본\n")) == [Section("", [("서울", "한국", "도쿄", "일본")])]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        (": a\n: b\n", "contains section names but no questions: write four words per line"),
        (
            ": a\nb c d e\nking man queen\n",
            r"line 3 has 3 words, expected 4 .*: 'king man queen'\. Fix or remove the line",
        ),
        ("\n\na b c d e\n", "line 3 has 5 words, expected 4 .*: 'a b c d e'"),
        ("a\n", "line 1 has 1 word, expected 4"),
        ("a " * 50, "line 1 has 50 words, expected 4 .*: '(a ){30}…'"),
        (b"a b c d\n\xe9t\xe9 b c d\n", r"is not UTF-8: byte 0xE9 in line 2\. Save the file as UTF-8"),
        (gzip.compress(b"a b c d\n" * 100, mtime=0)[:30], "is a truncated gzip file"),
        (b"PK\x03\x04\x14\x00", "is an Excel workbook or a ZIP archive"),
        (b"PAR1\x00\x00", "is a Parquet file"),
        ("<!DOCTYPE html>\n<p>not found</p>\n", "is a web page"),
    ],
)
def test_invalid_analogy_files_are_refused_with_the_line(written, content, message):
    path = written(content)
    with pytest.raises(DataError, match=message) as refusal:
        read_analogies(path)
    assert str(refusal.value).startswith(str(path)) and "\n" not in str(refusal.value)


def test_missing_file_and_directory_are_named(tmp_path):
    with pytest.raises(NotFoundError, match=r"There is no file .*none.txt"):
        read_analogies(tmp_path / "none.txt")
    with pytest.raises(UsageError, match="is a directory"):
        read_analogies(tmp_path)


def test_sections_of_a_frame_equal_those_of_the_file():
    import pandas as pd

    rows = [(section.name, *question) for section in SECTIONS for question in section.questions]
    assert sections_of(pd.DataFrame(rows, columns=["section", "a", "b", "c", "d"])) == SECTIONS
    assert sections_of(pd.DataFrame([], columns=["section", "a", "b", "c", "d"])) == []
