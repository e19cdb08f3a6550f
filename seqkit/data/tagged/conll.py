"""Parses CoNLL columns: a word and its tag per line, other columns between them, and a blank line after a sentence.

`-DOCSTART-` starts a document. Comments precede a sentence: lines that start with # and a blank and have
another number of columns than the words, or that have the form `# key = value`; `# newdoc` and `#begin document` start
a document as well. In CoNLL-U, ten columns of which the first numbers the words, word and tag are in columns 2 and 4.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from seqkit.data.files.lines import split_lines
from seqkit.data.files.sniffing import matching_names
from seqkit.data.tagged.column_names import TAG_NAMES, WORD_NAMES
from seqkit.data.tagged.sentences import Layout, TaggedSentence
from seqkit.errors import DataError, UsageError

DOCUMENT_START = "-DOCSTART-"

_COMMENT = re.compile(r"#(?:[\s#]|$|(?:begin|end) document\b)")
_ANNOTATION = re.compile(r"#\s*[\w.:-]+(?: id)?\s*=\s")
_NEW_DOCUMENT = re.compile(r"#\s*newdoc\b|#begin document\b")
_NOT_A_WORD = re.compile(r"\d+[-.]\d+")  # of CoNLL-U: a token of several words, or a word left out
_COLUMNS_OF_CONLLU = 10
_BLANKS = " \t"


@dataclass
class ParsedColumns:
    """Sentences of a file before their tags are checked.

    Attributes:
        sentences: The sentences.
        lines: Line of each word of each sentence, from 1.
        place: What `lines` counts: "line", or "row" of a table or a list.
        layout: The form of the file.
        has_documents: Whether there are marks of documents.
        notes: Notes for the user.
    """

    sentences: list[TaggedSentence] = field(default_factory=list)
    lines: list[list[int]] = field(default_factory=list)
    place: str = "line"
    layout: Layout = field(default_factory=Layout)
    has_documents: bool = False
    notes: list[str] = field(default_factory=list)


def parse_columns(
    text: str,
    name: str,
    *,
    word_column: int | None = None,
    tag_column: int | None = None,
    is_tagged: bool = True,
    blank_tags: bool = False,
) -> ParsedColumns:
    """Parses the text of a CoNLL file.

    Args:
        text: The text, without a byte order mark.
        name: Name of the file in messages.
        word_column: Column of the words, from 1; none is the first one.
        tag_column: Column of the tags, from 1; none is the last one.
        is_tagged: Whether the file has tags. Without them, each line has at least a word, and `tags` stay empty.
        blank_tags: Whether tags may be blank.

    Raises:
        UsageError: There is no such column.
        DataError: There are no words, a line has another number of columns, or a word or tag is empty.
    """
    lines = [line.removeprefix("\ufeff") for line in split_lines(text)]  # of concatenated files
    separator, columns = _form(lines, name)
    is_conllu = columns == _COLUMNS_OF_CONLLU and _is_numbered(lines, separator)
    if columns == 1 and is_tagged:
        raise DataError(
            f"{name}: line {_first_word(lines):,} has one column, expected a word and its tag. Separate them by a tab."
        )
    word = _position(word_column, columns, 2 if is_conllu else 1, "word")
    tag = _position(tag_column, columns, 4 if is_conllu else columns, "tag") if is_tagged else columns
    if word == tag:
        raise UsageError(f"Column {word + 1} cannot hold both words and tags. Set --word-column and --tag-column.")
    parsed = ParsedColumns(layout=Layout("conll", separator, word, tag))
    checked = [("word", word), *([("tag", tag)] if is_tagged and not blank_tags else [])]
    _fill(parsed, lines, name, columns, checked, skipped=_NOT_A_WORD if is_conllu else None)
    if not parsed.sentences:
        raise DataError(f"{name} contains no words. Choose a file with one in each line.")
    return parsed


def cells_of(line: str, separator: str) -> list[str]:
    """Returns the cells of a line."""
    if separator == "\t":
        return [cell.strip(" ") for cell in line.split("\t")]
    return [cell for cell in line.replace("\t", " ").split(" ") if cell]


def is_comment(line: str, separator: str, columns: int) -> bool:
    """Whether a line in front of a sentence is a comment, not a word that starts with #."""
    if _ANNOTATION.match(line):
        return True
    return _COMMENT.match(line) is not None and len(cells_of(line, separator)) != columns


