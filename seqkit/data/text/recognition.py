"""Recognises running text by the first lines of a file."""

from __future__ import annotations

import re
from statistics import median

from seqkit.data.files.layout import is_number
from seqkit.data.files.sniffing import Look, decoded

_WORD = re.compile(r"[^\W\d_]{2,}")
_TEXT_SUFFIXES = (".txt", ".md", ".text", ".rst")
_MIN_WORDS = 4
"""Words that half of the lines must have at least, as table headers and rows seldom have."""


def is_prose(look: Look) -> bool:
    """Whether a file has sentences in its lines rather than cells: far more words than numbers.

    Half of the lines need several words, unless the name ends as that of a text.
    """
    if look.form != "delimited" or not look.head:
        return False
    lines = [line for line in decoded(look.head).splitlines()[:200] if line.strip()]
    if not lines:
        return False
    found = [_WORD.findall(line) for line in lines]
    numbers = sum(is_number(item) for line in lines for item in re.split(r"[\s,;|]+", line))
    words = sum(map(len, found))
    has_sentences = look.path.name.lower().endswith(_TEXT_SUFFIXES) or median(map(len, found)) >= _MIN_WORDS
    return has_sentences and numbers < 0.2 * words
