"""Splitting of text into lines."""

import pytest

from seqkit.data.files.lines import split_lines

OTHER_BREAKS = "a\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029b"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("\n", [""]),
        ("one", ["one"]),
        ("one\n\ntwo\n", ["one", "", "two"]),
        ("one\r\ntwo\r\n", ["one", "two"]),
        ("one\rtwo", ["one", "two"]),
        ("one\r\n\r\rtwo\n\r", ["one", "", "", "two", ""]),
        (f"{OTHER_BREAKS}\n{OTHER_BREAKS}", [OTHER_BREAKS, OTHER_BREAKS]),
    ],
)
def test_lines_end_at_line_feeds_and_carriage_returns_only(text, lines):
    assert split_lines(text) == lines
