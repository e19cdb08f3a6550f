"""Recognises rows of a table in running text, where the names of columns and their other cells become words."""

import json
import re

from seqkit.data.files.sniffing import TEXT_NAMES, matching_names

_HEAD = 1 << 16
_JSON_LIST = re.compile(r'\[\s*\{\s*"')
_CELL = re.compile(r'"?(\w+)"?')
_DELIMITERS = re.compile(r"[,;\t|]")


def notes_on_rows(text: str) -> list[str]:
    """Returns a note if a text begins with objects of JSON, or with a header that names a column of texts."""
    head = text[:_HEAD].lstrip()
    first = head.split("\n", 1)[0].strip()
    if _JSON_LIST.match(head) or _is_object(first):
        return ["the text consists of JSON objects, whose keys are read as words; save their texts alone, one per line"]
    cells = [_CELL.fullmatch(cell.strip()) for cell in _DELIMITERS.split(first)]
    names = [cell[1] for cell in cells if cell]
    columns = matching_names(names, TEXT_NAMES)
    if not columns or not 1 < len(names) == len(cells):
        return []
    return [
        f"the first line, {first[:60]!r}, names the columns of a table, and all columns are read as words; save the "
        f"column '{columns[0]}' alone, one text per line, without the header"
    ]


def _is_object(line: str) -> bool:
    if not line.startswith("{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (json.JSONDecodeError, RecursionError):
        return False
