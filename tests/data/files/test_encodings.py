"""Names of text encodings, and bytes in other encodings."""

import pytest

from seqkit.data.files.encodings import to_utf8
from seqkit.errors import DataError, UsageError


@pytest.mark.parametrize("encoding", ["hex", "rot13", "zlib", "idna", "undefined", "nonsense", "", "utf-8\0"])
def test_unknown_encoding_is_refused_with_examples(encoding):
    with pytest.raises(UsageError, match=r"Unknown text encoding .* one such as utf-8, latin-1"):
        to_utf8(b"time,y\n", encoding, "file.csv")


def test_decode_error_without_a_position_is_refused():
    assert to_utf8(b"abc-", "punycode", "file.csv") == b"abc"
    with pytest.raises(DataError, match=r"file\.csv is not punycode"):
        to_utf8(b"abc-\xff", "punycode", "file.csv")


def test_text_is_the_same_in_every_encoding():
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp949"):
        assert to_utf8("값,y\n".encode(encoding), encoding, "file.csv").decode() == "값,y\n"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp949", "gb18030"])
def test_utf8_is_not_read_in_another_encoding(encoding):
    text = "Größe, naïve Länge — 좋다\n" * 9
    assert text.encode().decode(encoding, "replace") != text
    with pytest.raises(
        DataError, match=f"file.csv is (UTF-8, not {encoding}, which would|not {encoding}: .*valid UTF-8)"
    ):
        to_utf8(text.encode(), encoding, "file.csv")
    with pytest.raises(
        DataError, match=r"is UTF-8, not latin-1, .* Omit --encoding, or for a run .* save the file in it"
    ):
        to_utf8(text.encode(), "latin-1", "file.csv")
    for other in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-7"):
        assert to_utf8(text.encode(other), other, "file.csv").decode() == text


def test_a_few_letters_may_be_utf8_by_chance():
    assert to_utf8("Ã©,y\n".encode("latin-1"), "latin-1", "file.csv").decode() == "Ã©,y\n"
