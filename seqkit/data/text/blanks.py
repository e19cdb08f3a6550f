"""Recognises text without blanks between words, such as Chinese or Thai, in which whole sentences count as words.

Korean has blanks; some people leave them out in short messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SCRIPTS = {
    "Chinese or Japanese": r"\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff",
    "Thai": r"\u0e01-\u0e5b",
    "Lao": r"\u0e81-\u0edf",
    "Khmer": r"\u1780-\u17ff",
    "Burmese": r"\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f",
    "Tibetan": r"\u0f00-\u0fff",
    "Korean": r"\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "Javanese or Balinese": r"\u1b00-\u1b7f\ua980-\ua9df",
    "Tai": r"\u1950-\u19df\u1a20-\u1aaf",
}
_SCRIPT_OF = re.compile("|".join(f"([{characters}])" for characters in _SCRIPTS.values()))
_NAMES = tuple(_SCRIPTS)

_MAX_LENGTH_IN_SIGNS, _MAX_LENGTH_IN_LETTERS = 5.0, 14.0
"""Length of the word around a random character above which words are sentences; separated words have half of it."""
_MAX_MEAN_LENGTH = 20.0
"""The same for the mean word of other scripts, in which a few words, such as links, may be very long."""
_MAX_LENGTH = {"Chinese or Japanese": _MAX_LENGTH_IN_SIGNS, "Korean": 10.0, "": _MAX_MEAN_LENGTH}
_MIN_SHARE = 0.05
"""Share of the text below which such words are not mentioned."""


def words_without_blanks(words: Iterable[str], counts: Iterable[int]) -> str | None:
    """Returns why a text has fewer words than it seems, and which flag helps; None if its words are separated.

    Args:
        words: Distinct words of the text, as a tokenizer splits them at blanks and punctuation.
        counts: Count of each word.
    """
    words_of, characters, squares = (dict.fromkeys(("", *_SCRIPTS), 0) for _ in range(3))
    for word, count in zip(words, counts, strict=True):
        script = ""
        if not word.isascii() and (match := _SCRIPT_OF.search(word)):
            script = _NAMES[(match.lastindex or 1) - 1]
        words_of[script] += count
        characters[script] += count * len(word)
        squares[script] += count * len(word) ** 2
    total = sum(characters.values())
    found = []
    for script, number in characters.items():
        if number >= _MIN_SHARE * total > 0:
            length = squares[script] / number if script else number / words_of[script]
            if length > _MAX_LENGTH.get(script, _MAX_LENGTH_IN_LETTERS):
                found.append((number / total, script, length))
    if not found:
        return None
    share, script, length = max(found)
    where = f" of it is {script} and" if script else " of it"
    return (
        f"the text has hardly any blanks between words: {share:.0%}{where} comes in words of {length:.0f} characters, "
        "as whole sentences do. Use --tokenizer char, or --tokenizer bpe for frequent parts of words"
    )
