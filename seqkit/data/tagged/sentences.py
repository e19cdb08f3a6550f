"""Sentences of words with their tags, and the form of the file they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

Format = Literal["conll", "json", "csv"]


@dataclass(frozen=True)
class TaggedSentence:
    """The words of a sentence with their tags.

    Attributes:
        words: The words.
        tags: Tag of each word, in the scheme of the corpus; empty in data that is yet to be tagged.
        document: Number of its document, from 0.
        text: The text that the words were found in; None if the file has words only.
        offsets: Start and end of each word in `text`, in characters (code points); empty without a text.
        columns: Other cells of each word in its file, in order; empty if there are none.
        before: Comments and -DOCSTART- lines in front of it in a CoNLL file.
        line: Line or row of its first word in its file, from 1.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...] = ()
    document: int = 0
    text: str | None = None
    offsets: tuple[tuple[int, int], ...] = ()
    columns: tuple[tuple[str, ...], ...] = ()
    before: tuple[str, ...] = ()
    line: int = 0

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True)
class Layout:
    """How a file writes sentences, so that others can be written like them.

    Attributes:
        format: CoNLL columns, JSON lines, or CSV.
        separator: What separates the cells of a line: a tab or a blank in CoNLL columns, any of a CSV file.
        word: Position of the word in a line, from 0.
        tag: Position of the tag in a line.
        names: Names of the columns of a CSV file.
        sentence: Position of the number of the sentence in a line of a CSV file.
        has_spans: Whether JSON lines have texts with spans, not lists of words and tags.
        tokenizer: How words are found in texts; see `seqkit.data.tagged.words`.
    """

    format: Format = "conll"
    separator: str = "\t"
    word: int = 0
    tag: int = 1
    names: tuple[str, ...] = ()
    sentence: int = 0
    has_spans: bool = True
    tokenizer: Literal["word", "char"] = "word"


@dataclass(frozen=True)
class TaggedCorpus:
    """Sentences of one source.

    Attributes:
        sentences: The sentences, each with at least one word.
        scheme: Tag scheme of all of them; see `seqkit.data.tagged.schemes`.
        layout: The form of the file.
        parts: "train", "validation" or "test" for each sentence, of shape (sentences,); None if the data defines none.
        has_documents: Whether the data says which sentences are of one document.
        notes: Notes for the user, one line each.
        source: Short name of the data.
    """

    sentences: list[TaggedSentence]
    scheme: str
    layout: Layout = field(default_factory=Layout)
    parts: np.ndarray | None = None
    has_documents: bool = False
    notes: list[str] = field(default_factory=list)
    source: str = "frame"

    def __len__(self) -> int:
        return len(self.sentences)

    @property
    def words(self) -> list[tuple[str, ...]]:
        """The words of each sentence."""
        return [sentence.words for sentence in self.sentences]

    @property
    def tags(self) -> list[tuple[str, ...]]:
        """The tags of each sentence."""
        return [sentence.tags for sentence in self.sentences]


def fingerprint_corpus(corpus: TaggedCorpus) -> str:
    """Returns a hash of words, tags and documents; equal data give equal hashes."""
    digest = hashlib.sha256()
    for sentence in corpus.sentences:
        digest.update(repr((sentence.words, sentence.tags, sentence.document)).encode())
    return digest.hexdigest()


def joined(corpora: Sequence[TaggedCorpus]) -> tuple[list[TaggedSentence], bool]:
    """Returns the sentences of several corpora, whose documents are different ones, and whether any has documents.

    Where only some of the corpora have documents, a corpus without them is one document.
    """
    sentences: list[TaggedSentence] = []
    first = 0
    for corpus in corpora:
        shift, last = first, first - 1
        for sentence in corpus.sentences:
            last = max(last, sentence.document + shift)
            sentences.append(replace(sentence, document=sentence.document + shift) if shift else sentence)
        first = last + 1
    return sentences, any(corpus.has_documents for corpus in corpora)
