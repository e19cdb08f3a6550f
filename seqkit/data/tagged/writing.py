"""Writes tagged words in the form of the file that they come from."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from seqkit.data.tagged.conll import DOCUMENT_START, cells_of, is_comment
from seqkit.data.tagged.schemes import spans_of
from seqkit.data.tagged.sentences import Layout, TaggedSentence
from seqkit.errors import DataError


def write_tagged(sentences: Iterable[TaggedSentence], layout: Layout, scheme: str) -> Iterator[str]:
    """Yields the text of a file with the given sentences, sentence by sentence.

    Reading it gives the same words, tags, documents and other columns again.

    Args:
        sentences: The sentences.
        layout: The form of the file; see `layout_for`.
        scheme: Scheme of the tags.

    Raises:
        DataError: A word or tag cannot be written in this form, such as one with a line end in CoNLL columns.
    """
    if layout.format == "json":
        for sentence in sentences:
            yield json.dumps(_json_value(sentence, layout, scheme), ensure_ascii=False) + "\n"
    elif layout.format == "csv":
        yield from _csv(sentences, layout)
    else:
        for number, sentence in enumerate(sentences, start=1):
            yield "".join(f"{line}\n" for line in _lines(sentence, number, layout)) + "\n"


def layout_for(path: str, layout: Layout) -> Layout:
    """Returns the layout of an output file: by its suffix, or like the input where the suffix says nothing else.

    Args:
        path: Name of the output file.
        layout: Layout of the input.
    """
    suffix = path.lower().rpartition(".")[2]
    if suffix in ("json", "jsonl", "ndjson"):
        return layout if layout.format == "json" else Layout("json", has_spans=False)
    if suffix == "csv":
        return layout if layout.format == "csv" else _TABLE
    if suffix in ("conll", "iob", "bio", "iob2") and layout.format != "conll":
        return Layout()
    return layout


_TABLE = Layout("csv", ",", word=1, tag=2, names=("sentence", "word", "tag"), sentence=0)


def _cells(words: int, layout: Layout, sentence: TaggedSentence) -> Iterator[list[str]]:
    for position in range(words):
        cells = list(sentence.columns[position]) if sentence.columns else []
        first, second = sorted(((layout.word, sentence.words[position]), (layout.tag, sentence.tags[position])))
        cells.insert(*first)
        cells.insert(*second)
        yield cells


def _lines(sentence: TaggedSentence, number: int, layout: Layout) -> Iterator[str]:
    yield from sentence.before
    for position, cells in enumerate(_cells(len(sentence), layout, sentence)):
        line = layout.separator.join(cells)
        is_read_otherwise = (
            cells_of(line, layout.separator) != cells
            or "\n" in line
            or "\r" in line
            or line.startswith(("\ufeff", DOCUMENT_START))
            or (position == 0 and line.startswith("#") and is_comment(line, layout.separator, len(cells)))
        )
        if is_read_otherwise:
            raise DataError(
                f"Sentence {number:,} has the word {sentence.words[position]!r}, tagged {sentence.tags[position]!r}, "
                "which columns cannot hold. Write JSON lines: name the output .jsonl."
            )
        yield line


def _json_value(sentence: TaggedSentence, layout: Layout, scheme: str) -> dict[str, object]:
    if not layout.has_spans or sentence.text is None:
        return {"tokens": list(sentence.words), "tags": list(sentence.tags)}
    spans = [
        {"start": sentence.offsets[span.start][0], "end": sentence.offsets[span.end - 1][1], "label": span.label}
        for span in spans_of(sentence.tags, scheme)
    ]
    return {"text": sentence.text, "spans": spans}


def _csv(sentences: Iterable[TaggedSentence], layout: Layout) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=layout.separator, lineterminator="\n")
    names = list(layout.names)
    writer.writerow([*names, "tag"] if layout.tag == len(names) else names)
    for number, sentence in enumerate(sentences, start=1):
        numbered = [str(number)] if not sentence.columns else []
        for cells in _cells(len(sentence), layout, sentence):
            writer.writerow([*numbered, *cells])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
