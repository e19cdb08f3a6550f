"""Reading of tables: delimiters, encodings, formats, and one clear message for each invalid file."""

import gzip
import io
import os
import sys
import threading

import numpy as np
import pandas as pd
import pyarrow
import pytest
from pyarrow import parquet

from seqkit.data.files import archives
from seqkit.data.tables import text_tables
from seqkit.data.tables.reading import read_frame
from seqkit.errors import DataError, NotFoundError, UsageError

FILE = "table.csv"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_inferred(written, delimiter):
    frame = read_frame(written(f"a{delimiter}b\n1{delimiter}x y\n2{delimiter}z\n"))
    assert list(frame.columns) == ["a", "b"]
    assert frame["a"].tolist() == [1, 2] and frame["b"].tolist() == ["x y", "z"]


def test_decimal_comma_is_not_the_delimiter(written):
    frame = read_frame(written("zeit;wert\n2020;1,5\n2021;2,5\n"))
    assert list(frame.columns) == ["zeit", "wert"]
    assert frame["wert"].tolist() == ["1,5", "2,5"]


def test_delimiter_inside_quotes_is_text(written):
    frame = read_frame(written('"a, b",c\n"1,5",2\n"x\ny",3\n'))
    assert list(frame.columns) == ["a, b", "c"]
    assert frame["a, b"].tolist() == ["1,5", "x\ny"]


def test_line_ends_inside_quotes_are_text_even_in_large_files(written):
    cell = "x\n" * 1000
    frame = read_frame(written("a,b\n" + f'"{cell}",1\n' * 5000))  # more than is parsed at a time
    assert frame.shape == (5000, 2) and set(frame["a"]) == {cell}


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("시간,온도 °\n1,2\n".encode(), "utf-8"),
        ("\ufeff시간,온도 °\n1,2\n".encode(), "utf-8"),
        ("시간,온도 °\n1,2\n".encode("cp949"), "cp949"),
        ("시간,온도 °\n1,2\n".encode("utf-16"), "utf-16"),
        ("시간,온도 °\n1,2\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_text_is_read_in_its_encoding_with_or_without_a_byte_order_mark(written, content, encoding):
    frame = read_frame(written(content), encoding=encoding)
    assert list(frame.columns) == ["시간", "온도 °"]
    assert frame.attrs["encoding"] == encoding


@pytest.mark.parametrize(
    ("content", "place", "proposed"),
    [
        ("시간,온도\n2020-01-01,1\n".encode("cp949"), "line 1 (byte 1", "--encoding cp949"),
        ("a,b\n1,서울 강남\n".encode("cp949"), "line 2 (byte 7", "--encoding cp949"),
        ("t,Temp °C\n1,2\n".encode("latin-1"), "line 1 (byte 8", "--encoding latin-1"),
        ("a,b\n1,x\n2,Größe\n".encode("latin-1"), "line 3 (byte 13", "--encoding latin-1"),
        ("a,SWDR (W/m²),PAR (µmol/m²/s)\n1,2,3\n".encode("latin-1"), "line 1", "--encoding latin-1"),
        ("t °C,flux x¹²\n1,2\n".encode("latin-1"), "line 1 (byte 3", "--encoding latin-1"),
        ("a,€\n1,2\n".encode("cp1252"), "line 1 (byte 3", "--encoding cp1252"),
        ("a,b\n1,2\n".encode("utf-16"), "byte 1 of line 1", "--encoding utf-16."),
        ("a,b\n10,20\n".encode("utf-16-le"), "byte 1 of line 1", "--encoding utf-16-le"),
        ("시간,온도\n10,20\n20,30\n".encode("utf-16-be"), "byte 1 of line 1", "--encoding utf-16-be"),
    ],
)
def test_likely_encoding_is_suggested_with_place_and_flag(written, content, place, proposed):
    path = written(content)
    with pytest.raises(DataError) as error:
        read_frame(path)
    assert place in str(error.value) and proposed in str(error.value) and str(path) in str(error.value)
    flag = proposed.removeprefix("--encoding ").rstrip(".")
    assert len(read_frame(path, encoding=flag)) >= 1


def test_damage_in_otherwise_valid_utf8_suggests_no_other_encoding(written):
    content = "온도,b\n".encode() + "서울,1\n".encode() * 50 + b"\xff\xfe,2\n"
    with pytest.raises(DataError, match=r"line 52 .*the file is damaged there"):
        read_frame(written(content))


def test_wrong_encoding_is_refused(written):
    with pytest.raises(DataError, match="is valid UTF-8: omit --encoding"):
        read_frame(written("온도\n1\n"), encoding="ascii")
    with pytest.raises(UsageError, match="Unknown text encoding 'utf-99'"):
        read_frame(written("a\n1\n"), encoding="utf-99")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\r\n\n", "only blank lines"),
        (b"a,b\n", "a header but no rows"),
        (b"a,b", "a header but no rows"),
        (b"a" + b"," * 70_000, "a header but no rows"),
        (b"1,2\n3,4\n", r"starts with numbers \(1, 2\)"),
        (b"a,b,a\n1,2,3\n", r"'a' \(columns 1 and 3\)"),
        (b"a, a\n1,2\n", r"'a' \(columns 1 and 2\)"),
        (b"a,b\n1,\x002\n", r"a NUL byte in line 2 \(byte 7"),
        (b"a,b\n1,2\n3\n", r"row 2 .* has 1 cell, the header 2: '3'"),
        (b"a,b\n1,2\n3,4\n5,6,7\n8\n", r"row 3 .* has 3 cells, the header 2: '5,6,7'. 2 rows are like this"),
        (b"a;b\n1;2\n3;4;5\n", "contains a semicolon in double quotes"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"<!DOCTYPE html>\n<p>", "web page"),
        (b"\x1f\x8bjunk that is no gzip", "damaged gzip"),
        (b"PAR1junk", "cannot be read as Parquet"),
    ],
)
def test_invalid_table_files_are_refused_with_one_message(written, content, message):
    path = written(content)
    with pytest.raises(DataError, match=message) as error:
        read_frame(path)
    assert str(path) in str(error.value)


