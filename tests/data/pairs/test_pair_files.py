"""Reading of sentence pairs: every format gives the same pairs; one clear message for each invalid file."""

import gzip
import io
import json
import sys

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seqkit.data.pairs.pair_files import read_pairs
from seqkit.data.pairs.sentence_pairs import find_pairs
from seqkit.errors import DataError, NotFoundError, SeqkitError, UsageError

FILE = "pairs.txt"
PAIRS = [('"Go," he said.', "« Va ! »"), ("Who, me?", "나?"), ("", "x")]


def cells(frame: pd.DataFrame) -> list[list]:
    return [[None if cell is None or cell != cell else cell for cell in row] for row in frame.to_numpy().tolist()]


EXPECTED = [list(pair) for pair in PAIRS]
TABBED = "".join(f"{a}\t{b}\n" for a, b in PAIRS)
FORMS = [
    ("pairs.txt", TABBED, ["1", "2"], "TSV without header"),
    ("pairs.txt", TABBED.replace("\n", "\r\n").rstrip(), ["1", "2"], "TSV without header"),
    ("pairs.txt", "\ufeff" + TABBED + "\n\x1a", ["1", "2"], "TSV without header"),
    ("pairs.tsv", 'src\ttgt\n"""Go,"" he said."\t« Va ! »\nWho, me?\t나?\n\tx\n', ["src", "tgt"], "TSV"),
    ("pairs.csv", 'en,fr\n"""Go,"" he said.",« Va ! »\n"Who, me?",나?\n,x\n', ["en", "fr"], "CSV, comma"),
    ("pairs.jsonl", "".join(json.dumps({"a": a, "b": b}) + "\n" for a, b in PAIRS), ["a", "b"], "JSON lines"),
    ("p.json", json.dumps([{"t": {"a": a, "b": b}} for a, b in PAIRS]), ["t.a", "t.b"], "JSON lines"),
]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(("name", "content", "columns", "form"), FORMS)
def test_formats_give_the_same_pairs_packed_or_not(written, name, content, columns, form, packed):
    data = content.encode()
    path = written(gzip.compress(data), name + ".gz") if packed else written(data, name)
    frame = read_pairs([path])
    assert list(frame.columns) == columns and cells(frame) == EXPECTED
    assert frame.attrs == {"source": path.name, "format": form, "encoding": "utf-8", "notes": []}


def test_parquet_keeps_its_columns(tmp_path):
    pd.DataFrame({"en": ["Go."], "fr": ["Va."]}).to_parquet(tmp_path / "x.parquet")
    frame = read_pairs([tmp_path / "x.parquet"])
    assert (list(frame.columns), cells(frame), frame.attrs["format"]) == (["en", "fr"], [["Go.", "Va."]], "Parquet")


def test_standard_input_is_read(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TABBED.encode())))
    frame = read_pairs(["-"])
    assert cells(frame) == EXPECTED and frame.attrs["source"] == "standard input"


def test_a_third_column_is_kept(written):
    frame = read_pairs([written("Go.\tVa.\tCC-BY\n")])
    assert list(frame.columns) == ["1", "2", "3"] and cells(frame) == [["Go.", "Va.", "CC-BY"]]


@pytest.mark.parametrize(
    ("header", "columns"), [("auto", ["1", "2"]), ("no", ["1", "2"]), ("yes", ["frage", "antwort"])]
)
def test_header_decides_about_the_first_line(written, header, columns):
    frame = read_pairs([written("frage\tantwort\nWho?\tMe.\n")], header=header)
    assert list(frame.columns) == columns and len(frame) == 1 + (header != "yes")


def test_usual_names_in_the_first_line_can_be_a_pair(written):
    assert len(read_pairs([written("english\tfrench\nGo.\tVa.\n")])) == 1
    assert len(read_pairs([written("english\tfrench\nGo.\tVa.\n")], header="no")) == 2


def test_aligned_files_pair_their_lines(tmp_path):
    (tmp_path / "a.de.gz").write_bytes(gzip.compress("Geh.\r\n\r\nWer,\u2028ich?\r\n".encode()))
    (tmp_path / "a.en").write_text("Go.\nx\nWho, me?")
    frame = read_pairs([tmp_path / "a.de.gz", tmp_path / "a.en"])
    assert cells(frame) == [["Geh.", "Go."], ["", "x"], ["Wer,\u2028ich?", "Who, me?"]]
    assert frame.attrs["source"] == "a.de.gz, a.en" and frame.attrs["format"] == "aligned lines"


def test_aligned_files_may_come_from_standard_input_and_be_tabular_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Geh.\n")))
    (tmp_path / "en.csv").write_text("Go, go.\n")
    assert cells(read_pairs(["-", tmp_path / "en.csv"])) == [["Geh.", "Go, go."]]


def test_aligned_files_are_read_in_their_encoding(tmp_path):
    (tmp_path / "a").write_bytes("가\n".encode("cp949"))
    (tmp_path / "b").write_bytes(b"Go\n")
    assert cells(read_pairs([tmp_path / "a", tmp_path / "b"], encoding="cp949")) == [["가", "Go"]]


