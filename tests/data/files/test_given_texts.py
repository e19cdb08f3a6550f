"""Texts of the command line and lines of standard input."""

import io
import sys

import pytest

from seqkit.data.files.given_texts import given_texts
from seqkit.errors import DataError, UsageError


@pytest.fixture
def stdin(monkeypatch):
    def write(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return write


def test_arguments_are_the_texts_and_a_minus_names_standard_input(stdin):
    assert given_texts(("a", "-"), "utf-8") == ["a", "-"]
    stdin("naïve\r\n\n로마".encode())
    assert given_texts(("-",), "utf-8") == ["naïve", "", "로마"]
    stdin("naïve\n".encode("latin-1"))
    assert given_texts(["-"], "latin-1") == ["naïve"]
    stdin(b"")
    assert given_texts(("-",), "utf-8") == []


def test_texts_that_are_not_utf_8_are_refused(stdin):
    with pytest.raises(UsageError, match=r"Text 2 is not UTF-8: 'b\\udcff'\. Encode it as UTF-8"):
        given_texts(("a", "b\udcff"), "utf-8")
    stdin(b"ok\n\xff\n")
    with pytest.raises(DataError, match=r"standard input is not UTF-8: byte 0xFF in line 2"):
        given_texts(("-",), "utf-8")
