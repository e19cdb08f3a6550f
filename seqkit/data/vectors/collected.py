"""Collects the words and vectors of a file while it is read, and counts what is left out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from seqkit.errors import DataError

_MAX_UNREADABLE, _MAX_SHARE = 10, 0.05
"""Unreadable words up to which a file is read: this many, or this share of its words."""
_MAX_MISSING, _MAX_MISSING_SHARE = 10, 0.001
"""Vectors fewer than the header says up to which a file that ends with a whole vector is read."""
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f]")
_MAX_QUOTE = 60


@dataclass
class CollectedVectors:
    """The words and vectors read from a file so far.

    Attributes:
        name: Name of the file in messages.
        only: The words to read, all of them if None.
        unit: Unit of the file in messages.
        words: Distinct words read, in file order.
        blocks: Their vectors, float32, each of shape (rows, dimensions).
        rows: Number of vectors in the file, including those left out.
        stated: Number of vectors according to the header, None without a header.
        repeated: Number of vectors left out because their word occurred before, in any Unicode normal form.
        blank: Number of vectors left out because their word is empty or whitespace.
        unreadable: Number of vectors left out because their word is not UTF-8.
    """

    name: str
    only: set[str] | None
    unit: Literal["line", "record"] = "line"
    words: dict[str, None] = field(default_factory=dict)
    blocks: list[np.ndarray] = field(default_factory=list)
    rows: int = 0
    stated: int | None = None
    repeated: int = 0
    blank: int = 0
    unreadable: int = 0
    _composed: set[str] = field(default_factory=set)
    _first_blank: str = ""
    _first_unreadable: str = ""

    def takes(self, word: bytes, number: int) -> bool:
        """Registers a word and returns whether to keep its vector, which must then be in the next block added."""
        self.rows += 1
        text = decoded_word(word, is_binary=self.unit == "record")
        if text is None:
            self.unreadable += 1
            self._first_unreadable = self._first_unreadable or f"{_quoted(word)} in {self.unit} {number:,}"
            return False
        if not text or text.isspace():
            self.blank += 1
            self._first_blank = self._first_blank or f"{self.unit} {number:,}"
            return False
        composed = text if text.isascii() else unicodedata.normalize("NFC", text)
        if self.only is not None and text not in self.only:
            text = composed
            if text not in self.only:
                return False
        if text in self.words or composed in self.words or composed in self._composed:
            self.repeated += 1
            return False
        if composed != text:
            self._composed.add(composed)
        self.words[text] = None
        return True

    def add(self, block: np.ndarray, numbers: list[int]) -> None:
        """Adds the vectors, of shape (rows, dimensions), of the last registered words; `numbers` are their lines."""
        finite = np.isfinite(block)
        if not finite.all():
            row, column = (int(place[0]) for place in np.nonzero(~finite))
            word = list(self.words)[row - len(block)]
            raise DataError(
                f"{self.name}: number {column + 1} of '{word}' in {self.unit} {numbers[row]:,} is {block[row, column]} "
                "in 32 bits, but vectors must be finite. Remove that word from the file."
            )
        self.blocks.append(block)

    def may_lack(self, count: int) -> bool:
        """Whether so many vectors fewer than the header says are a miscount rather than a truncated file."""
        return self.stated is not None and count <= max(_MAX_MISSING, int(_MAX_MISSING_SHARE * self.stated))

    def check_words(self) -> None:
        """Refuses a file in which too many words are unreadable: it is in another encoding, or misaligned.

        Raises:
            DataError: The message says how many, and quotes the first.
        """
        limit = max(_MAX_UNREADABLE, int(_MAX_SHARE * self.rows))
        if self.unreadable > limit or (self.unreadable and self.unreadable + self.blank == self.rows):
            raise DataError(
                f"{self.name}: {self.unreadable:,} of {self.rows:,} words are not UTF-8, such as "
                f"{self._first_unreadable}. Save the file as UTF-8"
                + ("." if self.unit == "line" else ", or fix the header: its dimensions may be wrong.")
            )

    def notes(self) -> list[str]:
        """Returns a line for each reason for which vectors were left out, and for a header with a wrong count."""
        notes = []
        if self.repeated:
            notes.append(f"left out {_vectors(self.repeated)} of duplicate words")
        if self.blank:
            which = "the first in" if self.blank > 1 else "in"
            notes.append(f"left out {_vectors(self.blank)} of blank words, {which} {self._first_blank}")
        if self.unreadable:
            words = "words that are" if self.unreadable > 1 else "a word that is"
            notes.append(
                f"left out {_vectors(self.unreadable)} of {words} not UTF-8, such as one cut inside a letter: "
                f"{self._first_unreadable}"
            )
        if self.stated is not None and self.stated != self.rows:
            notes.append(f"the header says {_vectors(self.stated)}, but the file has {self.rows:,}: all are read")
        return [f"{self.name}: {note}" for note in notes]


def decoded_word(word: bytes, *, is_binary: bool) -> str | None:
    """Returns a word as text; None if it is not UTF-8 or, between binary numbers, has control characters."""
    if is_binary and _CONTROL.search(word):
        return None
    try:
        return word.decode()
    except UnicodeDecodeError:
        return None


def _quoted(word: bytes) -> str:
    text = word.decode("utf-8", "backslashreplace")
    text = "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
    return f"'{text if len(text) <= _MAX_QUOTE else text[:_MAX_QUOTE] + '…'}'"


def _vectors(count: int) -> str:
    return f"{count:,} vector{'' if count == 1 else 's'}"
