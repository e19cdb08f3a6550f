"""Collects the words and vectors of a file while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from seqkit.errors import DataError


@dataclass
class CollectedVectors:
    """The words and vectors read from a file so far.

    Attributes:
        name: Name of the file in messages.
        only: The words to read, all of them if None.
        unit: Unit of the file in messages.
        words: Distinct words read, in file order.
        blocks: Their vectors, float32, each of shape (rows, dimensions).
        repeated: Number of vectors skipped because their word occurred before.
    """

    name: str
    only: set[str] | None
    unit: Literal["line", "record"] = "line"
    words: dict[str, None] = field(default_factory=dict)
    blocks: list[np.ndarray] = field(default_factory=list)
    repeated: int = 0

    def takes(self, word: bytes, number: int) -> bool:
        """Registers a word and returns whether to keep its vector, which must then be in the next block added."""
        try:
            text = word.decode()
        except UnicodeDecodeError as error:
            if self.only is not None:
                return False  # not one of the requested words
            raise DataError(
                f"{self.name}: the word of {self.unit} {number:,} is not UTF-8: {word[:60]!r}. Save the file as UTF-8"
                + ("." if self.unit == "line" else ", or fix the header: its dimensions may be wrong.")
            ) from error
        if self.only is not None and text not in self.only:
            return False
        if not text:
            raise DataError(f"{self.name}: {self.unit} {number:,} has no word before its numbers. Remove it.")
        if text in self.words:
            self.repeated += 1
            return False
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
