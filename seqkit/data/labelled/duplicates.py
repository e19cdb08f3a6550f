"""Finds duplicate examples: texts that tokenizers read alike, and equal series.

The comparison does not depend on the options of a run, so that all runs on the same examples use the same split. It
ignores what some tokenizer ignores: case, Unicode composition, invisible characters, HTML line breaks, and spaces other
than between words. It also ignores what exports of the same texts differ in: HTML entities, and the form of quotation
marks and dashes.
"""

import html
import re
import unicodedata
from collections.abc import Hashable, Sequence

import numpy as np

from seqkit.data.text.invisible import REMOVED, ZERO_WIDTH_SPACE
from seqkit.data.text.tokenizer_files import MARKER

_REMOVED = re.compile(f"[{REMOVED}]")
_BREAK = re.compile(rf"<br\s*/?>|[{MARKER}{ZERO_WIDTH_SPACE}]", re.IGNORECASE)
_ENTITY = re.compile(r"&\s*(#?)\s*(\w+)\s*;")
_TYPEWRITER = str.maketrans(
    "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2010\u2011\u2012\u2013\u2014", "'''" + '"' * 5 + "-" * 5
)
_TOKEN = re.compile(r"\w+|[^\w\s]")


def text_groups(texts: Sequence[str]) -> np.ndarray:
    """Returns the number of the group of each text, int64 of shape (texts,); duplicates share a group."""
    number_of: dict[str, int] = {}
    number = np.array([number_of.setdefault(_folded(text), len(number_of)) for text in texts], np.int64)
    compact = group_numbers([text.replace(" ", "") for text in number_of])
    # Only texts that are equal without any spaces can consist of the same words.
    is_unique = (np.bincount(compact, minlength=1)[compact] == 1).tolist()
    keys = [
        text if unique else " ".join(_TOKEN.findall(text)) for text, unique in zip(number_of, is_unique, strict=True)
    ]
    return group_numbers(keys)[number]


def series_groups(series: Sequence[np.ndarray]) -> np.ndarray:
    """Returns the number of the group of each series, int64 of shape (series,); duplicates share a group."""
    return group_numbers([(values + 0.0).tobytes() for values in series])  # -0.0 + 0.0 is 0.0


def group_numbers(keys: Sequence[Hashable]) -> np.ndarray:
    """Returns the number of each key, int64 of shape (keys,): equal keys have the same, in order of appearance."""
    number_of: dict[Hashable, int] = {}
    return np.array([number_of.setdefault(key, len(number_of)) for key in keys], np.int64)


def shared_groups(train: np.ndarray, test: np.ndarray, *, max_pairs: int = 5) -> tuple[int, list[tuple[int, int]]]:
    """Finds test examples that also occur in training.

    Args:
        train: Group numbers of the training examples, int64.
        test: Group numbers of the test examples, int64.
        max_pairs: Maximum number of pairs to return.

    Returns:
        The number of such test examples; and for the first ones, the position of the first duplicate in `train` and the
        position in `test`, both counted from 0.
    """
    groups, first = np.unique(train, return_index=True)
    shared = np.flatnonzero(np.isin(test, groups))
    pairs = [(int(first[np.searchsorted(groups, test[i])]), i) for i in shared[:max_pairs].tolist()]
    return len(shared), pairs


def _folded(text: str) -> str:
    """Returns a text without case, in Unicode NFKC, its words separated by single spaces."""
    folded = _without_case(text)
    if "&" in folded:  # only after case: &Eacute; and &eacute; are the same letter here
        folded = _without_case(_ENTITY.sub(lambda entity: html.unescape(f"&{entity[1]}{entity[2]};"), folded))
    return " ".join((_BREAK.sub(" ", folded) if "<" in folded or not folded.isascii() else folded).split())


def _without_case(text: str) -> str:
    """Returns a text without case, in Unicode NFKC, with typewriter quotation marks and dashes."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _REMOVED.sub("", folded).translate(_TYPEWRITER)
