"""Finds recipes and datasets by name, and reads their docstrings, constants and options without importing them.

A recipe is a file in `seqkit.recipes`, the path of a file, or an entry point in the group `seqkit.recipes`. Datasets
are files in `seqkit.datasets`. There is no list to add them to.
"""

import ast
import hashlib
import importlib
import importlib.metadata
import importlib.util
import os
import sys
import traceback
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from seqkit.errors import MissingExtraError, NotFoundError, UsageError, nearest
from seqkit.options import Option, parse_file, read_options


@dataclass(frozen=True)
class Source:
    """Source file of a recipe or dataset.

    Attributes:
        name: Name on the command line.
        path: Path of the file.
        module: Name of the module; None for a file that is imported from its path.
    """

    name: str
    path: Path
    module: str | None = None

    @property
    def reference(self) -> str:
        """Name or path that finds the source again from any directory."""
        return self.name if self.module else str(self.path)

    @cached_property
    def _tree(self) -> ast.Module:
        return parse_file(self.path)

    @property
    def docstring(self) -> str:
        """The module's docstring."""
        return ast.get_docstring(self._tree) or ""

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.docstring.partition("\n")[0]

    @cached_property
    def constants(self) -> dict[str, Any]:
        """The module's upper-case constants with literal values."""
        constants = {}
        for node in self._tree.body:
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            for target in targets:
                if isinstance(target, ast.Name) and target.id.isupper() and node.value is not None:  # type: ignore[attr-defined]
                    try:
                        constants[target.id] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
                    except ValueError:
                        continue  # not a literal, so private to the module
        return constants

    def options(self, function: str) -> list[Option]:
        """Returns the options of a function of the module."""
        return read_options(self.path, function)

    def defines(self, function: str) -> bool:
        """Whether the module defines a function of that name."""
        return any(isinstance(node, ast.FunctionDef) and node.name == function for node in self._tree.body)

    @property
    def sha256(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def load(self) -> ModuleType:
        """Imports the module.

        Raises:
            MissingExtraError: The module imports a library that is not installed.
            UsageError: A user's file raises an error on import; the message names the line.
        """
        try:
            return importlib.import_module(self.module) if self.module is not None else self._load_path()
        except ModuleNotFoundError as error:
            library = (error.name or "").partition(".")[0]
            if library in ("", "seqkit"):
                raise
            raise MissingExtraError(
                f"{self.path} imports '{error.name}', which is not installed. If it is a library: pip install {library}"
            ) from error

    def _load_path(self) -> ModuleType:
        name = f"seqkit_recipe_{self.name}"
        spec = importlib.util.spec_from_file_location(name, self.path)
        if spec is None or spec.loader is None:
            raise UsageError(f"{self.path} cannot be imported as a Python file. Rename it to end with .py.")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # Dataclasses, for example, look up their module.
        dont_write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # no __pycache__ for user files
        try:
            spec.loader.exec_module(module)
        except ModuleNotFoundError:
            raise
        except (Exception, SystemExit) as error:
            raise UsageError(f"{self.path} cannot be imported: {describe_error(error, self.path)}.") from error
        finally:
            sys.dont_write_bytecode = dont_write_bytecode
        return module


def recipes() -> dict[str, Source]:
    """Returns all built-in and installed recipes by name."""
    return {**_entry_points("seqkit.recipes"), **_files("seqkit.recipes")}


def datasets() -> dict[str, Source]:
    """Returns all datasets by name."""
    return _files("seqkit.datasets")


def find_recipe(name: str) -> Source:
    """Returns the recipe with a name or file path.

    Raises:
        NotFoundError: The recipe does not exist; the message suggests the most similar name.
    """
    if name.endswith(".py") or "/" in name:
        path = Path(name)
        if not os.path.isfile(path):  # also False for a name that is too long
            hint = nearest(path.name, [file for file in sibling_files(path) if file.endswith(".py")])
            hint = hint if hint.startswith("Did") else "Check its name."
            raise NotFoundError(f"There is no recipe file {name}. {hint}")
        return Source(path.stem, path.resolve())
    return _find(name, recipes(), "recipe")


def find_dataset(name: str) -> Source:
    """Returns the dataset with a name.

    Raises:
        NotFoundError: The dataset does not exist; the message suggests the most similar name.
    """
    return _find(name, datasets(), "dataset")


def sibling_files(path: Path) -> list[str]:
    """Returns the names of the files in the folder of a path, for suggestions."""
    try:
        return [file.name for file in islice(path.parent.iterdir(), 1000) if file.is_file()]
    except OSError:
        return []  # The folder does not exist.


def describe_error(error: BaseException, path: Path) -> str:
    """Returns an error in a user's file as text, with its line number."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (f"line {lines[-1]}: " if lines else "") + f"{type(error).__name__}: {error}"


def _find(name: str, known: dict[str, Source], noun: str) -> Source:
    if name not in known:
        raise NotFoundError(f"There is no {noun} '{name}'. {nearest(name, known)}")
    return known[name]


def _files(package: str) -> dict[str, Source]:
    folders = importlib.import_module(package).__path__
    paths = sorted(p for folder in folders for p in Path(folder).glob("[!_]*.py"))
    return {path.stem: Source(path.stem, path, f"{package}.{path.stem}") for path in paths}


def _entry_points(group: str) -> dict[str, Source]:
    sources = {}
    for entry in importlib.metadata.entry_points(group=group):
        try:
            spec = importlib.util.find_spec(entry.module)
        except ModuleNotFoundError:  # The parent package is missing.
            spec = None
        if spec is None or spec.origin is None:
            raise NotFoundError(
                f"The installed recipe '{entry.name}' names the module {entry.module}, which does not exist. Reinstall "
                "the package that provides it."
            )
        sources[entry.name] = Source(entry.name, Path(spec.origin), entry.module)
    return sources
