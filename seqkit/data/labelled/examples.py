"""Converts a DataFrame to labelled examples: detects the columns of texts or series, labels and parts.

Empty texts are kept and reported. An example without a label is an error, since it can neither train nor score a model.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from seqkit.data.files.sniffing import LABEL_NAMES, TEXT_NAMES, matching_names
from seqkit.data.labelled.cells import cell_text, column_cells
from seqkit.data.labelled.labels import read_labels
from seqkit.data.labelled.nesting import is_nested
from seqkit.data.labelled.part_columns import find_parts
from seqkit.data.labelled.series_frames import (
    SERIES,
    find_series,
    holds_series,
    orientation_notes,
    refuse_other_arrays,
)
from seqkit.data.tables.columns import find_column
from seqkit.data.tables.numbers.texts import BLANK
from seqkit.errors import DataError, UsageError, listed

if TYPE_CHECKING:
    import pandas

_MAX_NAME_LENGTH = 60


@dataclass(frozen=True)
class Examples:
    """Texts or series with their labels.

    Attributes:
        texts: The texts, or None for series.
        series: The series, each float64 of shape (steps, channels), or None for texts.
        labels: Labels of each example: exactly one, or any number if `multi_label`.
        parts: "train", "validation" or "test" for each example, an array of shape (examples,), or None.
        multi_label: Whether an example may have any number of labels.
        channels: Names of the channels of series.
        notes: Notes for the user, one line each.
        source: Short name of the data.
        former_labels, former_parts: Labels and parts as read by runs of version 1 of `data.rules` in `run.json`.
    """

    texts: list[str] | None
    series: list[np.ndarray] | None
    labels: list[tuple[str, ...]]
    parts: np.ndarray | None
    multi_label: bool
    channels: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    source: str = "frame"
    former_labels: list[tuple[str, ...]] = field(default_factory=list)
    former_parts: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)


def find_examples(
    frame: pandas.DataFrame,
    *,
    text: str | None = None,
    label: tuple[str, ...] | None = None,
    separator: str | None = None,
) -> Examples:
    """Returns the examples in a DataFrame.

    Labels become text with one spelling, whatever the file format: 1, 1.0 and "1.0" are "1"; in a column of truth
    values, True and "TRUE" are "true". Invisible characters and runs of spaces do not matter. If cells contain lists
    or tuples, also written as text, an example may have any number of labels. A column `part` or `split` with the
    values train, validation and test defines the parts; without one, so does another column of only such values.

    Args:
        frame: Columns of texts and labels, or a column `series` of arrays of shape (steps, channels) and labels.
        text: Text column; recognises text, review, document, sentence, content, comment and similar names.
        label: Label column; recognises label, class, category, target, sentiment, y and similar names. Give it again
            for each of several columns of 0 and 1, which are the labels that an example may have.
        separator: Separator of multiple labels in a cell, such as '|'; an example may then have no label.

    Raises:
        UsageError: A requested column does not exist, or the column cannot be inferred.
        DataError: There are no rows, labels are missing, there is only one label or nearly one per example, or a cell
            is not a text or series.
    """
    source = _source(frame)
    taken, chosen = find_columns(frame, text=text, label=label)
    notes = [str(note) for note in frame.attrs.get("notes", ())]
    texts: list[str] | None = None
    series: list[np.ndarray] | None = None
    if holds_series(frame):
        series, noun = find_series(frame), "series"
        notes += orientation_notes(frame, series)
    else:
        texts, noun = _texts(frame, taken), "texts"
        notes += _notes_on_texts(texts)
    cells = {name: _cells(frame, name) for name in chosen}
    for name, column in cells.items():
        _refuse_object_cells(column, f"{source}: '{name}' in row", "label")
    labels = read_labels(cells, source, separator, noun)
    parts = find_parts(frame, (taken, *chosen))
    channels = tuple(map(str, frame.attrs.get("channels", ()))) if series else ()
    if series and len(channels) != series[0].shape[1]:
        channels = tuple(f"dim_{number}" for number in range(series[0].shape[1]))
    return Examples(
        texts,
        series,
        labels.labels,
        parts.parts,
        labels.multi_label,
        channels,
        [*notes, *labels.notes, *parts.notes],
        source,
        labels.former,
        parts.former,
    )


def find_columns(
    frame: pandas.DataFrame, *, text: str | None = None, label: tuple[str, ...] | None = None
) -> tuple[str, tuple[str, ...]]:
    """Returns the column of the texts or series, and the columns of the labels; see `find_examples`.

    Raises:
        UsageError: A requested column does not exist, or the column cannot be inferred.
        DataError: There are no rows, or duplicate column names.
    """
    names = _names(frame)
    if not len(frame):
        raise DataError(f"{_source(frame)} has no rows. Pass at least two examples.")
    objects = _objects(frame)
    requested = (label,) if isinstance(label, str) else label or ()
    chosen = tuple(dict.fromkeys(_column(names, name, LABEL_NAMES, "label", (), objects) for name in requested))
    refuse_other_arrays(frame)
    if holds_series(frame):
        if text is not None:
            raise UsageError(f"--text {text} does not apply: the examples are series.")
        taken, noun = SERIES, "series"
    else:
        taken, noun = _column(names, text, TEXT_NAMES, "text", chosen, objects), "texts"
    chosen = chosen or (_column(names, None, LABEL_NAMES, "label", (taken,), objects),)
    if taken in chosen:
        raise UsageError(f"The column '{taken}' cannot contain both the {noun} and the labels. Set --text and --label.")
    return taken, chosen


def only_columns(frame: pandas.DataFrame, columns: Sequence[str]) -> pandas.DataFrame:
    """Returns the frame with the given columns alone.

    Raises:
        DataError: A column is missing.
    """
    names = _names(frame)
    for column in columns:
        if column not in names:
            raise DataError(
                f"{_source(frame)} has no column '{column}', which the training data has. Its columns are "
                f"{listed(names, 40)}. Rename it there."
            )
    return frame.iloc[:, [names.index(column) for column in columns]].set_axis(list(columns), axis=1)


def find_texts(frame: pandas.DataFrame, *, text: str | None = None) -> list[str]:
    """Returns the texts in a DataFrame without labels; missing texts are empty.

    Args:
        frame: A column of texts, and any others.
        text: Text column; recognises text, review, document, sentence, content, comment and similar names.

    Raises:
        UsageError: The column does not exist or cannot be inferred.
        DataError: A cell is not a text.
    """
    return _texts(frame, _column(_names(frame), text, TEXT_NAMES, "text", (), _objects(frame)))


def _names(frame: pandas.DataFrame) -> list[str]:
    names = [str(name) for name in frame.columns]
    if duplicates := [name for name, count in Counter(names).items() if count > 1]:
        raise DataError(f"{_source(frame)} has duplicate column names: {listed(duplicates)}. Rename them.")
    return names


def _source(frame: pandas.DataFrame) -> str:
    return str(frame.attrs.get("source", "frame"))


def _objects(frame: pandas.DataFrame) -> dict[str, list[str]]:
    """Returns the names of the fields of each column that contains objects; see `seqkit.data.labelled.nesting`."""
    return {str(name): list(fields) for name, fields in frame.attrs.get("objects", {}).items()}


def _column(
    names: list[str],
    given: str | None,
    known: tuple[str, ...],
    role: str,
    taken: Sequence[str],
    objects: dict[str, list[str]],
) -> str:
    """Returns the column of a role: the requested one, or the only one with a usual name."""
    for name in objects if given is None else matching_names(objects, (given.strip().lower(),)):
        if given is not None or matching_names([name], known):
            _refuse_objects(name, role, objects[name])
    shortened = [name if len(name) <= _MAX_NAME_LENGTH else name[: _MAX_NAME_LENGTH - 1] + "…" for name in names]
    columns = f"The columns are {listed(shortened, 40)}."
    if given is not None:
        try:
            return find_column(given, names, f"--{role}")
        except UsageError as error:
            listing = given.split(",") if role == "label" else []
            if len(listing) > 1 and all(name.strip() in names for name in listing):
                flags = " ".join(f"--label {name.strip()}" for name in listing)
                raise UsageError(
                    f"There is no column '{given}' for --label. For several columns, pass {flags}."
                ) from error
            raise UsageError(str(error) if "Known:" in str(error) else f"{error} {columns}") from error
    candidates = [name for name in matching_names(names, known) if name not in taken]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        flags = " or ".join(f"--{role} {name}" for name in candidates)
        raise UsageError(f"{listed(candidates)} could each contain the {role}s. Choose one with {flags}.")
    raise UsageError(
        f"Which column contains the {role}s? Choose one with --{role}. {columns} The first line names the columns; if "
        "it is an example, write names above it, such as text and label."
    )


def _refuse_objects(name: str, role: str, fields: list[str]) -> NoReturn:
    remedy = f"Choose a field with {' or '.join(f'--{role} {field}' for field in fields[:3])}."
    if not fields:
        remedy = f"Save the {role}s in a column of their own."
    raise UsageError(f"'{name}' contains objects, expected {role}s. {remedy}")


def _refuse_object_cells(cells: list[Any], where: str, role: str) -> None:
    """Refuses objects in a DataFrame; those in files have become columns, or `_refuse_objects` names them."""
    for row, cell in enumerate(cells, start=1):
        if is_nested(cell):
            fields = next(iter(cell)) if not isinstance(cell, dict) else cell
            raise DataError(
                f"{where} {row:,} contains an object, expected a {role}. Make a column of the field that is the {role}"
                f"{f', one of {listed(fields, 5)}' if isinstance(fields, dict) and fields else ''}."
            )


def _cells(frame: pandas.DataFrame, name: str) -> list[Any]:
    return column_cells(frame.iloc[:, _names(frame).index(name)])


def _texts(frame: pandas.DataFrame, name: str) -> list[str]:
    texts = []
    where = f"{_source(frame)}: '{name}' in row"
    cells = _cells(frame, name)
    _refuse_object_cells(cells, where, "text")
    for row, cell in enumerate(cells, start=1):
        text = cell if isinstance(cell, str) else cell_text(cell)
        if isinstance(text, tuple):
            raise DataError(f"{where} {row:,} contains a list, expected a text. Join its words with spaces.")
        texts.append(text or "")
        if not texts[-1].isascii():
            try:
                texts[-1].encode()
            except UnicodeEncodeError as error:
                raise DataError(
                    f"{where} {row:,} contains half of a surrogate pair, U+{ord(texts[-1][error.start]):X}. Fix it."
                ) from error
    return texts


def _notes_on_texts(texts: list[str]) -> list[str]:
    """Returns notes on texts that are empty, or words that other programs write for missing values."""
    notes = []
    if empty := [row for row, text in enumerate(texts, start=1) if not text or text.isspace()]:
        count = "1 text is empty" if len(empty) == 1 else f"{len(empty):,} texts are empty"
        notes.append(f"{count} (first row {empty[0]:,}) and kept")
    if words := [row for row, text in enumerate(texts, start=1) if text and text in BLANK]:
        count = "1 text is" if len(words) == 1 else f"{len(words):,} texts are"
        notes.append(
            f"{count} a word for missing values, such as '{texts[words[0] - 1]}' (first row {words[0]:,}), and kept"
        )
    return notes


def fingerprint_examples(examples: Examples) -> str:
    """Returns a hash of the examples and their labels; equal data give equal hashes."""
    digest = hashlib.sha256()
    for i, labels in enumerate(examples.labels):
        if examples.texts is not None:
            digest.update(examples.texts[i].encode("utf-8", "surrogatepass"))
        elif examples.series is not None:
            digest.update(examples.series[i].tobytes())
        digest.update(repr(labels).encode())
    return digest.hexdigest()
