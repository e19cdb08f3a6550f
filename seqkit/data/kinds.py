"""The kinds of data, found by being there: each group in `seqkit.data` lists its own in `KINDS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import seqkit.data

Function = tuple[str, str]
"""A function by its module and its name, so that it is imported when it is called."""


@dataclass(frozen=True)
class Kind:
    """A form of data.

    Attributes:
        name: Its name, as in `KIND` of a dataset.
        title: What it holds, for messages.
        reader: Reads a file: takes its path (with `multiple_files`, a sequence of paths) and options, which are the
            signature's keywords. None where a dataset alone holds this kind.
        recognises: Takes a `seqkit.data.files.sniffing.Look` and returns whether a file or frame is of this kind. None
            where nothing in a file tells: such data is read as this kind if the task asks for it.
        options: Options that no other kind has: where one is given, a file that might be another kind is this one.
        accepts: Other kinds that can be read as this one.
        from_frame: Turns the frame of a dataset, or one in memory, into what the reader returns. None where that is a
            frame already.
        multiple_files: Whether it may be spread over several files.
        is_exclusive: Whether what is recognised as this kind can be no other, whatever options are given.
        is_default: Whether a file of which nothing else is known is of this kind.
    """

    name: str
    title: str
    reader: Function | None = None
    recognises: Function | None = None
    options: frozenset[str] = frozenset()
    accepts: tuple[str, ...] = ()
    from_frame: Function | None = None
    multiple_files: bool = False
    is_exclusive: bool = False
    is_default: bool = False

    @property
    def reads_any_file(self) -> bool:
        """Whether nothing in a file tells that it is of this kind, so that any file may be read as it."""
        return self.reader is not None and self.recognises is None and not self.is_default


@cache
def kinds() -> dict[str, Kind]:
    """Returns the kinds of data by name."""
    groups = [module.name for module in iter_modules(seqkit.data.__path__) if module.ispkg]
    found = [kind for group in sorted(groups) for kind in getattr(import_module(f"seqkit.data.{group}"), "KINDS", ())]
    return {kind.name: kind for kind in found}


def default_kind() -> str:
    """Returns the kind of a file of which nothing is known."""
    return next(kind.name for kind in kinds().values() if kind.is_default)


def imported(function: Function) -> Callable[..., Any]:
    """Returns a function by its module and name."""
    module, name = function
    result: Callable[..., Any] = getattr(import_module(module), name)
    return result
