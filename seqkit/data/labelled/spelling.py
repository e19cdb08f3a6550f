"""Gives labels one spelling, whatever the file format: 1.0 from CSV and 1 from Parquet are the label '1'.

A label loses what nobody sees: Unicode composition, invisible characters, runs of spaces, the decimals of a whole
number. It keeps its case and its other characters.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

_MAX_LISTED = 3
_WHOLE = re.compile(r"([+-]?)(0|[1-9]\d*)(?:\.0+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_TRUTH = frozenset({"true", "false"})
# Control characters, soft hyphen, zero-width space, direction marks, word joiners, byte order mark.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff]"
)
# Joiners shape Arabic and Indic letters and compose emoji: only next to Latin letters or at an edge are they invisible.
_JOINER = re.compile("(?:^|(?<=[\x00-\u024f]))[\u200c\u200d]+|[\u200c\u200d]+(?=[\x00-\u024f]|$)")
_TWINS = str.maketrans(  # Cyrillic and Greek letters that look Latin, dashes, apostrophes
    "АВЕКМНОРСТХІаеорсухіΑΒΕΖΗΙΚΜΝΟΡΤΥΧο\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\u02bc",
    "ABEKMHOPCTXIaeopcyxiABEZHIKMNOPTYXo------" + "'" * 3,
)
_UNSEEN = re.compile("[\u200c\u200d\ufe00-\ufe0f]")


def spelled(label: str) -> str:
    """Returns the spelling of a single label."""
    if not label.isascii():
        label = unicodedata.normalize("NFC", _JOINER.sub("", _INVISIBLE.sub("", label)))
    elif not label.isprintable():
        label = _INVISIBLE.sub("", label)
    label = " ".join(label.split())
    if match := _WHOLE.fullmatch(label):
        return ("-" if match[1] == "-" and match[2] != "0" else "") + match[2]
    return label


def spellings(labels: Iterable[str]) -> dict[str, str]:
    """Returns the spelling of each label of a column: true and false in lower case if there are no other labels."""
    spelling = {label: spelled(label) for label in labels}
    if all(label.lower() in _TRUTH for label in spelling.values()):
        return {label: spelled_label.lower() for label, spelled_label in spelling.items()}
    return spelling


def spell(labels: Sequence[tuple[str, ...]], where: str) -> tuple[list[tuple[str, ...]], list[str]]:
    """Returns the labels of each example in one spelling, and notes about labels that are equal or look alike.

    Args:
        labels: Labels of each example, as written.
        where: Source and column, for the notes.
    """
    counts = Counter(label for example in labels for label in example)
    spelling = spellings(counts)
    spelled_of = {
        example: tuple(dict.fromkeys(name for label in example if (name := spelling[label]))) for example in set(labels)
    }
    written: dict[str, list[str]] = {}
    for label, name in spelling.items():
        written.setdefault(name, []).append(label)
    merged = [f"{', '.join(_shown(ways))} as '{name}'" for name, ways in written.items() if len(ways) > 1 and name]
    notes = [f"{where}: labels with several spellings are read as one: {_some(merged)}"] if merged else []
    totals = {name: sum(counts[label] for label in ways) for name, ways in written.items()}
    return [spelled_of[example] for example in labels], notes + _notes_on_lookalikes(totals, where)


def class_finder(classes: Sequence[str]) -> Callable[[str], int | None]:
    """Returns a function that finds the index of the class that a label means, however either is spelled.

    Classes may have a spelling of an earlier version, such as '1.0'.
    """
    index = {name: i for i, name in enumerate(classes)}
    by_spelling: dict[str, int] = {}
    for name, spelled_name in spellings(classes).items():
        by_spelling.setdefault(spelled_name, index[name])
    truth = Counter(name.lower() for name in by_spelling)
    by_truth = {word: i for name, i in by_spelling.items() if (word := name.lower()) in _TRUTH and truth[word] == 1}
    values = Counter(map(_value, classes))
    by_value = {value: index[name] for name in classes if (value := _value(name)) is not None and values[value] == 1}

    def find(label: str) -> int | None:
        name, value = spelled(label), _value(spelled(label))
        number = None if value is None else by_value.get(value)
        return index.get(label, by_spelling.get(name, by_truth.get(name.lower(), number)))

    return find


def _notes_on_lookalikes(counts: Mapping[str, int], where: str) -> list[str]:
    """Returns a note on labels that differ only by case, invisibly, or by the digits of the same number."""
    alike: dict[str | float, list[str]] = {}
    for label in counts:
        look = _look(label)
        value = _value(look)
        alike.setdefault(look.casefold() if value is None else value, []).append(label)
    groups = [
        " and ".join(f"{shown} ({counts[label]:,})" for label, shown in zip(labels, _shown(labels), strict=True))
        for labels in alike.values()
        if len(labels) > 1
    ]
    if not groups:
        return []
    return [f"{where}: labels that look alike are different classes: {_some(groups)}. If they mean the same, edit them"]


def _value(label: str) -> float | None:
    """Returns the number that a label is, if it is one."""
    return float(label) if _NUMBER.fullmatch(label) else None


def _look(label: str) -> str:
    """Returns a label with the same characters for all that print alike, without quotation marks around it."""
    if "&" in label:
        label = html.unescape(label)
    look = _UNSEEN.sub("", unicodedata.normalize("NFKC", label)).translate(_TWINS)
    return look[1:-1] if len(look) > 2 and look[0] == look[-1] and look[0] in "\"'" else look


def _shown(labels: Sequence[str]) -> list[str]:
    """Returns labels in quotes, with escapes where they print alike."""
    looks = set(map(_look, labels))
    return [f"'{label}'" if len(looks) == len(labels) and label.isprintable() else ascii(label) for label in labels]


def _some(items: Sequence[str]) -> str:
    return ", ".join(items[:_MAX_LISTED]) + (f" and {len(items) - _MAX_LISTED:,} more" * (len(items) > _MAX_LISTED))
