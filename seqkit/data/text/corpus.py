"""Encodes a corpus of any size as word ids on disk in a single pass, with only the vocabulary in memory."""

from __future__ import annotations

import hashlib
import math
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from seqkit.data.text.blanks import words_without_blanks
from seqkit.data.text.phrases import join_phrases
from seqkit.data.text.rows import notes_on_rows
from seqkit.data.text.spool import spooled
from seqkit.data.text.tokenizer_files import UNKNOWN_TOKEN
from seqkit.data.text.vocabulary import frequent_words
from seqkit.data.text.word_ids import TOKENIZERS, Tokenizer, WordIds
from seqkit.errors import DataError, SeqkitError

if TYPE_CHECKING:
    from seqkit.data.text.tokenizer import TextTokenizer

MAX_SUBWORDS = 20_000
"""Maximum number of subwords by default."""

SAMPLE = 1 << 22
"""Characters from which subwords are learned."""

UNITS: dict[Tokenizer, str] = {"word": "word", "blank": "word", "bpe": "subword", "char": "character"}
"""What a word of each tokenizer is."""

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
        tokenizer: The fitted tokenizer for subwords; None otherwise.
    """

    ids: np.ndarray
    words: list[str]
    counts: np.ndarray
    raw_words: int
    lines: int
    sha256: str
    notes: list[str]
    tokenizer: TextTokenizer | None = None


def read_corpus(
    pieces: Iterable[str],
    *,
    tokenizer: Tokenizer = "word",
    lower: bool = True,
    min_count: int = 5,
    vocabulary: int | None = None,
    phrases: float | None = None,
    fitted: TextTokenizer | None = None,
    scratch: Path,
) -> Corpus:
    r"""Encodes text as word ids.

    Args:
        pieces: Text with `\n` at the end of each line, never cut within a word, without NULs.
        tokenizer: "word" splits into words ("don't" is one) and punctuation marks, as the text tokenizer does; "blank"
            splits only at whitespace; "char" splits into characters, without whitespace; "bpe" into subwords, which are
            learned from an even sample of a long text.
        lower: Whether to convert words to lower case.
        min_count: Minimum count of a word, [1, inf). Rarer words are dropped before windows are formed, so that their
            neighbours become adjacent.
        vocabulary: Maximum number of words, [2, inf), the most frequent ones; rarer words are dropped in the same way.
            None keeps all, and 20,000 subwords.
        phrases: Minimum normalised pointwise mutual information, (-1, 1], at which adjacent words that co-occur at
            least `min_count` times become one word, joined by "_"; None joins none.
        fitted: Splits into these subwords, with "bpe"; None learns them.
        scratch: An existing folder for the ids: four bytes per word and line; for subwords also for the text.

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
    if vocabulary is not None and vocabulary < 2:
        raise ValueError(
            f"Received an invalid value for argument `vocabulary`, expected an integer of at least 2, got {vocabulary}."
        )
    pieces = iter(pieces)
    first = next(pieces, "")
    about_rows = notes_on_rows(first)
    pieces = chain((first,), pieces)
    with _write_errors(scratch):
        file = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115, closed below; the memory map keeps the data
    with file:
        if tokenizer == "bpe" and fitted is None:
            sha256, word_ids, fitted, notes = _write_subwords(
                pieces, vocabulary or MAX_SUBWORDS, lower, min_count, file, scratch
            )
        else:
            word_ids, notes = WordIds(fitted or tokenizer, lower=lower), []
            sha256 = _write(pieces, word_ids, file, scratch)
        ids = np.memmap(file, np.int32, "r+")
        counts = _count_ids(ids, len(word_ids.table))
        raw_words = int(counts[1:].sum())
        if not raw_words:
            raise _no_words()
        cause = None
        if tokenizer in ("word", "blank"):
            cause = words_without_blanks(islice(word_ids.table, 1, None), counts[1:].tolist())
            notes += [cause] if cause else []
        length = len(ids)
        if phrases is not None:
            length, lines_of_phrases = join_phrases(ids, counts, word_ids.table, min_count=min_count, threshold=phrases)
            notes += lines_of_phrases
            counts = _count_ids(ids[:length], len(word_ids.table))
        table = list(word_ids.table)
        known = counts.copy()
        if fitted is not None and UNKNOWN_TOKEN in word_ids.table:
            known[word_ids.table[UNKNOWN_TOKEN]] = 0
        unit = UNITS[tokenizer]
        words, order = frequent_words(table, known, min_count=min_count, vocabulary=vocabulary, unit=unit, cause=cause)
        new_ids = np.full(len(counts), -1, np.int32)
        new_ids[order] = np.arange(len(order))
        length, lines, neighbours = _renumber(ids[:length], new_ids)
        del ids
        if not neighbours:
            remedy = f"{cause[0].upper()}{cause[1:]}." if cause else "Write each sentence or document on one line."
            raise DataError(f"No line has two {unit}s of the vocabulary, so that none has a context. {remedy}")
        file.truncate(length * 4)
        chosen = counts[order[1:]]
        rare = 1 - chosen.sum() / counts[1:].sum()
        notes.insert(
            0,
            f"{raw_words:,} {unit}s in {lines:,} line{'s' if lines != 1 else ''}; vocabulary: {len(words):,} {unit}s "
            f"that occur at least {min_count} time{'s' * (min_count > 1)}; {100 * rare:.1f} % of the text is rarer "
            f"{unit}s",
        )
        notes += about_rows
        return Corpus(np.memmap(file, np.int32, "r"), words, chosen, raw_words, lines, sha256, notes, fitted)


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


def _write_subwords(
    pieces: Iterable[str], vocabulary: int, lower: bool, min_count: int, file: IO[bytes], folder: Path
) -> tuple[str, WordIds, TextTokenizer, list[str]]:
    """Learns subwords, and appends the ids of the text to a file; see `_write`."""
    from seqkit.data.text.tokenizer import TextTokenizer

    characters = 0

    def counted() -> Iterator[str]:
        nonlocal characters
        for piece in pieces:
            characters += len(piece)
            yield piece

    with _write_errors(folder), spooled(counted(), folder, sample=SAMPLE) as (sample, text):
        if not any(map(str.strip, sample)):
            raise _no_words()
        # A merge that is rarer than `min_count` in the whole text would only make words that get no vector.
        min_frequency = max(2, math.ceil(min_count * sum(map(len, sample)) / characters))
        fitted = TextTokenizer.fit(
            sample, kind="bpe", vocabulary=vocabulary + 2, lower=lower, min_frequency=min_frequency
        )
        word_ids = WordIds(fitted)
        sha256 = _write(text, word_ids, file, folder)
    sampled = sum(map(len, sample))
    notes = [f"subwords learned from {sampled:,} of {characters:,} characters"] if characters > SAMPLE else []
    return sha256, word_ids, fitted, notes


def _no_words() -> DataError:
    return DataError("The corpus contains no words: it is empty, or only whitespace. Choose another file.")


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


def _renumber(ids: np.ndarray, new_ids: np.ndarray) -> tuple[int, int, bool]:
    """Replaces the ids in place, dropping those that are -1 and repeated line ends.

    Returns:
        The new number of ids, the number of lines that contained a word before, and whether two words are adjacent.
    """
    length = lines = 0
    neighbours = False
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
            neighbours = neighbours or bool((is_word & np.append(in_line, is_word[:-1])).any())
            new = new[is_word | np.append(in_line, is_word[:-1])]
            in_line = bool(is_word[-1])
        ids[length : length + len(new)] = new
        length += len(new)
    return length, lines, neighbours
