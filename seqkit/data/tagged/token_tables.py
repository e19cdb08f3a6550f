"""Converts tables with a word in each row, its tag, and the number of its sentence, to sentences.

Columns are found by their usual names. Rows of a sentence follow each other; a blank number continues the sentence, as
in tables that name it once. Instead of numbers, a table may have blank rows between sentences, or a list of words in
each row; see `seqkit.data.tagged.sentence_numbers`. A column of documents, and one of the parts of the data set, are
used if there are any.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.files.delimited import find_delimiter, header_cells, read_delimited
from seqkit.data.files.lines import split_lines
from seqkit.data.files.opening import check_names
from seqkit.data.files.quoting import Quotes
from seqkit.data.files.sniffing import matching_names
from seqkit.data.labelled.cells import cell_text, column_cells
from seqkit.data.labelled.part_columns import find_parts, parts_note
from seqkit.data.tables.columns import find_column
from seqkit.data.tagged.column_names import DOCUMENT_NAMES, SENTENCE_NAMES, TAG_NAMES, WORD_NAMES
from seqkit.data.tagged.conll import ParsedColumns
from seqkit.data.tagged.sentence_numbers import with_blank_rows, with_sentence_numbers
from seqkit.data.tagged.sentences import Layout, TaggedCorpus, TaggedSentence
from seqkit.data.tagged.tag_checks import with_checked_tags
from seqkit.errors import DataError, UsageError, listed

if TYPE_CHECKING:
    import pandas


def corpus_of_frame(frame: pandas.DataFrame) -> TaggedCorpus:
    """Returns the sentences of a DataFrame with a row per word.

    Args:
        frame: Columns `sentence`, `word` and `tag`, or other usual names; perhaps `document`, and `part` with train,
            validation and test.

    Raises:
        UsageError: A column is missing.
        DataError: As in `sentences_of_table`, or tags break their scheme.
    """
    parsed, parts = sentences_of_table(frame)
    return with_checked_tags(parsed, str(frame.attrs.get("source", "frame")), parts=parts)


def parse_token_table(
    text: str,
    name: str,
    *,
    quotes: Quotes = "standard",
    word_column: str | None = None,
    tag_column: str | None = None,
    is_tagged: bool = True,
    blank_tags: bool = False,
) -> tuple[ParsedColumns, np.ndarray | None]:
    """Parses a CSV or TSV file with a row per word; see `sentences_of_table`."""
    import pandas

    header = header_cells(text)
    if header and not matching_names(header, SENTENCE_NAMES):
        text = with_blank_rows(text, find_delimiter(split_lines(text[: 1 << 16])), len(header))
    table = read_delimited(text, name, quotes)
    header = [cell.strip() or f"Unnamed: {position}" for position, cell in enumerate(table.header)]
    check_names(header, name)
    frame = pandas.DataFrame(dict(zip(header, table.columns, strict=True)), copy=False)
    frame.attrs = {"source": name, "notes": table.notes, "separator": table.delimiter}
    return sentences_of_table(
        frame, word_column=word_column, tag_column=tag_column, is_tagged=is_tagged, blank_tags=blank_tags
    )


def sentences_of_table(
    frame: pandas.DataFrame,
    *,
    word_column: str | None = None,
    tag_column: str | None = None,
    is_tagged: bool = True,
    blank_tags: bool = False,
) -> tuple[ParsedColumns, np.ndarray | None]:
    """Returns the sentences of a table, and the part of each sentence if a column defines parts.

    Raises:
        UsageError: A column is missing.
        DataError: A word, a tag or the first number of a sentence is missing, a sentence is interrupted by others, or
            belongs to two parts or documents.
    """
    source = str(frame.attrs.get("source", "frame"))
    frame = with_sentence_numbers(frame)
    rows = frame.attrs.get("rows", np.arange(1, len(frame) + 1))
    names = [str(name) for name in frame.columns]
    check_names(names, source)
    sentence = _column(names, None, SENTENCE_NAMES, "sentence")
    word = _column(names, word_column, WORD_NAMES, "word", (sentence,))
    tag = _column(names, tag_column, TAG_NAMES, "tag", (sentence, word)) if is_tagged else None
    cells = {name: [_text(cell) for cell in column_cells(frame.iloc[:, i])] for i, name in enumerate(names)}
    document = next(iter(matching_names(names, DOCUMENT_NAMES)), None)
    taken = [name for name in (sentence, word, tag, document) if name is not None]
    found = find_parts(frame, taken)
    for role, name in (("word", word), ("tag", tag)):
        if name is not None and "" in cells[name] and not (role == "tag" and blank_tags):
            row = rows[cells[name].index("")]
            raise DataError(f"{source}: row {row:,} has no {role}: '{name}' is empty. Fill it in, or drop the row.")
    starts = _starts(cells[sentence], cells[document] if document else None, source)
    parts = None if found.parts is None else _parts_of_sentences(found.parts, starts, source)
    notes = found.notes if parts is None else [*found.notes[:-1], parts_note(parts)]  # of sentences, not of words
    parsed = ParsedColumns(place="row", notes=[*map(str, frame.attrs.get("notes", ())), *notes])
    parsed.has_documents = document is not None
    separator = str(frame.attrs.get("separator", ","))
    tag_position = len(names) if tag is None else names.index(tag)
    parsed.layout = Layout("csv", separator, names.index(word), tag_position, tuple(names), names.index(sentence))
    others = [cells[name] for name in names if name not in (word, tag)]
    known: dict[str, str] = {}
    documents: dict[str, int] = {}
    bounds = [*starts, len(frame)]
    for start, end in pairwise(bounds):
        parsed.sentences.append(
            TaggedSentence(
                tuple(known.setdefault(cell, cell) for cell in cells[word][start:end]),
                () if tag is None else tuple(known.setdefault(cell, cell) for cell in cells[tag][start:end]),
                documents.setdefault(cells[document][start], len(documents)) if document else 0,
                columns=tuple(zip(*(column[start:end] for column in others), strict=True)),
                line=int(rows[start]),
            )
        )
        parsed.lines.append(rows[start:end].tolist())
    return parsed, parts


def _text(cell: Any) -> str:
    text = cell if isinstance(cell, str) else cell_text(cell)
    if isinstance(text, tuple):
        raise DataError(f"A cell is the list {list(text)!r}, expected a word, tag or number. Write one word per row.")
    return (text or "").strip(" \t")


def _column(names: list[str], given: str | None, known: tuple[str, ...], role: str, taken: Sequence[str] = ()) -> str:
    """Returns the column of a role: the requested one, or the first one with a usual name, in the order of `known`."""
    if given is not None:
        if given.isdecimal() and given not in names and 1 <= int(given) <= len(names):
            return names[int(given) - 1]
        return find_column(given, names, f"--{role}-column")
    candidates = [name for usual in known for name in matching_names(names, (usual,)) if name not in taken]
    if not candidates:
        remedy = f"Choose one with --{role}-column, or name it '{known[0]}'."
        if role == "sentence":
            remedy = f"Name it '{known[0]}', or leave a row blank after each sentence."
        raise UsageError(f"Which column contains the {role}s? {remedy} The columns are {listed(names, 40)}.")
    return candidates[0]


def _starts(numbers: list[str], documents: list[str] | None, source: str) -> list[int]:
    """Returns the position of the first row of each sentence."""
    starts: list[int] = []
    last_row: dict[tuple[str, str], int] = {}
    key = ("", "")
    for row, number in enumerate(numbers):
        document = documents[row] if documents else ""
        if number and (document, number) != key:
            key = (document, number)
            if key in last_row:
                raise DataError(
                    f"{source}: row {row + 1:,} belongs to sentence '{number}', which ended in row "
                    f"{last_row[key] + 1:,}. Sort the rows, or number the sentences of each document in a column "
                    "'document'."
                )
            starts.append(row)
        elif not starts:
            raise DataError(f"{source}: row 1 has no number of its sentence. Fill it in.")
        elif document != key[0] and document:
            raise DataError(f"{source}: row {row + 1:,} starts a document within a sentence. Number its sentence.")
        last_row[key] = row
    return starts


def _parts_of_sentences(parts: np.ndarray, starts: list[int], source: str) -> np.ndarray:
    of_sentences = parts[starts]
    lengths = np.diff([*starts, len(parts)])
    if len(wrong := np.flatnonzero(np.repeat(of_sentences, lengths) != parts)):
        raise DataError(f"{source}: row {wrong[0] + 1:,} puts its sentence into a second part. Give it one part.")
    return of_sentences
