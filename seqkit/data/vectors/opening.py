"""Opens word-vector files and detects their format: gzipped or not, with or without a header, text or binary."""

from __future__ import annotations

import codecs
import errno
import gzip
import os
import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from seqkit.data.vectors.collected import CollectedVectors
from seqkit.data.vectors.rows import BLOCK, MAX_LINE, TRUNCATED, as_number, read_binary, read_text
from seqkit.errors import UNREADABLE, DataError, NotFoundError, SeqkitError, UsageError

_MAX_EXPANSION = 1032
"""Maximum number of bytes that one byte of a gzip file decompresses to."""
_HEADER = re.compile(rb"[ \t]*(\d{1,18})[ \t]+(\d{1,18})[ \t\r]*\n?")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive: unpack it first",
    b"\x80": "a Python pickle, gensim's native format, which may run code: save the vectors as word2vec instead",
    b"\x93NUMPY": "a NumPy array, which has no words: save the vectors as word2vec",
    b"\xba\x16\x4f\x2f": "a fastText model: read its .vec file instead",
    b"\x89HDF": "an HDF5 file: save the vectors as word2vec",
    b"PAR1": "a Parquet file: save the vectors as word2vec",
    b"\xff\xfe": "text in UTF-16: save it as UTF-8",
    b"\xfe\xff": "text in UTF-16: save it as UTF-8",
    b"BZh": "compressed with bzip2: unpack it, or compress it with gzip",
    b"\xfd7zXZ": "compressed with xz: unpack it, or compress it with gzip",
}


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int | None]]:
    """Opens a file, decompressing gzip; also yields the maximum size of its content in bytes, None if unknown."""
    if os.path.isdir(path):  # also False if the name is too long for the system
        raise UsageError(f"{path} is a directory; pass one file of word vectors.")
    try:
        with path.open("rb") as raw:
            info = path.stat()
            size = info.st_size if stat.S_ISREG(info.st_mode) else None
            if raw.peek(2)[:2] != b"\x1f\x8b":
                yield raw, size
                return
            with gzip.GzipFile(fileobj=raw) as decompressed:
                yield cast(BinaryIO, decompressed), None if size is None else size * _MAX_EXPANSION
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {path}. Check its name.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is a damaged gzip file: {error}. Download or compress it again.") from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise NotFoundError(f"There is no file {path}. Check its name.") from error
        raise SeqkitError(f"{path} cannot be read: {error.strerror or error}. {UNREADABLE}") from error


def is_header(line: bytes) -> bool:
    """Whether a first line is a header with the numbers of words and dimensions."""
    return _HEADER.fullmatch(line) is not None


def read_stream(file: BinaryIO, most_bytes: int | None, collected: CollectedVectors) -> int:
    """Reads a whole file, adds the requested vectors to `collected`, and returns the number of dimensions."""
    name = collected.name
    first = file.readline(MAX_LINE)
    if b"\r" in first.rstrip() and not first.endswith(b"\n"):
        file = cast(BinaryIO, _CarriageReturns(first, file))
        first = file.readline(MAX_LINE)
    if not first.strip():
        raise DataError(
            f"{name}: line 1 is empty. Start with a header or a word."
            if first
            else f"{name} is empty. Choose another file."
        )
    first = first.removeprefix(codecs.BOM_UTF8)
    if (header := _HEADER.fullmatch(first)) is None:
        dimensions = _dimensions_of(first, name)
        read_text(file, first, 1, dimensions, collected)
        return dimensions
    count, dimensions = int(header[1]), int(header[2])
    if not count or not dimensions:
        raise DataError(f"{name}: the header says {count:,} vectors of {dimensions:,} numbers. {TRUNCATED}")
    if most_bytes is not None and max(count, 2 * dimensions) > most_bytes:
        raise DataError(
            f"{name}: the header says {count:,} vectors of {dimensions:,} numbers, but the file has at most "
            f"{most_bytes:,} bytes. {TRUNCATED}"
        )
    collected.stated = count
    block = file.read(BLOCK)
    if _is_binary(block, dimensions, name):
        collected.unit = "record"
        read_binary(file, block, dimensions, count, collected)
    else:
        read_text(file, block, 2, dimensions, collected)
    return dimensions


class _CarriageReturns:
    """Reads a text file whose lines end with a carriage return alone as if they ended with a line feed."""

    def __init__(self, start: bytes, file: BinaryIO) -> None:
        self._start, self._file = start.replace(b"\r", b"\n"), file

    def readline(self, size: int) -> bytes:
        """Returns the first line."""
        end = self._start.find(b"\n", 0, size) + 1 or size
        line, self._start = self._start[:end], self._start[end:]
        return line

    def read(self, size: int) -> bytes:
        """Returns the next block."""
        block, self._start = self._start or self._file.read(size).replace(b"\r", b"\n"), b""
        return block


def _dimensions_of(line: bytes, name: str) -> int:
    fields = line.split()
    if len(fields) < 2 or as_number(fields[-1]) is None:
        for magic, what in _FOREIGN.items():
            if line.startswith(magic):
                raise DataError(f"{name} is {what}.")
        start = line[:60].decode("utf-8", "backslashreplace").strip()
        raise DataError(
            f"{name} is not a word-vector file: line 1 is neither a header, 'words dimensions', nor a word and its "
            f"numbers: {start!r}. Pass a word2vec (text or binary) or GloVe file."
        )
    is_blank = line[:1].isspace() and all(as_number(field) is not None for field in fields)
    return len(fields) - (0 if is_blank else 1)


def _is_binary(block: bytes, dimensions: int, name: str) -> bool:
    """Whether the first word after the header is followed by binary numbers."""
    start = block.find(b" ") + 1
    numbers = block[start : start + 4 * dimensions]
    if _CONTROL.search(numbers):
        return True
    if dimensions >= 8:  # that many binary numbers never look like text by chance
        return not (len(numbers) >= 256 or _is_utf8(numbers))
    suffix = Path(name.removesuffix(".gz")).suffix
    parsed = [as_number(field) for field in block[start:].partition(b"\n")[0].split()]
    if len(parsed) == dimensions and None not in parsed:
        return suffix == ".bin"
    return suffix not in (".txt", ".vec")


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.utf_8_decode(data, "strict", False)
    except UnicodeDecodeError:
        return False
    return True
