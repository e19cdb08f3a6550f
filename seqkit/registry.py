"""Finds recipes and datasets by name, and reads what they say of themselves without importing them.

A recipe is a file in `seqkit.recipes`, a path to a file, or an entry point in the group `seqkit.recipes`; dropping the
file in is adding the recipe. Datasets are files in `seqkit.datasets`.
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
    """One recipe or dataset, as its file has it.

    Attributes:
        name: What it is called on the command line.
        path: Its file.
        module: The name to import it by, or None where it is imported from its path.
    """

    name: str
    path: Path
    module: str | None = None

    @property
    def reference(self) -> str:
        """What finds it again, from any folder: its name, or the path of its file."""
        return self.name if self.module else str(self.path)

    @cached_property
    def _tree(self) -> ast.Module:
        return parse_file(self.path)

    @property
    def docstring(self) -> str:
        """What the file says it is."""
        return ast.get_docstring(self._tree) or ""

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.docstring.partition("\n")[0]

    @cached_property
    def constants(self) -> dict[str, Any]:
        """The upper-case constants of the file that are literals."""
        found = {}
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
                        found[target.id] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
                    except ValueError:
                        continue  # Not a literal: a constant for the file's own use.
        return found

    def options(self, function: str) -> list[Option]:
        """Returns the options of one of the file's functions."""
        return read_options(self.path, function)

    @property
    def sha256(self) -> str:
        """Hash of the file, so that a run can say what it was made from."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def load(self) -> ModuleType:
        """Imports the file.

        Raises:
            MissingExtraError: It imports a library that is not installed.
            UsageError: It is a user's own file and fails while it is imported; the message names the line.
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
            raise UsageError(f"{self.path} cannot be imported as a Python file. Let its name end in .py.")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # Where a dataclass, for one, looks its own module up.
        wrote, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # No __pycache__ in a user's own folder.
        try:
            spec.loader.exec_module(module)
        except ModuleNotFoundError:
            raise
        except (Exception, SystemExit) as error:
            raise UsageError(f"{self.path} cannot be imported: {failure(error, self.path)}.") from error
        finally:
            sys.dont_write_bytecode = wrote
        return module


def recipes() -> dict[str, Source]:
    """Returns every recipe that has a name, by name: ours and the installed ones."""
    return {**_entry_points("seqkit.recipes"), **_files("seqkit.recipes")}


def datasets() -> dict[str, Source]:
    """Returns every dataset by name."""
    return _files("seqkit.datasets")


def find_recipe(name: str) -> Source:
    """Returns the recipe called `name`, or the one in the file at that path.

    Raises:
        NotFoundError: There is none; the nearest name is suggested.
    """
    if name.endswith(".py") or "/" in name:
        path = Path(name)
        if not os.path.isfile(path):  # False, too, of what is too long to be a name
            hint = nearest(path.name, [file for file in files_beside(path) if file.endswith(".py")])
            hint = hint if hint.startswith("Did") else "Look for a slip in its name."
            raise NotFoundError(f"There is no recipe file {name}. {hint}")
        return Source(path.stem, path.resolve())
    return _find(name, recipes(), "recipe")


def find_dataset(name: str) -> Source:
    """Returns the dataset called `name`.

    Raises:
        NotFoundError: There is none; the nearest name is suggested.
    """
    return _find(name, datasets(), "dataset")


def files_beside(path: Path) -> list[str]:
    """Returns the names of the files in the folder of a path, for a message that suggests the nearest."""
    try:
        return [file.name for file in islice(path.parent.iterdir(), 1000) if file.is_file()]
    except OSError:
        return []  # There is no such folder.


def failure(error: BaseException, path: Path) -> str:
    """Says what went wrong in a user's own file, and in which of its lines."""
    own = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (f"line {own[-1]}: " if own else "") + f"{type(error).__name__}: {error}"


def _find(name: str, known: dict[str, Source], noun: str) -> Source:
    if name not in known:
        raise NotFoundError(f"There is no {noun} '{name}'. {nearest(name, known)}")
    return known[name]


def _files(package: str) -> dict[str, Source]:
    folders = importlib.import_module(package).__path__
    paths = sorted(p for folder in folders for p in Path(folder).glob("[!_]*.py"))
    return {path.stem: Source(path.stem, path, f"{package}.{path.stem}") for path in paths}


def _entry_points(group: str) -> dict[str, Source]:
    found = {}
    for entry in importlib.metadata.entry_points(group=group):
        try:
            spec = importlib.util.find_spec(entry.module)
        except ModuleNotFoundError:  # The package that should hold the module is not there.
            spec = None
        if spec is None or spec.origin is None:
            raise NotFoundError(
                f"The installed recipe '{entry.name}' names the module {entry.module}, which is not there. Install the "
                "package that brings it again."
            )
        found[entry.name] = Source(entry.name, Path(spec.origin), entry.module)
    return found
