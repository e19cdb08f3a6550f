"""Kinds of data, discovered from the packages in `seqkit.data`: each lists its own in `KINDS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import seqkit.data

Function = tuple[str, str]
"""Module and name of a function that is imported only when it is called."""


@dataclass(frozen=True)
class Kind:
    """A kind of data, such as tables or labelled texts.

    Attributes:
        name: Its name, as in `KIND` of a dataset.
        title: Description for messages.
        reader: Function that reads a file: takes its path (with `multiple_files`, a sequence of paths) and options as
            keyword arguments. None if only datasets provide this kind.
        recognises: Function that takes a `seqkit.data.files.sniffing.Look` and returns whether a file or DataFrame is
            of this kind. None if the content does not show it: such data is read as this kind if the task requires it.
        report: Function that `seqkit check` calls with what the reader returns, and with the options of
            `report_options`; it returns a `seqkit.data.report.DataReport`.
        report_options: Functions whose options these are.
        options: Options that determine the kind of an ambiguous file: it is of the kind of most of the given ones.
        accepts: Other kinds that can be read as this one.
        from_frame: Function that converts the DataFrame of a dataset, or one in memory, to what the reader returns.
            None if the reader returns a DataFrame.
        multiple_files: Whether the data may be split over multiple files.
        is_exclusive: Whether data recognised as this kind cannot be of another kind, whatever options are given.
        is_specific: Whether it is asked before the other kinds, some of which take any file of a format, such as JSON.
        is_fallback: Whether a file is read as this kind if the task requires it, also where its content does not show
            the kind.
        is_default: Whether unrecognised files are of this kind.
        suits: Function that takes a `seqkit.data.files.sniffing.Look` and returns whether a file or DataFrame can be of
            this kind, where an option or a task leaves open which of several kinds it is.
        on_request: Whether a file that is recognised as another kind is read as this one if the user names a task that
            reads it.
    """

    name: str
    title: str
    reader: Function | None = None
    recognises: Function | None = None
    report: Function | None = None
    report_options: tuple[Function, ...] = ()
    options: frozenset[str] = frozenset()
    accepts: tuple[str, ...] = ()
    from_frame: Function | None = None
    multiple_files: bool = False
    is_exclusive: bool = False
    is_specific: bool = False
    is_fallback: bool = False
    is_default: bool = False
    suits: Function | None = None
    on_request: bool = False

    @property
    def reads_any_file(self) -> bool:
        """Whether any file may be read as this kind, because its content need not show the kind."""
        return self.reader is not None and (self.recognises is None or self.is_fallback) and not self.is_default


@cache
def kinds() -> dict[str, Kind]:
    """Returns the kinds of data by name."""
    groups = [module.name for module in iter_modules(seqkit.data.__path__) if module.ispkg]
    packages = [import_module(f"seqkit.data.{group}") for group in sorted(groups)]
    return {kind.name: kind for package in packages for kind in getattr(package, "KINDS", ())}


def default_kind() -> str:
    """Returns the kind of unrecognised files."""
    return next(kind.name for kind in kinds().values() if kind.is_default)


def imported(function: Function) -> Callable[..., Any]:
    """Imports a function by module and name."""
    module, name = function
    result: Callable[..., Any] = getattr(import_module(module), name)
    return result
