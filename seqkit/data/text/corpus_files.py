"""Reads running text from files, standard input or memory in pieces, never all of it at once.

A piece ends at a line end, or after whitespace in an overlong line, so that no word is split. Nothing is guessed: if a
file is not text, or in another encoding, the error names the place and the remedy.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import sys
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from seqkit.data.files.encodings import refuse_utf16, suggest_encoding, to_utf8
from seqkit.errors import UNREADABLE, DataError, NotFoundError, SeqkitError, UsageError, nearest

if TYPE_CHECKING:
    import pandas

_BLOCK = 4 << 20
_MAX_WORD_LENGTH = 1 << 20
_SUFFIXES = (".txt", ".txt.gz")
_LINE_ENDS = re.compile(r"\r\n?|\n")
_BREAKS_AT_ONCE, _BREAK_ROOM = 16, 1 << 12
_TAR = slice(257, 262)
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive or an office document: unpack it, or save it as text",
    b"\xd0\xcf\x11\xe0": "an office document: save it as text",
    b"%PDF": "a PDF file: save it as text",
    b"{\\rtf": "an RTF document: save it as text",
    b"PAR1": "a Parquet file: pass its text column as a table, or save it as text",
    b"\x89HDF": "an HDF5 file: save its text as a text file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"BZh": "compressed with bzip2: unpack it, or compress it with gzip",
    b"\xfd7zXZ": "compressed with xz: unpack it, or compress it with gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it, or compress it with gzip",
    b"7z\xbc\xaf": "a 7-Zip archive: unpack it",
    b"\x80\x04\x95": "a Python pickle, which may run code: save it as text",
    b"<!DOCTYPE": "a web page: save its text",
    b"<!doctype": "a web page: save its text",
    b"<html": "a web page: save its text",
}


def corpus_text(files: Sequence[str | Path], *, encoding: str = "utf-8") -> Iterator[str]:
    r"""Yields the text of files, one after another, in pieces of a few million characters.

    Line ends of all systems become `\n`, and the end of a file ends a line. A piece ends at a line end, or, in a line
    of several MiB, after whitespace: such a line continues in the next piece. Gzip is detected by content.

    Args:
        files: Paths, at least one; "-" is standard input, and a folder means its .txt and .txt.gz files by name.
        encoding: Encoding of the text, such as utf-8 (with or without a byte order mark), latin-1, cp949, utf-16.

    Raises:
        NotFoundError: There is no such file.
        UsageError: A folder contains no such files, standard input is given twice, or the encoding is unknown.
        DataError: During iteration: there are no words, or a file is not text, truncated, in another encoding, or has a
            word of more than 1,048,576 characters; the message says where and how to fix it.
        SeqkitError: A file cannot be read.
    """
    to_utf8(b"", encoding, "")
    paths = [path for file in files for path in _paths(file)]
    if paths.count("-") > 1:
        raise UsageError("Standard input can be read only once: pass '-' once.")
    return _concatenated(paths, encoding)


def frame_text(texts: Iterable[str]) -> Iterator[str]:
    """Yields texts in memory as one line each, in pieces of about a million characters.

    Line ends within a text become spaces.

    Raises:
        DataError: A text is not a string, contains a NUL character, or has a word of more than 1,048,576 characters.
    """
    lines: list[str] = []
    characters = 0
    for number, text in enumerate(texts, start=1):
        if not isinstance(text, str):
            raise DataError(f"Text {number:,} is {text!r}, expected a string. Drop such rows.")
        if "\0" in text:
            raise DataError(f"Text {number:,} contains a NUL character. Drop it.")
        if _has_overlong_word(text):
            raise DataError(f"Text {number:,} has a word of more than {_MAX_WORD_LENGTH:,} characters. Drop it.")
        lines.append(_LINE_ENDS.sub(" ", text) if "\n" in text or "\r" in text else text)
        characters += len(text)
        if characters >= _MAX_WORD_LENGTH:
            yield "\n".join([*lines, ""])
            lines, characters = [], 0
    if lines:
        yield "\n".join([*lines, ""])


def text_of_frame(frame: pandas.DataFrame) -> Iterator[str]:
    """Yields the column `text` of a DataFrame; see `frame_text`.

    Raises:
        DataError: There is no such column, or as in `frame_text`.
    """
    if "text" not in frame:
        raise DataError(
            f"{frame.attrs.get('source', 'frame')} has no column 'text'; the columns are "
            f"{', '.join(map(str, frame.columns))}. Rename one to 'text'."
        )
    return frame_text(frame["text"].dropna().astype(str))


def _paths(file: str | Path) -> list[str]:
    """Returns the path itself, or the text files in a folder."""
    path = Path(file)
    if str(file) == "-":
        return ["-"]
    try:
        if path.is_dir():
            return _texts_in(path)
        if path.exists():
            return [str(path)]
        siblings = [sibling.name for sibling in path.parent.iterdir()] if path.parent.is_dir() else []
    except OSError as error:
        raise SeqkitError(f"{path} cannot be read: {error.strerror or error}. {UNREADABLE}") from error
    suggestion = nearest(path.name, siblings) if siblings and len(siblings) <= 1000 else ""
    hint = suggestion if suggestion.startswith("Did") else "Check its name."
    raise NotFoundError(f"There is no file {path}. {hint}")


def _texts_in(folder: Path) -> list[str]:
    names = sorted(file.name for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    texts = [str(folder / name) for name in names if name.endswith(_SUFFIXES)]
    if not texts:
        content = f" It contains: {', '.join(names[:5])}{', …' if len(names) > 5 else ''}." if names else ""
        raise UsageError(f"{folder} is a directory without .txt or .txt.gz files; pass the files themselves.{content}")
    return texts


def _concatenated(paths: list[str], encoding: str) -> Iterator[str]:
    is_blank = True
    for path in paths:
        for piece in _pieces(path, _name(path), encoding):
            is_blank = is_blank and piece.isspace()
            yield piece
    if is_blank:
        subject = f"{_name(paths[0])} contains" if len(paths) == 1 else f"The {len(paths):,} files contain"
        raise DataError(f"{subject} no words, only whitespace or nothing. Choose another file.")


def _name(path: str) -> str:
    return "standard input" if path == "-" else path


def _pieces(path: str, name: str, encoding: str) -> Iterator[str]:
    rest, lines, ends_line = "", 0, True
    with _opened(path, name) as file:
        for decoded in _decoded(file, encoding, name):
            text = rest + decoded
            end = text.rfind("\n") + 1 or _end_of_words(text)
            piece, rest = text[:end], text[end:]
            if _has_overlong_word(piece if piece else rest):
                raise DataError(
                    f"{name} has a word of more than {_MAX_WORD_LENGTH:,} characters in or after line {lines + 1:,}. "
                    "Separate its words by spaces."
                )
            lines += piece.count("\n")
            if piece:
                ends_line = piece.endswith("\n")
                yield piece
    if rest or not ends_line:
        yield rest + "\n"


def _end_of_words(text: str) -> int:
    """Returns a position after whitespace near the end of a text, where it may be cut; 0 if there is none."""
    end = len(text) if not text or text[-1].isspace() else len(text) - len(text.rsplit(maxsplit=1)[-1])
    for _ in range(_BREAKS_AT_ONCE):
        before = text[max(end - _BREAK_ROOM, 0) : end].rstrip()
        if unicodedata.normalize("NFKC", before[-3:]).lower() != "<br":
            break
        # Never cut inside the line break `<br />`, which contains a space.
        end = max(end - _BREAK_ROOM, 0) + len(before) - len(before.rsplit(maxsplit=1)[-1])
    return end


def _has_overlong_word(text: str) -> bool:
    """Whether a word exceeds the limit; counts words only if a long run without whitespace exists."""
    half = _MAX_WORD_LENGTH // 2
    for start in range(0, len(text) - half if len(text) > _MAX_WORD_LENGTH else 0, half):
        first = text[start : start + half].split(maxsplit=1)
        if first and len(first[0]) == half:
            return len(max(text.split(), key=len)) > _MAX_WORD_LENGTH
    return False


def _decoded(file: BinaryIO, encoding: str, name: str) -> Iterator[str]:
    r"""Yields the decoded text of a file, with `\n` as line end and without a byte order mark."""
    codec = codecs.lookup(encoding).name
    codec = "utf-8-sig" if codec == "utf-8" else codec
    decoder = codecs.getincrementaldecoder(codec)()
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    bytes_read, lines, is_first = 0, 0, True
    while True:
        block = file.read(_BLOCK)
        if is_first:
            _refuse_foreign(block, codec, name)
        try:
            text = decoder.decode(block, not block)
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            line = lines + 1 + len(_LINE_ENDS.findall(before.decode(codec, "replace")))
            byte = bytes_read + len(block) - len(error.object) + error.start
            raise DataError(
                _not_decodable(name, encoding, codec, error, f"line {line:,} (byte {byte + 1:,})")
            ) from error
        except UnicodeError as error:  # UTF-16 and UTF-32 need a byte order mark
            raise DataError(
                f"{name} does not start with the byte order mark of {encoding}. Use --encoding {encoding}-le or "
                f"{encoding}-be, or omit it if the text is UTF-8."
            ) from error
        text = newlines.decode(text, not block)
        text = text.removeprefix("\ufeff") if is_first else text
        if (place := text.find("\0")) >= 0:
            line = lines + 1 + text.count("\n", 0, place)
            raise DataError(f"{name} contains binary data: a NUL byte in line {line:,}. Pass a text file.")
        bytes_read, lines, is_first = bytes_read + len(block), lines + text.count("\n"), False
        yield text
        if not block:
            return


def _not_decodable(name: str, encoding: str, codec: str, error: UnicodeDecodeError, place: str) -> str:
    damaged = error.object[error.start : error.end]
    is_cut_off = error.end == len(error.object) and "end" in error.reason
    if codec == "utf-8-sig":
        if is_cut_off:
            return f"{name} ends within a character, in {place}: it is truncated or damaged. Fix its end."
        remedy = suggest_encoding(error.object[max(error.start - (1 << 16), 0) : error.start + (1 << 16)])
        return f"{name} is not UTF-8: byte 0x{damaged[0]:02X} in {place}. {remedy}"
    try:
        error.object.decode()
    except UnicodeDecodeError:
        remedy = "Read it with another --encoding."
    else:
        remedy = "It is valid UTF-8: omit --encoding."
    return f"{name} is not {encoding}: {error.reason} in {place}. {remedy}"


def _refuse_foreign(head: bytes, codec: str, name: str) -> None:
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise DataError(f"{name} is not a text file: it is {what}.")
    if head[_TAR] == b"ustar":
        raise DataError(f"{name} is not a text file: it is a TAR archive: unpack it, and pass its text files.")
    if codec == "utf-8-sig":
        refuse_utf16(head, name)


@contextmanager
def _opened(path: str, name: str) -> Iterator[BinaryIO]:
    """Opens a file or standard input, and decompresses gzip."""
    try:
        # Standard input may be any object with `read`: the buffered reader adds `peek`, and is detached afterwards.
        raw = io.BufferedReader(cast(Any, sys.stdin.buffer)) if path == "-" else Path(path).open("rb")  # noqa: SIM115
        try:
            if raw.peek(2)[:2] == b"\x1f\x8b":
                with gzip.GzipFile(fileobj=raw) as decompressed:
                    yield cast(BinaryIO, decompressed)
            else:
                yield raw
        finally:
            if path == "-":
                raw.detach()
            else:
                raw.close()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{name} is a damaged gzip file: {error}. Download or compress it again.") from error
    except OSError as error:
        raise SeqkitError(f"{name} cannot be read: {error.strerror or error}. {UNREADABLE}") from error
