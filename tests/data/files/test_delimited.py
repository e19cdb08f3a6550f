"""Delimited text: delimiters are inferred, quotes are strict, and rows are never merged."""

import pandas as pd
import pytest

from seqkit.data.files.sniffing import kind_of
from seqkit.data.labelled.text_files import read_examples
from seqkit.errors import DataError

FILE = "texts.csv"


def cells(frame: pd.DataFrame) -> dict[str, list]:
    return frame.to_dict("list")


def test_quoted_cell_may_contain_delimiters_line_ends_and_doubled_quotes(written):
    content = 'label,text\r\npos,"He said ""hi"",\r\nthen left"\r\nneg,""\r\nneg,""""\r\n'
    assert cells(read_examples(written(content))) == {
        "label": ["pos", "neg", "neg"],
        "text": ['He said "hi",\r\nthen left', "", '"'],
    }


def test_delimiter_inside_quotes_is_ignored(written):
    expected = {"a,b": ["1,2", "3,4"], "text": ["x", "y"]}
    assert cells(read_examples(written('"a,b";text\n"1,2";x\n"3,4";y\n'))) == expected
    plain = read_examples(written('"a,b";text\n"1,2";x\n'), quotes="none")
    assert cells(plain) == {'"a': ['"1'], 'b";text': ['2";x']}


def test_pandas_reads_the_same_from_what_pandas_wrote(tmp_path):
    texts = ["plain", 'a "quote"', "two\nlines, one comma", '"', ' "', "tab\tinside", "", "end\r\n", ";|"]
    expected = {"text": texts, "label": [str(n % 2) for n in range(len(texts))]}
    for delimiter in ",\t;|":
        pd.DataFrame(expected).to_csv(tmp_path / "x.csv", sep=delimiter, index=False)
        assert cells(read_examples(tmp_path / "x.csv")) == expected


DOUBLE = "Put the cell in double quotes and double the quotes inside it."
NONE = "Its quotes can be read as ordinary characters. Read it with --quotes none."
BACKSLASH = "Its quotes or delimiters are escaped by backslashes. Read it with --quotes backslash."
STANDARD = "Its cells are in double quotes. Read it with --quotes standard."
BROKEN = [
    ('text,label\na,x\nb "c" d,y\n', "standard", "row 2 (line 3): it is inside an unquoted cell: '\"c\" d,y'", NONE),
    ('text,label\n"a\nb",x\n"b" c,y\n', "standard", "row 2 (line 4): the closing quote is followed by ' c,y'", DOUBLE),
    ('text,label\na,x\n"b,y\nc,x\n', "standard", "row 2 (line 3): it opens before 'b,y\\nc,x' and never closes", NONE),
    ('text,"label\na,x\n', "standard", "the header: it is inside an unquoted cell: '\"label\\na,x'", NONE),
    ('text,label\n"b\\"c",y\n', "standard", "row 1 (line 2): the closing quote is followed by 'c\",y'", BACKSLASH),
    ('text,label\n"a\\",x\n', "backslash", "row 1 (line 2): it opens before 'a\\\\\",x' and never closes", STANDARD),
    ('text,label\na\\"b"c",x\n', "backslash", "row 1 (line 2): it is inside an unquoted cell: '\"c\",x'", NONE),
]


@pytest.mark.parametrize(("content", "quotes", "message", "remedy"), BROKEN)
def test_invalid_quote_is_refused_with_its_row_and_the_remedy(written, content, quotes, message, remedy):
    path = written(content)
    with pytest.raises(DataError) as error:
        read_examples(path, quotes=quotes)
    assert str(error.value).startswith(f"{path}: invalid quote in {message}")
    assert str(error.value).endswith(f". {remedy}")
    if remedy != DOUBLE:
        assert len(read_examples(path, quotes=remedy.removesuffix(".").rpartition(" ")[2]))


@pytest.mark.parametrize(
    ("content", "quotes", "remedy"),
    [
        ('text,label\n"a,b",c\n', "none", STANDARD),
        ("text,label\na\\, b,c\n", "standard", BACKSLASH),
        ("text,label\na,b\n,c\nd\n", "standard", "a text that contains a comma in double quotes."),
        ("text,label\na,b,c\n", "none", "; with --quotes none a text cannot contain a comma."),
    ],
)
def test_row_of_another_length_is_refused_with_the_remedy(written, content, quotes, remedy):
    with pytest.raises(DataError, match=r"row \d \(line \d\) has \d cells?, the header 2\. ") as error:
        read_examples(written(content), quotes=quotes)
    assert str(error.value).endswith(remedy)


