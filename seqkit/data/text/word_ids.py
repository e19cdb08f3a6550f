"""Encodes the words of running text as ids, in order of first appearance.

Text is cut at ASCII spaces into pre-tokens. Each distinct pre-token is split into words once and cached, so the cost of
splitting is negligible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from seqkit.data.labelled.ragged import Ragged
from seqkit.data.text.word_splitting import (
    JOIN,
    LINE_END,
    BlankSplitter,
    CharacterSplitter,
    Splitter,
    SubwordSplitter,
    WordSplitter,
)

if TYPE_CHECKING:
    from seqkit.data.text.tokenizer import TextTokenizer

Tokenizer = Literal["word", "blank", "bpe", "char"]
TOKENIZERS: tuple[Tokenizer, ...] = get_args(Tokenizer)
_SPLITTERS: dict[str, Callable[..., Splitter]] = {
    "word": WordSplitter,
    "blank": BlankSplitter,
    "char": CharacterSplitter,
}

_MAX_PRE_TOKENS, _MAX_CHARACTERS = 1 << 21, 1 << 27


class WordIds:
    """Assigns ids to the words of a text in order of first appearance.

    Attributes:
        table: Id of each word, in ascending order; `LINE_END` has id 0.
    """

    def __init__(self, tokenizer: Tokenizer | TextTokenizer, *, lower: bool = True) -> None:
        """Creates an empty table.

        Args:
            tokenizer: "word" splits into words and punctuation marks, as `seqkit.data.text.tokenizer.TextTokenizer` of
                kind "word" does; "blank" splits at whitespace; "char" into characters other than whitespace. A
                fitted tokenizer of kind "bpe" splits into its subwords.
            lower: Whether to convert words to lower case; a fitted tokenizer knows.
        """
        self.table = _table()
        self._splitter: Splitter = (
            _SPLITTERS[tokenizer](lower=lower) if isinstance(tokenizer, str) else SubwordSplitter(tokenizer)
        )
        self._clear_cache()

    def ids(self, piece: str) -> np.ndarray:
        """Returns the ids of the words and line ends of a text, int32, of shape (words + line ends,).

        Args:
            piece: Text without NULs, in which each line ends with a line feed.
        """
        import pyarrow
        from pyarrow import compute

        text = pyarrow.array([self._splitter.prepared(piece).replace("\n", JOIN)], pyarrow.large_string())
        encoded = compute.ascii_split_whitespace(text).flatten().dictionary_encode()
        known = len(self._pre_tokens)
        distinct = _lookup(encoded.dictionary.to_pylist(), self._pre_tokens)
        if new := [*islice(reversed(self._pre_tokens), len(self._pre_tokens) - known)][::-1]:
            self._split(new)
        words = self._words.take(distinct)  # word ids of each distinct pre-token in the piece
        places = encoded.indices.to_numpy()
        ids = words.values[places] if (words.lengths == 1).all() else words.take(places).values
        if len(self._pre_tokens) > _MAX_PRE_TOKENS or self._characters > _MAX_CHARACTERS:
            self._clear_cache()
        return ids

    def _clear_cache(self) -> None:
        self._pre_tokens = _table()
        self._words = Ragged(np.zeros(1, np.int32), np.array([0, 1]))  # word ids of each pre-token
        self._characters = 0

    def _split(self, pre_tokens: list[str]) -> None:
        """Splits new pre-tokens into words and caches their ids."""
        self._characters += sum(map(len, pre_tokens))
        is_plain = self._splitter.is_plain(pre_tokens)
        quick, thorough = np.flatnonzero(is_plain), np.flatnonzero(~is_plain)
        values, lengths = [self._words.values], [self._words.lengths]
        for places, split in ((quick, self._splitter.quick), (thorough, self._splitter.thorough)):
            ids = _lookup(split(JOIN.join([*map(pre_tokens.__getitem__, places), LINE_END])), self.table)
            values.append(ids[ids != 0])
            lengths.append((np.diff(np.flatnonzero(ids == 0), prepend=-1) - 1)[: len(places)])
        offsets = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
        known = np.arange(len(self._words))
        order = np.argsort(np.concatenate([quick, thorough])) + len(known)
        self._words = Ragged(np.concatenate(values), offsets).take(np.concatenate([known, order]))


def _table() -> defaultdict[str, int]:
    """Returns a table that assigns the next id to each new key, starting with `LINE_END`."""
    table: defaultdict[str, int] = defaultdict()
    table.default_factory = table.__len__
    table[LINE_END]
    return table


def _lookup(words: list[str], table: defaultdict[str, int]) -> np.ndarray:
    return np.fromiter(map(table.__getitem__, words), np.int32, len(words))
