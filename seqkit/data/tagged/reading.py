"""Reads tagged words from CoNLL columns, JSON, tables of words, or a folder with a file for each part."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from seqkit.data.files.encodings import to_utf8
from seqkit.data.files.opening import bytes_unless_parquet, decompressed, frame_from_parquet
from seqkit.data.files.quoting import Quotes
from seqkit.data.files.sniffing import PARTS, form_of
from seqkit.data.labelled.part_columns import parts_note
from seqkit.data.tagged.conll import ParsedColumns, parse_columns
from seqkit.data.tagged.json_spans import SCHEME, parse_json
from seqkit.data.tagged.recognition import names_words, part_of_name
from seqkit.data.tagged.schemes import SchemeName, convert
from seqkit.data.tagged.sentences import TaggedCorpus, joined
from seqkit.data.tagged.tag_checks import with_checked_tags
from seqkit.data.tagged.token_tables import parse_token_table, sentences_of_table
from seqkit.data.tagged.words import TokenizerKind
from seqkit.errors import DataError, UsageError

_PLACEHOLDER = "_"
"""Content of cells without a value in CoNLL-U."""


def read_tagged(
    source: str | Path,
    *,
    encoding: str = "utf-8",
    scheme: Literal["auto", "IOB1", "IOB2", "IOE1", "IOE2", "BIOES", "BILUO", "BMES", "IO", "plain"] = "auto",
    repair: bool = False,
    word_column: str | None = None,
    tag_column: str | None = None,
    tokenizer: Literal["word", "char"] = "word",
    quotes: Literal["standard", "backslash", "none"] = "standard",
) -> TaggedCorpus:
    """Returns the sentences of a file or folder.

    CoNLL columns have a word and its tag per line, separated by a tab or blanks; JSON lines have texts with spans or
    lists of words and tags; CSV, TSV and Parquet have a row per word and a column that numbers the sentences. All may
    be compressed by gzip. A folder has a file for each part, with train, validation (valid, val, dev) and test in their
    names.

    Args:
        source: A path, or "-" for standard input; the format is detected by content.
        encoding: Encoding of the file, such as utf-8 (with or without a byte order mark), latin-1, cp949, utf-16.
        scheme: How tags mark names of several words; auto recognises it, plain are classes of words such as parts of
            speech.
        repair: Accept tags that break their scheme: names are read as conlleval does, and written as the scheme has
            them.
        word_column: Column of the words: its number, from 1, or in a table its name; none is the first one, or in a
            table one with a usual name.
        tag_column: Column of the tags; none is the last one, or in a table one with a usual name.
        tokenizer: How words are found in texts with spans: words and punctuation marks, or single characters.
        quotes: Double quotes in CSV: standard reads quoted cells as in RFC 4180; backslash also reads quotes inside
            cells that a backslash escapes; none reads quotes as ordinary characters.

    Raises:
        NotFoundError: There is no such file.
        UsageError: A column does not exist, or a folder has no files for training.
        DataError: The file cannot be read completely, or tags break their scheme; the message names line and remedy.
    """
    options = {
        "encoding": encoding,
        "word_column": word_column,
        "tag_column": tag_column,
        "tokenizer": tokenizer,
        "quotes": quotes,
    }
    name = "standard input" if str(source) == "-" else str(source)
    chosen: SchemeName | None = None if scheme == "auto" else scheme
    if str(source) != "-" and os.path.isdir(source):
        return _read_folder(Path(source), chosen, repair, options)
    return _read_file(source, name, chosen, repair, options)


def read_untagged(
    source: str | Path,
    *,
    encoding: str = "utf-8",
    word_column: str | None = None,
    tag_column: str | None = None,
    tokenizer: TokenizerKind = "word",
    quotes: Quotes = "standard",
    tags: Collection[str] = (),
) -> TaggedCorpus:
    """Returns the sentences of a file to be tagged, without tags, and a layout to write them with their new tags.

    The column of tags, if it has only the given tags, blanks and `_`, or in a table any column of its name, gives way
    to the new tags; otherwise they are written in a column of their own, after the others.

    Args:
        source: A path, or "-" for standard input: CoNLL columns, or words alone; JSON with texts or lists of words; or
            a table of words.
        encoding: As in `read_tagged`.
        word_column: As in `read_tagged`.
        tag_column: As in `read_tagged`; the file may lack it.
        tokenizer: As in `read_tagged`.
        quotes: As in `read_tagged`.
        tags: The tags that the model knows.

    Raises:
        NotFoundError: There is no such file.
        UsageError: A column does not exist.
        DataError: The file cannot be read completely, or has texts instead of words; the message names the line.
    """
    name = "standard input" if str(source) == "-" else str(source)
    content = _content(source, name, encoding)
    form = _form(content, name)
    if form == "json":
        parsed, _ = parse_json(str(content), name, tokenizer=tokenizer, is_tagged=False)
    elif form == "table":
        parsed = _untagged_table(content, name, source, quotes, word_column, tag_column)
    else:
        if name.lower().removesuffix(".gz").endswith(".csv"):
            raise DataError(
                f"{name} names no columns of sentences and words in its first line. Name them sentence and word; lines "
                "of text are tagged from standard input, with -."
            )
        number, place = _number(word_column, "word"), _number(tag_column, "tag")
        parsed = parse_columns(str(content), name, word_column=number, is_tagged=False)
        columns = parsed.layout.tag
        if columns > 1 and tags and (place or columns) <= columns:
            tagged = parse_columns(str(content), name, word_column=number, tag_column=place, blank_tags=True)
            if {tag for sentence in tagged.sentences for tag in sentence.tags} <= {*tags, _PLACEHOLDER, ""}:
                parsed = tagged
        _check_words(parsed, name, columns)
    sentences = [replace(sentence, tags=()) if sentence.tags else sentence for sentence in parsed.sentences]
    return TaggedCorpus(sentences, "plain", parsed.layout, None, parsed.has_documents, parsed.notes, name)


def _check_words(parsed: ParsedColumns, name: str, columns: int) -> None:
    """Refuses a single column of texts, and notes which of several columns separated by blanks has the words."""
    layout = parsed.layout
    if columns > 1:
        if layout.separator == " " and layout.tag == columns:
            parsed.notes.append(
                f"tags the words in column {layout.word + 1} of {columns}; lines of text are tagged from standard "
                "input, with -"
            )
        return
    for sentence, lines in zip(parsed.sentences, parsed.lines, strict=True):
        for word, line in zip(sentence.words, lines, strict=True):
            if " " in word:
                raise DataError(
                    f"{name}: line {line:,} has several words, {word[:60]!r}, but the first line has one. Write one in "
                    "each line; lines of text are tagged from standard input, with -."
                )


def join_test(train: TaggedCorpus, test: TaggedCorpus) -> TaggedCorpus:
    """Returns both corpora as one, with `test` as its test part.

    A part of the training data that is for validation stays so; its part for test is left out.

    Raises:
        DataError: One has classes of words and the other spans.
    """
    parts = np.full(len(train), "train", "<U10") if train.parts is None else train.parts
    kept = np.flatnonzero(parts != "test")
    train = replace(train, sentences=[train.sentences[i] for i in kept.tolist()], parts=parts[kept])
    test = replace(test, parts=np.full(len(test), "test", "<U10"))
    return _joined([train, test])


def _read_folder(folder: Path, scheme: SchemeName | None, repair: bool, options: dict[str, str | None]) -> TaggedCorpus:
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        part = part_of_name(path.name)
        if part and path.is_file():
            files.setdefault(part, []).append(path)
    if "train" not in files:
        raise UsageError(
            f"{folder} has no file of tagged words for training. Put train in its name, as in train.conll, or pass a "
            "file."
        )
    corpora = []
    for part in dict.fromkeys(PARTS.values()):
        for path in files.get(part, ()):
            corpus = _read_file(path, str(path), scheme, repair, options)
            corpora.append(replace(corpus, parts=np.full(len(corpus), part, "<U10")))
    return replace(_joined(corpora), source=str(folder))


def _joined(corpora: list[TaggedCorpus]) -> TaggedCorpus:
    """Returns corpora with parts as one, in the scheme of the first."""
    first = corpora[0]
    notes = list(first.notes)
    for position, corpus in enumerate(corpora[1:], start=1):
        if "plain" in (first.scheme, corpus.scheme) and corpus.scheme != first.scheme:
            raise DataError(
                f"{first.source} has tags of the scheme {first.scheme}, but {corpus.source} has {corpus.scheme}. Pass "
                "files of one kind, or set --scheme."
            )
        notes += [note for note in corpus.notes if note not in notes]
        if corpus.scheme != first.scheme:
            corpora[position] = replace(
                corpus,
                sentences=[
                    replace(sentence, tags=tuple(convert(sentence.tags, corpus.scheme, first.scheme)))
                    for sentence in corpus.sentences
                ],
            )
    sentences, has_documents = joined(corpora)
    parts = np.concatenate([corpus.parts for corpus in corpora if corpus.parts is not None])
    notes.append(parts_note(parts))
    return replace(first, sentences=sentences, parts=parts, has_documents=has_documents, notes=notes)


def _read_file(
    source: str | Path, name: str, scheme: SchemeName | None, repair: bool, options: dict[str, str | None]
) -> TaggedCorpus:
    content = _content(source, name, str(options["encoding"]))
    form = _form(content, name)
    parts = None
    if form == "json":
        parsed, shape = parse_json(str(content), name, tokenizer=options["tokenizer"])  # type: ignore[arg-type]
        scheme = SCHEME if shape == "spans" else scheme
    elif form == "table":
        columns = {key: options[f"{key}_column"] for key in ("word", "tag")}
        parsed, parts = _table(content, name, source, options["quotes"], columns["word"], columns["tag"])  # type: ignore[arg-type]
    else:
        parsed = parse_columns(
            str(content),
            name,
            word_column=_number(options["word_column"], "word"),
            tag_column=_number(options["tag_column"], "tag"),
        )
    return with_checked_tags(parsed, name, scheme=scheme, repair=repair, parts=parts)


def _content(source: str | Path, name: str, encoding: str) -> str | None:
    """Returns the text of a file; None for a Parquet file."""
    data = sys.stdin.buffer.read() if str(source) == "-" else bytes_unless_parquet(Path(source))
    if data is None:
        return None
    if not data:
        raise DataError(f"{name} is empty. Choose another file.")
    data = decompressed(data, name)
    try:
        return to_utf8(data, encoding, name).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} contains half of a surrogate pair. Save it again as UTF-8.") from error


def _form(content: str | None, name: str) -> Literal["json", "table", "columns"]:
    if content is None:
        return "table"
    head = content[: 1 << 16].removeprefix("\ufeff")
    if form_of(head.encode("utf-8", "replace"), name) == "json":
        return "json"
    return "table" if names_words(head) else "columns"


def _table(
    content: str | None,
    name: str,
    source: str | Path,
    quotes: Quotes,
    word_column: str | None,
    tag_column: str | None,
    *,
    is_tagged: bool = True,
    blank_tags: bool = False,
) -> tuple[ParsedColumns, np.ndarray | None]:
    columns = {"word_column": word_column, "tag_column": tag_column}
    if content is not None:
        return parse_token_table(content, name, quotes=quotes, **columns, is_tagged=is_tagged, blank_tags=blank_tags)
    frame = frame_from_parquet(Path(source), name)
    frame.attrs = {"source": name}
    return sentences_of_table(frame, **columns, is_tagged=is_tagged, blank_tags=blank_tags)


def _untagged_table(
    content: str | None, name: str, source: str | Path, quotes: Quotes, word_column: str | None, tag_column: str | None
) -> ParsedColumns:
    try:
        return _table(content, name, source, quotes, word_column, tag_column, blank_tags=True)[0]
    except UsageError:  # there is no column of tags
        return _table(content, name, source, quotes, word_column, None, is_tagged=False)[0]


def _number(column: str | None, role: str) -> int | None:
    if column is None:
        return None
    if not column.isdecimal():
        raise UsageError(f"--{role}-column is '{column}', but the columns have no names. Pass a number, from 1.")
    return int(column)
