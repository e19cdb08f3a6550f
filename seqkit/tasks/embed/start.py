"""Reads the vectors that a training starts from: those of a finished run, or of a file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seqkit.data.text.subwords import Subwords
from seqkit.errors import DataError
from seqkit.runs.run import read_run
from seqkit.tasks.embed.inference import (
    KeyedVectors,
    NgramVectors,
    open_file,
    open_run,
    read_context,
    read_subwords,
)
from seqkit.tasks.embed.spelling import known_spelling

if TYPE_CHECKING:
    from seqkit.data.text.tokenizer import TextTokenizer

_ROWS = 1 << 14


@dataclass(frozen=True)
class Source:
    """Vectors to start from.

    Attributes:
        vectors: The words and their vectors.
        context: Context vector of each word, float32, of shape (words, dimensions); None if unknown.
        context_layer: Class of the layer that learned the context vectors; empty if unknown.
        tokenizer: Fitted tokenizer of subwords; None for words and characters, and for a file.
        sha256: Hash of words and vectors.
    """

    vectors: KeyedVectors
    context: np.ndarray | None
    context_layer: str
    tokenizer: TextTokenizer | None
    sha256: str


@dataclass(frozen=True)
class Start:
    """Where a training on a text starts.

    Attributes:
        source: The vectors.
        rows: Row in the source of each word of the text, -1 for a new word, of shape (words,).
        kept: Rows of the words that the text lacks, ascending; they keep their vectors.
        ngrams: Vectors of n-grams, if the source has the same n-grams as this training.
        notes: Messages about both.
    """

    source: Source
    rows: np.ndarray
    kept: np.ndarray
    ngrams: NgramVectors | None
    notes: tuple[str, ...]

    @property
    def known(self) -> np.ndarray:
        """Positions of the words of the text that have a vector, ascending."""
        return np.flatnonzero(self.rows >= 0)

    @property
    def kept_words(self) -> list[str]:
        """The words that the text lacks."""
        return [self.source.vectors.index_to_key[row] for row in self.kept.tolist()]

    @property
    def kept_counts(self) -> np.ndarray:
        """Count of each kept word in the training of the source; 0 if unknown."""
        counts = self.source.vectors.counts
        return np.zeros(len(self.kept), np.int64) if counts is None else counts[self.kept]


def read_source(path: str, note: Callable[[str], object]) -> Source:
    """Reads the vectors of a finished run, or of a file.

    Args:
        path: A run of the embed task, or a word2vec (text or binary) or GloVe file.
        note: Called with a line for each kind of vector of a file that is left out.

    Raises:
        NotFoundError: There is no such run or file.
        UsageError: The run is of another task.
        DataError: The run or the file is damaged.
    """
    if not os.path.isdir(path):
        vectors = open_file(path, note=note)
        return Source(vectors, None, "", None, _sha256(vectors))
    run = read_run(Path(path))
    vectors = open_run(run)
    tokenizer = read_subwords(run) if vectors.marker else None
    layer = run.manifest.model.get("context", "")
    context = read_context(run, vectors.vectors.shape) if isinstance(layer, str) and layer else None
    return Source(vectors, context, layer if context is not None else "", tokenizer, _sha256(vectors))


def start_from(source: Source, words: Sequence[str], subwords: Subwords | None = None) -> Start:
    """Returns where a training on a text with these words, and n-grams of these sizes, starts.

    Raises:
        DataError: No word of the text has a vector.
    """
    vectors = source.vectors
    known = vectors.key_to_index
    spellings = [known_spelling(word, known, lower=False) for word in words]
    rows = np.array([-1 if spelling is None else known[spelling] for spelling in spellings], np.int64)
    found = int((rows >= 0).sum())
    if not found:
        raise DataError(
            f"{vectors.name} has none of the {len(words):,} words of the text. Check that it is for this language, and "
            "for words as --tokenizer and --lower make them."
        )
    is_kept = np.ones(len(vectors), np.bool_)
    is_kept[rows[rows >= 0]] = False
    kept = np.flatnonzero(is_kept)
    # A vocabulary has a word and its count on each line, separated by a blank.
    kept_words = [vectors.index_to_key[row] for row in kept.tolist()]
    writable = np.array([" " not in word and "\n" not in word for word in kept_words], np.bool_)
    notes = [
        f"vectors: {found:,} of {len(words):,} words start where {vectors.name} has them, {len(words) - found:,} new "
        f"ones start at random; {int(writable.sum()):,} words that the text lacks are kept"
    ]
    if not writable.all():
        notes.append(f"vectors: left out {int((~writable).sum()):,} words of {vectors.name} that contain blanks")
    ngrams = vectors.subwords if vectors.subwords is not None and vectors.subwords.subwords == subwords else None
    return Start(source, rows, kept[writable], ngrams, tuple(notes))


def _sha256(vectors: KeyedVectors) -> str:
    digest = hashlib.sha256("\n".join(vectors.index_to_key).encode("utf-8", "surrogatepass"))
    for first in range(0, len(vectors), _ROWS):
        digest.update(np.ascontiguousarray(vectors.vectors[first : first + _ROWS], "<f4").data)
    return digest.hexdigest()
