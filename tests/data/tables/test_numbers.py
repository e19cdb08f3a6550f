"""Numbers with separators, and texts among numbers."""

import pandas as pd
import pytest

from seqkit.data.tables.report import Report, check


def report_on(*cells: str, **choices) -> Report:
    """The report on a target column with these cells."""
    return check(pd.DataFrame({"y": cells}), target=("y",), **choices)


@pytest.mark.parametrize(
    ("written", "decimal"),
    [("1,234.5", "."), ("-1,234,567", "."), ("1,234", "."), ("1 234.5", "."), ("1'234", "."), ("1.234,5", ",")],
)
def test_thousands_separator_is_reported_without_a_flag_that_drops_the_number(written, decimal):
    report = report_on("999", "12", "7", written, decimal=decimal)
    (finding,) = report.blocking
    assert (finding.kind, finding.row, finding.value, finding.flag) == ("not a number", 4, written, None)
    assert "thousands separator" in finding.message and "remove the separator in the file" in finding.message
    assert not report.fixes_all and "--null" not in report.text()


def test_thousands_separator_next_to_a_null_text_is_reported_with_its_row():
    report = report_on("1.5", "?", "2", "1,234.5", "3")
    (finding,) = report.blocking
    assert (finding.count, finding.row, finding.value) == (2, 4, "1,234.5") and finding.flag is None
    assert "'?'" not in finding.message


def test_decimal_comma_next_to_a_word_is_not_read_as_missing():
    assert "--null" not in report_on("1", "?", "2", "1,5", "3").text()


def test_three_digits_after_the_comma_are_decimals_if_all_cells_have_them_or_one_starts_with_0():
    assert report_on("1,234", "2,345", "3,456").suggested_flags == "--target y --decimal ,"
    assert report_on("0,125", "2,345", "3").suggested_flags == "--target y --decimal ,"
