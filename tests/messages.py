"""Keeps a ledger of every message that the tests provoke, and knows every place that can give one.

A message is that of a `SeqkitError` or of a usage error of Click. `tests/test_messages.py` compares the two, after all
other tests of a whole run.
"""

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import click

import seqkit
from seqkit import errors

PACKAGE = Path(seqkit.__file__).parent
FOLDERS = (PACKAGE, PACKAGE.parent / "datasets", PACKAGE.parent / "recipes")
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
DEPTH = 12
"""Frames above a message that are looked through for the statements that raise it."""


@dataclass
class Ledger:
    """What was provoked.

    Attributes:
        places: File and line of every statement on the way to a message.
        messages: Every message, with the line that gave it.
    """

    places: set[tuple[str, int]] = field(default_factory=set)
    messages: dict[str, str] = field(default_factory=dict)

    def enter(self, message: str) -> None:
        """Notes a message, and where it comes from, if that is ours."""
        frame: FrameType | None = sys._getframe(2)
        for depth in range(DEPTH):
            if frame is None:
                break
            file = frame.f_code.co_filename
            if any(file.startswith(f"{folder}/") for folder in FOLDERS):
                self.places.add((file, frame.f_lineno))
                if depth == 0:
                    self.messages[message] = f"{Path(file).name}:{frame.f_lineno}"
            frame = frame.f_back

    def to_json(self) -> str:
        """Returns the ledger for another process; JSON carries half characters too, which the channel does not."""
        return json.dumps({"places": sorted(self.places), "messages": self.messages})

    def add_json(self, text: str) -> None:
        """Adds the ledger of another process."""
        content = json.loads(text)
        self.places |= {(file, line) for file, line in content["places"]}
        self.messages |= content["messages"]


LEDGER = Ledger()


def begin() -> None:
    """Has every error from now on entered."""
    for kind in (errors.SeqkitError, click.ClickException):
        own = kind.__init__

        def entered(self: Any, *arguments: Any, own: Any = own, **named: Any) -> None:
            LEDGER.enter(str(arguments[0]) if arguments else "")
            own(self, *arguments, **named)

        kind.__init__ = entered  # type: ignore[method-assign]


@dataclass(frozen=True)
class Place:
    """A statement that raises a message.

    Attributes:
        file: Its file.
        first, last: Its lines.
    """

    file: str
    first: int
    last: int

    def __str__(self) -> str:
        """Returns where it is, and how it begins."""
        lines = Path(self.file).read_text(encoding="utf-8").splitlines()[self.first - 1 : self.last]
        return f"{Path(self.file).relative_to(PACKAGE.parent)}:{self.first}: {' '.join(map(str.strip, lines))[:150]}"

    def was_reached(self) -> bool:
        """Whether a test has come there."""
        return any((self.file, line) in LEDGER.places for line in range(self.first, self.last + 1))


def all_places() -> Iterator[Place]:
    """Yields every statement of ours that raises a message, also by a function that makes it."""
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            makers = {
                node.name
                for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef)
                and node.returns is not None
                and _is_kind(ast.unparse(node.returns))
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    name = ast.unparse(node.exc.func)
                    if _is_kind(name) or name.rpartition(".")[2] in makers:
                        yield Place(str(path), node.lineno, node.end_lineno or node.lineno)


def _is_kind(name: str) -> bool:
    return name in KINDS or name.startswith("click.")
