"""Finds known words with a spelling similar to an unknown one, fast enough for a million words."""

import difflib
import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from itertools import islice

from seqkit.data.text.invisible import REMOVED, ZERO_WIDTH_SPACE

_INVISIBLE = re.compile(f"[{REMOVED}{ZERO_WIDTH_SPACE}]+")

MAX_COMPARED = 15_000
"""Maximum number of candidates to compare, the first ones in the list."""

MIN_RATIO = 0.6
"""Minimum similarity ratio of `difflib.SequenceMatcher`."""


def known_spelling(word: str, known: Container[str], *, lower: bool) -> str | None:
    """Returns a known word: as given, or in another Unicode normal form, or with `lower` in lower case; None if none.

    Invisible characters, such as soft hyphens, are ignored in a word that is unknown otherwise.

    Args:
        word: Any word.
        known: The known words, with fast lookup.
        lower: Whether to look up in lower case a word that is unknown otherwise.
    """
    if word in known:
        return word
    forms = [word]
    if not word.isascii():
        visible = _INVISIBLE.sub("", word)
        forms = [unicodedata.normalize(form, text) for text in (word, visible) for form in ("NFC", "NFKC", "NFD")]
    if lower:
        forms += [form.lower() for form in (word, *forms)]
    return next((form for form in forms if form in known), None)


def lower_case_note(name: str, lowered: Sequence[str], of: str) -> str:
    """Returns a message about words that were found in lower case only.

    Args:
        name: Source of the vectors.
        lowered: The words, as they were asked for.
        of: Number and kind of all words that were asked for, as in "20 tokens".
    """
    return f"{name}: {len(lowered):,} of {of} have a vector only in lower case, which is used: '{lowered[0]}'" + (
        ", …" if len(lowered) > 1 else ""
    )


def near_spellings(word: str, words: Sequence[str], known: Container[str], max_words: int) -> list[str]:
    """Returns known words with a spelling similar to `word`, the most similar first; ties keep their order in `words`.

    Words that differ only in case come first. Other candidates have a similar length, and the same first letter or the
    same letters after the first. Hangul syllables are compared letter by letter.

    Args:
        word: The unknown word.
        words: The known words, the most frequent first.
        known: The same words, with fast lookup.
        max_words: Maximum number of words to return, [1, inf).
    """
    matches = [form for form in (word.lower(), word.capitalize(), word.upper(), word.title()) if form in known]
    if word:
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(_letters(word.casefold()))
        ratios: dict[str, float] = {}
        for candidate in islice(_candidates(word, words), MAX_COMPARED):
            matcher.set_seq1(_letters(candidate.casefold()))
            if matcher.real_quick_ratio() >= MIN_RATIO and matcher.quick_ratio() >= MIN_RATIO:
                ratios[candidate] = matcher.ratio()
        similar = [candidate for candidate, ratio in ratios.items() if ratio >= MIN_RATIO]
        matches += sorted(similar, key=lambda candidate: -ratios[candidate])
    return list(dict.fromkeys(matches))[:max_words]


def _candidates(word: str, words: Sequence[str]) -> Iterator[str]:
    rest, margin = word[1:], max(2, len(word) // 3)
    first, min_length, max_length = (word[0].lower(), word[0].upper()), len(word) - margin, len(word) + margin
    for known in words:
        if min_length <= len(known) <= max_length and (known.startswith(first) or (rest and known.endswith(rest))):
            yield known


def _letters(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFD", text)
