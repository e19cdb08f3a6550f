"""Recognises tagged words by a file's first bytes, a folder's files or a DataFrame's columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from pathlib import Path

from seqkit.data.files.delimited import find_delimiter, header_cells
from seqkit.data.files.layout import is_number
from seqkit.data.files.lines import split_lines
from seqkit.data.files.sniffing import LABEL_NAMES, PARTS, TEXT_NAMES, Look, look_at, matching_names
from seqkit.data.tagged.column_names import SENTENCE_NAMES, TAG_NAMES, WORD_NAMES
from seqkit.data.tagged.json_shapes import plain_value, span_list, word_lists
from seqkit.data.tagged.schemes import OUTSIDE, has_letter

_SUFFIXES = (".conll", ".conllu", ".iob", ".iob2", ".bio")
_SUFFIXES_OF_PARTS = (*_SUFFIXES, ".tsv", ".txt", ".jsonl", ".json", ".csv", ".annotated")
_ROWS, _MIN_WORDS, _MAX_TAG_LENGTH = 200, 4, 40
_BLANKS = " \t"


def holds_tagged(look: Look) -> bool:
    """Whether it contains tagged words.

    CoNLL columns do, and so do JSON lines of texts with spans, or of words and tags, and tables with a row per word; a
    folder does if its file for training does.
    """
    if look.form == "folder":
        return any(part_of_name(path.name) == "train" and holds_tagged(look_at(path)) for path in _files(look.path))
    if look.form == "json":
        return _are_tagged_values(look.head)
    if look.frame is not None:
        return _is_frame_of_words(look)
    if look.form == "parquet":
        sentence, _, tag = _columns(look.names)
        if matching_names(look.names, ("tokens", "words")) and matching_names(look.names, ("ner_tags", "pos_tags")):
            return True
        return sentence is not None and not (matching_names([sentence], TEXT_NAMES) and tag in LABEL_NAMES)
    if look.form != "delimited":
        return False
    if look.path.name.lower().removesuffix(".gz").endswith(_SUFFIXES):
        return True
    head = look.head.decode("utf-16" if look.head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    return is_token_table(head) or _are_columns(head, is_whole=len(look.head) < 1 << 16)


def part_of_name(name: str) -> str | None:
    """Returns the part that the name of a file of tagged words says it holds; None if it says none."""
    if not name.lower().removesuffix(".gz").endswith(_SUFFIXES_OF_PARTS):
        return None
    stem = re.sub(r"(?<=\d)(?=[a-z])", "_", name.lower())  # as in wnut17train
    return next((part for usual, part in PARTS.items() if re.search(rf"(?<![a-z]){usual}(?![a-z])", stem)), None)


def names_words(head: str) -> bool:
    """Whether the first line of a text names a column of words, and one of sentences or of tags."""
    names = header_cells(head)
    has_others = matching_names(names, SENTENCE_NAMES) or (len(names) > 1 and matching_names(names, TAG_NAMES))
    return bool(matching_names(names, WORD_NAMES) and has_others)


def is_token_table(head: str) -> bool:
    """Whether the first part of a text is a table with a word in each row.

    It has the number of the sentence in each row, too, or a blank row after each sentence.
    """
    lines = split_lines(head.lstrip("\r\n"))
    rows = list(islice(csv.reader(lines[: _ROWS + 1], delimiter=find_delimiter(lines)), _ROWS)) if lines else []
    names = [cell.strip() for cell in rows[0]] if rows else []
    sentence, word, _ = _columns(names)
    if sentence is None or word is None:
        found = [next(iter(matching_names(names, known)), None) for known in (WORD_NAMES, TAG_NAMES)]
        blank = [not any(cell.strip() for cell in row) for row in rows[1:]]
        return None not in found and any(blank[:-1]) and all(len(row) in (0, len(names)) for row in rows)
    positions = names.index(sentence), names.index(word)
    return _are_words([[row[position] for position in positions] for row in rows[1:] if len(row) == len(names)])


def _columns(names: Sequence[str]) -> tuple[str, str, str] | tuple[None, None, None]:
    """Returns the columns of sentences, words and tags; None if one is missing."""
    columns = [next(iter(matching_names(names, known)), None) for known in (SENTENCE_NAMES, WORD_NAMES, TAG_NAMES)]
    sentence, word, tag = columns
    return (None, None, None) if sentence is None or word is None or tag is None else (sentence, word, tag)


def _are_words(rows: list[list[str]]) -> bool:
    """Whether rows of a number and a word have several words per sentence, unlike sentences with a word to label."""
    if not rows or any(" " in word.strip() for _, word in rows):
        return False
    numbers = [number.strip() for number, _ in rows]
    return len(rows) == 1 or any(not after or before == after for before, after in pairwise(numbers))


def _is_frame_of_words(look: Look) -> bool:
    assert look.frame is not None
    columns = list(map(str, look.frame.columns))
    sentence, word, _ = _columns(columns)
    if sentence is None or word is None:
        return False
    rows = look.frame.iloc[:_ROWS, [columns.index(sentence), columns.index(word)]]
    return _are_words([["" if cell is None or cell != cell else str(cell) for cell in row] for row in rows.to_numpy()])


def _files(folder: Path) -> Iterable[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        return ()  # the reader reports the error


def _are_tagged_values(head: bytes) -> bool:
    """Whether the first values of a JSON file have spans, or lists of words and tags.

    Texts with a label of their own are labelled texts, whatever spans they have besides.
    """
    from seqkit.data.labelled.json_rows import first_values  # imports JSON, which other files do not need

    is_tagged = False
    for value in map(plain_value, first_values(head.decode("utf-8-sig", "replace"), 20)):
        if not isinstance(value, dict):
            return False
        if any(isinstance(value[name], str) for name in matching_names(value, LABEL_NAMES)):
            return False
        words, tags = word_lists(value)
        spans = span_list(value)
        if "text" in value and spans is not None:
            is_tagged = is_tagged or bool(spans) or "spans" in value or "entities" in value
        elif words is None or tags is None or len(words) != len(tags):
            return False
        else:
            is_tagged = True
    return is_tagged


def _are_columns(head: str, *, is_whole: bool) -> bool:
    """Whether the first part of a text has a word and its tag per line, and a blank line after a sentence."""
    lines = split_lines(head)
    lines = lines if is_whole else lines[:-1]
    if matching_names(_cells(next(iter(lines), "")), TEXT_NAMES):
        return False
    is_tab = any("\t" in line.strip(_BLANKS) for line in lines)
    rows: list[list[str]] = []
    ends = 0
    for line in lines:
        if not line.strip(_BLANKS):
            ends += bool(rows)
        elif not line.startswith(("-DOCSTART-", "# ")):
            rows.append(line.split("\t") if is_tab else line.split())
    columns = {len(row) for row in rows}
    if not ends or len(rows) < max(_MIN_WORDS, ends + 1) or len(columns) != 1 or columns == {1}:
        return False
    words, tags = [row[0] for row in rows], {row[-1].strip() for row in rows}
    if any(" " in word.strip() for word in words) or any(map(is_number, tags)):
        return False
    if any(" " in tag or not tag or len(tag) > _MAX_TAG_LENGTH for tag in tags):
        return False
    if all(tag == OUTSIDE or has_letter(tag) for tag in tags):
        return True
    if all(tag.upper() == tag for tag in tags):
        return len(tags) < len(rows)
    return 2 * len(tags) <= len(rows)


def _cells(line: str) -> list[str]:
    return line.split("\t") if "\t" in line else line.split(",")
