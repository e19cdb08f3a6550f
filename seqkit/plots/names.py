"""Names that fit on a plot."""

import unicodedata

import numpy as np

MAX_NAME_WIDTH = 24
"""Maximum width of a name, in characters; Chinese, Japanese and Korean ones count twice."""


def shortened(name: str) -> str:
    """Returns a name on one line; a long one loses its middle, as beginning and end distinguish names best."""
    letters = [letter for letter in " ".join(str(name).split()) if letter.isprintable()]
    widths = [text_width(letter) for letter in letters]
    if sum(widths) <= MAX_NAME_WIDTH:
        return "".join(letters)
    half = (MAX_NAME_WIDTH - 1) / 2
    first = int(np.searchsorted(np.cumsum(widths), half, side="right"))
    last = int(np.searchsorted(np.cumsum(widths[::-1]), half, side="right"))
    return "".join([*letters[:first], "…", *letters[len(letters) - last :]])


def text_width(text: str) -> int:
    """Returns the width of a text in characters; Chinese, Japanese and Korean ones count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
