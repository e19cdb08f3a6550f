"""Determines the tag scheme of parsed sentences, and finds the tags that break it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from seqkit.data.tagged.conll import ParsedColumns
from seqkit.data.tagged.schemes import (
    LETTERS,
    OUTSIDE,
    SchemeName,
    check_tag,
    convert,
    has_letter,
    illegal_steps,
    is_legal,
)
from seqkit.data.tagged.sentences import TaggedCorpus
from seqkit.errors import DataError

Steps = Counter[tuple[str | None, str | None]]
"""How often a tag follows another; None is the beginning or the end of a sentence."""


def count_steps(tags: Iterable[Sequence[str]]) -> Steps:
    """Counts which tags follow each other."""
    steps: Steps = Counter()
    for sentence in tags:
        steps.update(zip((None, *sentence), (*sentence, None), strict=True))
    return steps


def recognise_scheme(steps: Steps) -> SchemeName:
    """Returns the scheme of tags; where several fit, the one that most corpora use.

    Letters decide between most schemes; of IOB1 and IOB2, and of IOE1 and IOE2, the one that fewer steps break. Tags
    without letters are classes of words, unless most words have the tag O.
    """
    counts: Counter[str] = Counter()
    for (_, tag), count in steps.items():
        if tag is not None:
            counts[tag] += count
    outside = counts.pop(OUTSIDE, 0)
    marked = counts.total()
    if not marked:
        return "IOB2"
    if not _has_letters(counts):
        return "IO" if outside > marked else "plain"
    letters = {tag[0] for tag in counts if has_letter(tag)}
    if "L" in letters or "U" in letters:
        return "BILUO"
    if "M" in letters:
        return "BMES"
    if "S" in letters or {"B", "E"} <= letters:
        return "BIOES"
    candidates: tuple[SchemeName, ...] = ("IOE2", "IOE1") if "E" in letters else ("IOB2", "IOB1")
    return min(candidates, key=lambda scheme: _breaks(steps, scheme))


def _has_letters(counts: Counter[str]) -> bool:
    """Whether tags, without O, are made of letters and labels, or of the letters of one scheme alone."""
    if any("-" in tag for tag in counts):
        lettered = sum(count for tag, count in counts.items() if "-" in tag and has_letter(tag))
        return 2 * lettered > counts.total()
    return any(set(counts) <= {*scheme, *"BE"[: scheme.only == "I"]} for scheme in LETTERS.values())


def _breaks(steps: Steps, scheme: str) -> int:
    return sum(count for (before, after), count in steps.items() if not is_legal(before, after, scheme))


def with_checked_tags(
    parsed: ParsedColumns,
    name: str,
    *,
    scheme: SchemeName | None = None,
    repair: bool = False,
    parts: np.ndarray | None = None,
) -> TaggedCorpus:
    """Returns the corpus of parsed sentences, whose tags keep to their scheme.

    Args:
        parsed: The sentences with their tags as written.
        name: Name of the data in messages.
        scheme: The scheme; None recognises it.
        repair: Read tags that break the scheme as conlleval does, and write them as the scheme has it. Tags that are
            of no scheme become O.
        parts: Part of each sentence.

    Raises:
        DataError: A tag breaks the scheme, and `repair` is off; the message names the first one.
    """
    steps = count_steps(sentence.tags for sentence in parsed.sentences)
    is_recognised = scheme is None
    scheme = scheme or recognise_scheme(steps)
    sentences, notes = parsed.sentences, list(parsed.notes)
    wrong = {tag for _, tag in steps if tag is not None and check_tag(tag, scheme)}
    broken = _breaks(steps, scheme) + sum(count for (_, tag), count in steps.items() if tag in wrong)
    if broken:
        message = _first_break(parsed, name, scheme, wrong)
        if not repair:
            how = f"its tags are mostly {scheme}" if is_recognised else f"--scheme is {scheme}"
            raise DataError(
                f"{name}: {message}; {how}. {_tags(broken)} so. Fix {'it' if broken == 1 else 'them'}, choose another "
                "--scheme, or pass --repair, which reads names as conlleval does."
            )
        sentences = [
            replace(sentence, tags=tuple(convert(sentence.tags, "", scheme)))
            if any(True for _ in _wrong_positions(sentence.tags, scheme, wrong))
            else sentence
            for sentence in sentences
        ]
        notes.append(f"{_tags(broken)} the scheme {scheme} and {'is' if broken == 1 else 'are'} repaired: {message}")
    labels = len({tag.partition("-")[2] or tag for _, tag in steps if tag not in (None, OUTSIDE)})
    notes.append(f"tags: scheme {scheme}, {labels:,} label{'s' * (labels != 1)}")
    return TaggedCorpus(sentences, scheme, parsed.layout, parts, parsed.has_documents, notes, name)


def _tags(count: int) -> str:
    return f"{count:,} tag{' breaks' if count == 1 else 's break'}"


def _wrong_positions(tags: Sequence[str], scheme: str, wrong: set[str]) -> Iterable[int]:
    yield from (position for position, tag in enumerate(tags) if tag in wrong)
    yield from illegal_steps(tags, scheme)


def _first_break(parsed: ParsedColumns, name: str, scheme: str, wrong: set[str]) -> str:
    """Describes the first tag that breaks the scheme."""
    place = parsed.place
    for sentence, lines in zip(parsed.sentences, parsed.lines, strict=True):
        tags = sentence.tags
        for position in sorted({*_wrong_positions(tags, scheme, wrong)}):
            if position < len(tags) and tags[position] in wrong:
                return (
                    f"{place} {lines[position]:,} has the tag {tags[position]!r}, {check_tag(tags[position], scheme)}"
                )
            if position == len(tags):
                return f"{place} {lines[-1]:,} has the tag {tags[-1]!r} at the end of a sentence"
            before = f"after {tags[position - 1]!r}" if position else "at the beginning of a sentence"
            return f"{place} {lines[position]:,} has the tag {tags[position]!r} {before}"
    raise AssertionError(f"{name} keeps to the scheme {scheme}")
