"""Word vectors, opened: from a finished run of the embed task, or from a file of word2vec or GloVe."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seqkit.errors import DataError, NotFoundError, SeqkitError, nearest
from seqkit.files.arrays import mapped_array
from seqkit.runs.files import UNREADABLE
from seqkit.runs.run import Run, read_run, validated
from seqkit.tasks import check_task
from seqkit.tasks.embed.keyed_vectors import KeyedVectors, NgramVectors, row_lengths

if TYPE_CHECKING:
    from seqkit.data.vectors.formats import WordVectors

__all__ = ["KeyedVectors", "NgramVectors", "open_file", "open_run", "open_vectors", "vectors_of"]

MAX_DIMENSIONS = 1 << 16
"""Numbers of a vector: a hundred times what any word vectors have. More would fill the memory, a row at a time."""

LONGEST_NGRAM, MOST_BUCKETS = 999, 1 << 40
"""Letters of an n-gram, as many as can be asked for; and buckets, more than there is memory for."""

_NUMBERS_AT_A_TIME = 1 << 20


def open_vectors(source: str | Path, *, note: Callable[[str], object] = lambda line: None) -> KeyedVectors:
    """Returns the word vectors of a finished run or of a file.

    Args:
        source: A run directory, or a file of word2vec (text or binary) or GloVe, gzipped or not.
        note: Told, in a line, what a person wants to know of a file.

    Raises:
        NotFoundError: There is nothing of that name, or a directory that is no run.
        UsageError: The run is of a task that has no word vectors.
        DataError: The run or the file is damaged.
    """
    path = Path(source)
    if not os.path.exists(path):  # False, too, of what is too long to be a name
        beside = [each.name for each in path.parent.iterdir()] if os.path.isdir(path.parent) else []
        hint = nearest(path.name, beside)
        close = f" {hint}" if hint.startswith("Did") else ""
        raise NotFoundError(
            f"There is no run directory and no vector file {path}.{close or ' Look for a slip in its name.'}"
        )
    return open_run(read_run(path)) if path.is_dir() else open_file(path, note=note)


def open_file(path: str | Path, *, note: Callable[[str], object] = lambda line: None) -> KeyedVectors:
    """Returns the word vectors of a file of word2vec (text or binary) or GloVe, gzipped or not.

    Args:
        path: The file.
        note: Told how many vectors were left out because their word had come before.

    Raises:
        NotFoundError: There is no such file.
        DataError: It is damaged or of another format.
    """
    from seqkit.data.vectors.formats import read_vectors

    read = read_vectors(path)
    if read.repeated:
        note(f"{path}: vectors left out, as their word had come before: {read.repeated:,}")
    return KeyedVectors(read.words, read.vectors, name=str(path))


def vectors_of(source: str | Path, words: Iterable[str]) -> WordVectors:
    """Returns the vectors of those of some words that have one, without holding a file's others in memory.

    Args:
        source: A run directory, or a file of word2vec (text or binary) or GloVe, gzipped or not. With a run of subwords
            words have vectors, too, that it never saw.
        words: Any number of them.

    Raises:
        NotFoundError: There is nothing of that name, or a directory that is no run.
        UsageError: The run is of a task that has no word vectors.
        DataError: The run or the file is damaged.
    """
    from seqkit.data.vectors.formats import WordVectors, read_vectors

    if not os.path.isdir(source):
        return read_vectors(source, only=set(words))
    opened = open_run(read_run(Path(source)))
    found = {word: opened[word] for word in words if word in opened}
    return WordVectors([*found], np.stack([*found.values()]) if found else opened.vectors[:0])


def open_run(run: Run) -> KeyedVectors:
    """Returns the word vectors of a run that has been read; large ones stay on disk until they are needed.

    Raises:
        UsageError: The run is of another task.
        DataError: Its state or a file of it is damaged.
    """
    check_task(run, "embed")
    from seqkit.tasks.embed.prepare import EmbedState

    state = validated(EmbedState, run.manifest.task_state, run.path / "run.json", "task_state")
    if state.dim > MAX_DIMENSIONS:
        raise _damaged(run.path / "run.json", f"its vectors are of {state.dim:,} numbers, more than any of ours")
    if state.subwords is not None and (state.subwords[1] > LONGEST_NGRAM or state.buckets > MOST_BUCKETS):
        raise _damaged(run.path / "run.json", "its n-grams are longer, or in more buckets, than any of ours")
    words, counts = _read_vocabulary(run.text_file("vocabulary.txt"), state.vocabulary)
    vectors = _read_array(run.file("vectors.npy"), np.float32, (state.vocabulary, state.dim))
    ngrams = None
    if state.subwords is not None:
        from seqkit.data.text.subwords import Subwords

        buckets = _read_array(run.file("buckets.npy"), np.int64, (None,))
        file = run.file("ngrams.npy")
        parts = _read_array(file, np.float32, (len(buckets), state.dim))
        if not _ascend(buckets, state.buckets):
            raise _damaged(file.with_name("buckets.npy"), f"they do not ascend from 0 to {state.buckets - 1:,} at most")
        _check_finite(file, row_lengths(parts))
        ngrams = NgramVectors(Subwords(*state.subwords, state.buckets), buckets, parts)
    opened = KeyedVectors(words, vectors, counts=counts, lower=state.lower, subwords=ngrams, name=str(run.path))
    _check_finite(run.file("vectors.npy"), opened.lengths, words)
    return opened


def _read_vocabulary(path: Path, expected: int) -> tuple[list[str], np.ndarray]:
    """Returns the words and how often each came, int64, of shape (words,)."""
    try:
        lines = path.read_bytes().decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise _damaged(path, "it is not UTF-8") from error
    except OSError as error:
        raise SeqkitError(f"{path} cannot be read: {error.strerror}. {UNREADABLE}") from error
    if len(lines) != expected:
        raise _damaged(path, f"it has {len(lines):,} lines, and run.json tells of {expected:,} words")
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        word, _, count = line.rpartition(" ")
        if not word or " " in word or not (count.isascii() and count.isdigit() and len(count) < 19):
            raise _damaged(path, f"line {number:,} is no word and its count: {line[:60]!r}")
        if word in seen:
            raise _damaged(path, f"line {number:,} repeats the word '{word}'")
        seen[word] = int(count)
    return list(seen), np.fromiter(seen.values(), np.int64, len(seen))


def _read_array(path: Path, kind: type[np.generic], shape: tuple[int | None, ...]) -> np.ndarray:
    """Returns a stored array of this type and shape, None where any length will do; from disk if it is large."""
    try:
        array = mapped_array(path)
    except ValueError as error:
        raise _damaged(path, f"it is no whole array of NumPy ({error})") from error
    fits = array.ndim == len(shape) and all(n in (None, own) for n, own in zip(shape, array.shape, strict=True))
    if array.dtype != kind or not fits:
        expected = ", ".join("any" if n is None else str(n) for n in shape)
        found = f"{array.dtype} of shape ({', '.join(map(str, array.shape))})"
        raise _damaged(path, f"it holds {found}, and {np.dtype(kind)} of shape ({expected}) belongs there")
    return array


def _ascend(buckets: np.ndarray, end: int) -> bool:
    """Whether numbers ascend from 0 on to less than `end`; looked at in parts, as there may be more than fit memory."""
    last = -1
    for first in range(0, len(buckets), _NUMBERS_AT_A_TIME):
        part = buckets[first : first + _NUMBERS_AT_A_TIME]
        if (np.diff(part, prepend=last) < 1).any():
            return False
        last = int(part[-1])
    return last < end


def _check_finite(path: Path, lengths: np.ndarray, words: list[str] | None = None) -> None:
    """Refuses vectors of which one, by its length, holds what is no number."""
    if not np.isfinite(lengths).all():
        row = int(np.argmin(np.isfinite(lengths)))
        of = f" of '{words[row]}'" if words else ""
        raise _damaged(path, f"vector {row + 1:,}{of} holds a number that is not finite")


def _damaged(path: Path, reason: str) -> DataError:
    return DataError(f"{path} is damaged: {reason}. Train the run again.")
