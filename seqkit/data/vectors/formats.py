"""Reads and writes word vectors in the formats of other tools: word2vec text and binary, and GloVe.

The format of a file is detected from its content. Numbers are 32-bit floats, as in the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from seqkit.data.vectors.collected import CollectedVectors
from seqkit.data.vectors.opening import is_header, opened, read_stream
from seqkit.errors import DataError
from seqkit.files.atomic import atomic_write

Format = Literal["word2vec", "word2vec-bin", "glove"]

_ROWS_AT_A_TIME = 4096


@dataclass(frozen=True)
class WordVectors:
    """Words and their vectors.

    Attributes:
        words: Distinct words.
        vectors: Float32, finite, of shape (words, dimensions).
        notes: Messages about vectors of the file that were left out, one line each.
    """

    words: list[str]
    vectors: np.ndarray
    notes: tuple[str, ...] = ()


def read_vectors(path: str | Path, *, only: set[str] | None = None) -> WordVectors:
    """Returns the word vectors of a file, in order; for a repeated word, the first vector.

    Vectors of blank words, and of a few words that are not UTF-8 (word2vec cuts long words, even inside a letter), are
    left out and counted in the notes, and so is a header that is a few vectors off.

    Args:
        path: A file in word2vec (text or binary) or GloVe format, gzipped or not.
        only: The words to read, all of them if None. The file is streamed, so memory grows only with these words; for
            other words, only the number of vectors, and in text files their dimensions, are validated.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory.
        DataError: It is empty, in another format, truncated, in another encoding, has a header that contradicts its
            content, or vectors with other dimensions or non-finite numbers; the message names the line or record.
    """
    collected = CollectedVectors(str(path), only)
    with opened(Path(path)) as (file, most_bytes):
        dimensions = read_stream(file, most_bytes, collected)
    collected.check_words()
    matrix = np.concatenate([np.empty((0, dimensions), np.float32), *collected.blocks])
    return WordVectors(list(collected.words), matrix, tuple(collected.notes()))


def write_vectors(vectors: WordVectors, path: str | Path, format: Format) -> None:
    """Writes word vectors so that `read_vectors`, gensim and others read the same words and numbers.

    Args:
        vectors: At least one vector; words must not contain whitespace, which ends a word in all three formats.
        path: The file to write, atomically.
        format: "word2vec" is text with a header, "word2vec-bin" is binary with a header, "glove" is text without one.

    Raises:
        DataError: The format cannot represent a word or a number; the message names it. Nothing is written.
        UnwritableError: The file cannot be written; an existing file is unchanged.
        ValueError: `format` is invalid, there are no vectors, or the numbers of words and vectors differ.
    """
    if format not in get_args(Format):
        raise ValueError(
            f"Received an invalid value for argument `format`, expected one of {', '.join(get_args(Format))}, "
            f"got {format!r}."
        )
    words = vectors.words
    with np.errstate(over="ignore"):
        matrix = np.ascontiguousarray(vectors.vectors, "<f4")
    if matrix.ndim != 2 or not matrix.size or len(matrix) != len(words):
        raise ValueError(
            "Received an invalid value for argument `vectors`, expected a word for each row of an array of shape "
            f"(words, dimensions), got {len(words)} words and shape {vectors.vectors.shape}."
        )
    _check_words(words)
    _check_numbers(words, vectors.vectors, matrix)
    rows = _binary_rows(words, matrix) if format == "word2vec-bin" else _text_rows(words, matrix)
    if format == "glove":
        first = next(_text_rows(words[:1], matrix[:1]))
        if is_header(first):
            raise DataError(
                f"A GloVe file cannot start with {first.decode().strip()!r}, which looks like a header. Use the format "
                "word2vec, which has a header."
            )
    with atomic_write(Path(path)) as temporary, temporary.open("wb") as file:
        if format != "glove":
            file.write(f"{len(words)} {matrix.shape[1]}\n".encode())
        file.writelines(rows)


def _check_words(words: list[str]) -> None:
    seen: set[str] = set()
    for number, word in enumerate(words, start=1):
        why = None
        if word.split() != [word]:  # Unicode whitespace too, since other tools split at it
            why = "contains whitespace, which ends a word in this format" if word else "is empty"
        elif word in seen:
            why = "occurs twice"
        else:
            try:
                word.encode()
            except UnicodeEncodeError:
                why = "contains half of a surrogate pair"
        if why is not None:
            raise DataError(f"Vector {number:,} cannot be written: its word {word!r} {why}. Remove it.")
        seen.add(word)


def _check_numbers(words: list[str], given: np.ndarray, matrix: np.ndarray) -> None:
    finite = np.isfinite(matrix)
    if not finite.all():
        row, column = (int(place[0]) for place in np.nonzero(~finite))
        raise DataError(
            f"Vector {row + 1:,} cannot be written: number {column + 1} of '{words[row]}' is {given[row, column]}, but "
            "vectors must be finite 32-bit floats."
        )


def _text_rows(words: list[str], matrix: np.ndarray) -> Iterator[bytes]:
    """Yields lines; nine significant digits represent every 32-bit float exactly."""
    numbers = " %.9g" * matrix.shape[1] + "\n"
    for first in range(0, len(words), _ROWS_AT_A_TIME):
        rows = matrix[first : first + _ROWS_AT_A_TIME].tolist()
        for word, row in zip(words[first : first + _ROWS_AT_A_TIME], rows, strict=True):
            yield (word + numbers % tuple(row)).encode()


def _binary_rows(words: list[str], matrix: np.ndarray) -> Iterator[bytes]:
    for word, row in zip(words, matrix, strict=True):
        yield word.encode() + b" " + row.tobytes() + b"\n"
