"""Running text from files, standard input or memory, a piece at a time: never the whole of it in memory.

A piece ends with a line, or inside an overlong line after a blank, so that no word is ever cut. Nothing is guessed:
what is no text, or is in another encoding, is refused with the place and the remedy.
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
_ENDINGS = (".txt", ".txt.gz")
_LINE_ENDS = re.compile(r"\r\n?|\n")
_BREAKS_AT_ONCE, _BREAK_ROOM = 16, 1 << 12
_TAR = slice(257, 262)
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive or a document of an office program: unpack it, or save it as text",
    b"\xd0\xcf\x11\xe0": "a document of an office program: save it as text",
    b"%PDF": "a PDF file: save it as text",
    b"{\\rtf": "a document of a word processor: save it as text",
    b"PAR1": "a Parquet file: give its column of text as a table, or save it as text",
    b"\x89HDF": "an HDF5 file: save its text as a text file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
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
    r"""Returns the text of files, one after another, in pieces of a few million characters.

    Line ends of all systems become `\n`, and the end of a file ends a line. A piece ends with a line end, or, inside a
    line of several MiB, after a blank: such a line goes on in the next piece. Gzip is known by its content.

    Args:
        files: Paths, at least one; "-" is standard input, and a folder stands for the files .txt and .txt.gz in it, in
            the order of their names.
        encoding: Encoding of the text, such as utf-8 (with or without a byte order mark), latin-1, cp949, utf-16.

    Raises:
        NotFoundError: There is no such file.
        UsageError: A folder holds no such files, standard input is named twice, or there is no such encoding.
        DataError: While the pieces are taken: there is no word, or a file is no text, is cut off, is in another
            encoding, or has a word of more than 1,048,576 characters; the message says where and how to mend it.
        SeqkitError: A file cannot be read.
    """
    to_utf8(b"", encoding, "")
    paths = [path for file in files for path in _paths(file)]
    if paths.count("-") > 1:
        raise UsageError("Standard input can be read once: name '-' once.")
    return _one_after_another(paths, encoding)


def frame_text(texts: Iterable[str]) -> Iterator[str]:
    """Yields texts that are in memory, each as a line of its own, in pieces of about a million characters.

    Line ends within a text become blanks.

    Raises:
        DataError: A text is no string, holds a NUL character, or has a word of more than 1,048,576 characters.
    """
    lines: list[str] = []
    characters = 0
    for number, text in enumerate(texts, start=1):
        if not isinstance(text, str):
            raise DataError(f"Text {number:,} is {text!r}, which is no text. Leave such rows out.")
        if "\0" in text:
            raise DataError(f"Text {number:,} holds a NUL character, which belongs to no text. Leave it out.")
        if _has_overlong_word(text):
            raise DataError(f"Text {number:,} has a word of more than {_MAX_WORD_LENGTH:,} characters. Leave it out.")
        lines.append(_LINE_ENDS.sub(" ", text) if "\n" in text or "\r" in text else text)
        characters += len(text)
        if characters >= _MAX_WORD_LENGTH:
            yield "\n".join([*lines, ""])
            lines, characters = [], 0
    if lines:
        yield "\n".join([*lines, ""])


def text_of_frame(frame: pandas.DataFrame) -> Iterator[str]:
    """Yields the column `text` of a frame; see `frame_text`.

    Raises:
        DataError: There is no such column, or as `frame_text`.
    """
    if "text" not in frame:
        raise DataError(
            f"{frame.attrs.get('source', 'frame')} has no column 'text'. Its columns: "
            f"{', '.join(map(str, frame.columns))}. Call one of them so."
        )
    return frame_text(frame["text"].dropna().astype(str))


def _paths(file: str | Path) -> list[str]:
    """Returns what a name stands for: itself, or the text files in the folder."""
    path = Path(file)
    if str(file) == "-":
        return ["-"]
    try:
        if path.is_dir():
            return _texts_in(path)
        if path.exists():
            return [str(path)]
        others = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    except OSError as error:
        raise SeqkitError(f"{path} cannot be read: {error.strerror or error}. {UNREADABLE}") from error
    where = nearest(path.name, others) if others and len(others) <= 1000 else ""
    raise NotFoundError(f"There is no file {path}.{' ' + where if where.startswith('Did') else ''}")


def _texts_in(folder: Path) -> list[str]:
    inside = sorted(each.name for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
    found = [str(folder / name) for name in inside if name.endswith(_ENDINGS)]
    if not found:
        beside = f" In it: {', '.join(inside[:5])}{', …' if len(inside) > 5 else ''}." if inside else ""
        raise UsageError(f"{folder} is a directory without any file .txt or .txt.gz; name the files.{beside}")
    return found


def _one_after_another(paths: list[str], encoding: str) -> Iterator[str]:
    is_blank = True
    for path in paths:
        for piece in _pieces(path, _name(path), encoding):
            is_blank = is_blank and piece.isspace()
            yield piece
    if is_blank:
        which = f"{_name(paths[0])} holds" if len(paths) == 1 else f"The {len(paths):,} files hold"
        raise DataError(f"{which} no word: nothing, or nothing but blanks.")


def _name(path: str) -> str:
    return "standard input" if path == "-" else path


def _pieces(path: str, name: str, encoding: str) -> Iterator[str]:
    rest, lines, ends_line = "", 0, True
    with _opened(path, name) as file:
        for read in _decoded(file, encoding, name):
            text = rest + read
            end = text.rfind("\n") + 1 or _after_blank(text)
            piece, rest = text[:end], text[end:]
            if _has_overlong_word(piece if piece else rest):
                raise DataError(
                    f"{name} is no text of words: from line {lines + 1:,} on, it has a word of more than "
                    f"{_MAX_WORD_LENGTH:,} characters, without any blank. Put blanks between its words."
                )
            lines += piece.count("\n")
            if piece:
                ends_line = piece.endswith("\n")
                yield piece
    if rest or not ends_line:
        yield rest + "\n"


def _after_blank(text: str) -> int:
    """Returns a place after a blank, near the end of a text, where it may be cut, 0 if there is none."""
    end = len(text) if not text or text[-1].isspace() else len(text) - len(text.rsplit(maxsplit=1)[-1])
    for _ in range(_BREAKS_AT_ONCE):
        before = text[max(end - _BREAK_ROOM, 0) : end].rstrip()
        if unicodedata.normalize("NFKC", before[-3:]).lower() != "<br":
            break
        # The line break `<br />` has a blank inside and is left in one piece.
        end = max(end - _BREAK_ROOM, 0) + len(before) - len(before.rsplit(maxsplit=1)[-1])
    return end


def _has_overlong_word(text: str) -> bool:
    """Whether a word is longer than any may be; only a stretch without a blank calls for a closer look."""
    half = _MAX_WORD_LENGTH // 2
    for start in range(0, len(text) - half if len(text) > _MAX_WORD_LENGTH else 0, half):
        first = text[start : start + half].split(maxsplit=1)
        if first and len(first[0]) == half:
            return len(max(text.split(), key=len)) > _MAX_WORD_LENGTH
    return False


def _decoded(file: BinaryIO, encoding: str, name: str) -> Iterator[str]:
    r"""Yields a file's text, its line ends made `\n`, without a byte order mark."""
    codec = codecs.lookup(encoding).name
    codec = "utf-8-sig" if codec == "utf-8" else codec
    decoder = codecs.getincrementaldecoder(codec)()
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    read, lines, is_first = 0, 0, True
    while True:
        block = file.read(_BLOCK)
        if is_first:
            _refuse_foreign(block, codec, name)
        try:
            text = decoder.decode(block, not block)
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            line = lines + 1 + len(_LINE_ENDS.findall(before.decode(codec, "replace")))
            byte = read + len(block) - len(error.object) + error.start
            raise DataError(
                _not_decodable(name, encoding, codec, error, f"line {line:,} (byte {byte + 1:,})")
            ) from error
        except UnicodeError as error:  # UTF-16 and UTF-32 may come in two orders, which only such a mark tells
            raise DataError(
                f"{name} does not begin with the byte order mark of {encoding}. Say --encoding {encoding}-le or "
                f"{encoding}-be, or leave it out if the text is UTF-8."
            ) from error
        text = newlines.decode(text, not block)
        text = text.removeprefix("\ufeff") if is_first else text
        if (place := text.find("\0")) >= 0:
            line = lines + 1 + text.count("\n", 0, place)
            raise DataError(f"{name} holds binary data: a NUL byte in line {line:,}. Give a text file.")
        read, lines, is_first = read + len(block), lines + text.count("\n"), False
        yield text
        if not block:
            return


