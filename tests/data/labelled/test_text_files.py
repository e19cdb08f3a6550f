"""Reading of labelled texts: every format gives the same columns; one clear message for each invalid file."""

import gzip
import io
import os
import sys
import threading
from collections import Counter

import pandas as pd
import pytest

from seqkit.data.labelled.text_files import read_examples
from seqkit.errors import DataError, NotFoundError, UsageError
from seqkit.options import module_options

FILE = "texts.csv"


def cells(frame: pd.DataFrame) -> dict[str, list]:
    """The columns of a frame as lists, with None for missing values."""
    return frame.astype(object).where(frame.notna(), None).to_dict("list")


EXPECTED = {"text": ["Good, really.", "나쁘다"], "label": ["pos", "neg"]}

FORMS = [
    ("texts.csv", 'text,label\n"Good, really.",pos\n나쁘다,neg\n', "CSV, comma"),
    ("texts.csv", 'text;label\r\n"Good, really.";pos\r\n나쁘다;neg\r\n', "CSV, semicolon"),
    ("texts.tsv", "text\tlabel\nGood, really.\tpos\n나쁘다\tneg", "TSV"),
    ("texts.txt", "\n\ntext|label\rGood, really.|pos\r\r나쁘다|neg\r", "CSV, bar"),
    ("texts.jsonl", '{"text": "Good, really.", "label": "pos"}\n\n{"label":"neg","text":"나쁘다"}\n', "JSON lines"),
    ("texts", '{"text": "Good, really.", "label": "pos"}\n{"label":"neg","text":"나쁘다"}', "JSON lines"),
    ("texts.json", '[{"text": "Good, really.", "label": "pos"},\n {"label":"neg","text":"나쁘다"}]', "JSON lines"),
    ("texts.txt", "__label__pos Good, really.\n\n__label__neg\t나쁘다\n", "fastText"),
]


@pytest.mark.parametrize("unpacked", [True, False])
@pytest.mark.parametrize(("name", "content", "form"), FORMS)
def test_formats_give_the_same_columns_packed_or_not(written, name, content, form, unpacked):
    data = content.encode()
    path = written(data, name) if unpacked else written(gzip.compress(data), name + ".gz")
    frame = read_examples(path)
    assert cells(frame) == EXPECTED
    assert frame.attrs == {"source": path.name, "format": form, "encoding": "utf-8", "notes": []}


@pytest.mark.parametrize(("name", "content", "form"), FORMS)
def test_format_of_standard_input_is_detected_by_content(monkeypatch, name, content, form):
    if name == "texts.json":
        content = content.replace(",\n", ",")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    frame = read_examples("-")
    assert cells(frame) == EXPECTED and frame.attrs["format"] == form
    assert frame.attrs["source"] == "standard input"


