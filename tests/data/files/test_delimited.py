"""Delimited text: delimiters are inferred, quotes are strict, and rows are never merged."""

import pandas as pd
import pytest

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


BROKEN = [
    (
        'text,label\na,x\nb "c" d,y\n',
        r"row 2 \(line 3\): it is inside an unquoted cell: '\"c\" d",
    ),
    ('text,label\n"a\nb",x\n"b" c,y\n', r"row 2 \(line 4\): the closing quote is followed by ' c,y'"),
    ('text,label\na,x\n"b,y\nc,x\n', r"row 2 \(line 3\): it opens before 'b,y\\nc,x' and never closes"),
    ('text,"label\na,x\n', r"in the header: it is inside an unquoted cell: '\"label"),
    ('text,label\na,x\n"b\\"c",y\n', r"row 2 \(line 3\): the closing quote is followed by 'c\",y'"),
]


@pytest.mark.parametrize(("content", "message"), BROKEN)
def test_invalid_quote_is_refused_with_its_row_and_the_remedy(written, content, message):
    with pytest.raises(DataError, match=message) as error:
        read_examples(written(content))
    assert "--quotes none" in str(error.value)


def test_quotes_none_reads_quotes_as_ordinary_characters(written):
    content = 'id\ttext\tlabel\n1\t"open\t0\n2\tclosed"\t1\n3\ta "b" c\t1\n'
    frame = read_examples(written(content), quotes="none")
    assert cells(frame) == {"id": ["1", "2", "3"], "text": ['"open', 'closed"', 'a "b" c'], "label": ["0", "1", "1"]}


def test_row_of_another_length_is_refused_with_quotes_none(written):
    with pytest.raises(
        DataError, match=r"row 1 \(line 2\) has 3 cells, the header 2.* with --quotes none a text cannot contain a c"
    ):
        read_examples(written('text,label\n"a,b",c\n'), quotes="none")


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