def _not_decodable(name: str, encoding: str, codec: str, error: UnicodeDecodeError, place: str) -> str:
    damaged = error.object[error.start : error.end]
    is_cut_off = error.end == len(error.object) and "end" in error.reason
    if codec == "utf-8-sig":
        if is_cut_off:
            return f"{name} ends within a character, in {place}: it is cut off, or damaged there. Mend its end."
        remedy = suggest_encoding(error.object[max(error.start - (1 << 16), 0) : error.start + (1 << 16)])
        return f"{name} is not UTF-8: byte 0x{damaged[0]:02X} in {place}. {remedy}"
    try:
        error.object.decode()
    except UnicodeDecodeError:
        remedy = "Read it with another --encoding."
    else:
        remedy = "It is valid UTF-8: leave --encoding out."
    return f"{name} is not {encoding}: {error.reason} in {place}. {remedy}"


def _refuse_foreign(head: bytes, codec: str, name: str) -> None:
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise DataError(f"{name} is no text: it is {what}.")
    if head[_TAR] == b"ustar":
        raise DataError(f"{name} is no text: it is a TAR archive: unpack it, and name the text files in it.")
    if codec == "utf-8-sig":
        refuse_utf16(head, name)


@contextmanager
def _opened(path: str, name: str) -> Iterator[BinaryIO]:
    """Opens a file or standard input, gzipped or not."""
    try:
        # Standard input may be anything with `read`: what is put before it can look ahead, and is taken off again.
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
        raise DataError(f"{name} is a damaged gzip file: {error}. Fetch or compress it again.") from error
    except OSError as error:
        raise SeqkitError(f"{name} cannot be read: {error.strerror or error}. {UNREADABLE}") from error
