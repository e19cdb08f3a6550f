import gzip
import io
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.text import corpus_files as corpora
from seqkit.data.text.corpus_files import corpus_text, frame_text
from seqkit.errors import DataError, NotFoundError, SeqkitError, UsageError

FILE = "corpus.txt"


def read(*files: object, **options: str) -> str:
    return "".join(corpus_text([str(file) for file in files], **options))


def refusal(*files: object, **options: str) -> str:
    with pytest.raises(DataError) as caught:
        read(*files, **options)
    return str(caught.value)


@pytest.mark.parametrize("content", [b"a b\nc\n", b"a b\r\nc\r\n", b"a b\rc\r", b"a b\nc", b"\xef\xbb\xbfa b\r\nc"])
def test_all_line_ends_and_a_byte_order_mark_are_read(written, content):
    assert read(written(content)) == "a b\nc\n"


def test_files_are_concatenated_and_each_end_ends_a_line(written):
    first, second = written(b"one two", "1.txt"), written(gzip.compress(b"three\n") + gzip.compress(b"four "), "2")
    assert read(first, second, first) == "one two\nthree\nfour \none two\n"


def test_folder_means_its_text_files_sorted_by_name(written, tmp_path):
    for name, content in (("b.txt", b"2"), ("a.txt.gz", gzip.compress(b"1")), (".c.txt", b"3"), ("notes.md", b"4")):
        written(content, name)
    assert read(tmp_path) == "1\n2\n"


def test_folder_without_text_files_is_refused_with_its_content(written, tmp_path):
    written(b"x", "notes.md")
    with pytest.raises(UsageError, match=r"without \.txt or \.txt\.gz files.* It contains: notes\.md\."):
        read(tmp_path)


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input_is_read_gzipped_or_not_and_stays_open(monkeypatch, packed):
    stream = io.BytesIO(gzip.compress(b"a b\n") if packed else b"a b\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
    assert read("-") == "a b\n" and not stream.closed
    with pytest.raises(UsageError, match="once"):
        corpus_text(["-", "-"])


@pytest.mark.parametrize(("encoding", "text"), [("utf-16", "añ 한\n"), ("cp949", "한국 영화\n"), ("latin-1", "été\n")])
@pytest.mark.parametrize("block", [1, 3, 1 << 20])
def test_other_encodings_are_read_across_block_borders(written, monkeypatch, encoding, text, block):
    monkeypatch.setattr(corpora, "_BLOCK", block)
    assert read(written((text * 5).encode(encoding)), encoding=encoding) == text * 5


@settings(max_examples=60, deadline=None)
@given(st.text("ab é한<br/> \t\u3000\n", max_size=60), st.integers(1, 20))
def test_pieces_contain_the_whole_text_and_are_cut_only_after_whitespace(text, block):
    text = f"x{text}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpora, "_BLOCK", block)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        pieces = list(corpus_text(["-"]))
    assert "".join(pieces) == text + "\n" * (not text.endswith("\n"))
    assert all(piece[-1].isspace() for piece in pieces)
    assert max(map(len, pieces)) <= 2 * max(block, *map(len, text.split())) + 30


def test_long_line_is_read_in_pieces(written, monkeypatch):
    monkeypatch.setattr(corpora, "_BLOCK", 8)
    pieces = list(corpus_text([written(b"ab cd ef gh ij kl mn op\nqr st")]))
    assert pieces == ["ab cd ", "ef gh ij ", "kl mn op\n", "qr ", "st\n"]


def test_line_break_with_a_space_inside_is_never_cut(written, monkeypatch):
    text = "good<br />film <BR />ｂｒ ＜ｂｒ />x<br />y " * 3 + "\n"
    for block in range(1, 60):
        monkeypatch.setattr(corpora, "_BLOCK", block)
        pieces = list(corpus_text([written(text.encode())]))
        assert "".join(pieces) == text and len(pieces) > 1
        assert not [piece for piece in pieces if piece.lower().endswith(("<br ", "＜ｂｒ "))]


def test_word_of_more_than_a_mebibyte_is_refused_and_a_shorter_one_read(written):
    assert len(read(written(b"a " + b"x" * (1 << 20) + b" b"))) == (1 << 20) + 5
    for before, after in ((b"", b""), (b"a\n", b" b\n"), (b"a " * 300_000, b" b")):
        path = written(before + b"x" * ((1 << 20) + 1) + after)
        assert "a word of more than 1,048,576 characters in or after line" in refusal(path)


def test_endless_word_is_refused_early(monkeypatch):
    class Endless(io.RawIOBase):
        taken = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            buffer[:] = b"x" * len(buffer)
            self.taken += len(buffer)
            return len(buffer)

    stream = Endless()
    monkeypatch.setattr(sys, "stdin", type("Input", (), {"buffer": stream}))
    assert refusal("-").startswith("standard input has a word of more than 1,048,576 characters in or after line 1")
    assert stream.taken < 12 << 20


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "corpus.txt contains no words, only whitespace or nothing. Choose another file."),
        (b" \n\t\n", "contains no words"),
        (gzip.compress(b"", mtime=0), "contains no words"),
        (b"fine\nna\xefve\n", "is not UTF-8: byte 0xEF in line 2 (byte 8). It looks like Latin-1"),
        (b"\xef\xbb\xbf1\r\n2\r3\n\xff\n", "byte 0xFF in line 4 (byte 11)."),
        (bytes(range(1, 256)) * 9, "It contains control characters throughout, so it is not text"),
        ("한국 영화\n".encode("cp949") * 9, "It looks like CP949 (Korean). Read it with --encoding cp949"),
        ("fine".encode("utf-16"), "Read it with --encoding utf-16."),
        (b"fine\n" + "한".encode()[:2], "ends within a character, in line 2 (byte 6)"),
        (b"a\nb\x00c\n", "binary data: a NUL byte in line 2."),
        (b"PK\x03\x04rest", "is not a text file: it is a ZIP archive"),
        (gzip.compress(b"%PDF-1.7", mtime=0), "is not a text file: it is a PDF file"),
        (b"PAR1rest", "is not a text file: it is a Parquet file"),
        (b"f".ljust(257, b"\0") + b"ustar", "is not a text file: it is a TAR archive"),
        (gzip.compress(b"a b\n" * 999, mtime=0)[:-9], "is a damaged gzip file"),
        (gzip.compress(b"a b\n", mtime=0) + b"junk", "is a damaged gzip file"),
    ],
)
def test_invalid_text_file_is_refused_with_place_and_remedy(written, content, complaint):
    assert complaint in refusal(written(content))


