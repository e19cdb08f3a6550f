"""Numbers written in ways that are not read as one."""

import pandas as pd
import pytest

from seqkit.data.tables.report import Report, check


def report_on(*cells: str, **choices) -> Report:
    """What is found in a column of these cells, predicted."""
    return check(pd.DataFrame({"y": cells}), target=("y",), **choices)


@pytest.mark.parametrize(
    ("written", "decimal"),
    [("1,234.5", "."), ("-1,234,567", "."), ("1,234", "."), ("1 234.5", "."), ("1'234", "."), ("1.234,5", ",")],
)
def test_thousands_separator_is_named_and_no_flag_throws_the_number_away(written, decimal):
    report = report_on("999", "12", "7", written, decimal=decimal)
    (found,) = report.blocking
    assert (found.kind, found.row, found.value, found.flag) == ("not a number", 4, written, None)
    assert "thousands separator" in found.message and "remove the separator in the file" in found.message
    assert not report.mends_all and "--null" not in report.text()


def test_thousands_separator_beside_a_word_for_missing_is_named_with_its_own_row():
    report = report_on("1.5", "?", "2", "1,234.5", "3")
    (found,) = report.blocking
    assert (found.count, found.row, found.value) == (2, 4, "1,234.5") and found.flag is None
    assert "'?'" not in found.message


def test_number_with_a_decimal_comma_beside_a_word_is_not_read_as_missing():
    assert "--null" not in report_on("1", "?", "2", "1,5", "3").text()


def test_three_digits_after_every_comma_are_decimals_where_all_cells_have_them_or_one_starts_with_0():
    assert report_on("1,234", "2,345", "3,456").suggested_flags == "--target y --decimal ,"
    assert report_on("0,125", "2,345", "3").suggested_flags == "--target y --decimal ,"
