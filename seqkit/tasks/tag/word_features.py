"""The usual features of a word for a linear tagger, as strings: spelling, shape, affixes and neighbours.

J. Lafferty, A. McCallum and F. Pereira, "Conditional random fields", 2001,
https://repository.upenn.edu/handle/20.500.14332/6188, use features of spelling; those of neighbours, shapes and affixes
are as in J. R. Finkel, T. Grenager and C. Manning, 2005, https://aclanthology.org/P05-1045.
"""

from collections.abc import Sequence
from functools import lru_cache

_MAX_AFFIX = 4
_BEFORE, _AFTER = "\ue000", "\ue001"
"""Words before and after a sentence: characters for private use."""


def sentence_features(words: Sequence[str]) -> list[list[str]]:
    """Returns the features of each word of a sentence.

    They are those of the word itself (`word_features`), its neighbours up to two words away, with their shapes, and
    the pairs of the word and a neighbour.
    """
    lower = [_BEFORE, _BEFORE, *(word.lower() for word in words), _AFTER, _AFTER]
    shapes = [_BEFORE, _BEFORE, *map(short_shape, words), _AFTER, _AFTER]
    features = []
    for i, word in enumerate(words, start=2):
        features.append(
            [
                *word_features(word),
                "w-1=" + lower[i - 1],
                "w+1=" + lower[i + 1],
                "w-2=" + lower[i - 2],
                "w+2=" + lower[i + 2],
                "w-1|w=" + lower[i - 1] + "|" + lower[i],
                "w|w+1=" + lower[i] + "|" + lower[i + 1],
                "s-1=" + shapes[i - 1],
                "s+1=" + shapes[i + 1],
                "s-1|s|s+1=" + shapes[i - 1] + "|" + shapes[i] + "|" + shapes[i + 1],
            ]
        )
    return features


@lru_cache(maxsize=1 << 16)
def word_features(word: str) -> tuple[str, ...]:
    """Returns the features of a word by itself: its lower-case form, shapes, prefixes, suffixes and kinds."""
    lower = word.lower()
    affixes = [
        f"{side}={lower[:size] if side == 'prefix' else lower[-size:]}"
        for size in range(1, min(_MAX_AFFIX, len(lower)) + 1)
        for side in ("prefix", "suffix")
    ]
    kinds = [
        name
        for name, holds in (
            ("upper", word.isupper()),
            ("title", word.istitle()),
            ("digits", word.isdigit()),
            ("a digit", any(character.isdigit() for character in word)),
            ("a hyphen", "-" in word),
            ("no letter", not any(character.isalpha() for character in word)),
            ("an address", lower.startswith(("http", "www.")) or "@" in word[1:]),
            ("a name", word.startswith("@") and len(word) > 1),
            ("a topic", word.startswith("#") and len(word) > 1),
        )
        if holds
    ]
    return ("bias", "w=" + lower, "shape=" + shape(word), "s=" + short_shape(word), *affixes, *kinds)


def shape(word: str) -> str:
    """Returns the shape of a word: X for capitals, x for other letters, 0 for digits; the rest stays: Mr.2 is Xx.0."""
    return "".join(
        "X" if character.isupper() else "x" if character.isalpha() else "0" if character.isdigit() else character
        for character in word[:32]
    )


@lru_cache(maxsize=1 << 16)
def short_shape(word: str) -> str:
    """Returns the shape of a word with runs of one kind written once: both McDonald and VanGogh are XxXx."""
    result = ""
    for character in shape(word):
        if not result or result[-1] != character:
            result += character
    return result
