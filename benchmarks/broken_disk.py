"""Simulates a failing disk: within `broken`, the k-th write to a folder fails.

Writes are all operations that change the disk: creating a file or folder, writing a buffer, flushing, renaming. Writes
of libraries that bypass Python's file objects are not intercepted.
"""

import builtins
import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FAULTS = {"full": errno.ENOSPC, "broken": errno.EIO}
"""Faults of a disk, with their error numbers."""


@dataclass
class Disk:
    """Record of the writes to a folder, and the write that fails.

    Attributes:
        folder: The folder.
        at: Number of the write that fails, from 1; None for no failure.
        fault: One of `FAULTS`.
        lasting: Whether all later writes fail, too.
        writes: Kind and path of each write.
        failures: Number of failed writes.
    """

    folder: Path
    at: int | None = None
    fault: str = "full"
    lasting: bool = False
    writes: list[tuple[str, str]] = field(default_factory=list)
    failures: int = 0

    def write(self, kind: str, path: Any) -> None:
        """Counts a write, and raises the error if it is the one that fails."""
        name = os.fsdecode(path) if not isinstance(path, int) else ""
        if name and not Path(name).absolute().is_relative_to(self.folder):
            return
        self.writes.append((kind, name))
        number = len(self.writes)
        if self.at is not None and (number == self.at or (self.lasting and number > self.at)):
            self.failures += 1
            code = FAULTS[self.fault]
            raise OSError(code, os.strerror(code))


@contextmanager
def broken(disk: Disk) -> Iterator[Disk]:
    """Intercepts Python's write functions; no other thread may write meanwhile."""
    originals = {(module, name): getattr(module, name) for module, name in _FUNCTIONS}
    original_open = io.open

    def counted(kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *args: Any, **kwargs: Any) -> Any:
            disk.write(kind, path)
            return function(path, *args, **kwargs)

        return call

    def open_descriptor(
        path: str | bytes | os.PathLike[str] | os.PathLike[bytes], flags: int, mode: int = 0o777, *,
        dir_fd: int | None = None,
    ) -> int:  # fmt: skip
        if flags & os.O_CREAT:
            disk.write("create", path)
        return originals[os, "open"](path, flags, mode, dir_fd=dir_fd)

    def open_file(
        file: Any, mode: str = "r", buffering: int = -1, encoding: Any = None, errors: Any = None, newline: Any = None,
        closefd: bool = True, opener: Any = None,
    ) -> Any:  # fmt: skip
        writes = set(mode) & set("wax+")
        if not writes or isinstance(file, int) or not Path(os.fsdecode(file)).absolute().is_relative_to(disk.folder):
            return original_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        if set(mode) & set("wax"):
            disk.write("create", file)
        raw = _File(disk, file, mode, opener)
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

    try:
        builtins.open = io.open = open_file
        os.open = open_descriptor
        for kind, name in _COUNTED.items():
            setattr(os, name, counted(kind, originals[os, name]))
        yield disk
    finally:
        for (module, name), function in originals.items():
            setattr(module, name, function)


class _File(io.FileIO):
    """Raw file that counts writes when they leave the buffer."""

    def __init__(self, disk: Disk, file: Any, mode: str, opener: Any) -> None:
        super().__init__(file, mode.replace("b", "").replace("t", ""), opener=opener)
        self._disk, self._path, self._bypassed = disk, file, opener is None and "b" in mode and "+" not in mode

    def write(self, content: Any) -> int:
        self._disk.write("write", self._path)
        return super().write(content)

    def fileno(self) -> int:
        """Raises an error for new binary files, which libraries would otherwise write through their descriptor."""
        if self._bypassed:
            raise io.UnsupportedOperation("fileno")
        return super().fileno()


_COUNTED = {"folder": "mkdir", "rename": "rename", "replace": "replace", "flush": "fsync"}
_FUNCTIONS: list[tuple[Any, str]] = [
    (builtins, "open"),
    (io, "open"),
    (os, "open"),
    *((os, name) for name in _COUNTED.values()),
]
