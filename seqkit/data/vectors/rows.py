"""The rows of word-vector files: words and numbers in lines of text, or in binary records, a block at a time.

A word ends at the first blank. In text, where the number of dimensions is known, further blanks may belong to the word;
in a binary record they may not. Lines and records are counted from 1; a header is line 1 and no record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

import numpy as np

from seqkit.errors import DataError

BLOCK = 1 << 23
MAX_LINE = 1 << 24
CUT_OFF = "The file is cut off, or its header is wrong: fetch or write it again."

_MAX_WORD_LENGTH = 1 << 16
_MAX_TEXT_COLUMNS = 4096


@dataclass
class Gathered:
    """The words and vectors kept of a file so far.

    Attributes:
        name: The file, as messages call it.
        only: The words that are wanted, all of them if None.
        unit: What the file consists of.
        words: Those kept, each once, in the order of the file.
        blocks: Their vectors, float32, each of shape (some, dimensions).
        repeated: How many vectors were left out because their word had come before.
    """

    name: str
    only: set[str] | None
    unit: Literal["line", "record"] = "line"
    words: dict[str, None] = field(default_factory=dict)
    blocks: list[np.ndarray] = field(default_factory=list)
    repeated: int = 0

    def takes(self, word: bytes, number: int) -> bool:
        """Whether the vector of a word is kept; then it has to come with the next block."""
        try:
            text = word.decode()
        except UnicodeDecodeError as error:
            if self.only is not None:
                return False  # what is no text is not wanted either
            raise DataError(
                f"{self.name}: the word of {self.unit} {number:,} is not UTF-8: {word[:60]!r}. Save the file as UTF-8"
                + ("." if self.unit == "line" else ", or mend the header: it may count other dimensions.")
            ) from error
        if self.only is not None and text not in self.only:
            return False
        if not text:
            raise DataError(f"{self.name}: {self.unit} {number:,} has no word before its numbers. Leave it out.")
        if text in self.words:
            self.repeated += 1
            return False
        self.words[text] = None
        return True

    def add(self, block: np.ndarray, numbers: list[int]) -> None:
        """Keeps the vectors, of shape (some, dimensions), of the words taken last, from the lines or records named."""
        finite = np.isfinite(block)
        if not finite.all():
            row, column = (int(place[0]) for place in np.nonzero(~finite))
            word = list(self.words)[row - len(block)]
            raise DataError(
                f"{self.name}: number {column + 1} of '{word}' in {self.unit} {numbers[row]:,} is {block[row, column]} "
                "in 32 bits, and a vector holds finite numbers. Leave that word out of the file."
            )
        self.blocks.append(block)


def read_text(
    file: BinaryIO, block: bytes, line_number: int, dimensions: int, count: int | None, gathered: Gathered
) -> None:
    """Reads the rows of a text to its end.

    Args:
        file: Where the text goes on after `block`.
        block: What has been read of it, from the beginning of a line on.
        line_number: Of the line that the block begins with.
        dimensions: Numbers in a row.
        count: How many rows the header says there are, None without a header.
        gathered: What keeps them.
    """
    found = 0
    for lines in _lines(file, block, gathered.name):
        rows: list[bytes] = []
        numbers: list[int] = []
        for number, line in enumerate(lines, start=line_number):
            row = line.rstrip()
            if not row:
                continue
            found += 1
            word, _, rest = row.partition(b" ")
            if rest.count(b" ") != dimensions - 1:
                word, rest = _apart(row, number, dimensions, gathered.name)
            if count is not None and found > count:
                raise DataError(
                    f"{gathered.name}: the header counts {count:,} vectors, and line {number:,} is one more. Mend the "
                    "header."
                )
            if gathered.takes(word, number):
                rows.append(rest)
                numbers.append(number)
        line_number += len(lines)
        if rows:
            parsed = _parsed(rows, dimensions)
            if parsed is None:
                parsed = _parsed_one_by_one(rows, numbers, dimensions, gathered)
            gathered.add(parsed, numbers)
    if count is not None and found < count:
        raise DataError(f"{gathered.name}: the header counts {count:,} vectors, and the file has {found:,}. {CUT_OFF}")


def _lines(file: BinaryIO, block: bytes, name: str) -> Iterator[list[bytes]]:
    """Yields the lines of a block and of the rest of the file, many at a time, without their ends."""
    left = b""
    while block or (block := file.read(BLOCK)):
        lines = (left + block).split(b"\n")
        left, block = lines.pop(), b""
        if len(left) > MAX_LINE:
            raise DataError(f"{name} is no text: a line of it has more than {MAX_LINE:,} bytes.")
        yield lines
    if left:
        yield [left]


def _apart(row: bytes, number: int, dimensions: int, name: str) -> tuple[bytes, bytes]:
    """Returns the word and the numbers of a row that has tabs, or more blanks than one before each number."""
    if row[:1].isspace():
        return b"", row
    fields = row.split()
    spare = len(fields) - 1 - dimensions
    if spare < 0 or any(as_number(each) is not None for each in fields[1 : 1 + spare]):
        raise _other_dimensions(fields[0], number, len(fields) - 1, dimensions, name)
    return row.rsplit(None, dimensions)[0].strip(), b" ".join(fields[1 + spare :])


def _other_dimensions(word: bytes, number: int, found: int, expected: int, name: str) -> DataError:
    return DataError(
        f"{name}: line {number:,} ('{_shown(word)}') has {found:,} numbers, expected {expected:,} as in line 1. "
        "Mend or leave out that line; if it is the last one, the file is cut off."
    )


def _shown(text: bytes) -> str:
    return text[:60].decode("utf-8", "backslashreplace")


def _parsed(rows: list[bytes], dimensions: int) -> np.ndarray | None:
    """Returns the numbers, float32, of shape (rows, dimensions), or None if some cannot be read as they are."""
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


def _parsed_one_by_one(rows: list[bytes], numbers: list[int], dimensions: int, gathered: Gathered) -> np.ndarray:
    block = np.empty((len(rows), dimensions), np.float32)
    for i, row in enumerate(rows):
        fields = row.split()
        values = [as_number(each) for each in fields]
        if len(values) != dimensions or None in values:
            word = list(gathered.words)[i - len(rows)]
            if None not in values:
                raise _other_dimensions(word.encode(), numbers[i], len(values), dimensions, gathered.name)
            column = values.index(None)
            raise DataError(
                f"{gathered.name}: number {column + 1} of '{word}' in line {numbers[i]:,} is "
                f"{_shown(fields[column])!r}, which is no number. Mend that line."
            )
        with np.errstate(over="ignore"):
            block[i] = values
    return block


def as_number(field: bytes) -> float | None:
    """Returns what is written in a field, None if that is no number."""
    try:
        return None if b"_" in field else float(field)  # Python reads 1_000, no other tool does
    except ValueError:
        return None


def read_binary(file: BinaryIO, block: bytes, dimensions: int, count: int, gathered: Gathered) -> None:
    """Reads the records of a binary file to its end.

    Args:
        file: Where the records go on after `block`.
        block: What has been read of them, from the beginning of a record on.
        dimensions: Numbers in a record.
        count: How many records the header says there are.
        gathered: What keeps them.
    """
    size = 4 * dimensions
    position, record = 0, 1
    rows: list[bytes] = []
    numbers: list[int] = []

    def keep() -> None:
        if rows:
            parsed = np.frombuffer(b"".join(rows), "<f4").astype(np.float32).reshape(-1, dimensions)
            gathered.add(parsed, numbers)
            rows.clear()
            numbers.clear()

    while record <= count:
        blank = block.find(b" ", position, position + _MAX_WORD_LENGTH)
        start = blank + 1
        if blank >= 0 and start + size <= len(block):
            if gathered.takes(block[position:blank].lstrip(b"\n"), record):  # some tools end a record with a line
                rows.append(block[start : start + size])
                numbers.append(record)
            position, record = start + size, record + 1
            continue
        keep()
        left = len(block) - position
        if blank < 0 and left >= _MAX_WORD_LENGTH:
            raise DataError(
                f"{gathered.name}: the word of record {record:,} does not end within {_MAX_WORD_LENGTH:,} bytes. Words "
                "of binary word2vec hold no blanks, and the header must count the dimensions that the records have."
            )
        more = file.read(BLOCK)
        if not more:
            wanted = f"needs {start - position + size:,} bytes" if blank >= 0 else f"needs more than {size:,} bytes"
            raise DataError(
                f"{gathered.name}: record {record:,} of {count:,} {wanted}, and {left:,} are left. {CUT_OFF}"
            )
        block, position = block[position:] + more, 0
    keep()
    if (block[position:] + file.read(1024)).strip(b"\n"):
        raise DataError(
            f"{gathered.name}: the header counts {count:,} vectors of {dimensions:,} numbers, and the file goes on "
            "after them. Mend the header."
        )