def test_gzip_bomb_is_refused_before_memory_is_allocated(written, monkeypatch):
    monkeypatch.setattr(archives, "MIN_EXPANSION_LIMIT", 1 << 20)
    path = written(gzip.compress(b"time,y\n") + gzip.compress(bytes(1 << 20)) * 9)
    with pytest.raises(DataError, match="expands to more than"):
        read_frame(path)


def test_table_with_too_many_columns_is_refused(written, monkeypatch):
    monkeypatch.setattr(text_tables, "_MAX_COLUMNS", 3)
    assert read_frame(written(b"a,b,c\n1,2,3\n")).shape == (1, 3)
    with pytest.raises(DataError, match=r"has 4 columns; the limit is 3\. Save it in long format"):
        read_frame(written(b"a,b,c,d\n1,2,3,4\n"))


def test_parquet_with_invalid_utf8_is_refused(tmp_path):
    path = tmp_path / "table.parquet"
    parquet.write_table(pyarrow.table({"time": ["kangaroo"] * 3, "y": [1.0, 2.0, 3.0]}), path, compression="none")
    path.write_bytes(path.read_bytes().replace(b"kangaroo", b"kang\xff\xff\xffo", 1))
    with pytest.raises(DataError, match=r"cannot be read as Parquet: .*UTF8"):
        read_frame(path)


def test_missing_file_suggests_the_nearest_name(written):
    path = written("a\n1\n", "weather.csv")
    with pytest.raises(NotFoundError, match=r"no file .*wether\.csv\. Did you mean 'weather\.csv'"):
        read_frame(path.with_name("wether.csv"))


def test_directory_is_refused_and_lists_its_tables(written):
    path = written("a\n1\n", "weather.csv")
    with pytest.raises(UsageError, match=r"is a directory; pass a single file\. It contains: weather\.csv"):
        read_frame(path.parent)


def test_non_parquet_file_with_parquet_suffix_is_refused(written):
    with pytest.raises(DataError, match="is not a Parquet file despite its name"):
        read_frame(written("a,b\n1,2\n", "x.parquet"))


def test_gzip_is_detected_by_content(written):
    frame = read_frame(written(gzip.compress(b"a,b\n1,2\n"), "table.csv"))
    assert frame.to_dict("list") == {"a": [1], "b": [2]}


def test_standard_input_is_read_like_a_file(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a;b\n1;2\n")))
    frame = read_frame("-")
    assert frame.to_dict("list") == {"a": [1], "b": [2]}
    assert frame.attrs["source"] == "standard input"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe_is_read_once(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"a,b\n1,2\n",))
    writer.start()
    assert read_frame(path).to_dict("list") == {"a": [1], "b": [2]}
    writer.join()


