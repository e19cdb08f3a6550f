"""Reads analogy questions, a is to b as c is to d, in the format of word2vec's `questions-words.txt`.

A line `: name` starts a section; every other line has four words, the last of which is the answer. Lines before the
first of both that start with # are comments.
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
    """Questions of one category.

    Attributes:
        name: Name of the category; empty for questions before the first name.
        questions: Four words each, the last of which is the answer.
    """

    name: str
    questions: list[Question] = field(default_factory=list)


def read_analogies(path: str | Path) -> list[Section]:
    """Returns the sections of a file in order, including duplicate questions.

    Args:
        path: A UTF-8 text file, gzipped or not.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory.
        DataError: It is empty, not UTF-8 text, contains no questions, or a line does not have four words; the message
            quotes the line.
    """
    sections: list[Section] = []
    for number, line in numbered_lines(path):
        if not sections and line.startswith("#"):
            continue
        if line.startswith(":"):
            sections.append(Section(line[1:].strip()))
            continue
        words = line.split()
        if len(words) != 4:
            raise DataError(
                f"{path}: line {number:,} has {len(words)} word{'' if len(words) == 1 else 's'}, expected 4 (or a "
                f"colon and the name of a section): {quoted(line)}. Fix or remove the line."
            )
        if not sections:
            sections.append(Section(""))
        sections[-1].questions.append((words[0], words[1], words[2], words[3]))
    if not any(section.questions for section in sections):
        raise DataError(f"{path} contains section names but no questions: write four words per line.")
    return sections


def sections_of(frame: pandas.DataFrame) -> list[Section]:
    """Returns the sections of a DataFrame with the columns "section", "a", "b", "c" and "d", in order."""
    rows: Iterable[tuple[str, ...]] = zip(*(frame[name].astype(str) for name in ("section", *"abcd")), strict=True)
    return [
        Section(name, [(a, b, c, d) for _, a, b, c, d in group])
        for name, group in groupby(rows, key=lambda row: row[0])
    ]
