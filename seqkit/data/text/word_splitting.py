"""Splits pre-tokens, pieces of text between ASCII spaces, into words.

The tokenizers library uses another Unicode version than Python and is a hundred times slower, so it only splits
pre-tokens that Python might split differently. Comparing both on each character shows which these are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from seqkit.data.text.invisible import JOINERS, REMOVED, ZERO_WIDTH_SPACE
from seqkit.data.text.tokenizer_files import UNKNOWN_TOKEN, assembled, normalizer

if TYPE_CHECKING:
    from seqkit.data.text.tokenizer import TextTokenizer

LINE_END = "\0"
"""The word for a line end and for the boundary between pre-tokens; no text contains it."""
JOIN = f" {LINE_END} "
"""Separator of pre-tokens that are split together, so that the words of each can be identified."""

_TOKEN = re.compile(rf"\w+(?:['’{JOINERS}]\w+)*|[^\w\s]")
_REMOVED = re.compile(f"[{REMOVED}]+")
_LAST_LETTER, _CONJOINING = 0xFFFF, range(0x1100, 0x1200)

_BLANK = r"[^\S\n\x1c-\x1f]"  # within a line; only Python treats the last four as whitespace
# Characters that NFKC maps to b and r: superscript, circled, full-width and mathematical letters.
_B = "bBᴮᵇℬⒷⓑＢｂ𝐁𝐛𝐵𝑏𝑩𝒃𝒷𝓑𝓫𝔅𝔟𝔹𝕓𝕭𝖇𝖡𝖻𝗕𝗯𝘉𝘣𝘽𝙗𝙱𝚋🄱"
_R = "rRʳᴿᵣℛℜℝⓇⓡＲｒ𝐑𝐫𝑅𝑟𝑹𝒓𝓇𝓡𝓻𝔯𝕣𝕽𝖗𝖱𝗋𝗥𝗿𝘙𝘳𝙍𝙧𝚁𝚛🄬🅁"
# A combining mark that composes with the ">" before it removes the ">" from the line break.
_MARKS = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_BREAK = re.compile(rf"<[{_B}][{_R}]{_BLANK}*[/／]?[>＞﹥](?!{_MARKS}*\u0338)")
_WIDE_BREAK = re.compile(f"[<＜﹤]{_BREAK.pattern[1:]}")


class Splitter(Protocol):
    """Splits text into words, with a fast and a thorough method."""

    def prepared(self, piece: str) -> str:
        """Returns text that may be split at ASCII spaces."""

    def is_plain(self, pre_tokens: Sequence[str]) -> np.ndarray:
        """Returns the mask of pre-tokens for which `quick` and `thorough` agree."""

    def quick(self, text: str) -> list[str]:
        """Returns the words and line ends of plain pre-tokens joined by `JOIN`."""

    def thorough(self, text: str) -> list[str]:
        """Returns the words and line ends of any pre-tokens joined by `JOIN`."""


class BlankSplitter:
    """Splits at Unicode whitespace and zero-width spaces; composes letters (NFC) and removes invisible characters."""

    def __init__(self, *, lower: bool) -> None:
        self._lower = lower

    def prepared(self, piece: str) -> str:
        """Returns the text with one spelling for words that look the same."""
        if piece.isascii():
            return piece
        return unicodedata.normalize("NFC", _REMOVED.sub("", piece)).replace(ZERO_WIDTH_SPACE, " ")

    def is_plain(self, pre_tokens: Sequence[str]) -> np.ndarray:
        """Returns True for all pre-tokens: `quick` and `thorough` are the same."""
        return np.ones(len(pre_tokens), np.bool_)

    def quick(self, text: str) -> list[str]:
        """Returns the words and line ends of pre-tokens joined by `JOIN`."""
        return (text.lower() if self._lower else text).split()

    thorough = quick


class CharacterSplitter:
    """Splits into characters, without whitespace, as `seqkit.data.text.tokenizer.TextTokenizer` of kind "char" does."""

    def __init__(self, *, lower: bool) -> None:
        self._normalizer = normalizer("char", lower)

    def prepared(self, piece: str) -> str:
        """Returns the text with a space for each HTML line break, which may contain spaces itself."""
        return _without_breaks(piece)

    def is_plain(self, pre_tokens: Sequence[str]) -> np.ndarray:
        """Returns True for all pre-tokens: `quick` and `thorough` are the same."""
        return np.ones(len(pre_tokens), np.bool_)

    def quick(self, text: str) -> list[str]:
        """Returns the characters and line ends of pre-tokens joined by `JOIN`."""
        return list(self._normalizer.normalize_str(text).replace(" ", ""))

    thorough = quick


class SubwordSplitter:
    """Splits into the subwords of a fitted tokenizer of kind "bpe"; `UNKNOWN_TOKEN` stands for unknown characters."""

    def __init__(self, tokenizer: TextTokenizer) -> None:
        self._tokenizer = tokenizer

    def prepared(self, piece: str) -> str:
        """Returns the text with a space for each HTML line break, which may contain spaces itself."""
        return _without_breaks(piece)

    def is_plain(self, pre_tokens: Sequence[str]) -> np.ndarray:
        """Returns True for all pre-tokens: `quick` and `thorough` are the same."""
        return np.ones(len(pre_tokens), np.bool_)

    def quick(self, text: str) -> list[str]:
        """Returns the subwords and line ends of pre-tokens joined by `JOIN`."""
        words: list[str] = []
        for subwords in self._tokenizer.split(text.split(JOIN)[:-1]):
            words += [*subwords, LINE_END]
        return [*words, LINE_END]

    thorough = quick


class WordSplitter:
    """Splits into words and punctuation marks, as `seqkit.data.text.tokenizer.TextTokenizer` of kind "word" does."""

    def __init__(self, *, lower: bool) -> None:
        from tokenizers import models

        tokenizer = assembled(models.WordLevel({}, unk_token=UNKNOWN_TOKEN), "word", lower)
        self._lower = lower
        self._normalizer, self._pre_tokenizer = tokenizer.normalizer, tokenizer.pre_tokenizer
        self._compared: set[str] = set()
        self._plain: set[str] = set()

    def prepared(self, piece: str) -> str:
        """Returns the text with a space for each HTML line break, which may contain spaces itself."""
        return _without_breaks(piece)

    def is_plain(self, pre_tokens: Sequence[str]) -> np.ndarray:
        """Returns the mask of pre-tokens whose characters Python and the library treat alike."""
        self._compare("".join(pre_tokens))
        return np.fromiter(map(self._plain.issuperset, pre_tokens), np.bool_, len(pre_tokens))

    def quick(self, text: str) -> list[str]:
        """Returns the words and line ends of plain pre-tokens joined by `JOIN`."""
        # The library lower-cases each character by itself; Python distinguishes a final sigma.
        return _TOKEN.findall(text.replace("Σ", "σ").lower() if self._lower else text)

    def thorough(self, text: str) -> list[str]:
        """Returns the words and line ends of any pre-tokens joined by `JOIN`."""
        return [word for word, _ in self._pre_tokenizer.pre_tokenize_str(self._normalizer.normalize_str(text))]

    def _compare(self, text: str) -> None:
        """Determines which new characters are plain: treated alike by both, and never combined with neighbours."""
        new = sorted(set(text) - self._compared)
        self._compared.update(new)
        for character in filter(_never_combines, new):
            between = f"x{character}x"
            if self.quick(between) == self.thorough(between):
                self._plain.add(character)


def _without_breaks(piece: str) -> str:
    if "＜" in piece or "﹤" in piece:
        return _WIDE_BREAK.sub(" ", piece)
    return _BREAK.sub(" ", piece) if "<" in piece else piece


def _never_combines(character: str) -> bool:
    """Whether a character never combines with its neighbours: not a mark, a conjoining Hangul letter, or a rare one."""
    kind, point = unicodedata.category(character), ord(character)
    return kind[0] != "M" and point not in _CONJOINING and (point <= _LAST_LETTER or kind == "So")
