"""A corpus as word numbers on disk: read once, whatever its size, with only the table of its words in memory."""

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
from seqkit.data.text.word_ids import TOKENIZERS, Tokenizer, WordNumbers
from seqkit.errors import DataError, SeqkitError

_CHUNK = 1 << 22


@dataclass(frozen=True)
class Corpus:
    """Running text as numbers of its words.

    Attributes:
        ids: Word numbers from 1 on, the most frequent word first, equally frequent ones in the order of their code
            points; a 0 ends each line. Int32, of shape (words + lines,), a memory map of a file without a name, which
            goes when the array goes.
        words: The words that are frequent enough; number i is `words[i - 1]`.
        counts: How often each occurs, int64, of shape (words,).
        raw_words: Words that were read, the rare ones among them.
        lines: Lines that hold a word.
        sha256: Of the text that was read, as UTF-8.
        notes: What to tell the user.
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
    r"""Returns the text as word numbers.

    Args:
        pieces: Text with `\n` at the end of each line, cut anywhere but within a word, without any NUL.
        tokenizer: "word" makes a word of each word ("don't" is one) and of each punctuation mark, as texts are read
            elsewhere; "blank" takes what stands between blanks as it stands there.
        lower: Whether capital letters become small ones.
        min_count: How often a word must occur to be kept, [1, inf). Rarer ones are left out as if they had never stood
            there, so that their neighbours move together.
        phrases: Words that stand side by side `min_count` times or more, and have at least this normalised pointwise
            mutual information, (-1, 1], become one word, joined by "_"; none do if None.
        scratch: An existing folder for the numbers: four bytes for each word and line.

    Raises:
        DataError: The text holds no word, none or only one that is frequent enough.
        SeqkitError: The folder cannot hold the numbers.
        ValueError: An argument lies outside its range.
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
    numbers = WordNumbers(tokenizer, lower=lower)
    with _refused_by(scratch):
        file = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115, closed once the array is all that holds it
    with file:
        sha256 = _write(pieces, numbers, file, scratch)
        ids = np.memmap(file, np.int32, "r+")
        counts = _counted(ids, len(numbers.table))
        raw_words = int(counts[1:].sum())
        if not raw_words:
            raise DataError("The corpus holds no word: it is empty, or nothing but blanks.")
        notes: list[str] = []
        length = len(ids)
        if phrases is not None:
            length, notes = join_phrases(ids, counts, numbers.table, min_count=min_count, threshold=phrases)
            counts = _counted(ids[:length], len(numbers.table))
        words, order = _vocabulary(list(numbers.table), counts, min_count)
        new_numbers = np.full(len(counts), -1, np.int32)
        new_numbers[order] = np.arange(len(order))
        length, lines = _renumber(ids[:length], new_numbers)
        del ids
        file.truncate(length * 4)
        chosen = counts[order[1:]]
        rare = 1 - chosen.sum() / counts[1:].sum()
        notes.insert(
            0,
            f"{raw_words:,} words in {lines:,} line{'s' if lines != 1 else ''}; {len(words):,} different ones occur "
            f"at least {min_count} time{'s' * (min_count > 1)}, {100 * rare:.1f} % of the words are rarer",
        )
        return Corpus(np.memmap(file, np.int32, "r"), words, chosen, raw_words, lines, sha256, notes)


@contextmanager
def _refused_by(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SeqkitError(
            f"The numbers of the words cannot be written to {folder}: {error.strerror or error}. Make room there."
        ) from error


def _write(pieces: Iterable[str], numbers: WordNumbers, file: IO[bytes], folder: Path) -> str:
    """Appends the numbers of the words to a file, 0 for a line's end, and returns the SHA-256 of the text."""
    digest = hashlib.sha256()
    for piece in pieces:
        text, data = _encoded(piece)
        digest.update(data)
        ids = numbers.ids(text)
        with _refused_by(folder):
            file.write(ids.data)
    with _refused_by(folder):
        file.write(np.zeros(1, np.int32).data)
        file.flush()
    return digest.hexdigest()


def _encoded(text: str) -> tuple[str, bytes]:
    try:
        return text, text.encode()
    except UnicodeEncodeError:  # half a surrogate pair is no character
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole, whole.encode()


def _counted(ids: np.ndarray, words: int) -> np.ndarray:
    counts = np.zeros(words, np.int64)
    for first in range(0, len(ids), _CHUNK):
        counts += np.bincount(ids[first : first + _CHUNK], minlength=words)
    return counts


def _vocabulary(table: list[str], counts: np.ndarray, min_count: int) -> tuple[list[str], np.ndarray]:
    """Returns the words to keep in their new order, and their present numbers, that of the line end before them."""
    kept = np.flatnonzero(counts[1:] >= min_count) + 1
    if len(kept) < 2:
        most = int(np.argmax(counts[1:])) + 1
        found = f"the most frequent, '{table[most]}', occurs {counts[most]:,} times"
        if not len(kept):
            raise DataError(f"No word occurs {min_count:,} times: {found}. Lower --min-count, or give more text.")
        if min_count > 1:
            raise DataError(
                f"Only one word occurs at least {min_count:,} times, and one word cannot be told from others: "
                f"{found}. Lower --min-count, or give more text."
            )
        raise DataError(
            f"The corpus holds one word only, '{table[most]}', and no others to tell it from. Give more text."
        )
    kept = np.array(sorted(kept.tolist(), key=table.__getitem__))
    kept = kept[np.argsort(-counts[kept], kind="stable")]
    return [table[number] for number in kept.tolist()], np.concatenate([[0], kept])


def _renumber(ids: np.ndarray, new_numbers: np.ndarray) -> tuple[int, int]:
    """Writes the new numbers over the old, without those that are -1 and with one 0 between lines.

    Returns:
        How many numbers there are now, and how many lines held a word before.
    """
    length = lines = 0
    in_line = was_in_line = False  # whether the last number was a word's: that now stands, and that was read
    for first in range(0, len(ids), _CHUNK):
        old = ids[first : first + _CHUNK]
        is_word = old != 0
        lines += int(np.count_nonzero(np.append(was_in_line, is_word[:-1]) & ~is_word))
        was_in_line = bool(is_word[-1])
        new = new_numbers[old]
        new = new[new >= 0]
        if len(new):
            is_word = new != 0
            new = new[is_word | np.append(in_line, is_word[:-1])]
            in_line = bool(is_word[-1])
        ids[length : length + len(new)] = new
        length += len(new)
    return length, lines
