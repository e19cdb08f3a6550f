"""Where a table begins and ends in a text: titles, units, repeated column names, totals, trailing delimiters."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.files.layout import find_layout
from seqkit.data.tables.reading import read_frame
from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check
from seqkit.errors import DataError

FILE = "table.csv"
NAMES = "ds;y;x"
ROWS = "".join(f"2023-01-{day:02};{day % 5},5;{day}\n" for day in range(1, 11))


@pytest.fixture
def read(written):
    """Reads a text and checks that its table is that of `NAMES` and `ROWS`; returns the notes as text."""

    def read_text(text: str | bytes) -> list[str]:
        frame = read_frame(written(text))
        pd.testing.assert_frame_equal(frame, read_frame(written(f"{NAMES}\n{ROWS}", "plain.csv")))
        assert regularise(frame, decimal=",", target=("y",)).interval == "D"
        return [str(f) for f in check(frame, decimal=",", target=("y",)).findings if f.kind != "row number"]

    return read_text


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("Sales report\n", 2),
        ("Sales report\nStation: Berlin, Tempelhof\n\n", 4),
        ("\n\nSales report\n", 4),
        ("Sales report;;\n;;\n", 3),
        ("Station;Berlin\nFrom;2023\nTo;2024\nUnit;°C\nBy;me\n", 6),
        ("# a; b; c; d; e\n", 2),
    ],
)
def test_lines_above_the_column_names_are_left_out_with_a_note(read, above, line):
    (note,) = read(f"{above}{NAMES}\n{ROWS}")
    assert f"the column names are in line {line}; the lines above are left out" in note


def test_a_note_shows_what_the_title_says(read):
    assert "Sales report / 2023" in read(f"Sales report\n2023\n{NAMES}\n{ROWS}")[0]


@pytest.mark.parametrize("line", ["yyyy-mm-dd;°C;hPa", ";°C;", ";%;[hPa]"])
def test_units_below_the_column_names_are_left_out_with_a_note(read, line):
    (note,) = read(f"{NAMES}\n{line}\n{ROWS}")
    assert note.startswith("units: ") and "row 1 is the row below" in note


def test_title_units_and_repeated_names_together(read):
    part = ROWS.splitlines(keepends=True)
    text = f"Title\n{NAMES}\n;°C;hPa\n{''.join(part[:4])}{NAMES}\n;°C;hPa\n{''.join(part[4:])}"
    notes = read(text)
    assert [note.partition(":")[0] for note in notes] == ["title", "units", "repeated header"]
    assert "left out 1 row that repeats the header (first in line 8)" in notes[2]


def test_a_name_of_the_index_below_the_units_is_left_out(written):
    rows = "".join(f"2023-01-{day:02},{day % 5}.5,{day % 3}\n" for day in range(1, 11))
    frame = read_frame(written(f"Price,Close,High\nTicker,AAPL,AAPL\nDate,,\n{rows}"))
    assert len(frame) == 10 and frame["Close"].dtype == np.float64 and frame["Price"].dtype.kind == "M"


def test_repeated_column_names_may_have_other_quotes_and_blanks(read):
    part = ROWS.splitlines(keepends=True)
    (note,) = read("".join([NAMES, "\n", *part[:4], '"ds"; y;"x" \n', *part[4:]]))
    assert "left out 1 row that repeats the header (first in line 6)" in note


def test_a_note_below_the_table_is_refused_with_a_remedy(written):
    with pytest.raises(
        DataError, match=r"row 11 .* has 1 cell, the header 3: 'Source: us'\. If it is a note below the"
    ):
        read_frame(written(f"{NAMES}\n{ROWS}Source: us\n"))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_column_names_repeated_in_concatenated_files_are_left_out_and_counted(read, end):
    part = ROWS.splitlines(keepends=True)
    text = NAMES + "\n" + "".join(part[:2]) + f"{NAMES}\n{NAMES}\n" + "".join(part[2:]) + NAMES
    (note,) = read(text.replace("\n", end))
    assert note == "repeated header: left out 3 rows that repeat the header (first in line 4)"


def test_a_repeated_name_of_a_single_column_is_a_value(written):
    assert read_frame(written("y\n1\ny\n2\n"))["y"].tolist() == ["1", "y", "2"]


@pytest.mark.parametrize("rows", [";;\n", " ; ; \n", ";;\r\n;;\r\n;;\n"])
def test_rows_without_values_at_the_end_are_left_out_and_counted(read, rows):
    (note,) = read(f"{NAMES}\n{ROWS}{rows}")
    count = rows.count("\n")
    assert note == f"blank row: {count} row{'s' if count > 1 else ''}; rows without any value at the end; left out"


def test_blank_lines_anywhere_are_no_rows(read):
    part = ROWS.splitlines(keepends=True)
    assert read(f"{NAMES}\n\n{''.join(part[:5])}\n   \n{''.join(part[5:])}\n\n") == []


def test_a_delimiter_at_the_end_of_each_row_starts_no_column(read):
    (note,) = read(NAMES + "\n" + ROWS.replace("\n", ";\n"))
    assert note == "delimiter: the semicolon at the end of each row starts no column; left out"


def test_a_value_after_the_last_column_is_refused_with_its_row(written):
    rows = ROWS.replace("\n", ";\n") + "".join(f"2023-02-01;1;{i};\n" for i in range(300)) + "2023-03-01;1;2;7\n"
    with pytest.raises(
        DataError, match=r"row 311 has a value after the last column of the header: 7\. Name that column"
    ):
        read_frame(written(f"{NAMES}\n{rows}"))


@pytest.mark.parametrize("above", ["ds,y\n", "Station,Berlin\nds,y,2 m\n"])
def test_lines_that_are_no_column_names_are_refused_with_a_remedy(written, above):
    with pytest.raises(DataError, match=r"Name each column in the header; if the names are in a line further down"):
        read_frame(written(f"{above}1,2023-01-01,5\n2,2023-01-02,6\n3,2023-01-03,7\n"))


@pytest.mark.parametrize("word", ["Total", "Summe:", "GESAMT", "Grand total", "average"])
def test_a_row_of_totals_at_the_end_is_named(written, word):
    report = check(read_frame(written(f"{NAMES}\n{ROWS}{word};25,5;55\n")), decimal=",", target=("y",))
    (note,) = [finding for finding in report.findings if finding.kind == "total"]
    assert (note.row, note.value, note.column) == (11, word, "ds")
    assert [(f.kind, f.row) for f in report.blocking] == [("unreadable time", 11)]
    assert report.blocking[0].message.startswith("looks like a row of totals, not of a time")
    assert "--missing drop" in report.suggested_flags


def test_a_total_after_each_year_is_named(written):
    rows = "".join(f"{year}-{month:02},{month}\n" for year in (2020, 2021) for month in range(1, 13))
    rows = rows.replace("2021-01,", "2020 Total,78\n2021-01,")
    (finding,) = check(read_frame(written(f"month,y\n{rows}"))).blocking
    assert (finding.row, finding.value, finding.flag) == (13, "2020 Total", "--missing drop")
    assert finding.message == "looks like a row of totals, not of a time; if so, delete it in the file"


def test_a_series_of_totals_is_named_once(written):
    rows = "".join(f"2020-01-0{day},{name},{day}\n" for name in ("a", "b", "Total") for day in range(1, 6))
    report = check(read_frame(written(f"ds,region,y\n{rows}")), id="region", target=("y",))
    assert [str(f) for f in report.findings if f.kind == "total"] == [
        "total in 'region': Total; looks like the sum or mean of the other series; if so, delete its rows in the file"
    ]


@pytest.mark.parametrize(
    "text",
    [
        ",y\n0,1\n1,2\n2,4\n",
        "ds,y\n2023-01-01,?\n2023-01-02,5\n2023-01-03,6\n",
        "ds,name\n2023-01-01,a\n2023-01-02,b\n2023-01-03,b\n",
        "id,y\na,NA\na,5\na,6\n",
        "ds,total\n2023-01-01,1\n2023-01-02,5\n",
        "a,b,c\nx,,\ny,1,2\nz,1,3\n",
    ],
)
def test_plain_tables_have_no_notes(text):
    layout = find_layout(text.encode(), "t.csv")
    assert layout.data == text.strip().encode() and layout.notes == () and not layout.units


def test_many_rows_without_values_take_time_that_grows_with_them(written):
    frame = read_frame(written(f"{NAMES}\n{ROWS}" + ";;\n" * 200_000))
    assert len(frame) == 10 and frame.attrs["notes"][0]["count"] == 200_000


def test_notes_survive_a_copy_and_a_parquet_file(written, tmp_path):
    frame = read_frame(written(f"Title\n{NAMES}\n{ROWS}"))
    frame.copy().to_parquet(tmp_path / "t.parquet")
    assert len(read_frame(tmp_path / "t.parquet")) == 10
    assert np.array_equal(frame.copy().attrs["notes"], frame.attrs["notes"])
