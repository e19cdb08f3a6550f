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


SIMLEX = "word1\tword2\tPOS\tSimLex999\tconc(w1)\tconc(w2)\tconcQ\tAssoc(USF)\tSimAssoc333\tSD(SimLex)\n"
RATINGS = "\t".join("7896543210")


@pytest.mark.parametrize(
    ("content", "column"),
    [
        (f"{SIMLEX}tiger\tcat\tN\t7.35\t4.1\t4.2\t3\t1.2\t1\t0.9\n", "4 'SimLex999' of 10"),
        (f"tiger\tcat\t7.35\t{RATINGS}\n", "3 of 13"),  # Rare Words
        ("tiger\tcat\tN\t7.35\tSYNONYMS\nking\tcabbage\tN\t0.23\tNONE\n", "4 of 5"),  # SimVerb
        ("tiger\tcat\tN\t7.35\tSYNONYMS\n", "4 of 5"),
        ("Word 1,Word 2,Human (mean),1,2\ntiger,cat,7.35,8,6.7\n", "3 'Human (mean)' of 5"),  # set1.csv of WordSim-353
        ("Word 1\tWord 2\tHuman (mean)\t1\t2\ntiger\tcat\t7.35\t8\t\n", "3 'Human (mean)' of 5"),
        ("w1;w2;frequency;mean_score\ntiger;cat;120;7.35\n", "4 'mean score' of 4"),
        ("id,word_1,word_2,rating\n1,tiger,cat,7.35\n", "4 'rating' of 4"),
    ],
)
def test_score_is_in_the_named_column_or_the_first_with_numbers(written, content, column):
    notes: list[str] = []
    path = written(content)
    assert read_pairs(path, note=notes.append)[0] == ("tiger", "cat", 7.35)
    assert notes == [f"{path}: scores are those of column {column}"]
    assert read_pairs(path) == read_pairs(written(content.replace("\n", "\r")))
    assert read_pairs(path) == read_pairs(written(content.replace("\n", "\r\n")))
    assert read_pairs(path) == read_pairs(written(b"\xef\xbb\xbf" + content.encode()))


def test_first_pair_after_a_part_of_speech_is_not_a_header(written):
    content = "tiger\tcat\tN\t7.35\tSYNONYMS\nking\tcabbage\tN\t0.23\tNONE\n"
    assert read_pairs(written(content)) == PAIRS[:2]


def test_part_of_speech_is_removed_from_every_word_or_none(written):
    notes: list[str] = []
    path = written("tiger-n cat-n 7.35\nking-n cabbage-n 0.23\n")  # lemmas of MEN
    assert read_pairs(path, note=notes.append) == PAIRS[:2]
    assert notes == [f"{path}: removed the part of speech from the words, as in 'tiger-n'"]
    assert read_pairs(written("vitamin-a cat 7.35\n"), note=notes.append) == [("vitamin-a", "cat", 7.35)]
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("1,a,b,5\n2,c,d,6\n", "first column holds numbers, expected a word: line 1 is '1,a,b,5'. Remove that column"),
        (
            "a\tb\t1\t2\nc\td\t3\t4\t5\n",
            "line 2 is not a pair: expected 4 cells, two of them words, with a score in cell 3",
        ),
        ("a;b;N;1,5\nc;d;N;2,5\n", "line 2 is not a pair: "),
        ("a b x y\nc d x y\n", "line 2 is not a pair: expected 4 cells"),
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
