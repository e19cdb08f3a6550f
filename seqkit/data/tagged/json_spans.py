"""Parses JSON with tagged words: texts with spans, as annotation tools write them, or lists of words and of tags.

A value per line, a list of them, or such a list inside one object. Known shapes of a value are

    {"text": "Ada met Tim.", "spans": [{"start": 0, "end": 3, "label": "person"}]}      Prodigy, spaCy; also "tokens"
    {"text": "Ada met Tim.", "label": [[0, 3, "person"]]}                              doccano; also "entities"
    ["Ada met Tim.", {"entities": [[0, 3, "person"]]}]                                 spaCy 2
    {"data": {"text": …}, "annotations": [{"result": [{"value": {"start": …}}]}]}      Label Studio
    {"tokens": ["Ada", "met", "Tim", "."], "ner_tags": ["B-person", "O", …]}           lists of words and of tags

Offsets count characters (code points).
"""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from seqkit.data.labelled.json_rows import json_values, refuse_lone_surrogates
from seqkit.data.tagged.conll import ParsedColumns
from seqkit.data.tagged.json_shapes import END_KEYS, START_KEYS, has_known_shape, plain_value, span_list, word_lists
from seqkit.data.tagged.schemes import SchemeName, Span, tags_of
from seqkit.data.tagged.sentences import Layout, TaggedSentence
from seqkit.data.tagged.words import TokenizerKind, word_offsets
from seqkit.errors import DataError

SCHEME: SchemeName = "BIOES"
"""Scheme of the tags of texts with spans."""


class CharacterSpan(NamedTuple):
    """A labelled stretch of a text: its characters from `start` to before `end`."""

    start: int
    end: int
    label: str


def parse_json(
    text: str, name: str, *, tokenizer: TokenizerKind = "word", is_tagged: bool = True
) -> tuple[ParsedColumns, Literal["spans", "tags"]]:
    """Parses the text of a file of JSON; also returns whether it has spans, whose tags are in `SCHEME`, or tags.

    Blanks at the ends of a span are no part of it. Where a span ends inside a word, the word is divided there. Both are
    counted in a note.

    Args:
        text: The text, without a byte order mark.
        name: Name of the file in messages.
        tokenizer: How words are found in texts; see `seqkit.data.tagged.words`.
        is_tagged: Whether the values have spans or tags; without them, `tags` stay empty.

    Raises:
        DataError: The text is not JSON, a value has no known shape, or spans are invalid or overlap.
    """
    parsed = ParsedColumns()
    divided, trimmed, blank = 0, 0, 0
    shapes = set()
    for place, written, content in json_values(text, name, parsed.notes, has_known_shape):
        where = f"{name}: {place}"
        refuse_lone_surrogates(content, written, where)
        parsed.place, _, line_number = place.partition(" ")
        line = int(line_number.replace(",", ""))
        value = plain_value(written)
        words, tags = word_lists(value)
        if words is not None and "text" not in value:
            shapes.add("tags")
            sentence = _from_lists(words, tags if is_tagged else [], where, line)
        else:
            shapes.add("spans")
            sentence_text, spans = _text_and_spans(value, where, is_tagged=is_tagged)
            kept = [_trimmed(span, sentence_text) for span in spans]
            trimmed += sum(new != old for new, old in zip(kept, spans, strict=True))
            sentence, cuts = _from_spans(sentence_text, kept, where, line, tokenizer, is_tagged=is_tagged)
            divided += cuts
        if not sentence.words:
            blank += 1
            continue
        parsed.sentences.append(sentence)
        parsed.lines.append([line] * len(sentence))
    if not parsed.sentences:
        raise DataError(f'{name} contains no texts with words. Write one per line, such as {{"text": "…"}}.')
    if len(shapes) > 1:
        raise DataError(f"{name} contains both texts with spans and lists of words. Save them in two files.")
    parsed.layout = Layout("json", has_spans="spans" in shapes, tokenizer=tokenizer)
    if blank:
        parsed.notes.append(f"{blank:,} text{'s have' if blank > 1 else ' has'} no words and are left out")
    if trimmed:
        parsed.notes.append(f"{trimmed:,} span{'s' * (trimmed > 1)} began or ended with a blank, which is left out")
    if divided:
        parsed.notes.append(
            f"{divided:,} words are divided where a span ends inside them"
            + ("; for a language without blanks between words, try --tokenizer char" if tokenizer == "word" else "")
        )
    return parsed, "spans" if "spans" in shapes else "tags"


