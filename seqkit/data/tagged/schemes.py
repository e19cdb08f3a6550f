"""Schemes that write spans of words, such as names, as one tag per word; and their conversion, which loses nothing.

A tag is a letter and the label of its span, as in B-person. The schemes differ in which words of a span get which
letter, here for a span of three words, the next one of the same label right after it, and a span of one word:

    IOB1   I I I  B   I     B only where a span follows one of the same label
    IOB2   B I I  B   B
    IOE1   I I E  I   I     E only where a span precedes one of the same label
    IOE2   I I E  E   E
    BIOES  B I E  S   S
    BILUO  B I L  U   U
    BMES   B M E  S   S
    IO     the label alone, so that spans next to each other merge
    plain  no spans: the tags are classes of words, such as parts of speech

- L. A. Ramshaw and M. P. Marcus, "Text chunking using transformation-based learning", 1995,
  https://aclanthology.org/W95-0107
- E. F. Tjong Kim Sang and J. Veenstra, "Representing text chunks", 1999, https://aclanthology.org/E99-1023
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

OUTSIDE = "O"

SchemeName = Literal["IOB1", "IOB2", "IOE1", "IOE2", "BIOES", "BILUO", "BMES", "IO", "plain"]
SCHEMES: tuple[SchemeName, ...] = ("IOB1", "IOB2", "IOE1", "IOE2", "BIOES", "BILUO", "BMES", "IO", "plain")


class Span(NamedTuple):
    """Consecutive words with one label.

    Attributes:
        start: Position of the first word.
        end: Position after the last word.
        label: The label, such as "person"; empty in schemes without labels, as in B I O.
    """

    start: int
    end: int
    label: str


class Letters(NamedTuple):
    """Letters of the first, inner and last word of a span, and of the only one."""

    first: str
    inner: str
    last: str
    only: str


LETTERS = {
    "IOB1": Letters("I", "I", "I", "I"),
    "IOB2": Letters("B", "I", "I", "B"),
    "IOE1": Letters("I", "I", "I", "I"),
    "IOE2": Letters("I", "I", "E", "E"),
    "BIOES": Letters("B", "I", "E", "S"),
    "BILUO": Letters("B", "I", "L", "U"),
    "BMES": Letters("B", "M", "E", "S"),
}
_LETTERS = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S"}
"""The letters of all schemes, mapped to those of BIOES."""


@lru_cache(maxsize=1 << 16)
def parsed(tag: str, scheme: str = "IOB2") -> tuple[str, str]:
    """Returns letter, one of B, I, E, S and O, and label of a tag; a tag of no scheme is outside.

    Args:
        tag: The tag.
        scheme: Its scheme; it matters for IO and plain only.
    """
    if tag == OUTSIDE or scheme == "plain":
        return OUTSIDE, ""
    if scheme == "IO":
        return "I", tag
    return (_LETTERS[tag[0]], tag[2:]) if has_letter(tag) else (OUTSIDE, "")


def has_letter(tag: str) -> bool:
    """Whether a tag is a letter of some scheme, alone or with a label."""
    return tag[:1] in _LETTERS and (len(tag) == 1 or (tag[1] == "-" and len(tag) > 2))


def spans_of(tags: Sequence[str], scheme: str = "IOB2") -> list[Span]:
    """Returns the spans that the tags of a sentence mark, read as conlleval does.

    One reading serves all schemes with letters: a span starts at B and S, at I and E after O or after the end of
    another span, and where the label changes. Tags that break their scheme thus mark spans, too.

    Args:
        tags: The tags.
        scheme: Their scheme; it matters for IO and plain only.
    """
    spans = []
    start, before, label_before = 0, OUTSIDE, ""
    for position, tag in enumerate(tags):
        letter, label = parsed(tag, scheme)
        is_start = letter != OUTSIDE and (
            letter in "BS" or before == OUTSIDE or before in "ES" or label != label_before
        )
        if before != OUTSIDE and (is_start or letter == OUTSIDE):
            spans.append(Span(start, position, label_before))
        if is_start:
            start = position
        before, label_before = letter, label
    if before != OUTSIDE:
        spans.append(Span(start, len(tags), label_before))
    return spans


def tags_of(spans: Iterable[Span], length: int, scheme: str) -> list[str]:
    """Returns the tags of a sentence of `length` words for spans that do not overlap; the inverse of `spans_of`.

    Raises:
        ValueError: A span is empty, overlaps another one or ends after the sentence, or the scheme is plain.
    """
    if scheme == "plain":
        raise ValueError("The scheme plain has no spans.")
    tags, end, label_before = [OUTSIDE] * length, 0, None
    for span in sorted(spans):
        if not end <= span.start < span.end <= length:
            raise ValueError(f"Received {span} after the end {end} of another in {length} words.")
        follows = span.start == end and span.label == label_before and end > 0
        if follows and scheme == "IOE1":
            tags[end - 1] = _tag("E", span.label)
        tags[span.start : span.end] = _span_tags(span, scheme)
        if follows and scheme == "IOB1":
            tags[span.start] = _tag("B", span.label)
        end, label_before = span.end, span.label
    return tags


def _tag(letter: str, label: str) -> str:
    return f"{letter}-{label}" if label else letter


def _span_tags(span: Span, scheme: str) -> list[str]:
    """Returns the tags of a span that no other one of its label is next to."""
    count = span.end - span.start
    if scheme == "IO":
        return [span.label] * count
    first, inner, last, only = (_tag(letter, span.label) for letter in LETTERS[scheme])
    return [only] if count == 1 else [first, *[inner] * (count - 2), last]


def convert(tags: Sequence[str], source: str, target: str) -> list[str]:
    """Returns the tags of a sentence in another scheme."""
    if source == target:
        return list(tags)
    return tags_of(spans_of(tags, source), len(tags), target)


def tag_set(labels: Iterable[str], scheme: str) -> tuple[str, ...]:
    """Returns every tag that a scheme has for the given labels: O, then those of each label in order.

    Raises:
        ValueError: The scheme is plain, whose tags are not made of labels.
    """
    if scheme == "plain":
        raise ValueError("The scheme plain has no spans.")
    if scheme == "IO":
        return OUTSIDE, *labels
    letters = {"IOB1": "IB", "IOE1": "IE"}.get(scheme) or "".join(dict.fromkeys(LETTERS[scheme]))
    return OUTSIDE, *(_tag(letter, label) for label in labels for letter in letters)


def is_legal(before: str | None, after: str | None, scheme: str) -> bool:
    """Whether a tag may follow another; None is the beginning or the end of a sentence."""
    first, first_label = parsed(before, scheme) if before is not None else (OUTSIDE, "")
    second, second_label = parsed(after, scheme) if after is not None else (OUTSIDE, "")
    is_same = first != OUTSIDE and second != OUTSIDE and first_label == second_label
    if scheme in ("plain", "IO", ""):
        return True
    if scheme == "IOB1":
        return second != "B" or is_same
    if scheme == "IOE1":
        return first != "E" or is_same
    if scheme == "IOB2":
        return second != "I" or is_same
    if scheme == "IOE2":
        return first != "I" or is_same
    is_open = first in ("B", "I")
    return is_open == (second in ("I", "E")) and (is_same or not is_open)


def check_tag(tag: str, scheme: str) -> str:
    """Returns what is wrong with a tag by itself; empty if nothing is."""
    if scheme in ("plain", "IO"):
        return ""
    letters = "".join(dict.fromkeys([*LETTERS[scheme], *{"IOB1": "B", "IOE1": "E"}.get(scheme, "")]))
    if tag == OUTSIDE or (has_letter(tag) and tag[0] in letters):
        return ""
    return f"expected O, or {', '.join(letters[:-1])} or {letters[-1]} with a label as in {letters[0]}-person"


def illegal_steps(tags: Sequence[str], scheme: str) -> Iterator[int]:
    """Yields the positions of the tags that break the scheme; the number of tags where the end does."""
    before: str | None = None
    for position, tag in enumerate((*tags, None)):
        if not is_legal(before, tag, scheme):
            yield position
        before = tag
