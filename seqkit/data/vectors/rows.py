"""Reads the rows of word-vector files, text lines or binary records, in blocks.

A word ends at the first space. In text files, where the number of dimensions is known, a word may contain spaces; in
binary records it may not. Lines and records are counted from 1; the header is line 1 and not a record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from seqkit.data.vectors.collected import CollectedVectors, decoded_word
from seqkit.errors import DataError

BLOCK = 1 << 23
MAX_LINE = 1 << 24
TRUNCATED = "The file is truncated, or its header is wrong: download or write it again."

_MAX_WORD_LENGTH = 1 << 16
_MAX_TEXT_COLUMNS = 4096


def read_text(file: BinaryIO, block: bytes, line_number: int, dimensions: int, collected: CollectedVectors) -> None:
    """Reads the rows of a text file to its end.

    Args:
        file: The file, positioned after `block`.
        block: Content read so far, from the start of a line.
        line_number: Number of the first line in the block.
        dimensions: Numbers per row.
        collected: Receives the words and vectors.
    """
    is_whole = True  # whether the last line ends with a line end
    for lines, has_end in _lines(file, block, collected.name):
        is_whole = has_end
        rows: list[bytes] = []
        numbers: list[int] = []
        for number, line in enumerate(lines, start=line_number):
            row = line.rstrip()
            if not row:
                continue
            word, _, rest = row.partition(b" ")
            if not word or rest.count(b" ") != dimensions - 1:
                word, rest = _split_row(row, number, dimensions, collected.name)
            if collected.takes(word, number):
                rows.append(rest)
                numbers.append(number)
        line_number += len(lines)
        if rows:
            parsed = _parse_rows(rows, dimensions)
            if parsed is None:
                parsed = _parse_one_by_one(rows, numbers, dimensions, collected)
            collected.add(parsed, numbers)
    missing = 0 if collected.stated is None else collected.stated - collected.rows
    if missing > 0 and not (is_whole and collected.may_lack(missing)):
        raise DataError(
            f"{collected.name}: the header says {collected.stated:,} vectors, but the file has {collected.rows:,}. "
            f"{TRUNCATED}"
        )


def _lines(file: BinaryIO, block: bytes, name: str) -> Iterator[tuple[list[bytes], bool]]:
    """Yields the lines of a block and of the rest of the file, many at a time, and whether the last one has an end."""
    rest = b""
    while block or (block := file.read(BLOCK)):
        lines = (rest + block).split(b"\n")
        rest, block = lines.pop(), b""
        if len(rest) > MAX_LINE:
            raise DataError(f"{name} is not a text file: a line has more than {MAX_LINE:,} bytes.")
        yield lines, True
    if rest:
        yield [rest], False


def _split_row(row: bytes, number: int, dimensions: int, name: str) -> tuple[bytes, bytes]:
    """Returns the word and the numbers of a row with tabs, repeated spaces, or spaces in the word."""
    fields = row.split()
    if row[:1].isspace():
        if len(fields) != dimensions or any(as_number(field) is None for field in fields):
            raise DataError(
                f"{name}: line {number:,} starts with whitespace, expected a word and {dimensions:,} numbers, got "
                f"{_decode(row)!r}. Fix or remove that line."
            )
        return b"", b" ".join(fields)
    extra = len(fields) - 1 - dimensions
    if extra < 0 or any(as_number(field) is not None for field in fields[1 : 1 + extra]):
        raise _wrong_dimensions(fields[0], number, len(fields) - 1, dimensions, name)
    return row.rsplit(None, dimensions)[0].strip(), b" ".join(fields[1 + extra :])


def _wrong_dimensions(word: bytes, number: int, count: int, expected: int, name: str) -> DataError:
    return DataError(
        f"{name}: line {number:,} ('{_decode(word)}') has {count:,} numbers, expected {expected:,} as in line 1. "
        "Fix or remove that line; if it is the last one, the file is truncated."
    )


def _decode(text: bytes) -> str:
    return text[:60].decode("utf-8", "backslashreplace")


def _parse_rows(rows: list[bytes], dimensions: int) -> np.ndarray | None:
    """Returns the numbers, float32, of shape (rows, dimensions), or None if Arrow cannot parse some."""
    if dimensions > _MAX_TEXT_COLUMNS:
        return None
    import pyarrow
    from pyarrow import csv

    text = b"\n".join(rows)
    names = [str(i) for i in range(dimensions)]
    try:
        table = csv.read_csv(
            pyarrow.BufferReader(text),
            csv.ReadOptions(column_names=names, use_threads=False, block_size=len(text) + 1),
            csv.ParseOptions(delimiter=" ", quote_char=False),
            csv.ConvertOptions(column_types=dict.fromkeys(names, pyarrow.float32()), null_values=[]),
        )
    except pyarrow.ArrowInvalid:
        return None
    block = np.column_stack([column.to_numpy() for column in table.columns])
    return block if len(block) == len(rows) and np.isfinite(block).all() else None


def _parse_one_by_one(
    rows: list[bytes], numbers: list[int], dimensions: int, collected: CollectedVectors
) -> np.ndarray:
    block = np.empty((len(rows), dimensions), np.float32)
    for i, row in enumerate(rows):
        fields = row.split()
        values = [as_number(field) for field in fields]
        if len(values) != dimensions or None in values:
            word = list(collected.words)[i - len(rows)]
            if None not in values:
                raise _wrong_dimensions(word.encode(), numbers[i], len(values), dimensions, collected.name)
            column = values.index(None)
            raise DataError(
                f"{collected.name}: number {column + 1} of '{word}' in line {numbers[i]:,} is "
                f"{_decode(fields[column])!r}, expected a number. Fix that line."
            )
        with np.errstate(over="ignore"):
            block[i] = values
    return block


def as_number(field: bytes) -> float | None:
    """Returns the number in a field, None if it is not a number."""
    try:
        return None if b"_" in field else float(field)  # float() accepts 1_000, other tools do not
    except ValueError:
        return None


def read_binary(file: BinaryIO, block: bytes, dimensions: int, count: int, collected: CollectedVectors) -> None:
    """Reads the records of a binary file to its end.

    Args:
        file: The file, positioned after `block`.
        block: Content read so far, from the start of a record.
        dimensions: Numbers per record.
        count: Number of records according to the header.
        collected: Receives the words and vectors.
    """
    size = 4 * dimensions
    position, record = 0, 1
    rows: list[bytes] = []
    numbers: list[int] = []

    def flush() -> None:
        if rows:
            parsed = np.frombuffer(b"".join(rows), "<f4").astype(np.float32).reshape(-1, dimensions)
            collected.add(parsed, numbers)
            rows.clear()
            numbers.clear()

    while True:
        space = block.find(b" ", position, position + _MAX_WORD_LENGTH)
        start = space + 1
        if space >= 0 and start + size <= len(block):
            word = block[position:space].lstrip(b"\n")  # some tools end a record with a newline
            if record > count and decoded_word(word, is_binary=True) is None:
                raise _continues(collected.name, count, dimensions)
            if collected.takes(word, record):
                rows.append(block[start : start + size])
                numbers.append(record)
            position, record = start + size, record + 1
            continue
        flush()
        remaining = len(block) - position
        if space < 0 and remaining >= _MAX_WORD_LENGTH:
            raise DataError(
                f"{collected.name}: the word of record {record:,} does not end within {_MAX_WORD_LENGTH:,} bytes. "
                "Words of binary word2vec must not contain spaces, and the header must give the right dimensions."
            )
        more = file.read(BLOCK)
        if not more:
            break
        block, position = block[position:] + more, 0
    is_whole = not block[position:].strip(b"\n")
    if record > count and not is_whole:
        raise _continues(collected.name, count, dimensions)
    missing = count - record + 1
    if missing > 0 and not (is_whole and collected.may_lack(missing)):
        needed = f"needs {start - position + size:,} bytes" if space >= 0 else f"needs more than {size:,} bytes"
        raise DataError(
            f"{collected.name}: record {record:,} of {count:,} {needed}, but {remaining:,} remain. {TRUNCATED}"
        )


def _continues(name: str, count: int, dimensions: int) -> DataError:
    return DataError(
        f"{name}: the header says {count:,} vectors of {dimensions:,} numbers, but the file continues after them. Fix "
        "the header."
    )
