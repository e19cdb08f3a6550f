"""Columns that stay text: codes anywhere in a file, and points that may separate thousands."""

import numpy as np
import pytest

from seqkit.data.tables.reading import read_frame
from seqkit.data.tables.regularise import regularise

FILE = "table.csv"


def column(written, *cells: str, delimiter: str = ",", before: int = 0):
    """The column of these cells below `before` rows of plain numbers."""
    rows = [str(10_000 + i) for i in range(before)] + list(cells)
    lines = "".join(f"{row}{delimiter}{i}\n" for i, row in enumerate(rows))
    return read_frame(written(f"x{delimiter}n\n{lines}"))["x"]


@pytest.mark.parametrize("before", [0, 3000])
@pytest.mark.parametrize(
    "cells",
    [
        ("00417", "417"),
        ("417", " 00417 "),
        ('"00417"', "417"),
        ("12345678901234567890", "12345678901234567891"),
        ("0x1F", "31"),
        ("1e5", "100000"),
        ("12E3", "7"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_code_anywhere_keeps_its_column_as_text(written, before, cells, delimiter):
    texts = column(written, *cells, delimiter=delimiter, before=before)
    assert [text.strip() for text in texts[before:]] == [cell.strip(' "') for cell in cells]
    assert texts[:before].tolist() == [str(10_000 + i) for i in range(before)]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (("0", "10"), [0, 10]),
        (("0.5", "1"), [0.5, 1]),
        (("+5", "6"), [5, 6]),
        (("1.0", "417.0"), [1, 417]),
        (("1e-05", "2"), [1e-05, 2]),
        (("1e+20", "2"), [1e20, 2]),
        (("1.5e3", "2"), [1500, 2]),
        (("-7", "10"), [-7, 10]),
    ],
)
def test_numbers_stay_numbers(written, cells, numbers):
    assert column(written, *cells).tolist() == numbers


def test_codes_that_end_a_line_or_stand_alone_stay_text(written):
    assert read_frame(written("n,x\n1,5\n2,007\n"))["x"].tolist() == ["5", "007"]
    assert read_frame(written("x\r\n5\r\n007\r\n"))["x"].tolist() == ["5", "007"]


def test_series_named_by_codes_are_not_one_where_a_code_comes_late(written):
    days = [str(np.datetime64("2023-01-01") + i) for i in range(250)]
    lines = [f"{code},{day},{i % 7}\n" for code in ("10417", "00417", "417") for i, day in enumerate(days)]
    table = regularise(read_frame(written("unique_id,ds,y\n" + "".join(lines))))
    assert table.ids == ("00417", "10417", "417") and len(table) == 750


def test_other_columns_of_digits_stay_numbers_next_to_a_code(written):
    frame = read_frame(written("id,n,clock\n1,5,00:10\n007,6,00:20\n"))
    assert frame["id"].tolist() == ["1", "007"] and frame["n"].dtype == np.int64


@pytest.mark.parametrize(
    ("cells", "is_text"),
    [
        (("914", "1.126", "1.217"), True),
        (("1.000", "914"), True),
        (("-1.126", "5"), True),
        (("1.126", "1.217"), False),
        (("914", "1.126", "1.5"), False),
        (("914", "1.126", "0.500"), False),
        (("1914", "1.126"), False),
        (("914", "1.12", "1.2"), False),
    ],
)
def test_points_before_three_digits_stay_text_next_to_whole_numbers_below_a_thousand(written, cells, is_text):
    assert (column(written, *cells).tolist() == list(cells)) == is_text


def test_columns_written_with_three_decimals_are_known(written):
    frame = read_frame(written("a,b,c,d\n1.000,1.5,2.125,0.125\n2.000,2.5,3.250,1.250\n"))
    assert frame.attrs["three_decimals"] == ("a", "c") and frame["a"].tolist() == [1, 2]