def test_backslashes_escape_quotes_delimiters_and_themselves(written):
    content = r"""label,text
x,"he said \"go\", ok"
y,"a ""doubled"" one, C:\\"
\"z\",a\, b\\
w,C:\new
"""
    frame = read_examples(written(content), quotes="backslash")
    assert cells(frame) == {
        "label": ["x", "y", '"z"', "w"],
        "text": ['he said "go", ok', 'a "doubled" one, C:\\', "a, b\\", "C:\\new"],
    }
    assert frame.attrs["notes"] == []


def test_backslash_escapes_are_read_as_pandas_reads_them(tmp_path):
    texts = ['say "no", then', "two\nlines", '"', "a, b; c", '\\"', "end\\"]
    expected = {"text": texts, "label": [str(n % 2) for n in range(len(texts))]}
    pd.DataFrame(expected).to_csv(tmp_path / "x.csv", index=False, doublequote=False, escapechar="\\", quoting=1)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "x.csv", escapechar="\\", dtype=str), pd.DataFrame(expected))
    assert cells(read_examples(tmp_path / "x.csv", quotes="backslash")) == expected


def test_blanks_around_quotes_are_left_out_and_noted(written):
    content = 'label, text\nneg, "bad, indeed"\npos,good\nneg  ,  "a\nb" \n "pos" ,"He said ""hi"""\n'
    frame = read_examples(written(content))
    assert cells(frame) == {
        "label": ["neg", "pos", "neg  ", "pos"],
        "text": ["bad, indeed", "good", "a\nb", 'He said "hi"'],
    }
    assert frame.attrs["notes"] == ["left out the blanks around quotes in 3 rows (first row 1)"]


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_of_excel_that_names_the_delimiter_is_no_header(written, first, end):
    path = written(f"{first}\ntext;label\na, b;x\nc;y;z\n".replace("\n", end))
    assert kind_of(path) == "texts"
    with pytest.raises(DataError, match=r"row 2 \(line 4\) has 3 cells, the header 2"):
        read_examples(path)
    frame = read_examples(written(f"{first}\ntext;label\na, b;x\n".replace("\n", end)))
    assert cells(frame) == {"text": ["a, b"], "label": ["x"]}


def test_lines_of_messages_count_blank_lines_before_the_header(written):
    with pytest.raises(DataError, match=r"row 2 \(line 5\) has 1 cell"):
        read_examples(written("\r\n\ntext,label\na,x\nb\n"))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_repeated_headers_are_left_out_and_counted(written, end):
    content = 'text,label\na,x\ntext,label\nb,y\n\ufefftext,"label"\ntext,x\nlabel,text\n'.replace("\n", end)
    frame = read_examples(written(content))
    assert cells(frame) == {"text": ["a", "b", "text", "label"], "label": ["x", "y", "x", "text"]}
    assert frame.attrs["notes"] == ["left out 2 rows that repeat the header (first in line 3)"]
    assert read_examples(written("text\na\ntext\n"))["text"].tolist() == ["a", "text"]
    with pytest.raises(DataError, match="a header but no rows"):
        read_examples(written("text,label\ntext,label\n"))


def test_quotes_none_reads_quotes_as_ordinary_characters(written):
    content = 'id\ttext\tlabel\n1\t"open\t0\n2\tclosed"\t1\n3\ta "b" c\t1\n'
    frame = read_examples(written(content), quotes="none")
    assert cells(frame) == {"id": ["1", "2", "3"], "text": ['"open', 'closed"', 'a "b" c'], "label": ["0", "1", "1"]}


def test_rows_that_a_stray_quote_would_merge_are_refused_in_tsv_and_noted_in_csv(written):
    content = 'id\ttext\tlabel\n0\ta\t1\n1\t"open\t0\n2\tclosed"\t1\n'
    with pytest.raises(DataError, match=r"row 2 spans lines 3 to 4 inside double quotes.*--quotes none"):
        read_examples(written(content))
    frame = read_examples(written(content.replace("\t", ",")))
    assert len(frame) == 2
    multi_label = read_examples(written(content.replace("\t", ",") + '3,"open,0\n4,closed",1\n'))
    assert multi_label.attrs["notes"][0].endswith("--quotes none. 2 rows are like this.")
    assert frame.attrs["notes"] == [
        "row 2 spans lines 3 to 4 inside double quotes, and each line could be a row of its own; "
        "if so, read the file with --quotes none."
    ]


def test_one_column_keeps_commas_and_blank_lines(written):
    frame = read_examples(written("text\nGood, really\n\nbad; or not\n"))
    assert cells(frame) == {"text": ["Good, really", "", "bad; or not"]}
    assert frame.attrs == {"source": "texts.csv", "format": "lines", "encoding": "utf-8", "notes": []}
    quoted = read_examples(written('text\n"two\nlines"\n'))
    assert cells(quoted) == {"text": ["two\nlines"]} and quoted.attrs["notes"] == []
