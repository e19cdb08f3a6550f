"""Opens word vectors from a finished run of the embed task, or from a word2vec or GloVe file."""

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
from seqkit.tasks.embed.spelling import lower_case_note

if TYPE_CHECKING:
    from seqkit.data.text.tokenizer import TextTokenizer
    from seqkit.data.vectors.formats import WordVectors

__all__ = [
    "KeyedVectors",
    "NgramVectors",
    "open_file",
    "open_run",
    "open_vectors",
    "read_context",
    "read_subwords",
    "vectors_of",
]

MAX_DIMENSIONS = 1 << 16
"""Maximum dimension of a vector, far above any in use; a damaged header may ask for rows that fill the memory."""

MAX_NGRAM_LENGTH, MAX_BUCKETS = 999, 1 << 40
"""Maximum length of an n-gram, as in `--subwords`, and of buckets, more than fit in memory."""

MAX_TOKENIZER_BYTES = 64 << 20
"""Maximum size of `tokenizer.json`."""

_MAX_NUMBERS = 1 << 20


def open_vectors(source: str | Path, *, note: Callable[[str], object] = lambda line: None) -> KeyedVectors:
    """Returns the word vectors of a finished run or of a file.

    Args:
        source: A run directory, or a word2vec (text or binary) or GloVe file, gzipped or not.
        note: Called with one line for each remark about a file.

    Raises:
        NotFoundError: The path does not exist, or is a directory without a run.
        UsageError: The run is of a task without word vectors.
        DataError: The run or the file is damaged.
    """
    path = Path(source)
    if not os.path.exists(path):  # also False for a path that is too long
        siblings = [sibling.name for sibling in path.parent.iterdir()] if os.path.isdir(path.parent) else []
        hint = nearest(path.name, siblings)
        if not hint.startswith("Did"):
            hint = "Check its name."
        raise NotFoundError(f"There is no run directory or vector file {path}. {hint}")
    return open_run(read_run(path)) if path.is_dir() else open_file(path, note=note)


def open_file(path: str | Path, *, note: Callable[[str], object] = lambda line: None) -> KeyedVectors:
    """Returns the word vectors of a word2vec (text or binary) or GloVe file, gzipped or not.

    Args:
        path: The file.
        note: Called with a line for each kind of vector that was left out; also in `KeyedVectors.notes`.

    Raises:
        NotFoundError: The file does not exist.
        DataError: The file is damaged or of another format.
    """
    from seqkit.data.vectors.formats import read_vectors

    content = read_vectors(path)
    for line in content.notes:
        note(line)
    return KeyedVectors(content.words, content.vectors, name=str(path), notes=content.notes)


def vectors_of(source: str | Path, words: Iterable[str] | None) -> WordVectors:
    """Returns the vectors of those words that have one, without loading the other vectors of a file.

    A word that the file has in lower case only gets that vector, with a note.

    Args:
        source: A run directory, or a word2vec (text or binary) or GloVe file, gzipped or not. A run with subwords also
            has vectors for words that it was not trained on.
        words: The words; None for all that have a vector.

    Raises:
        NotFoundError: The path does not exist, or is a directory without a run.
        UsageError: The run is of a task without word vectors.
        DataError: The run or the file is damaged.
    """
    from seqkit.data.vectors.formats import WordVectors, read_vectors

    if not os.path.isdir(source):
        return read_vectors(source) if words is None else _vectors_in_file(source, list(words))
    all_vectors = open_run(read_run(Path(source)))
    if words is None:
        return WordVectors(all_vectors.index_to_key, all_vectors.vectors)
    vectors = {word: all_vectors[word] for word in words if word in all_vectors}
    return WordVectors([*vectors], np.stack([*vectors.values()]) if vectors else all_vectors.vectors[:0])


def _vectors_in_file(path: str | Path, words: list[str]) -> WordVectors:
    from seqkit.data.vectors.formats import WordVectors, read_vectors

    content = read_vectors(path, only={*words, *(word.lower() for word in words)})
    row_of = {word: row for row, word in enumerate(content.words)}
    lowered = [word for word in words if word not in row_of and word.lower() in row_of]
    if not lowered:
        return content
    rows = [row_of[word.lower()] for word in lowered]
    note = lower_case_note(str(path), lowered, f"{len(words):,} tokens")
    vectors = np.concatenate([content.vectors, content.vectors[rows]])
    return WordVectors([*content.words, *lowered], vectors, (*content.notes, note))


