"""Report of `seqkit check` on running text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from seqkit.data.report import DataReport, counted
from seqkit.errors import SeqkitError

MAX_KEPT = 1_000_000
"""Words and lines that are remembered at most; beyond it, counts of different ones are lower bounds."""


def report_text(pieces: Iterable[str], *, name: str) -> DataReport:
    """Returns the contents of running text; it is read in pieces, never as a whole.

    Args:
        pieces: The text, as the reader of this kind yields it.
        name: Short name of the data.
    """
    characters, words, lines, blank, longest, repeated = 0, 0, 0, 0, 0, 0
    letters: Counter[str] = Counter()
    known: set[str] = set()
    seen: set[int] = set()
    try:
        for piece in pieces:
            characters += len(piece)
            letters.update(piece)
            for line in piece.splitlines():
                lines += 1
                found = line.split()
                blank += not found
                words += len(found)
                longest = max(longest, len(line))
                if len(known) < MAX_KEPT:
                    known.update(found)
                if found and len(seen) < MAX_KEPT:
                    repeated += hash(line) in seen
                    seen.add(hash(line))
    except SeqkitError as error:
        return DataReport(f"{name}: running text", problems=[str(error)])
    signs = [sign for sign, _ in letters.most_common() if not sign.isspace()]
    more = "at least " if len(known) >= MAX_KEPT else ""
    facts = [
        ("characters", f"{characters:,}, {len(letters):,} different, most often {' '.join(signs[:10])}"),
        ("words", f"{words:,} between blanks, {more}{len(known):,} different"),
        ("lines", f"{lines:,}, {blank:,} blank; the longest has {longest:,} characters"),
    ]
    values = {
        "characters": characters,
        "different_characters": len(letters),
        "words": words,
        "different_words": len(known),
        "lines": lines,
        "blank_lines": blank,
        "longest_line": longest,
        "repeated_lines": repeated,
    }
    notes = []
    if repeated > 0.05 * max(lines - blank, 1):
        count = counted(repeated, "line repeats", "lines repeat")
        notes.append(f"{count} an earlier one: a test part with copies is easier than new text")
    rare = [sign for sign, count in letters.items() if count == 1]
    if rare:
        count = counted(len(rare), "character occurs", "characters occur")
        notes.append(f"{count} once, such as {' '.join(map(repr, rare[:5]))}")
    if words < 10_000:
        notes.append("a language model or word vectors need more text: hundreds of thousands of words")
    return DataReport(f"{name}: running text", facts, values, notes)
