"""What may be named as the encoding of a text, and what becomes of bytes that are in another."""

import pytest

from seqkit.data.files.encodings import to_utf8
from seqkit.errors import DataError, UsageError


@pytest.mark.parametrize("encoding", ["hex", "rot13", "zlib", "idna", "undefined", "nonsense", "", "utf-8\0"])
def test_what_is_no_encoding_of_texts_is_refused_with_some_that_are(encoding):
    with pytest.raises(UsageError, match=r"Unknown text encoding .* one such as utf-8, latin-1"):
        to_utf8(b"time,y\n", encoding, "file.csv")


def test_bytes_that_a_decoder_refuses_without_a_place_are_refused_all_the_same():
    assert to_utf8(b"abc-", "punycode", "file.csv") == b"abc"
    with pytest.raises(DataError, match=r"file\.csv is not punycode"):
        to_utf8(b"abc-\xff", "punycode", "file.csv")


def test_text_is_the_same_from_whichever_encoding_it_is_read():
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp949"):
        assert to_utf8("값,y\n".encode(encoding), encoding, "file.csv").decode() == "값,y\n"
