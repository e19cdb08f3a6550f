"""Reads the numbered lines of small UTF-8 text files, gzipped or not, such as analogies and word pairs."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from seqkit.data.files.archives import expand_gzip
from seqkit.data.files.opening import bytes_unless_parquet, decompressed
from seqkit.errors import DataError

_LINE_END = re.compile(r"\r\n?|\n")
_MAX_QUOTE = 60  # characters of a line that a message quotes


def numbered_lines(path: str | Path) -> Iterator[tuple[int, str]]:
    """Yields the number, from 1, and the stripped text of each non-blank line.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory.
        DataError: It is empty, in another format (a workbook, an archive, a web page), damaged, or not UTF-8; the
            message names the line.
    """
    data = bytes_unless_parquet(Path(path))
    if data is None:
        raise DataError(f"{path} is a Parquet file. Pass a text file.")
    data = decompressed(expand_gzip(data, str(path)), str(path)).removeprefix(codecs.BOM_UTF8)
    if not data.strip():
        raise DataError(f"{path} is empty. Choose another file.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        number = len(_LINE_END.findall(data[: error.start].decode())) + 1
        raise DataError(
            f"{path} is not UTF-8: byte 0x{data[error.start]:02X} in line {number:,}. Save the file as UTF-8."
        ) from error
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if content := line.strip().strip("\ufeff").strip():  # files with byte order marks may be concatenated
            yield number, content


def quoted(line: str) -> str:
    """Returns a line in quotes for a message, truncated if it is long."""
    return repr(line if len(line) <= _MAX_QUOTE else line[:_MAX_QUOTE] + "…")
