"""Cuts sentences into words and marks for the baselines, and joins them again."""

import re
from collections.abc import Sequence

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|(?<=\w)-\w+|\w+['’]?|[^\w\s]")
_JOINED_LEFT = frozenset(".,!?;:)]}%…。、，！？")
_JOINED_RIGHT = frozenset("'’([{")


def tokens(sentence: str) -> list[str]:
    """Returns the words and marks of a sentence; an apostrophe ends a word, and a hyphen inside one begins the next."""
    return _TOKEN.findall(sentence)


def join_tokens(words: Sequence[str]) -> str:
    """Returns the sentence of words and marks, with blanks where most languages write them."""
    pieces: list[str] = []
    last = ""
    for word in words:
        is_suffix = len(word) > 1 and word[0] == "-"
        if last and word[0] not in _JOINED_LEFT and not is_suffix and last[-1] not in _JOINED_RIGHT:
            pieces.append(" ")
        pieces.append(word)
        last = word
    return "".join(pieces)
