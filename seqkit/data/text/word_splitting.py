"""Stretches of text, which stand between ASCII blanks, split into words.

The tokenizers library knows another Unicode than Python and is a hundred times slower, so it splits only what Python
might split otherwise. Which characters these are is found by asking it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from seqkit.data.text.tokenizer_files import UNKNOWN_TOKEN, assembled

LINE_END = "\0"
"""The word that stands for a line's end, and parts stretches; no text holds it."""
JOIN = f" {LINE_END} "
"""What stands between stretches that are split together: they stay apart, and what is made of each can be told."""

_TOKEN = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
_LAST_LETTER, _CONJOINING = 0xFFFF, range(0x1100, 0x1200)

_BLANK = r"[^\S\n\x1c-\x1f]"  # within a line; Python alone takes the last four for blanks
# Writings of b and r that NFKC makes b and r: superscripts, circled, full-width and mathematical letters.
_B = "bBᴮᵇℬⒷⓑＢｂ𝐁𝐛𝐵𝑏𝑩𝒃𝒷𝓑𝓫𝔅𝔟𝔹𝕓𝕭𝖇𝖡𝖻𝗕𝗯𝘉𝘣𝘽𝙗𝙱𝚋🄱"
_R = "rRʳᴿᵣℛℜℝⓇⓡＲｒ𝐑𝐫𝑅𝑟𝑹𝒓𝓇𝓡𝓻𝔯𝕣𝕽𝖗𝖱𝗋𝗥𝗿𝘙𝘳𝙍𝙧𝚁𝚛🄬🅁"
# A mark that makes one character of itself and the ">" before it takes the ">" out of the line break.
_MARKS = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_BREAK = re.compile(rf"<[{_B}][{_R}]{_BLANK}*[/／]?[>＞﹥](?!{_MARKS}*\u0338)")
_WIDE_BREAK = re.compile(f"[<＜﹤]{_BREAK.pattern[1:]}")


class Splitter(Protocol):
    """How text is split into words, in two ways of different speed."""

    def prepared(self, piece: str) -> str:
        """Returns text that may be cut at its ASCII blanks."""

    def is_plain(self, stretches: Sequence[str]) -> np.ndarray:
        """Returns which stretches the quick way splits as the thorough one does."""

    def quick(self, text: str) -> list[str]:
        """Returns the words and line ends of plain stretches, joined by `JOIN`."""

    def thorough(self, text: str) -> list[str]:
        """Returns the words and line ends of any stretches, joined by `JOIN`."""


class BlankSplitter:
    """Takes what stands between blanks, any of Unicode's, for words."""

    def __init__(self, *, lower: bool) -> None:
        self._lower = lower

    def prepared(self, piece: str) -> str:
        """Returns the text as it is."""
        return piece

    def is_plain(self, stretches: Sequence[str]) -> np.ndarray:
        """Returns that all stretches are: there is one way here."""
        return np.ones(len(stretches), np.bool_)

    def quick(self, text: str) -> list[str]:
        """Returns the words and line ends of some stretches, joined by `JOIN`."""
        return (text.lower() if self._lower else text).split()

    thorough = quick


class WordSplitter:
    """Makes the tokens of `seqkit.data.text.tokenizer.TextTokenizer` of kind "word": words and punctuation marks."""

    def __init__(self, *, lower: bool) -> None:
        from tokenizers import models

        own = assembled(models.WordLevel({}, unk_token=UNKNOWN_TOKEN), "word", lower)
        self._lower = lower
        self._normalizer, self._pre_tokenizer = own.normalizer, own.pre_tokenizer
        self._judged: set[str] = set()
        self._plain: set[str] = set()

    def prepared(self, piece: str) -> str:
        """Returns the text with a blank for each HTML line break, which may hold blanks itself."""
        if "＜" in piece or "﹤" in piece:
            return _WIDE_BREAK.sub(" ", piece)
        return _BREAK.sub(" ", piece) if "<" in piece else piece

    def is_plain(self, stretches: Sequence[str]) -> np.ndarray:
        """Returns which stretches consist of characters of which Python makes what the library makes."""
        self._judge("".join(stretches))
        return np.fromiter(map(self._plain.issuperset, stretches), np.bool_, len(stretches))

    def quick(self, text: str) -> list[str]:
        """Returns the words and line ends of plain stretches, joined by `JOIN`."""
        # Each by itself, as the library does: Python alone writes a capital sigma in two ways.
        return _TOKEN.findall(text.replace("Σ", "σ").lower() if self._lower else text)

    def thorough(self, text: str) -> list[str]:
        """Returns the words and line ends of any stretches, joined by `JOIN`."""
        return [word for word, _ in self._pre_tokenizer.pre_tokenize_str(self._normalizer.normalize_str(text))]

    def _judge(self, text: str) -> None:
        """Finds out which characters that are new are plain: alike in both, and never one with their neighbours."""
        new = sorted(set(text) - self._judged)
        self._judged.update(new)
        for character in filter(_stands_alone, new):
            between = f"x{character}x"
            if self.quick(between) == self.thorough(between):
                self._plain.add(character)


def _stands_alone(character: str) -> bool:
    """Whether a character never becomes one with its neighbours: no mark, no Hangul letter, nothing rare."""
    kind, point = unicodedata.category(character), ord(character)
    return kind[0] != "M" and point not in _CONJOINING and (point <= _LAST_LETTER or kind == "So")
