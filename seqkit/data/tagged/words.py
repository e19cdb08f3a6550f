"""Finds the words of a text, with their offsets, as corpora of tagged words write them.

Words end at whitespace and punctuation, but web addresses, @names and #topics stay whole, as do numbers such as 1,000.5
and words with hyphens inside. English contractions are divided as in the Penn Treebank: do n't, it 's. Han, kana,
Thai, Lao, Khmer and Burmese are written without blanks, so that each of their characters is a word.

M. P. Marcus, B. Santorini and M. A. Marcinkiewicz, "Building a large annotated corpus of English: the Penn Treebank",
1993, https://aclanthology.org/J93-2004
"""

import re
from collections.abc import Collection
from typing import Literal

TokenizerKind = Literal["word", "char"]

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_LETTER = rf"[^\W{_UNSPACED}]"
_WORD = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?'’)\]}]"  # web addresses, without punctuation after them
    r"|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"  # mail addresses
    r"|[@#]\w+"
    r"|(?:[A-Z]\.){2,}"  # U.S.
    r"|\d+(?:[.,:/-]\d+)+"
    rf"|{_LETTER}+?(?=n['’]t\b)|n['’]t\b"
    r"|['’](?:s|m|d|re|ve|ll)\b"
    rf"|{_LETTER}+(?:(?:-|['’](?!(?:s|m|d|t|re|ve|ll)\b)){_LETTER}+)*"
    r"|\.{2,}|-{2,}"
    r"|\S",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]+")


def word_offsets(text: str, kind: TokenizerKind = "word", boundaries: Collection[int] = ()) -> list[tuple[int, int]]:
    """Returns start and end of each word in a text, in characters; whitespace is in no word.

    Args:
        text: The text.
        kind: "word" finds words and punctuation marks, "char" makes a word of each character.
        boundaries: Offsets at which a word ends or begins in any case, such as the ends of spans.
    """
    if kind == "char":
        return [(position, position + 1) for position, character in enumerate(text) if not character.isspace()]
    words: list[tuple[int, int]] = []
    for found in _WORD.finditer(text):
        start, end = found.span()
        is_mark = words and words[-1][1] == start and _MARKS.fullmatch(text, start, end)
        if is_mark and start not in boundaries:  # a combining mark or a variant of an emoji
            words[-1] = (words[-1][0], end)
        else:
            words.append((start, end))
    if not boundaries:
        return words
    return [piece for start, end in words for piece in _pieces(start, end, boundaries)]


def _pieces(start: int, end: int, boundaries: Collection[int]) -> list[tuple[int, int]]:
    cuts = [position for position in range(start + 1, end) if position in boundaries]
    return list(zip([start, *cuts], [*cuts, end], strict=True))
