"""Spools text to disk and draws an even sample of it, for a tokenizer that is learned before the text is encoded."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PART = 1 << 14


@contextmanager
def spooled(pieces: Iterable[str], folder: Path, *, sample: int) -> Iterator[tuple[list[str], Iterator[str]]]:
    """Yields a sample of the lines of a text, drawn evenly from it, and the text itself.

    Args:
        pieces: The text.
        folder: An existing folder for the text, in an unnamed file that is deleted afterwards.
        sample: Characters of the sample, about; a shorter text is the sample itself.
    """
    parts: list[str] = []
    lengths: list[int] = []
    characters, stride, number = 0, 1, 0
    with tempfile.TemporaryFile(dir=folder) as file:
        for piece in pieces:
            lengths.append(file.write(piece.encode("utf-8", "surrogatepass")))
            for part in _parts(piece):
                if number % stride == 0:
                    parts.append(part)
                    characters += len(part)
                    while characters > sample and len(parts) > 1:
                        parts, stride = parts[::2], stride * 2
                        characters = sum(map(len, parts))
                number += 1
        file.seek(0)
        text = (file.read(length).decode("utf-8", "surrogatepass") for length in lengths)
        yield [line for part in parts for line in part.split("\n")], text


def _parts(piece: str) -> Iterator[str]:
    """Yields a piece in parts of about 16,384 characters, at line ends where there are any."""
    first = 0
    while first < len(piece):
        end = piece.rfind("\n", first, first + _PART) + 1 or min(first + _PART, len(piece))
        yield piece[first:end]
        first = end