def test_line_number_of_an_invalid_byte_is_right_in_every_block(written, monkeypatch):
    monkeypatch.setattr(corpora, "_BLOCK", 7)
    content = "éa\r\n".encode() * 40 + b"a\xe9b\n"
    assert "byte 0xE9 in line 41 (byte 202)." in refusal(written(content))


def test_wrong_encoding_suggests_the_right_one(written):
    assert "is not ascii: ordinal not in range(128) in line 1 (byte 4)" in (
        message := refusal(written("caf\xe9\n".encode()), encoding="ascii")
    )
    assert message.endswith("It is valid UTF-8: omit --encoding.")
    with pytest.raises(UsageError, match="Unknown text encoding 'utf-99'"):
        corpus_text([written(b"a")], encoding="utf-99")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_utf16_without_a_byte_order_mark_is_refused(written, encoding):
    complaint = refusal(written("king\n".encode(f"{encoding}-le")), encoding=encoding)
    assert f"Use --encoding {encoding}-le or {encoding}-be" in complaint


def test_some_files_may_be_empty_but_not_all(written):
    empty, other = written(b"", "1.txt"), written(b"a\n", "2.txt")
    assert read(empty, other) == "a\n"
    assert refusal(empty, empty) == "The 2 files contain no words, only whitespace or nothing. Choose another file."


def test_missing_file_is_reported_at_once_with_the_nearest_name(written):
    path = written(b"a", "text8.txt")
    with pytest.raises(NotFoundError, match=r"There is no file .*text9\.txt\. Did you mean 'text8\.txt'\?"):
        corpus_text([path, path.with_name("text9.txt")])


def test_unreadable_file_is_named(tmp_path, monkeypatch, written):
    def fail(*_):
        raise PermissionError(13, "Permission denied")

    path = written(b"a")
    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(SeqkitError, match=r"corpus\.txt cannot be read: Permission denied\."):
        read(path)


def test_texts_in_memory_are_one_line_each():
    assert "".join(frame_text(["a\r\nb", "", "c\nd\re"])) == "a b\n\nc d e\n"
    pieces = list(frame_text(["word " * 100] * 10_000))
    assert len(pieces) == 5 and "".join(pieces) == ("word " * 100 + "\n") * 10_000


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "Text 2 is None, expected a string."),
        ("a\0b", "Text 2 contains a NUL character"),
        ("a " + "x" * (1 << 20) + "y", "Text 2 has a word of more than 1,048,576 characters"),
    ],
)
def test_invalid_text_in_memory_is_reported_by_its_number(text, complaint):
    with pytest.raises(DataError) as caught:
        list(frame_text(["fine", text]))
    assert complaint in str(caught.value)
