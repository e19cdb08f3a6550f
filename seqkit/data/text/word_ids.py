"""Words of running text as numbers, in the order in which they appear.

Text is cut at its ASCII blanks, and what stands between two of them, a stretch, is split into words the first time that
it is seen; from then on it is looked up. So splitting costs next to nothing, however thorough it is.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import Literal, get_args

import numpy as np

from seqkit.data.labelled.ragged import Ragged
from seqkit.data.text.word_splitting import JOIN, LINE_END, BlankSplitter, Splitter, WordSplitter

Tokenizer = Literal["word", "blank"]
TOKENIZERS: tuple[Tokenizer, ...] = get_args(Tokenizer)

_MOST_STRETCHES, _MOST_CHARACTERS = 1 << 21, 1 << 27


class WordNumbers:
    """Numbers the words of a text as they come.

    Attributes:
        table: The words and their numbers, in the order of these; `LINE_END` has number 0.
    """

    def __init__(self, tokenizer: Tokenizer, *, lower: bool) -> None:
        """Makes an empty table.

        Args:
            tokenizer: "word" makes the tokens of `seqkit.data.text.tokenizer.TextTokenizer` of kind "word", words and
                punctuation marks; "blank" takes what stands between blanks, any of Unicode's.
            lower: Whether capital letters become small ones.
        """
        self.table = _table()
        self._splitter: Splitter = (BlankSplitter if tokenizer == "blank" else WordSplitter)(lower=lower)
        self._forget()

    def ids(self, piece: str) -> np.ndarray:
        """Returns the numbers of the words and line ends of some text, int32, of shape (words + line ends,).

        Args:
            piece: Text without any NUL, in which each line ends with a line feed.
        """
        import pyarrow
        from pyarrow import compute

        text = pyarrow.array([self._splitter.prepared(piece).replace("\n", JOIN)], pyarrow.large_string())
        encoded = compute.ascii_split_whitespace(text).flatten().dictionary_encode()
        known = len(self._stretches)
        different = _looked_up(encoded.dictionary.to_pylist(), self._stretches)
        if new := [*islice(reversed(self._stretches), len(self._stretches) - known)][::-1]:
            self._learn(new)
        parts = self._parts.take(different)  # words of each stretch in the piece
        places = encoded.indices.to_numpy()
        found = parts.values[places] if (parts.lengths == 1).all() else parts.take(places).values
        if len(self._stretches) > _MOST_STRETCHES or self._characters > _MOST_CHARACTERS:
            self._forget()
        return found

    def _forget(self) -> None:
        self._stretches = _table()
        self._parts = Ragged(np.zeros(1, np.int32), np.array([0, 1]))  # numbers of each stretch's words
        self._characters = 0

    def _learn(self, stretches: list[str]) -> None:
        self._characters += sum(map(len, stretches))
        is_plain = self._splitter.is_plain(stretches)
        quick, thorough = np.flatnonzero(is_plain), np.flatnonzero(~is_plain)
        values, lengths = [self._parts.values], [self._parts.lengths]
        for places, split in ((quick, self._splitter.quick), (thorough, self._splitter.thorough)):
            ids = _looked_up(split(JOIN.join([*map(stretches.__getitem__, places), LINE_END])), self.table)
            values.append(ids[ids != 0])
            lengths.append((np.diff(np.flatnonzero(ids == 0), prepend=-1) - 1)[: len(places)])
        offsets = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
        known = np.arange(len(self._parts))
        order = np.argsort(np.concatenate([quick, thorough])) + len(known)
        self._parts = Ragged(np.concatenate(values), offsets).take(np.concatenate([known, order]))


def _table() -> defaultdict[str, int]:
    """Returns a table that numbers whatever is looked up in it, `LINE_END` first."""
    table: defaultdict[str, int] = defaultdict()
    table.default_factory = table.__len__
    table[LINE_END]
    return table


def _looked_up(words: list[str], table: defaultdict[str, int]) -> np.ndarray:
    return np.fromiter(map(table.__getitem__, words), np.int32, len(words))
