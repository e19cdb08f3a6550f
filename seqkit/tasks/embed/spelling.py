"""Which known words are spelled much like an unknown one, quickly even where a million are known."""

import difflib
import unicodedata
from collections.abc import Container, Iterator, Sequence
from itertools import islice

MAX_COMPARED = 15_000
"""Words that are compared letter by letter, the first in the list."""

ALIKE = 0.6
"""Share of letters that has to agree, as `difflib` counts them."""


def near_spellings(word: str, words: Sequence[str], known: Container[str], most: int) -> list[str]:
    """Returns known words that are spelled much like `word`, the likest first; of equally like ones, the earlier.

    A word that differs in its capitals alone comes first. Others have the same first letter, and are not much longer or
    shorter, or end as the word does after its first letter. Syllables of Hangul are compared by their letters.

    Args:
        word: The unknown one.
        words: The known ones, the most frequent first.
        known: The same, made to be looked up.
        most: How many are returned at most, [1, inf).
    """
    found = [form for form in (word.lower(), word.capitalize(), word.upper(), word.title()) if form in known]
    if word:
        asked = _letters(word.casefold())
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(asked)
        scores: dict[str, float] = {}
        for each in islice(_candidates(word, words), MAX_COMPARED):
            matcher.set_seq1(_letters(each.casefold()))
            if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE:
                scores[each] = matcher.ratio()
        alike = [each for each in scores if scores[each] >= ALIKE]
        found += sorted(alike, key=lambda each: -scores[each])
    return list(dict.fromkeys(found))[:most]


def _candidates(word: str, words: Sequence[str]) -> Iterator[str]:
    rest, reach = word[1:], max(2, len(word) // 3)
    first, shortest, longest = (word[0].lower(), word[0].upper()), len(word) - reach, len(word) + reach
    for each in words:
        if shortest <= len(each) <= longest and (each.startswith(first) or (rest and each.endswith(rest))):
            yield each


def _letters(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFD", text)