@pytest.mark.parametrize("through", ["file", "stdin"])
def test_parquet_columns_become_text(tmp_path, monkeypatch, through):
    path = tmp_path / "texts.parquet"
    table = {
        "text": ["a", None],
        "label": [1, 0],
        "score": [1.0, 0.5],
        "flag": [True, False],
        "tags": [["x", "y"], []],
        "raw": [b"caf\xc3\xa9", b"\xff"],
        "huge": [1e300, 2.0],
        "day": pd.to_datetime(["2020-01-02", None]),
    }
    pd.DataFrame(table).to_parquet(path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    frame = read_examples(path if through == "file" else "-")
    assert frame.attrs["format"] == "Parquet" and frame.attrs["notes"] == []
    assert cells(frame) == {
        "text": ["a", None],
        "label": ["1", "0"],
        "score": ["1", "0.5"],
        "flag": ["true", "false"],
        "tags": [("x", "y"), ()],
        "raw": ["café", "\\xff"],
        "huge": ["1e+300", "2"],
        "day": ["2020-01-02 00:00:00", None],
    }


def test_json_values_keep_their_original_text(written):
    content = (
        '{"text": "a", "label": 1.0, "tags": ["x", 2], "big": 12345678901234567890123}\n'
        '{"text": null, "label": true, "more": {"b": [1]}}\n{"label": NaN}\n'
    )
    assert cells(read_examples(written(content, "x.jsonl"))) == {
        "text": ["a", None, None],
        "label": ["1.0", "true", None],
        "tags": [("x", "2"), None, None],
        "big": ["12345678901234567890123", None, None],
        "more.b": [None, ("1",), None],
    }


def test_fasttext_lines_may_have_any_number_of_labels(written):
    content = "__label__a __label__b two labels\nno label here\nfirst __label__c last\n__label__a\n"
    assert cells(read_examples(written(content, "x.txt"))) == {
        "text": ["two labels", "no label here", "first last", ""],
        "label": [("a", "b"), (), ("c",), ("a",)],
    }
    single = cells(read_examples(written("__label__a one\nnone\n", "y.txt")))
    assert single == {"text": ["one", "none"], "label": ["a", None]}


def test_text_columns_keep_values_that_other_readers_convert(written):
    content = "id,text,label\n007,NA,1.0\n1e3, nan ,null\n"
    assert cells(read_examples(written(content))) == {
        "id": ["007", "1e3"],
        "text": ["NA", " nan "],
        "label": ["1.0", "null"],
    }


def test_unicode_separators_are_not_line_ends(written):
    odd = "a\x0b\x0c\x1c\x85\u2028\u2029b"
    content = f"text,label\n{odd},x\n"
    assert cells(read_examples(written(content))) == {"text": [odd], "label": ["x"]}
    assert cells(read_examples(written(f"__label__x {odd}\n", "x.txt")))["text"] == [odd]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("form", ["fastText", "JSON lines"])
def test_lines_end_at_carriage_returns_too(written, form, end):
    content = next(content for _, content, name in FORMS if name == form)
    frame = read_examples(written(content.replace("\n", end), "texts"))
    assert cells(frame) == EXPECTED and frame.attrs["format"] == form


@pytest.mark.parametrize("form", ["fastText", "JSON lines", "CSV, comma"])
def test_concatenated_files_with_byte_order_marks_are_read(written, form):
    content = "\ufeff" + next(content for _, content, name in FORMS if name == form)
    frame = read_examples(written(content + content if content.endswith("\n") else f"{content}\n{content}", "texts"))
    assert cells(frame) == {name: column * 2 for name, column in EXPECTED.items()}


def test_texts_of_a_million_words_are_read(written):
    long = "word " * 1_000_000
    frame = read_examples(written(f'text,label\n"{long}",a\n{long},b\n'))
    assert [len(text) for text in frame["text"]] == [5_000_000] * 2
    assert read_examples(written(f"__label__a {long}\n", "x.txt"))["text"][0] == long.rstrip()


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "x.csv", "is empty"),
        (b"\r\n \n", "x.csv", "only blank lines"),
        (b"text,label\n", "x.csv", "a header but no rows"),
        (b"text,text\na,b\n", "x.csv", r"'text' \(columns 1 and 2\)"),
        (b"text,label\na,\x00b\n", "x.csv", r"a NUL byte in line 2 \(byte 14"),
        (b"text,label\na,b\nc\nd,e,f\n", "x.csv", r"row 2 \(line 3\) has 1 cell, the header 2\. 2 rows are like this"),
        (
            b'text,label\n"a\nb",x\n\nd,e,f\n',
            "x.csv",
            r"row 2 \(line 5\) has 3 cells, the header 2\. Give .*contains a comma in double quotes",
        ),
        ("text,label\n서울,b\n".encode("cp949"), "x.csv", r"not UTF-8.*line 2 .*--encoding cp949"),
        ("text,label\na,b\n".encode("utf-16"), "x.csv", "--encoding utf-16"),
        (b"PK\x03\x04rest", "x.xlsx", "Excel workbook"),
        (b"BZh91AY", "x.tar.bz2", "bzip2"),
        (b"<!DOCTYPE html>\n<p>", "x.csv", "web page"),
        (b"\x1f\x8bjunk" * 9, "x.csv.gz", "damaged gzip"),
        (
            gzip.compress(b"text,label\n" + b"a,b\n" * 9999, mtime=0)[:-20],
            "x.csv.gz",
            r"truncated gzip file: it ends after [\d,]+ b",
        ),
        (b"PAR1junk", "x.parquet", "cannot be read as Parquet"),
        (b"@problemName x\n", "x.ts", "contains series, not texts"),
        (b'{"text": "a"}\n{"text": \n', "x.jsonl", r"line 2 is not JSON: Expecting value"),
        (b'{"text": "a"}\n["a"]\n', "x.jsonl", "line 2 is not an object"),
        (b'[{"text": "a"}, 5]', "x.json", "row 2 is not an object"),
        (b'[{"text": "a"},\n{"text"]', "x.json", "line 2 is not JSON"),
        (b"{}\n{}\n", "x.jsonl", "no objects with a text"),
        (b"[" * 100_000, "x.jsonl", "is not JSON"),
        (
            b'{"text": "a"}\n{"text": "\\ud83d!"}\n',
            "x.jsonl",
            r"line 2, 'text' contains half of a surrogate pair, \\ud83d",
        ),
        (b"__label__a x\n__label__ y\n", "x.txt", "line 2 has __label__ without a name"),
    ],
)
def test_invalid_file_is_refused_with_one_message(written, content, name, message):
    path = written(content, name)
    with pytest.raises(DataError, match=message) as error:
        read_examples(path)
    assert str(path) in str(error.value)


