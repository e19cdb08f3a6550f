"""Numbers with separators, and texts among numbers."""

import shlex

import pandas as pd
import pytest

from seqkit.data.tables.reading import read_frame
from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import Report, check
from seqkit.errors import UsageError

FILE = "table.csv"


def report_on(*cells: str, **choices) -> Report:
    """The report on a target column with these cells."""
    return check(pd.DataFrame({"y": cells}), target=("y",), **choices)


def values(*cells: str, **choices) -> list[float]:
    """The numbers that a column of these cells is read as, row by row."""
    return regularise(pd.DataFrame({"y": cells}), target=("y",), **choices).columns["y"].tolist()


@pytest.mark.parametrize(
    ("written", "decimal", "flags", "number"),
    [
        ("1,234.5", ".", "--thousands ,", 1234.5),
        ("-1,234,567", ".", "--thousands ,", -1234567),
        ("1,234", ".", "--thousands ,", 1234),
        ("1,23,456", ".", "--thousands ,", 123456),
        ("12,34,567.5", ".", "--thousands ,", 1234567.5),
        ("1 234.5", ".", "--thousands space", 1234.5),
        ("1\u202f234", ".", "--thousands space", 1234),
        ("1\u00a0234,5", ".", "--decimal , --thousands space", 1234.5),
        ("1\u2009234,5", ",", "--decimal , --thousands space", 1234.5),
        ("1'234", ".", '--thousands "\'"', 1234),
        ("1’234.50", ".", '--thousands "\'"', 1234.5),
        ("1.234.567", ".", "--thousands .", 1234567),
        ("-1.234,5", ".", "--decimal , --thousands .", -1234.5),
    ],
)
def test_thousands_separator_is_reported_with_the_flags_that_read_it(written, decimal, flags, number):
    report = report_on("999", "12", "7", written, decimal=decimal)
    (finding,) = report.blocking
    assert (finding.kind, finding.row, finding.value) == ("thousands separator", 4, written)
    assert report.suggested_flags == f"--target y {flags}" and report.fixes_all
    chosen = dict(zip(shlex.split(flags)[::2], shlex.split(flags)[1::2], strict=True))
    choices = {name.removeprefix("--"): value for name, value in chosen.items()}
    assert values("999", "12", "7", written, **choices) == [999, 12, 7, number]


def test_thousands_separator_next_to_a_null_text_is_reported_with_its_row():
    report = report_on("1.5", "?", "2", "1,234.5", "3")
    (finding,) = report.blocking
    assert (finding.count, finding.row, finding.value) == (2, 4, "1,234.5") and finding.flag == "--thousands ,"
    assert "'?'" not in finding.message
    assert report.suggested_flags == "--target y --null '?' --thousands , --missing ffill"


def test_a_point_that_may_separate_thousands_is_asked_about():
    report = report_on("914", "1.012", "0", "1.244", "-999")
    (finding,) = report.blocking
    assert (finding.kind, finding.count, finding.row, finding.value) == ("thousands separator", 2, 2, "1.012")
    assert finding.alternative_flags == ["--thousands .", "--thousands none"] and finding.flag is None
    assert "next to 914, 1.012 may be 1012" in finding.message
    assert not report.fixes_all and "Choose the flag that is right" in report.text()
    assert report.as_dict()["findings"][0]["alternatives"] == ["--thousands .", "--thousands none"]
    assert values("914", "1.012", "0", thousands=".") == [914, 1012, 0]
    assert values("914", "1.012", "0", thousands="none") == [914, 1.012, 0]
    assert values("914", "1.012", "0", decimal=",") == [914, 1012, 0]


def test_a_decimal_comma_that_may_separate_thousands_is_asked_about():
    report = report_on("914", "1,012", "0", "1,244", decimal=",")
    (finding,) = report.blocking
    assert finding.alternative_flags == ["--thousands , --decimal .", "--thousands none"]
    assert values("914", "1,012", "0", decimal=",", thousands="none") == [914, 1.012, 0]
    frame = pd.DataFrame({"y": ["914", "1,012", "0", "7"], "x": ["0,5", "1,5", "7", "8"]})
    # The commas of x are decimal, and those of y probably not: never are both read with the same flag.
    assert check(frame, target=("y",)).suggested_flags == "--target y --features y --thousands ,"
    assert not check(frame[["x", "y"]], target=("y",)).fixes_all
    assert values("914", "1,012", "1.200", decimal=",") == [914, 1.012, 1200]


@pytest.mark.parametrize(
    "cells",
    [
        ("1.012", "1.244", "2.500"),  # all have three decimals
        ("0", "1.012", "1.244"),  # a zero is written without decimals next to decimals
        ("-999", "1.012", "1.244"),  # and so is a sentinel
        ("914", "1.012", "1.2"),
        ("914", "1.012", "0.512"),
        ("1914", "1.012", "1.244"),
    ],
)
def test_decimal_points_are_not_asked_about(cells):
    assert "thousands separator" not in [finding.kind for finding in report_on(*cells).findings]


def test_the_question_and_the_note_are_the_same_for_a_file(written):
    file = written("ds;y\n" + "".join(f"2020-01-{i:02};{y}\n" for i, y in enumerate(("914", "1.012", "1.244"), 1)))
    assert check(read_frame(file)).blocking[0].alternative_flags == ["--thousands .", "--thousands none"]
    report = check(read_frame(file), decimal=",")
    (note,) = report.findings
    assert not note.blocking and note.message == "with a decimal comma, a point separates thousands: read as 1012"
    assert regularise(read_frame(file), decimal=",").columns["y"].tolist() == [914, 1012, 1244]


