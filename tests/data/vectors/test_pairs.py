"""Files of rated word pairs: reading, and refusal of invalid files."""

import gzip

import pytest

from seqkit.data.vectors.pairs import read_pairs
from seqkit.errors import DataError, NotFoundError

FILE = "pairs"

PAIRS = [("tiger", "cat", 7.35), ("king", "cabbage", 0.23), ("tiger", "cat", 10.0)]


@pytest.mark.parametrize("separator", ["\t", ",", ";", " ", "  ", " , "])
@pytest.mark.parametrize("header", ["", "word{0}other{0}score\n", "# rated by people\n\n# a{0}b{0}1\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_pairs_are_read_with_any_separator(written, separator, header, end):
    lines = [f"{a}{separator}{b}{separator}{score:.2f}" for a, b, score in PAIRS]
    content = (header.format(separator) + "\n".join(lines) + "\n\n").replace("\n", end)
    assert read_pairs(written(content)) == PAIRS
    assert read_pairs(written(gzip.compress(content.encode()))) == PAIRS


def test_header_separated_by_spaces_may_have_more_cells(written):
    assert read_pairs(written("Word 1 Word 2 Human (mean)\ntiger cat 7.35\n")) == PAIRS[:1]
    assert read_pairs(written("Word 1\tWord 2\tHuman (mean)\ntiger\tcat\t7.35\n")) == PAIRS[:1]


def test_quoted_words_and_words_with_spaces_are_read_with_a_separator(written):
    assert read_pairs(written('"New York","Los Angeles, CA",5\n')) == [("New York", "Los Angeles, CA", 5.0)]
    assert read_pairs(written("New York\tL.A.\t5e-1\n")) == [("New York", "L.A.", 0.5)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("# nothing\n", "contains no pairs: expected a word, a word and a score per line"),
        ("word,other,score\n", "contains no pairs"),
        ("a\tb\n", r"line 1 is not a pair: .*separated by tabs, got 'a\\tb'"),
        ("a b 1\nc d\n", "line 2 is not a pair: expected a word, a word and a score, separated by spaces, got 'c d'"),
        ("a b 1\n\nc d 1 2\n", "line 3 is not a pair: .*, got 'c d 1 2'. Fix or remove the line"),
        ("a b c\nd e f\n", "line 2 is not a pair: .*'d e f'"),
        ("a;b;1\nc;d;2,5\n", "line 2 is not a pair: .*separated by semicolons, got 'c;d;2,5'. Write .* decimal point"),
        ("a,b,1\nc,,2\n", "line 2 is not a pair: .*separated by commas"),
        ("a,b,1\n,d,2\n", "line 2 is not a pair"),
        ("a,b,1\nc,d,nan\n", "line 2 is not a pair"),
        (f"a,b,1\nc,{'d' * 200_000},2\n", "line 2 is not a pair: .*'c,dddd"),
        ("a,b,1\nc,d,1e999\n", "line 2 is not a pair"),
        ("a,b,1\nc,d,1_0\n", "line 2 is not a pair"),
        ("a b 1\n# c d\n", "line 2 is not a pair"),
        (b"a b 1\nc\xff d 2\n", "is not UTF-8: byte 0xFF in line 2"),
    ],
)
def test_invalid_pair_files_are_refused_with_the_line(written, content, message):
    path = written(content)
    with pytest.raises(DataError, match=message) as refusal:
        read_pairs(path)
    assert str(refusal.value).startswith(str(path)) and "\n" not in str(refusal.value)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(NotFoundError, match="There is no file"):
        read_pairs(tmp_path / "none.txt")
