"""What `seqkit check` says about data that is no table: facts, notes, problems, and the commands that fit."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from seqkit.errors import listed

MAX_LABELS = 12
"""Labels that are listed with their counts."""

WIDTH = 80
"""Columns of a terminal, within which facts and notes are wrapped."""

RARE = 10
"""A label, or a part, with fewer examples says little about a model."""


@dataclass(frozen=True)
class DataReport:
    """Contents of data, in the terms of its kind.

    Attributes:
        title: Name and kind of the data.
        facts: Names and values, as text.
        values: The same as numbers and lists, for JSON.
        notes: What the user should know and what does not stop training.
        problems: What stops training, each with its remedy.
    """

    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def blocking(self) -> list[str]:
        """What stops training."""
        return self.problems

    def as_dict(self, commands: Sequence[str] = ()) -> dict[str, Any]:
        """Returns the report as a JSON-serialisable dictionary."""
        return {**self.values, "notes": self.notes, "problems": self.problems, "commands": list(commands)}

    def text(self, commands: Sequence[str] = ()) -> str:
        """Returns the report as text for the terminal.

        Args:
            commands: Commands that train on the data.
        """
        width = max((len(name) for name, _ in self.facts), default=0) + 2
        parts = [self.title]
        if self.facts:
            parts.append("\n".join(_wrapped(f"  {name:<{width}}", value) for name, value in self.facts))
        if self.problems:
            parts.append("To fix before training:\n" + "\n".join(_wrapped("  - ", line) for line in self.problems))
        if self.notes:
            parts.append("Notes:\n" + "\n".join(_wrapped("  - ", line) for line in self.notes))
        if commands and not self.problems:
            parts.append("Ready for training, for example:\n" + "\n".join(f"  {command}" for command in commands))
        return "\n\n".join(parts)


def label_facts(labels: Iterable[str], noun: str) -> tuple[tuple[str, str], dict[str, int], list[str]]:
    """Returns the fact about labels, their counts, the most frequent first, and a note on rare ones.

    Args:
        labels: Label of each example.
        noun: What has labels, such as "examples".
    """
    counts = dict(Counter(labels).most_common())
    shown = [f"{name} {count:,}" for name, count in list(counts.items())[:MAX_LABELS]]
    more = f" and {len(counts) - MAX_LABELS:,} more" if len(counts) > MAX_LABELS else ""
    notes = []
    rare = [name for name, count in counts.items() if count < RARE]
    if rare:
        verb = "has" if len(rare) == 1 else "have"
        notes.append(f"{listed(rare, 6)} {verb} fewer than {RARE} {noun}: scores of rare labels are uncertain")
    return ("labels", f"{len(counts):,}: {', '.join(shown)}{more}"), counts, notes


def part_facts(parts: np.ndarray | None) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """Returns the fact about the parts that the data defines, if it does, and their sizes."""
    if parts is None:
        return [], {}
    counts = {name: int((parts == name).sum()) for name in ("train", "validation", "test") if (parts == name).any()}
    return [("parts", ", ".join(f"{count:,} {name}" for name, count in counts.items()))], counts


def counted(count: int, singular: str, plural: str) -> str:
    """Returns a number with a noun and perhaps its verb, such as "1 text is" and "2 texts are"."""
    return f"1 {singular}" if count == 1 else f"{count:,} {plural}"


def spread(lengths: Sequence[int] | np.ndarray, unit: str) -> str:
    """Returns the smallest, the median and the largest length as text; the unit is a plural."""
    low, middle, high = np.percentile(np.asarray(lengths), [0, 50, 100])
    if low == high == 1:
        return f"1 {unit.removesuffix('s')} each"
    return f"{low:,.0f} {unit} each" if low == high else f"{low:,.0f} to {high:,.0f} {unit}, median {middle:,.0f}"


def _wrapped(start: str, text: str) -> str:
    """Returns a text below and beside a start, wrapped; one of several lines, such as a table of faults, as it is."""
    indent = " " * len(start)
    if "\n" in text:
        return start + text.replace("\n", "\n" + indent)
    lines = textwrap.wrap(text, WIDTH, initial_indent=start, subsequent_indent=indent, break_long_words=False)
    return "\n".join(lines) or start.rstrip()
