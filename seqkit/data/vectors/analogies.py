"""Questions of analogy in sections, in the form of word2vec's `questions-words.txt`: a is to b as c is to d.

A line `: name` begins a section; every other line has four words, of which the fourth is the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from seqkit.data.vectors.lines import numbered_lines, quoted
from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas

Question = tuple[str, str, str, str]


@dataclass(frozen=True)
class Section:
    """Questions of one kind.

    Attributes:
        name: What kind; empty for questions that stand before the first name.
        questions: Four words each, the fourth the answer.
    """

    name: str
    questions: list[Question] = field(default_factory=list)


def read_analogies(path: str | Path) -> list[Section]:
    """Returns the sections of a file in its order, questions that come twice as often as they stand.

    Args:
        path: A text file in UTF-8, gzipped or not.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory.
        DataError: It is empty or no text in UTF-8, holds no question, or a line of it has not four words; the message
            says which line and what stands there.
    """
    sections: list[Section] = []
    for number, line in numbered_lines(path):
        if line.startswith(":"):
            sections.append(Section(line[1:].strip()))
            continue
        words = line.split()
        if len(words) != 4:
            raise DataError(
                f"{path}: line {number:,} has {len(words)} word{'' if len(words) == 1 else 's'}, expected 4 (or a name "
                f"of a section behind a colon): {quoted(line)}. Mend the line, or leave it out."
            )
        if not sections:
            sections.append(Section(""))
        sections[-1].questions.append((words[0], words[1], words[2], words[3]))
    if not any(section.questions for section in sections):
        raise DataError(f"{path} holds names of sections and no question: four words a line, the fourth the answer.")
    return sections


def sections_of(frame: pandas.DataFrame) -> list[Section]:
    """Returns the sections of a frame with the columns "section", "a", "b", "c" and "d", in its order."""
    rows: Iterable[tuple[str, ...]] = zip(*(frame[name].astype(str) for name in ("section", *"abcd")), strict=True)
    return [
        Section(name, [(a, b, c, d) for _, a, b, c, d in of_section])
        for name, of_section in groupby(rows, key=lambda row: row[0])
    ]