def test_numbers_that_all_have_a_point_before_three_digits_are_thousands_with_a_decimal_comma_only(written):
    file = written("a;y\n1,5;1.012\n2,5;2.000\n3,25;914.000\n")
    assert regularise(read_frame(file), decimal=",", target=("y",)).columns["y"].tolist() == [1012, 2000, 914000]
    assert "read as 1012" in next(f.message for f in check(read_frame(file), decimal=",").findings if f.column == "y")
    plain = written("y\n1.012\n2.000\n914.000\n")
    assert regularise(read_frame(plain)).columns["y"].tolist() == [1.012, 2, 914]


def test_three_decimals_in_every_number_of_a_file_with_semicolons_are_noted(written):
    rows = [f"2020-01-{i:02};{1000 + i * i}\n" for i in range(1, 9)]
    text = "ds;y\n" + "".join(f"{row[:12]}.{row[12:]}" for row in rows)
    file = written(text)
    (note,) = check(read_frame(file)).findings
    assert (note.kind, note.column, note.blocking) == ("thousands separator", "y", False)
    assert check(read_frame(file), thousands="none").findings == ()
    assert regularise(read_frame(file), thousands=".").columns["y"].tolist() == [1000 + i * i for i in range(1, 9)]
    assert check(read_frame(written(text.replace(";", ",")))).findings == ()


def test_a_decimal_point_next_to_a_decimal_comma_is_refused(written):
    report = check(read_frame(written("a;y\n12.5;1,5\n13.25;2,5\n1.5;3\n")), decimal=",", target=("y",))
    (finding,) = report.blocking
    assert (finding.kind, finding.column, finding.row, finding.count, finding.value) == (
        "decimal point",
        "a",
        1,
        3,
        "12.5",
    )
    report = report_on("1,5", "12.5", "3", decimal=",")
    assert (report.blocking[0].row, report.blocking[0].value) == (2, "12.5")


def test_a_frame_of_decimals_is_read_with_any_decimal_separator():
    assert regularise(pd.DataFrame({"y": [1.5, 1.012, 3]}), decimal=",").columns["y"].tolist() == [1.5, 1.012, 3]


def test_columns_with_different_separators_are_never_read_together():
    frame = pd.DataFrame({"a": ["1,234.5", "1", "7"], "b": ["0,5", "1", "7"], "y": [1, 2, 4]})
    report = check(frame, target=("y",))
    assert {finding.column for finding in report.blocking} == {"a", "b"}
    assert report.suggested_flags == "--target y --features a --features y --thousands ,"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("$1,200", "a currency sign"),
        ("-$1.50", "a currency sign"),
        ("1.200,50 €", "a currency sign"),
        ("EUR 12", "a currency sign"),
        ("12%", "a percent sign"),
        ("<0.5", "a limit of detection; write a number, such as half of it, in the file"),
        ("> 200", "a limit of detection"),
        ("12.5 %", "a percent sign"),
        ("(1,234.50)", "a negative number in parentheses; write a minus sign"),
        ("12.5-", "a minus sign after the number; write it before"),
    ],
)
@pytest.mark.parametrize("others", [("1", "2", "4"), ()])
def test_signs_around_numbers_are_named(written, words, others):
    cells = (*others, *[written] * 4)
    report = check(pd.DataFrame({"y": [1, 2, 4, 8, 9, 7, 5][: len(cells)], "x": cells}), target=("y",))
    (finding,) = report.blocking
    assert (finding.row, finding.value, finding.count) == (len(others) + 1, written, 4)
    assert words in finding.message and finding.message.endswith("in the file") and "--null" not in report.text()


def test_a_dash_before_a_number_is_a_minus_sign_with_a_note():
    assert values("−5", "3", "–2.5", "-1") == [-5, 3, -2.5, -1]
    (note,) = report_on("−5", "3", "–2.5", "-1").findings
    assert (note.kind, note.count, note.row, note.value, note.blocking) == ("minus sign", 2, 1, "−5", False)


@pytest.mark.parametrize("text", ["192.168.10.1", "ABC 123", "5 kg", "1:30"])
def test_texts_that_contain_digits_are_no_numbers(text):
    report = check(pd.DataFrame({"y": [1, 2, 4, 7], "x": [text, "none", text, "word"]}), target=("y",))
    assert [f.kind for f in report.findings if f.column == "x"] == ["text column"]


def test_separators_that_are_the_same_are_refused():
    with pytest.raises(UsageError, match=r"--decimal , and --thousands , exclude each other\. Give one of them\."):
        report_on("1", "2", decimal=",", thousands=",")


def test_decimal_comma_next_to_a_word_is_not_read_as_missing():
    report = report_on("1", "?", "2", "1,5", "3")
    assert report.blocking[0].flag == "--decimal ," and "'1,5'" not in report.text()


def test_three_digits_after_the_comma_are_asked_about_if_all_cells_have_them():
    (finding,) = report_on("1,234", "2,345", "3,456").blocking
    assert finding.alternative_flags == ["--thousands ,", "--decimal ,"] and finding.flag is None
    assert finding.message == "1,234 may be 1234 (--thousands ,) or 1.234 (--decimal ,)"
    assert report_on("0", "1,234", "-999", "3,456").blocking[0].alternative_flags


def test_three_digits_after_the_comma_are_decimals_if_a_cell_or_a_column_shows_it():
    frame = pd.DataFrame({"y": ["1,234", "2,345", "3,456"], "x": ["0,5", "1,5", "7"]})
    assert check(frame, target=("y",)).suggested_flags == "--target y --decimal ,"
    assert report_on("0,125", "2,345", "3").suggested_flags == "--target y --decimal ,"