def open_run(run: Run) -> KeyedVectors:
    """Returns the word vectors of a run; large arrays are memory-mapped.

    Raises:
        UsageError: The run is of another task.
        DataError: The run is damaged.
    """
    check_task(run, "embed")
    from seqkit.data.text.tokenizer_files import MARKER
    from seqkit.tasks.embed.prepare import EmbedState

    state = validated(EmbedState, run.manifest.task_state, run.path / "run.json", "task_state")
    if state.dim > MAX_DIMENSIONS:
        raise _damaged(run.path / "run.json", f"dim is {state.dim:,}, expected at most {MAX_DIMENSIONS:,}")
    if state.subwords is not None and (state.subwords[1] > MAX_NGRAM_LENGTH or state.buckets > MAX_BUCKETS):
        raise _damaged(
            run.path / "run.json",
            f"expected n-grams of at most {MAX_NGRAM_LENGTH:,} characters and at most {MAX_BUCKETS:,} buckets",
        )
    words, counts = _read_vocabulary(run.text_file("vocabulary.txt"), state.vocabulary)
    vectors = _read_array(run.file("vectors.npy"), np.float32, (state.vocabulary, state.dim))
    ngrams = None
    if state.subwords is not None:
        from seqkit.data.text.subwords import Subwords

        buckets = _read_array(run.file("buckets.npy"), np.int64, (None,))
        file = run.file("ngrams.npy")
        ngram_vectors = _read_array(file, np.float32, (len(buckets), state.dim))
        if not _is_ascending(buckets, state.buckets):
            raise _damaged(file.with_name("buckets.npy"), f"it does not ascend within [0, {state.buckets:,})")
        _check_finite(file, row_lengths(ngram_vectors))
        ngrams = NgramVectors(Subwords(*state.subwords, state.buckets), buckets, ngram_vectors)
    keyed_vectors = KeyedVectors(
        words,
        vectors,
        counts=counts,
        lower=state.lower,
        subwords=ngrams,
        name=str(run.path),
        marker=MARKER if state.tokenizer == "bpe" else "",
    )
    _check_finite(run.file("vectors.npy"), keyed_vectors.lengths, words)
    return keyed_vectors


def read_subwords(run: Run) -> TextTokenizer | None:
    """Returns the fitted tokenizer of a run on subwords; None if the run has none.

    Raises:
        DataError: It is damaged.
    """
    from seqkit.data.text.tokenizer import TextTokenizer

    return (
        TextTokenizer.from_json(run.read("tokenizer.json", MAX_TOKENIZER_BYTES)) if run.has("tokenizer.json") else None
    )


def read_context(run: Run, shape: tuple[int, ...]) -> np.ndarray:
    """Returns the context vectors of a run, memory-mapped.

    Raises:
        DataError: They are damaged, or have another shape than the vectors.
    """
    file = run.file("context.npy")
    context = _read_array(file, np.float32, shape)
    _check_finite(file, row_lengths(context))
    return context


def _read_vocabulary(path: Path, expected: int) -> tuple[list[str], np.ndarray]:
    """Returns the words and their counts, int64, of shape (words,)."""
    try:
        lines = path.read_bytes().decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise _damaged(path, "it is not UTF-8") from error
    except OSError as error:
        raise SeqkitError(f"{path} cannot be read: {error.strerror}. {UNREADABLE}") from error
    if len(lines) != expected:
        raise _damaged(path, f"it has {len(lines):,} lines, but run.json has {expected:,} words")
    count_of: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        word, _, count = line.rpartition(" ")
        if not word or " " in word or not (count.isascii() and count.isdigit() and len(count) < 19):
            raise _damaged(path, f"line {number:,} is not a word and its count: {line[:60]!r}")
        if word in count_of:
            raise _damaged(path, f"line {number:,} repeats the word '{word}'")
        count_of[word] = int(count)
    return list(count_of), np.fromiter(count_of.values(), np.int64, len(count_of))


def _read_array(path: Path, kind: type[np.generic], shape: tuple[int | None, ...]) -> np.ndarray:
    """Returns a stored array after checking its type and shape, in which None stands for any length."""
    try:
        array = mapped_array(path)
    except ValueError as error:
        raise _damaged(path, f"it is not a complete NumPy array ({error})") from error
    matches = array.ndim == len(shape) and all(n in (None, size) for n, size in zip(shape, array.shape, strict=True))
    if array.dtype != kind or not matches:
        expected = ", ".join("any" if n is None else str(n) for n in shape)
        actual = f"{array.dtype} of shape ({', '.join(map(str, array.shape))})"
        raise _damaged(path, f"expected {np.dtype(kind)} of shape ({expected}), got {actual}")
    return array


def _is_ascending(buckets: np.ndarray, end: int) -> bool:
    """Whether values ascend strictly within [0, end); reads in parts, as the array may not fit in memory."""
    last = -1
    for first in range(0, len(buckets), _MAX_NUMBERS):
        part = buckets[first : first + _MAX_NUMBERS]
        if (np.diff(part, prepend=last) < 1).any():
            return False
        last = int(part[-1])
    return last < end


def _check_finite(path: Path, lengths: np.ndarray, words: list[str] | None = None) -> None:
    """Raises an error if the length of a vector is not finite."""
    if not np.isfinite(lengths).all():
        row = int(np.argmin(np.isfinite(lengths)))
        word = f" of '{words[row]}'" if words else ""
        raise _damaged(path, f"vector {row + 1:,}{word} contains a value that is not finite")


def _damaged(path: Path, reason: str) -> DataError:
    return DataError(f"{path} is damaged: {reason}. Train the run again.")