def _form(lines: list[str], name: str) -> tuple[str, int]:
    """Returns the separator of cells, and how many of them a line has, by the first line that is surely no comment."""
    for line in lines:
        if line.strip(_BLANKS) and not line.startswith(("#", DOCUMENT_START)):
            content = line.strip(_BLANKS)
            separator = " " if " " in content and "\t" not in content else "\t"
            return separator, len(cells_of(line, separator))
    counts = Counter(len(line.split("\t")) for line in lines if "\t" in line.strip(_BLANKS))
    if counts:  # every word starts with #
        return "\t", counts.most_common(1)[0][0]
    raise DataError(f"{name} contains no words. Choose a file with one in each line.")


def _is_numbered(lines: list[str], separator: str) -> bool:
    words = [line for line in lines[:200] if line.strip(_BLANKS) and not line.startswith("#")]
    return all(re.match(r"\d+([-.]\d+)?$", cells_of(line, separator)[0]) for line in words)


def _first_word(lines: list[str]) -> int:
    return next(n for n, line in enumerate(lines, start=1) if line.strip(_BLANKS) and not line.startswith("#"))


def _position(column: int | None, columns: int, default: int, role: str) -> int:
    column = default if column is None else column
    if not 1 <= column <= columns:
        raise UsageError(f"There is no column {column} for --{role}-column: the file has {columns}. Use one from 1 on.")
    return column - 1


def _fill(
    parsed: ParsedColumns,
    lines: list[str],
    name: str,
    columns: int,
    checked: list[tuple[str, int]],
    *,
    skipped: re.Pattern[str] | None,
) -> None:
    """Adds the sentences of the lines."""
    layout = parsed.layout
    known: dict[str, str] = {}  # one object for all equal words and tags
    rows: list[list[str]] = []
    places: list[int] = []
    before: list[str] = []
    document, words_left_out = 0, 0
    for number, line in enumerate((*lines, ""), start=1):
        if not line.strip(_BLANKS):
            if rows:
                _add(parsed, rows, places, before, document, known)
                rows, places, before = [], [], []
            continue
        if line.startswith(DOCUMENT_START) and cells_of(line, layout.separator)[0] == DOCUMENT_START:
            is_new = True
        elif line.startswith("#") and not rows and is_comment(line, layout.separator, columns):
            is_new = _NEW_DOCUMENT.match(line) is not None
        else:
            cells = cells_of(line, layout.separator)
            if skipped is not None and skipped.fullmatch(cells[0]):
                words_left_out += 1
                continue
            if not parsed.sentences and not rows and _is_header(cells, layout):
                before.append(line)
                continue
            _check_cells(cells, columns, layout, name, number, checked)
            rows.append(cells)
            places.append(number)
            continue
        if rows:
            _add(parsed, rows, places, before, document, known)
            rows, places, before = [], [], []
        if is_new:
            document += bool(parsed.sentences) and parsed.sentences[-1].document == document
            parsed.has_documents = True
        before.append(line)
    if words_left_out:
        parsed.notes.append(f"{words_left_out:,} lines for several words or for words left out are not read")


def _is_header(cells: list[str], layout: Layout) -> bool:
    """Whether the first line names the columns."""
    return (
        max(layout.word, layout.tag) < len(cells)
        and bool(matching_names([cells[layout.word]], WORD_NAMES))
        and bool(matching_names([cells[layout.tag]], TAG_NAMES))
    )


def _check_cells(
    cells: list[str], columns: int, layout: Layout, name: str, number: int, checked: list[tuple[str, int]]
) -> None:
    if len(cells) != columns:
        between = "tabs" if layout.separator == "\t" else "blanks"
        hint = "" if len(cells) > 1 or columns == 1 else f" Separate them by {between}."
        texts = "" if layout.tag < columns else " Lines of text are tagged from standard input, with -."
        raise DataError(
            f"{name}: line {number:,} has {len(cells)} column{'s' * (len(cells) != 1)}, but the first word has "
            f"{columns}.{hint} Give every word the same columns, and leave the line after a sentence blank.{texts}"
        )
    for role, position in checked:
        if not cells[position]:
            raise DataError(f"{name}: line {number:,} has an empty {role}. Fill it in, or leave the whole line blank.")


def _add(
    parsed: ParsedColumns,
    rows: list[list[str]],
    places: list[int],
    before: list[str],
    document: int,
    known: dict[str, str],
) -> None:
    word, tag, columns = parsed.layout.word, parsed.layout.tag, len(rows[0])
    others = [position for position in range(columns) if position not in (word, tag)]
    parsed.sentences.append(
        TaggedSentence(
            tuple(known.setdefault(row[word], row[word]) for row in rows),
            tuple(known.setdefault(row[tag], row[tag]) for row in rows) if tag < columns else (),
            document,
            columns=tuple(tuple(row[position] for position in others) for row in rows) if others else (),
            before=tuple(before),
            line=places[0],
        )
    )
    parsed.lines.append(places)