WRONG = [
    (b"", DataError, "is empty"),
    (b"\n \n", DataError, "contains only blank lines"),
    (b"Go.\nRun.\n", DataError, "has no tab in most of its lines, as in line 1"),
    (b"Go.\tVa.\n\nRun.\nSit.\tOK.\n", DataError, "line 3 has no second side: it has no tab. Write a pair"),
    (b"Go.\tVa.\nRun.\nOn.\nSit.\tOK.\nI.\tJe.\n", DataError, "line 2 has no second side: it has no tab. 2 lines are"),
    (b"Go.\tVa.\nRun.\tCours.\tCC\nSit.\tOK.\n", DataError, "line 2 has 3 cells, most lines 2"),
    ("Go.\tVa é\n".encode("latin-1") * 3, DataError, "is not UTF-8: byte 0xE9 in line 1"),
    (b"Go.\tV\0a\n", DataError, "NUL"),
    (b"PK\x03\x04abc", DataError, "is no text file"),
    (b"\x1f\x8bdamaged", DataError, "gzip"),
    (b"<html><a>\t</a>", DataError, "a web page"),
    (b"__label__pos Good.\n", DataError, "lines of labelled texts, not sentence pairs"),
    (b'{"a": "Go.", "b": ', DataError, "is not JSON"),
    (b'[{"a":' * 100_000, DataError, "is not JSON"),
    (b"@relation x\n", DataError, "contains series, not sentence pairs"),
    (b'en,fr\nGo,"Va', DataError, "invalid quote in row 1 (line 2)"),
    (b"en,fr\nGo,Va,x\n", DataError, "row 1 (line 2) has 3 cells, the header 2"),
]


@pytest.mark.parametrize(("content", "error", "message"), WRONG)
def test_invalid_file_has_one_clear_message(written, content, error, message):
    with pytest.raises(error) as refusal:
        read_pairs([written(content)])
    assert message in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.ts", "x.arff"])
def test_other_formats_are_named(written, name):
    with pytest.raises(DataError, match=r"archive|series"):
        read_pairs([written(TABBED, name)])


def test_aligned_files_of_different_lengths_are_refused(tmp_path):
    (tmp_path / "a").write_text("Geh.\nWer?\n")
    (tmp_path / "b").write_text("Go.\n")
    with pytest.raises(DataError, match=r"a has 2 lines, but .*b has 1\. Aligned files have the sentences"):
        read_pairs([tmp_path / "a", tmp_path / "b"])


@pytest.mark.parametrize("content", [b'{"a": 1}', b"__label__a b", b"PK\x03\x04"])
def test_aligned_files_are_lines(tmp_path, content):
    (tmp_path / "a").write_text("Geh.\n")
    (tmp_path / "b").write_bytes(content)
    with pytest.raises(DataError, match="b is not a text file of one sentence per line"):
        read_pairs([tmp_path / "a", tmp_path / "b"])


def test_wrong_sources_are_refused(tmp_path):
    (tmp_path / "a").write_text("Geh.\n")
    for files, error, message in [
        ([tmp_path], UsageError, "is a directory"),
        ([tmp_path / "a"] * 3, UsageError, "Got 3 files, expected one file of pairs, or two aligned"),
        (["-", "-"], UsageError, "Standard input can be read only once"),
        ([tmp_path / "b"], NotFoundError, "There is no file"),
    ]:
        with pytest.raises(SeqkitError, match=message) as refusal:
            read_pairs(files)
        assert type(refusal.value) is error


def test_lone_surrogates_are_refused(written):
    with pytest.raises(DataError, match="half of a surrogate pair"):
        read_pairs([written(b"+2AA-\t+2AA-\n")], encoding="utf-7")


CELLS = st.text(st.sampled_from("ab\"'é가,;| \r\x0b\u2028"), max_size=6)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.sampled_from(["\t", ",", "\t\t"]), st.sampled_from(["auto", "yes", "no"]))
def test_arbitrary_rows_are_read_whole_or_refused(tmp_path, rows, delimiter, header):
    path = tmp_path / "x.txt"
    path.write_bytes("\n".join(delimiter.join(row) for row in rows).encode())
    try:
        pairs = find_pairs(read_pairs([path], header=header))
    except SeqkitError as error:
        assert "\n" not in str(error)
        return
    assert len(pairs.sources) == len(pairs.targets) == len(pairs.rows) and all(pairs.sources) and all(pairs.targets)
    assert all(text == text.strip() and not {"\n", "\r", "\t"} & set(text) for text in pairs.sources + pairs.targets)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_tabbed_lines_and_aligned_files_give_the_same_pairs(tmp_path, pairs):
    pairs = [tuple(cell.replace("\r", "") for cell in pair) for pair in [*pairs, ("x", "y")]]
    (tmp_path / "both").write_bytes("".join(f"{a}\t{b}\n" for a, b in pairs).encode())
    for name, side in (("a", 0), ("b", 1)):
        (tmp_path / name).write_bytes("".join(f"{pair[side]}\n" for pair in pairs).encode())
    together = find_pairs(read_pairs([tmp_path / "both"], header="no"))
    apart = find_pairs(read_pairs([tmp_path / "a", tmp_path / "b"]))
    assert (together.sources, together.targets) == (apart.sources, apart.targets)
