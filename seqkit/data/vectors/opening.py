"""Word-vector files, opened: gzipped or not, with a header or without, text or binary, or something else altogether."""

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

from seqkit.data.vectors.rows import BLOCK, CUT_OFF, MAX_LINE, Gathered, as_number, read_binary, read_text
from seqkit.errors import UNREADABLE, DataError, NotFoundError, SeqkitError, UsageError

_MAX_EXPANSION = 1032
"""Bytes that one byte of a gzip file unpacks to, at most."""
_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[ \t]*(\d{1,18})[ \t]+(\d{1,18})[ \t\r]*\n?")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive: unpack it first",
    b"\x80": "a Python pickle, gensim's own format, which may run code: save the vectors as word2vec instead",
    b"\x93NUMPY": "a NumPy array, which has no words: save the vectors as word2vec",
    b"\xba\x16\x4f\x2f": "a model of fastText: read the .vec file that belongs to it",
    b"\x89HDF": "an HDF5 file: save the vectors as word2vec",
    b"PAR1": "a Parquet file: save the vectors as word2vec",
    b"\xff\xfe": "text in UTF-16: save it as UTF-8",
    b"\xfe\xff": "text in UTF-16: save it as UTF-8",
    b"BZh": "compressed with bzip2: unpack it, or compress it with gzip",
    b"\xfd7zXZ": "compressed with xz: unpack it, or compress it with gzip",
}


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int | None]]:
    """Opens a file, gzipped or not, and says how many bytes it can hold at most, None if that is unknown."""
    if os.path.isdir(path):  # False, too, of what is too long to be a name
        raise UsageError(f"{path} is a directory; give one file of word vectors.")
    try:
        with path.open("rb") as raw:
            info = path.stat()
            size = info.st_size if stat.S_ISREG(info.st_mode) else None
            if raw.peek(2)[:2] != b"\x1f\x8b":
                yield raw, size
                return
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield cast(BinaryIO, unpacked), None if size is None else size * _MAX_EXPANSION
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {path}. Look for a slip in its name.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is a damaged gzip file: {error}. Fetch or compress it again.") from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise NotFoundError(f"There is no file {path}. Look for a slip in its name.") from error
        raise SeqkitError(f"{path} cannot be read: {error.strerror or error}. {UNREADABLE}") from error


def is_header(line: bytes) -> bool:
    """Whether a first line counts words and dimensions."""
    return _HEADER.fullmatch(line) is not None


def read_stream(file: BinaryIO, most_bytes: int | None, gathered: Gathered) -> int:
    """Reads a file through, adds what is wanted to `gathered`, and returns the number of dimensions."""
    name = gathered.name
    first = file.readline(MAX_LINE)
    if not first.strip():
        raise DataError(
            f"{name}: line 1 is empty. Begin with a header or a word."
            if first
            else f"{name} is empty. Choose another file."
        )
    if (header := _HEADER.fullmatch(first)) is None:
        dimensions = _dimensions_of(first, name)
        read_text(file, first, 1, dimensions, None, gathered)
        return dimensions
    count, dimensions = int(header[1]), int(header[2])
    if not count or not dimensions:
        raise DataError(f"{name}: the header counts {count:,} vectors of {dimensions:,} numbers. {CUT_OFF}")
    if most_bytes is not None and max(count, 2 * dimensions) > most_bytes:
        raise DataError(
            f"{name}: the header counts {count:,} vectors of {dimensions:,} numbers, and the file has room for "
            f"{most_bytes:,} bytes. {CUT_OFF}"
        )
    block = file.read(BLOCK)
    if _is_binary(block, dimensions, name):
        gathered.unit = "record"
        read_binary(file, block, dimensions, count, gathered)
    else:
        read_text(file, block, 2, dimensions, count, gathered)
    return dimensions


def _dimensions_of(line: bytes, name: str) -> int:
    fields = line.split()
    if len(fields) < 2 or as_number(fields[-1]) is None:
        for magic, what in _FOREIGN.items():
            if line.startswith(magic):
                raise DataError(f"{name} is {what}.")
        shown = line[:60].decode("utf-8", "backslashreplace").strip()
        raise DataError(
            f"{name} is no file of word vectors: line 1 is neither a header, 'words dimensions', nor a word and its "
            f"numbers: {shown!r}. Give word2vec (text or binary) or GloVe."
        )
    return len(fields) - 1


def _is_binary(block: bytes, dimensions: int, name: str) -> bool:
    """Whether what follows the first word, under a header, is binary numbers."""
    start = block.find(b" ") + 1
    numbers = block[start : start + 4 * dimensions]
    if _CONTROL.search(numbers):
        return True
    if dimensions >= 8:  # so many binary numbers never happen to look like text
        return not (len(numbers) >= 256 or _is_utf8(numbers))
    suffix = Path(name.removesuffix(".gz")).suffix
    written = [as_number(each) for each in block[start:].partition(b"\n")[0].split()]
    if len(written) == dimensions and None not in written:
        return suffix == ".bin"
    return suffix not in (".txt", ".vec")


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.utf_8_decode(data, "strict", False)
    except UnicodeDecodeError:
        return False
    return True
