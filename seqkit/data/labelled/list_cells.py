"""Reads lists of labels that a file stores as text, such as "['a', 'b']" or '["a", "b"]'."""

from __future__ import annotations

import json
import re

_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_BARE = r"""[^\s,'"\[\](){}:]+(?:\s+[^\s,'"\[\](){}:]+)*"""
_ITEM = re.compile(rf"\s*({_QUOTED}|{_BARE})\s*(,|(?=['\"])|$)")
_CLOSING = {"[": "]", "(": ")", "{": "}"}
_NUMBERS = re.compile(r"\s*[+-]?[\d.]+(?:\s+[+-]?[\d.]+)*\s*", re.ASCII)
_MAX_LENGTH = 1 << 16


def list_in_text(cell: str) -> tuple[str, ...] | None:
    """Returns the items of a list written as text, or None if the cell is no such list.

    Square brackets may contain quoted items, numbers, or words separated by commas; parentheses and braces only quoted
    items. "[unknown]" is a word in brackets.
    """
    text = cell.strip()
    if len(text) < 2 or len(text) > _MAX_LENGTH or _CLOSING.get(text[0]) != text[-1]:
        return None
    content = text[1:-1]
    if not content.strip():
        return () if text[0] == "[" else None
    if text[0] == "[" and _NUMBERS.fullmatch(content):
        return tuple(content.split())
    items = _items(content)
    if items is None:
        return None
    is_quoted = all(item[0] in "'\"" for item in items)
    if not is_quoted and (text[0] != "[" or "," not in content):
        return None
    return tuple(_unquoted(item) for item in items)


def is_quoted_list(cell: str) -> bool:
    """Whether a cell is a list written as text that nothing else looks like: with quoted items."""
    return ("'" in cell or '"' in cell) and list_in_text(cell) is not None


def _items(content: str) -> list[str] | None:
    items, position = [], 0
    while position < len(content.rstrip()):
        match = _ITEM.match(content, position)
        if match is None:
            return None
        items.append(match[1].strip())
        position = match.end()
    return items


def _unquoted(item: str) -> str:
    if item[0] == '"':
        try:
            return str(json.loads(item))
        except ValueError:
            return re.sub(r"\\(.)", r"\1", item[1:-1])
    return re.sub(r"\\(.)", r"\1", item[1:-1]) if item[0] == "'" else item
