"""Word vectors as other tools write them: word2vec in text and binary, and GloVe.

Which of the three a file is, is found from its content. Numbers are 32-bit floats, as in the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from seqkit.data.vectors.opening import is_header, opened, read_stream
from seqkit.data.vectors.rows import Gathered
from seqkit.errors import DataError
from seqkit.files.atomic import atomic_write

Format = Literal["word2vec", "word2vec-bin", "glove"]

_ROWS_AT_A_TIME = 4096


@dataclass(frozen=True)
class WordVectors:
    """Words and their vectors.

    Attributes:
        words: Each once.
        vectors: Float32, finite, of shape (words, dimensions).
        repeated: How many vectors of a file were left out because their word had come before.
    """

    words: list[str]
    vectors: np.ndarray
    repeated: int = 0


def read_vectors(path: str | Path, *, only: set[str] | None = None) -> WordVectors:
    """Returns the word vectors of a file, in its order; of a word that comes twice, the first.

    Args:
        path: A file of word2vec (text or binary) or GloVe, gzipped or not.
        only: The words that are wanted, all of them if None. The file is read through in little memory; of what is not
            wanted, only the number of vectors, and in text that of their dimensions, is checked.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory.
        DataError: It is empty, of another format, cut off, not UTF-8, has a header that the file cannot fulfil, or
            vectors of other dimensions or of what is no finite number; the message says which line or record.
    """
    gathered = Gathered(str(path), only)
    with opened(Path(path)) as (file, most_bytes):
        dimensions = read_stream(file, most_bytes, gathered)
    matrix = np.concatenate([np.empty((0, dimensions), np.float32), *gathered.blocks])
    return WordVectors(list(gathered.words), matrix, gathered.repeated)


def write_vectors(vectors: WordVectors, path: str | Path, format: Format) -> None:
    """Writes word vectors so that `read_vectors`, gensim and others read the same words and numbers.

    Args:
        vectors: At least one; their words hold no blank, which is what ends a word in all three formats.
        path: The file to write; it is written whole or not at all.
        format: "word2vec" is text under a header, "word2vec-bin" binary under a header, "glove" text without one.

    Raises:
        DataError: The format cannot hold a word or a number; the message names it. Nothing has been written then.
        UnwritableError: The file cannot be written; whatever stood there still does.
        ValueError: `format` is none of the three, or the words and the vectors are not equally many, at least one.
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
            "Received an invalid value for argument `vectors`, expected a word to each row of an array of shape "
            f"(words, dimensions), got {len(words)} words and shape {vectors.vectors.shape}."
        )
    _check_words(words)
    _check_numbers(words, vectors.vectors, matrix)
    rows = _binary_rows(words, matrix) if format == "word2vec-bin" else _text_rows(words, matrix)
    if format == "glove":
        first = next(_text_rows(words[:1], matrix[:1]))
        if is_header(first):
            raise DataError(
                f"A GloVe file cannot begin with {first.decode().strip()!r}, which is what a header looks like. "
                "Write word2vec, which has a header."
            )
    with atomic_write(Path(path)) as temporary, temporary.open("wb") as file:
        if format != "glove":
            file.write(f"{len(words)} {matrix.shape[1]}\n".encode())
        file.writelines(rows)


def _check_words(words: list[str]) -> None:
    seen: set[str] = set()
    for number, word in enumerate(words, start=1):
        why = None
        if word.split() != [word]:  # the blanks of Unicode too, at which other tools end a word
            why = "holds a blank or a line end, which ends a word in this format" if word else "is empty"
        elif word in seen:
            why = "comes twice"
        else:
            try:
                word.encode()
            except UnicodeEncodeError:
                why = "holds half a surrogate pair, which is no character"
        if why is not None:
            raise DataError(f"Vector {number:,} cannot be written: its word {word!r} {why}. Leave it out.")
        seen.add(word)


def _check_numbers(words: list[str], given: np.ndarray, matrix: np.ndarray) -> None:
    finite = np.isfinite(matrix)
    if not finite.all():
        row, column = (int(place[0]) for place in np.nonzero(~finite))
        raise DataError(
            f"Vector {row + 1:,} cannot be written: number {column + 1} of '{words[row]}' is {given[row, column]}, and "
            "vectors hold finite numbers of 32 bits."
        )


def _text_rows(words: list[str], matrix: np.ndarray) -> Iterator[bytes]:
    """Yields lines; nine digits tell every 32-bit float from its neighbours."""
    numbers = " %.9g" * matrix.shape[1] + "\n"
    for first in range(0, len(words), _ROWS_AT_A_TIME):
        rows = matrix[first : first + _ROWS_AT_A_TIME].tolist()
        for word, row in zip(words[first : first + _ROWS_AT_A_TIME], rows, strict=True):
            yield (word + numbers % tuple(row)).encode()


def _binary_rows(words: list[str], matrix: np.ndarray) -> Iterator[bytes]:
    for word, row in zip(words, matrix, strict=True):
        yield word.encode() + b" " + row.tobytes() + b"\n"