def _text_and_spans(value: Any, where: str, *, is_tagged: bool) -> tuple[str, list[CharacterSpan]]:
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise DataError(
            f'{where} has no text. Write objects such as {{"text": "Ada met Tim.", "spans": [{{"start": 0, "end": 3, '
            '"label": "person"}]}.'
        )
    if not is_tagged:
        return text, []
    spans = span_list(value)
    if spans is None:
        raise DataError(f'{where} has no spans. Write "spans": [] for a text without any.')
    return text, [_span(span, text, where) for span in spans]


def _span(value: Any, text: str, where: str) -> CharacterSpan:
    """Returns a span of any of the known shapes."""
    start: Any = None
    end: Any = None
    label: Any = None
    if isinstance(value, list) and len(value) >= 3:
        start, end, label = value[:3]
    elif isinstance(value, dict):
        start = next((value[key] for key in START_KEYS if key in value), None)
        end = next((value[key] for key in END_KEYS if key in value), None)
        label = value.get("label", value.get("labels"))
        if isinstance(label, list) and len(label) == 1:  # of Label Studio
            label = label[0]
    try:
        span = CharacterSpan(int(start), int(end), label)
    except (TypeError, ValueError):
        span = CharacterSpan(-1, -1, "")
    if not isinstance(label, str) or not label.strip() or not 0 <= span.start < span.end <= len(text):
        raise DataError(
            f"{where} has the span {reprlib.repr(value)}, expected a label, a start from 0, and an end after it and "
            f"up to {len(text):,}, the length of the text. Fix or drop it."
        )
    return CharacterSpan(span.start, span.end, " ".join(label.split()))


def _trimmed(span: CharacterSpan, text: str) -> CharacterSpan:
    inside = text[span.start : span.end]
    start = span.start + len(inside) - len(inside.lstrip())
    return CharacterSpan(start, max(start, span.end - len(inside) + len(inside.rstrip())), span.label)


def _from_spans(
    text: str, spans: Sequence[CharacterSpan], where: str, line: int, tokenizer: TokenizerKind, *, is_tagged: bool
) -> tuple[TaggedSentence, int]:
    """Returns the sentence of a text, and how many of its words are divided for a span to end there."""
    spans = sorted(set(spans))
    for one, other in pairwise(spans):
        if other.start < one.end:
            raise DataError(
                f"{where} has spans that overlap: {text[one.start : one.end]!r} ({one.label}) and "
                f"{text[other.start : other.end]!r} ({other.label}). Keep one of them, as a word has one tag."
            )
    ends = {position for span in spans for position in (span.start, span.end)}
    offsets = word_offsets(text, tokenizer, ends)
    divided = len(offsets) - len(word_offsets(text, tokenizer)) if spans else 0
    words = tuple(text[start:end] for start, end in offsets)
    first = {start: position for position, (start, _) in enumerate(offsets)}
    last = {end: position + 1 for position, (_, end) in enumerate(offsets)}
    word_spans = []
    for span in spans:
        if span.start not in first or span.end not in last:
            raise DataError(
                f"{where} has the span {text[span.start : span.end]!r} ({span.label}) of blanks alone. Drop it."
            )
        word_spans.append(Span(first[span.start], last[span.end], span.label))
    tags = tuple(tags_of(word_spans, len(words), SCHEME)) if is_tagged else ()
    return TaggedSentence(words, tags, 0, text, tuple(offsets), line=line), divided


def _from_lists(words: list[str], tags: list[Any] | None, where: str, line: int) -> TaggedSentence:
    if tags is None or (tags and len(tags) != len(words)):
        count = "no tags" if tags is None else f"{len(tags):,} tags"
        raise DataError(f"{where} has {len(words):,} words and {count}. Give each word a tag.")
    if empty := next((n for n, word in enumerate(words, start=1) if not word.strip()), 0):
        raise DataError(f"{where}: word {empty:,} is blank. Drop it and its tag.")
    return TaggedSentence(tuple(words), tuple(map(str, tags)), line=line)
