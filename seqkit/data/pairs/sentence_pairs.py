"""Converts a DataFrame to sentence pairs: detects the columns of source, target and parts.

Pairs with an empty side are left out and counted, as aligned corpora often contain some.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from seqkit.data.files.sniffing import LABEL_NAMES, TEXT_NAMES, matching_names
from seqkit.data.labelled.cells import cell_text, column_cells
from seqkit.data.labelled.part_columns import find_parts
from seqkit.data.labelled.series_frames import PART_NAMES
from seqkit.data.pairs.column_names import usual_columns
from seqkit.data.tables.columns import find_column
from seqkit.errors import DataError, UsageError, listed

if TYPE_CHECKING:
    import pandas

_MAX_NAMES = 40


@dataclass(frozen=True)
class Pairs:
    """Sentences with their translations.

    Attributes:
        sources: The source sentences, in one line each, without blanks around them; none is empty.
        targets: The target sentences, likewise.
        parts: "train", "validation" or "test" for each pair, an array of shape (pairs,), or None.
        columns: Names of the columns of the source and the target.
        rows: Row of each pair in the data, from 1, int64 of shape (pairs,).
        notes: Notes for the user, one line each.
        source: Short name of the data.
    """

    sources: list[str]
    targets: list[str]
    parts: np.ndarray | None
    columns: tuple[str, str]
    rows: np.ndarray
    notes: list[str] = field(default_factory=list)
    source: str = "frame"

    def __len__(self) -> int:
        return len(self.sources)


def find_pairs(frame: pandas.DataFrame, *, source: str | None = None, target: str | None = None) -> Pairs:
    """Returns the sentence pairs in a DataFrame.

    Line ends and runs of blanks in a sentence become a single blank. Pairs with an empty side are left out, with a
    note. A column `part` or `split` with the values train, validation and test defines the parts; without one, so does
    another column of only such values.

    Args:
        frame: Columns of source and target sentences, and any others.
        source: Column of the sentences to translate; recognises source and target, src and tgt, question and answer,
            and names or codes of two languages, such as de and en, of which the first is the source. Files without a
            header have columns 1, 2 and so on.
        target: Column of their translations.

    Raises:
        UsageError: A requested column does not exist, or the columns cannot be inferred.
        DataError: There are no rows, all pairs have an empty side, or a cell is not a text.
    """
    short = str(frame.attrs.get("source", "frame"))
    columns = pair_columns(frame, source=source, target=target)
    notes = [str(note) for note in frame.attrs.get("notes", ())]
    if source is None or target is None:
        notes.append(f"translates '{columns[0]}' to '{columns[1]}'; --source and --target choose other columns")
    sources, targets = (_sentences(frame, column, short) for column in columns)
    parts = find_parts(frame, columns)
    has_both = np.array([bool(a and b) for a, b in zip(sources, targets, strict=True)])
    kept = np.flatnonzero(has_both)
    if not len(kept):
        raise DataError(
            f"{short}: in each of the {len(frame):,} rows, '{columns[0]}' or '{columns[1]}' is empty. Choose other "
            "columns with --source and --target."
        )
    if len(kept) < len(frame):
        left_out = np.flatnonzero(~has_both)
        count = "1 pair" if len(left_out) == 1 else f"{len(left_out):,} pairs"
        notes.append(f"left out {count} with an empty side (first row {left_out[0] + 1:,})")
    return Pairs(
        [sources[i] for i in kept.tolist()],
        [targets[i] for i in kept.tolist()],
        None if parts.parts is None else parts.parts[kept],
        columns,
        kept + 1,
        [*notes, *parts.notes],
        short,
    )


def find_sources(frame: pandas.DataFrame, *, source: str | None = None, trained: str | None = None) -> list[str]:
    """Returns the sentences to translate, one for each row; empty for missing ones.

    Args:
        frame: Columns of source sentences, and any others.
        source: Column of the sentences. Default: the one named like that of training, or the only one, or the first of
            two with usual names.
        trained: Column of the sentences in training.

    Raises:
        UsageError: The requested column does not exist, or the column cannot be inferred.
        DataError: A cell is not a text.
    """
    names, short = [str(name) for name in frame.columns], str(frame.attrs.get("source", "frame"))
    usual = usual_columns(names)
    column = _given(source, names, "source")
    if column is None and trained in names:
        column = trained
    elif column is None and len(names) == 1:
        column = names[0]
    elif column is None and usual is not None:
        column = usual[0]
    if column is None:
        raise UsageError(
            f"{short} has no column '{trained}', which the training data has. The columns are "
            f"{listed(_short(names), _MAX_NAMES)}. Choose the one to translate with --source."
        )
    return _sentences(frame, column, short)


def pair_columns(frame: pandas.DataFrame, *, source: str | None = None, target: str | None = None) -> tuple[str, str]:
    """Returns the columns of the source and the target sentences; see `find_pairs`.

    Raises:
        UsageError: A requested column does not exist, or the columns cannot be inferred.
        DataError: There are no rows, or duplicate column names.
    """
    names, short = [str(name) for name in frame.columns], str(frame.attrs.get("source", "frame"))
    if duplicates := [name for name, count in Counter(names).items() if count > 1]:
        raise DataError(f"{short} has duplicate column names: {listed(duplicates)}. Rename them.")
    if not len(frame):
        raise DataError(f"{short} has no rows. Pass at least three pairs.")
    given = {role: _given(name, names, role) for role, name in (("source", source), ("target", target))}
    free = [name for name in names if name not in given.values() and name.strip().lower() not in PART_NAMES]
    first, second = given["source"], given["target"]
    if first is None or second is None:
        found = _inferred(names, free, first, second, short)
        first, second = first or found[0], second or found[1]
    if first == second:
        raise UsageError(f"'{first}' cannot be both source and target. Set --source and --target.")
    return first, second


def fingerprint_pairs(pairs: Pairs) -> str:
    """Returns a hash of the pairs and their parts; equal data give equal hashes."""
    digest = hashlib.sha256()
    for source, target in zip(pairs.sources, pairs.targets, strict=True):
        digest.update(f"{source}\n{target}\n".encode())
    digest.update("\n".join(() if pairs.parts is None else pairs.parts.tolist()).encode())
    return digest.hexdigest()


def _given(name: str | None, names: Sequence[str], role: str) -> str | None:
    if name is None:
        return None
    try:
        return find_column(name, list(names), f"--{role}")
    except UsageError as error:
        columns = f"The columns are {listed(_short(names), _MAX_NAMES)}."
        message = str(error) if "Known:" in str(error) else f"{error} {columns}"
        hint = " If the first line names the columns, use --header yes." if names[0] == "1" else ""
        raise UsageError(message + hint) from error


def _inferred(
    names: Sequence[str], free: Sequence[str], source: str | None, target: str | None, short: str
) -> tuple[str, str]:
    """Returns the source and target column where one of them, or none, is given."""
    usual = usual_columns(names) or (("1", "2") if list(names[:2]) == ["1", "2"] else None)
    if usual is not None and (source or target) in usual:
        other = usual[1 - usual.index(str(source or target))]
        return other, other
    if usual is not None and source is None and target is None:
        return usual
    if (source or target) and len(free) == 1:
        return free[0], free[0]
    is_labelled = matching_names(free, TEXT_NAMES) and matching_names(free, LABEL_NAMES)
    if source is None and target is None and len(free) == 2 and not is_labelled:
        return free[0], free[1]
    missing = " and ".join(f"--{role}" for role, name in (("source", source), ("target", target)) if name is None)
    what = "contains labelled texts, not sentence pairs" if is_labelled else "has no usual names of source and target"
    raise UsageError(f"{short} {what}. The columns are {listed(_short(names), _MAX_NAMES)}. Choose with {missing}.")


def _short(names: Sequence[str]) -> list[str]:
    return [name if len(name) <= 60 else f"{name[:59]}…" for name in names]


def _sentences(frame: pandas.DataFrame, column: str, short: str) -> list[str]:
    """Returns the cells of a column as sentences; empty for missing ones."""
    place = [str(name) for name in frame.columns].index(column)
    sentences = []
    for row, cell in enumerate(column_cells(frame.iloc[:, place]), start=1):
        text = cell if isinstance(cell, str) else cell_text(cell)
        if isinstance(text, tuple) or isinstance(cell, dict):
            raise DataError(
                f"{short}: '{column}' in row {row:,} contains a list or an object, expected a sentence. Join its words "
                "with blanks, or choose another column with --source and --target."
            )
        sentence = text or ""
        if not sentence.isascii():
            _refuse_surrogates(sentence, f"{short}: '{column}' in row {row:,}")
        sentences.append(_in_one_line(sentence))
    return sentences


def _in_one_line(text: str) -> str:
    r"""Returns a text without blanks around it; line ends, tabs and runs of blanks become one blank.

    No-break spaces, which French writes before some marks, are kept.
    """
    text = text.strip()
    if any(mark in text for mark in ("\n", "\r", "\t", "  ")):
        return " ".join(
            piece for piece in text.replace("\n", " ").replace("\r", " ").replace("\t", " ").split(" ") if piece
        )
    return text


def _refuse_surrogates(text: str, where: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DataError(f"{where} contains half of a surrogate pair, U+{ord(text[error.start]):X}. Fix it.") from error
