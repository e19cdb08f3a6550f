"""Encodes a corpus of any size as word ids on disk in a single pass, with only the vocabulary in memory."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from seqkit.data.text.phrases import join_phrases
from seqkit.data.text.word_ids import TOKENIZERS, Tokenizer, WordIds
from seqkit.errors import DataError, SeqkitError

_CHUNK = 1 << 22


@dataclass(frozen=True)
class Corpus:
    """Running text encoded as word ids.

    Attributes:
        ids: Word ids from 1, most frequent word first, ties by code point; a 0 ends each line. Int32, of shape
            (words + lines,), a memory map of an unnamed file that is deleted with the array.
        words: The words in the vocabulary; id i is `words[i - 1]`.
        counts: Count of each word, int64, of shape (words,).
        raw_words: Number of words read, including rare ones.
        lines: Number of lines with at least one word.
        sha256: SHA-256 of the text as UTF-8.
        notes: Notes for the user.
    """

    ids: np.ndarray
    words: list[str]
    counts: np.ndarray
    raw_words: int
    lines: int
    sha256: str
    notes: list[str]


def read_corpus(
    pieces: Iterable[str],
    *,
    tokenizer: Tokenizer = "word",
    lower: bool = True,
    min_count: int = 5,
    phrases: float | None = None,
    scratch: Path,
) -> Corpus:
    r"""Encodes text as word ids.

    Args:
        pieces: Text with `\n` at the end of each line, never cut within a word, without NULs.
        tokenizer: "word" splits into words ("don't" is one) and punctuation marks, as the text tokenizer does; "blank"
            splits only at whitespace.
        lower: Whether to convert words to lower case.
        min_count: Minimum count of a word, [1, inf). Rarer words are dropped before windows are formed, so that their
            neighbours become adjacent.
        phrases: Minimum normalised pointwise mutual information, (-1, 1], at which adjacent words that co-occur at
            least `min_count` times become one word, joined by "_"; None joins none.
        scratch: An existing folder for the ids: four bytes per word and line.

    Raises:
        DataError: The text contains no words, or fewer than two that are frequent enough.
        SeqkitError: The ids cannot be written to the folder.
        ValueError: An argument is out of range.
    """
    if tokenizer not in TOKENIZERS:
        raise ValueError(
            f"Received an invalid value for argument `tokenizer`, expected one of {', '.join(TOKENIZERS)}, "
            f"got {tokenizer!r}."
        )
    if min_count < 1:
        raise ValueError(
            f"Received an invalid value for argument `min_count`, expected an integer of at least 1, got {min_count}."
        )
    word_ids = WordIds(tokenizer, lower=lower)
    with _write_errors(scratch):
        file = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115, closed below; the memory map keeps the data
    with file:
        sha256 = _write(pieces, word_ids, file, scratch)
        ids = np.memmap(file, np.int32, "r+")
        counts = _count_ids(ids, len(word_ids.table))
        raw_words = int(counts[1:].sum())
        if not raw_words:
            raise DataError("The corpus contains no words: it is empty, or only whitespace. Choose another file.")
        notes: list[str] = []
        length = len(ids)
        if phrases is not None:
            length, notes = join_phrases(ids, counts, word_ids.table, min_count=min_count, threshold=phrases)
            counts = _count_ids(ids[:length], len(word_ids.table))
        words, order = _vocabulary(list(word_ids.table), counts, min_count)
        new_ids = np.full(len(counts), -1, np.int32)
        new_ids[order] = np.arange(len(order))
        length, lines = _renumber(ids[:length], new_ids)
        del ids
        file.truncate(length * 4)
        chosen = counts[order[1:]]
        rare = 1 - chosen.sum() / counts[1:].sum()
        notes.insert(
            0,
            f"{raw_words:,} words in {lines:,} line{'s' if lines != 1 else ''}; vocabulary: {len(words):,} words that "
            f"occur at least {min_count} time{'s' * (min_count > 1)}; {100 * rare:.1f} % of the text is rarer words",
        )
        return Corpus(np.memmap(file, np.int32, "r"), words, chosen, raw_words, lines, sha256, notes)


@contextmanager
def _write_errors(folder: Path) -> Iterator[None]:
    """Converts an OSError to a SeqkitError that names the folder."""
    try:
        yield
    except OSError as error:
        raise SeqkitError(
            f"The word ids cannot be written to {folder}: {error.strerror or error}. Free some space there."
        ) from error


def _write(pieces: Iterable[str], word_ids: WordIds, file: IO[bytes], folder: Path) -> str:
    """Appends the word ids to a file, 0 for each line end, and returns the SHA-256 of the text."""
    digest = hashlib.sha256()
    for piece in pieces:
        text, data = _encoded(piece)
        digest.update(data)
        ids = word_ids.ids(text)
        with _write_errors(folder):
            file.write(ids.data)
    with _write_errors(folder):
        file.write(np.zeros(1, np.int32).data)
        file.flush()
    return digest.hexdigest()


def _encoded(text: str) -> tuple[str, bytes]:
    try:
        return text, text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        repaired = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return repaired, repaired.encode()


def _count_ids(ids: np.ndarray, words: int) -> np.ndarray:
    counts = np.zeros(words, np.int64)
    for first in range(0, len(ids), _CHUNK):
        counts += np.bincount(ids[first : first + _CHUNK], minlength=words)
    return counts


def _vocabulary(table: list[str], counts: np.ndarray, min_count: int) -> tuple[list[str], np.ndarray]:
    """Returns the words of the vocabulary in their new order, and their old ids, preceded by that of the line end."""
    frequent = np.flatnonzero(counts[1:] >= min_count) + 1
    if len(frequent) < 2:
        most = int(np.argmax(counts[1:])) + 1
        example = f"the most frequent, '{table[most]}', occurs {counts[most]:,} times"
        if not len(frequent):
            raise DataError(f"No word occurs {min_count:,} times: {example}. Lower --min-count, or pass more text.")
        if min_count > 1:
            raise DataError(
                f"Only one word occurs at least {min_count:,} times, but training needs at least two: {example}. Lower "
                "--min-count, or pass more text."
            )
        raise DataError(
            f"The corpus contains only one distinct word, '{table[most]}', but training needs two. Pass more text."
        )
    frequent = np.array(sorted(frequent.tolist(), key=table.__getitem__))
    frequent = frequent[np.argsort(-counts[frequent], kind="stable")]
    return [table[number] for number in frequent.tolist()], np.concatenate([[0], frequent])


def _renumber(ids: np.ndarray, new_ids: np.ndarray) -> tuple[int, int]:
    """Replaces the ids in place, dropping those that are -1 and repeated line ends.

    Returns:
        The new number of ids, and the number of lines that contained a word before.
    """
    length = lines = 0
    in_line = was_in_line = False  # whether the last id written, and the last id read, is a word
    for first in range(0, len(ids), _CHUNK):
        old = ids[first : first + _CHUNK]
        is_word = old != 0
        lines += int(np.count_nonzero(np.append(was_in_line, is_word[:-1]) & ~is_word))
        was_in_line = bool(is_word[-1])
        new = new_ids[old]
        new = new[new >= 0]
        if len(new):
            is_word = new != 0
            new = new[is_word | np.append(in_line, is_word[:-1])]
            in_line = bool(is_word[-1])
        ids[length : length + len(new)] = new
        length += len(new)
    return length, lines