def test_objects_with_too_many_keys_are_refused(written):
    rows = "".join(f'{{"name{row}": 1}}\n' for row in range(1100))
    with pytest.raises(DataError, match=r"line 1,001 has the key 'name1000', after 1,000 others"):
        read_examples(written(rows, "x.jsonl"))
    many = "{" + ", ".join(f'"name{number}": {number}' for number in range(1000)) + "}\n"
    assert read_examples(written(many * 2, "x.jsonl")).shape == (2, 1000)


def test_unnamed_column_is_named_by_its_position(written):
    assert cells(read_examples(written(",text\n0,a\n"))) == {"Unnamed: 0": ["0"], "text": ["a"]}


def test_text_is_read_in_its_encoding_with_or_without_a_byte_order_mark(written):
    content = "text,label\n서울,가\n"
    expected = {"text": ["서울"], "label": ["가"]}
    for data, encoding in [
        (("\ufeff" + content).encode(), "utf-8"),
        (content.encode("cp949"), "cp949"),
        (content.encode("utf-16"), "utf-16"),
    ]:
        frame = read_examples(written(data), encoding=encoding)
        assert cells(frame) == expected and frame.attrs["encoding"] == encoding
    with pytest.raises(UsageError, match="Unknown text encoding 'utf-99'"):
        read_examples(written(content), encoding="utf-99")


def test_lone_surrogates_are_refused(written):
    content = "text,label\na\ud83d,b\n".encode("utf-16-le", "surrogatepass")
    with pytest.raises(DataError, match=r"is not utf-16-le|half of a surrogate pair"):
        read_examples(written(content), encoding="utf-16-le")
    escaped = written("text,label\na\\ud83d,b\n")
    with pytest.raises(DataError, match="half of a surrogate pair"):
        read_examples(escaped, encoding="raw_unicode_escape")


def test_missing_file_suggests_the_nearest_name(written):
    path = written("text,label\na,b\n", "reviews.csv")
    with pytest.raises(NotFoundError, match=r"Did you mean 'reviews\.csv'"):
        read_examples(path.with_name("review.csv"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe_is_read_once(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"text,label\na,b\n",))
    writer.start()
    assert cells(read_examples(path)) == {"text": ["a"], "label": ["b"]}
    writer.join()


def test_options_come_from_the_signature():
    options = {option.name: option for option in module_options("seqkit.data.labelled.text_files", "read_examples")}
    assert list(options) == ["encoding", "quotes"]
    assert options["quotes"].choices == ("standard", "backslash", "none") and "RFC 4180" in options["quotes"].help
    assert options["encoding"].help


def test_film_reviews_with_unescaped_quotes_are_refused_and_read_with_quotes_none(requires_data):
    path = requires_data("nsmc/ratings_test.txt")
    with pytest.raises(DataError, match=r"invalid quote in row \d+ .*--quotes none"):
        read_examples(path)
    frame = read_examples(path, quotes="none")
    assert list(frame.columns) == ["id", "document", "label"] and frame.attrs["format"] == "TSV"
    lines = path.read_bytes().rstrip(b"\n").split(b"\n")[1:]
    assert Counter(frame["label"]) == {"0": 25029, "1": 24971} == Counter(line[-1:].decode() for line in lines)
    assert [len(text.encode()) for text in frame["document"]] == [len(line.split(b"\t")[1]) for line in lines]
