"""Reads the labels of examples: one or several in a cell, or several columns of 0 and 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seqkit.data.labelled.cells import cell_text
from seqkit.data.labelled.list_cells import is_quoted_list, list_in_text
from seqkit.data.labelled.spelling import spell, spelled
from seqkit.data.tables.numbers.texts import BLANK
from seqkit.errors import DataError, UsageError, listed

_MAX_LISTED_CLASSES = 20
_MIN_CHECKED_EXAMPLES = 50
_MAX_LENGTH = 60
_SEPARATORS = ("|", ";", ",")
_MIN_SHARE_JOINED = 0.1
_MEMBERSHIP = {"0": False, "1": True, "false": False, "true": True}


@dataclass(frozen=True)
class Labels:
    """Labels of examples.

    Attributes:
        labels: Labels of each example.
        former: The labels as read by runs of version 1 of `data.rules`.
        multi_label: Whether an example may have any number of labels.
        notes: Notes for the user, one line each.
    """

    labels: list[tuple[str, ...]]
    former: list[tuple[str, ...]]
    multi_label: bool
    notes: list[str]


def read_labels(columns: dict[str, list[Any]], source: str, separator: str | None, noun: str) -> Labels:
    """Returns the labels in one column, or in several columns of 0 and 1.

    Args:
        columns: Cells by name of the column.
        source: Name of the data, for messages.
        separator: Separator of multiple labels in a cell.
        noun: What the examples are, for the notes.

    Raises:
        UsageError: `separator` is empty, or given for several columns.
        DataError: Labels are missing or invalid, or there is only one label or nearly one per example.
    """
    if separator is not None and not separator.strip("\r\n"):
        raise UsageError("--separator is empty. Pass the separator of labels, such as '|'.")
    where = f"{source}: {listed(list(columns), 3)}"
    if len(columns) > 1:
        if separator is not None:
            raise UsageError("--separator does not apply to several --label columns of 0 and 1. Leave it out.")
        labels = former = _from_columns(columns, source)
        multi_label, notes = True, _notes_on_constant_columns(columns, labels, source)
    else:
        ((name, cells),) = columns.items()
        plain = [cell if isinstance(cell, str) else cell_text(cell) for cell in cells]
        lists = _lists(plain)
        multi_label = separator is not None or bool(lists) or any(isinstance(cell, tuple) for cell in plain)
        pieces = [_pieces(cell, separator) for cell in plain]
        former = written = _stripped(pieces)
        notes = []
        if lists:
            notes = [f"{where}: cells such as {max(sorted(lists), key=len)[:_MAX_LENGTH]} are lists of labels"]
            pieces = [
                row if isinstance(cell, tuple) else lists.get(cell or "", row)
                for cell, row in zip(plain, pieces, strict=True)
            ]
            written = _stripped(pieces)
        if multi_label:
            _refuse_indicators(pieces, where)
        else:
            notes += _notes_on_separators(written, where)
        labels, spelling_notes = spell(written, where)
        notes += [*spelling_notes, *_notes_on_placeholders(labels, where)]
        if separator and not any(len(example) > 1 for example in labels):
            notes.append(f"no cell of '{name}' contains multiple labels separated by '{separator}'")
        missing = [row for row, example in enumerate(labels, start=1) if not example]
        if missing and not multi_label:
            rows = "1 row has" if len(missing) == 1 else f"{len(missing):,} of {len(labels):,} rows have"
            raise DataError(f"{where}: {rows} no label (first row {missing[0]:,}). Fill them in, or drop those rows.")
    return Labels(labels, former, multi_label, [*notes, _summary(labels, where, multi_label, noun)])


def _from_columns(columns: dict[str, list[Any]], source: str) -> list[tuple[str, ...]]:
    """Returns the names of the columns that have a 1 in each row."""
    members = []
    for name, cells in columns.items():
        texts = [spelled(str(cell_text(cell) or "")).lower() for cell in cells]
        for row, text in enumerate(texts, start=1):
            if text not in _MEMBERSHIP:
                found = f"contains {text[:_MAX_LENGTH]!r}" if text else "is empty"
                raise DataError(
                    f"{source}: '{name}' in row {row:,} {found}, expected 0 or 1: with several --label columns, each "
                    "one says whether an example has the label of its name. Fix the cell, or pass a single --label."
                )
        members.append([_MEMBERSHIP[text] for text in texts])
    names = list(columns)
    return [
        tuple(name for name, is_member in zip(names, row, strict=True) if is_member)
        for row in zip(*members, strict=True)
    ]


def _notes_on_constant_columns(columns: dict[str, list[Any]], labels: list[tuple[str, ...]], source: str) -> list[str]:
    counts = Counter(label for example in labels for label in example)
    empty = sorted(name for name in columns if not counts[name])
    full = sorted(name for name in columns if counts[name] == len(labels))
    notes = [f"{source}: {listed(empty, 3)} contains no 1, so it is no label"] if empty else []
    if full:
        notes.append(f"{source}: {listed(full, 3)} contains no 0, so it is a label of every example; leave it out")
    return notes


def _lists(cells: Sequence[str | tuple[str, ...] | None]) -> dict[str, tuple[str, ...]]:
    """Returns the items of cells that are lists written as text; empty if only some cells look like lists."""
    distinct = {cell for cell in cells if isinstance(cell, str) and cell.strip()}
    lists = {cell: items for cell in distinct if (items := list_in_text(cell)) is not None}
    return lists if len(lists) == len(distinct) or any(map(is_quoted_list, lists)) else {}


def _pieces(cell: str | tuple[str, ...] | None, separator: str | None) -> tuple[str, ...]:
    if isinstance(cell, tuple):
        return cell
    return tuple((cell or "").split(separator)) if separator else (cell or "",)


def _stripped(pieces: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    stripped = {row: tuple(dict.fromkeys(text for piece in row if (text := piece.strip()))) for row in set(pieces)}
    return [stripped[row] for row in pieces]


def _notes_on_separators(labels: list[tuple[str, ...]], where: str) -> list[str]:
    """Returns a note if cells seem to contain several labels: the same ones in many combinations."""
    counts = Counter(label for example in labels for label in example)
    for separator in _SEPARATORS:
        pieces = [[piece.strip() for piece in label.split(separator)] for label in counts]
        joined = [label for label, row in zip(counts, pieces, strict=True) if len(row) > 1 and all(row)]
        share = sum(counts[label] for label in joined) / max(len(labels), 1)
        if share >= _MIN_SHARE_JOINED and len({piece for row in pieces for piece in row}) < len(counts):
            return [
                f"{where}: each cell is one label, also '{min(joined)[:_MAX_LENGTH]}'; with --separator '{separator}' "
                "it is several"
            ]
    return []


def _notes_on_placeholders(labels: list[tuple[str, ...]], where: str) -> list[str]:
    """Returns a note if labels are words that other programs write for missing values."""
    counts = Counter(label for example in labels for label in example if label in BLANK)
    if not counts:
        return []
    shown = ", ".join(f"'{label}' ({count:,})" for label, count in counts.items())
    return [f"{where}: {shown} is read as a label like others; if it stands for a missing label, drop those rows"]


def _refuse_indicators(pieces: list[tuple[str, ...]], where: str) -> None:
    """Raises DataError if the cells are lists of 0 and 1 of one length, which name no labels."""
    lengths = {len(row) for row in pieces}
    values = {spelled(value).lower() for value in {piece for row in pieces for piece in row}}
    if len(lengths) == 1 and min(lengths) > 1 and values <= _MEMBERSHIP.keys():
        raise DataError(
            f"{where} contains lists of {min(lengths)} zeros and ones, which do not name the labels. Write their names "
            "in the lists, or write a column for each label and pass each with --label."
        )


def _summary(labels: list[tuple[str, ...]], where: str, multi_label: bool, noun: str) -> str:
    """Returns the number of examples per label, or raises DataError if the labels cannot be learnt."""
    counts = Counter(label for example in labels for label in example)
    if len(counts) < 2:
        problem = f"the only label is '{next(iter(counts))}'" if counts else "no example has a label"
        raise DataError(f"{where} has fewer than two classes: {problem}. Pass examples of at least two labels.")
    if not multi_label and len(labels) >= _MIN_CHECKED_EXAMPLES and len(counts) > len(labels) / 2:
        raise DataError(
            f"{where} contains {len(counts):,} different labels in {len(labels):,} rows, such as "
            f"{listed(list(counts)[:3])}: it looks like an identifier or a measurement. Choose the labels with --label."
        )
    order = sorted(counts, key=lambda label: (int(label), label)) if all(map(_is_whole, counts)) else sorted(counts)
    if len(counts) <= _MAX_LISTED_CLASSES:
        summary = f"{len(labels):,} {noun}: " + ", ".join(f"{counts[label]:,} {label}" for label in order)
    else:
        summary = f"{len(labels):,} {noun} with {len(counts):,} different labels"
    without = sum(not example for example in labels)
    return summary + (f"; {without:,} without a label" if without else "")


def _is_whole(label: str) -> bool:
    return label.isascii() and label.isdigit() and len(label) < 19
