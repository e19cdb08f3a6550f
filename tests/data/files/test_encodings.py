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