def test_parquet_keeps_types_and_order(tmp_path):
    frame = pd.DataFrame(
        {
            "ds": pd.date_range("2020-01-01", periods=3, freq="h"),
            "small": np.array([1, 2, 3], np.float32),
            "name": ["a", "b", "c"],
            "count": [1, 2, 3],
            "flag": [True, False, True],
        }
    )
    path = tmp_path / "table.parquet"
    frame.to_parquet(path)
    read = read_frame(path)
    pd.testing.assert_frame_equal(read.set_axis(frame.columns, axis=1), frame, check_freq=False)
    assert read["small"].dtype == np.float32 and read.attrs["format"] == "Parquet"


def test_parquet_from_standard_input(tmp_path, monkeypatch):
    path = tmp_path / "table.parquet"
    pd.DataFrame({"a": [1, 2]}).to_parquet(path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert read_frame("-")["a"].tolist() == [1, 2]


def test_stored_pandas_index_is_a_column_only_if_it_contains_times(tmp_path):
    path = tmp_path / "table.parquet"
    pd.DataFrame({"y": [1.0, 2.0]}, index=pd.date_range("2020", periods=2)).to_parquet(path)
    assert list(read_frame(path).columns) == ["index", "y"]
    pd.DataFrame({"y": [1.0, 2.0]}, index=[7, 5]).to_parquet(path)
    assert list(read_frame(path).columns) == ["y"]


def test_codes_of_digits_stay_text(written):
    frame = read_frame(written("id,v,n\n007,1,12345678901234567890\n010,2,12345678901234567891\n"))
    assert frame["id"].tolist() == ["007", "010"]
    assert frame["n"].tolist() == ["12345678901234567890", "12345678901234567891"]
    assert frame["v"].tolist() == [1, 2]


def test_na_is_text_in_text_columns_and_missing_in_numeric_ones(written):
    frame = read_frame(written("name,value\nNA,1\nnull,NA\nx,3\n"))
    assert frame["name"].tolist() == ["NA", "null", "x"]
    np.testing.assert_array_equal(frame["value"], [1, np.nan, 3])


def test_one_bad_cell_keeps_its_whole_column_as_text(written):
    frame = read_frame(written("y\n1.50\n007x\n3\n"))
    assert frame["y"].tolist() == ["1.50", "007x", "3"]


def test_blank_line_is_a_missing_value_in_a_single_column(written):
    np.testing.assert_array_equal(read_frame(written("y\n1\n\n3\n"))["y"], [1, np.nan, 3])


def test_names_are_stripped_and_unnamed_columns_numbered(written):
    assert list(read_frame(written(", p (mbar) ,\n0,1,2\n")).columns) == ["Unnamed: 0", "p (mbar)", "Unnamed: 2"]


def test_times_of_day_stay_text_and_iso_timestamps_are_parsed(written):
    frame = read_frame(written("clock,ds,local\n00:10:00,2020-01-01 00:10,2020-01-01T00:10+02:00\n"))
    assert frame["clock"].tolist() == ["00:10:00"]
    assert frame["ds"].dtype.kind == "M"
    assert frame["local"].tolist() == ["2020-01-01T00:10+02:00"]  # UTC alone would lose the local date


def test_booleans_with_missing_values_are_numbers(written):
    np.testing.assert_array_equal(read_frame(written("a,b\ntrue,1\n,2\nfalse,3\n"))["a"], [1, np.nan, 0])


def test_decimals_are_read_exactly(written):
    values = [0.1, 1 / 3, 2.5e-308, 123456.78901234567, 5.827000141143799]
    frame = read_frame(written("y\n" + "\n".join(map(repr, values)) + "\n"))
    assert frame["y"].tolist() == values


def test_header_longer_than_the_sample_is_read_completely(written):
    names = [f"column number {i}" for i in range(6000)]
    frame = read_frame(written(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n"))
    assert list(frame.columns) == names


def test_real_file_keeps_damaged_names(requires_data):
    frame = read_frame(requires_data("jena_weather_2020/weather.csv"))
    assert frame.shape == (52_696, 22)
    assert [name for name in frame.columns if "\ufffd" in name] == [
        "SWDR (W/m\ufffd)",
        "PAR (\ufffdmol/m\ufffd/s)",
        "max. PAR (\ufffdmol/m\ufffd/s)",
    ]
    origin = {"source": "weather.csv", "format": "CSV, comma, UTF-8", "encoding": "utf-8"}
    assert frame.attrs == origin | {"three_decimals": ()}
