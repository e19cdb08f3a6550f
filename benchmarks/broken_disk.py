"""A disk that breaks at a chosen instant: within `broken`, the k-th write below a folder fails.

Writes are what changes a disk: creating a file, a folder, writing a buffer's content, flushing to disk, renaming.
What a library writes past Python's own files would not be seen; `count` shows that there is something to see.
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
"""Ways in which a disk fails, and the error's number."""


@dataclass
class Disk:
    """What was written, and where it fails.

    Attributes:
        folder: Below this folder.
        at: The write that fails, from 1; None lets all pass.
        fault: One of `FAULTS`.
        lasting: Whether all after it fail, too.
        writes: What was written: the kind and the path.
        failures: How many writes failed.
    """

    folder: Path
    at: int | None = None
    fault: str = "full"
    lasting: bool = False
    writes: list[tuple[str, str]] = field(default_factory=list)
    failures: int = 0

    def write(self, kind: str, path: Any) -> None:
        """Counts a write, and fails if its turn has come."""
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
    """Puts the disk under Python's ways to write; not for use beside other threads that write."""
    kept = {(module, name): getattr(module, name) for module, name in _WAYS}
    own_open = io.open

    def counted(kind: str, way: Callable[..., Any]) -> Callable[..., Any]:
        def do(path: Any, *arguments: Any, **named: Any) -> Any:
            disk.write(kind, path)
            return way(path, *arguments, **named)

        return do

    def opened(
        path: str | bytes | os.PathLike[str] | os.PathLike[bytes], flags: int, mode: int = 0o777, *,
        dir_fd: int | None = None,
    ) -> int:  # fmt: skip
        if flags & os.O_CREAT:
            disk.write("create", path)
        return kept[os, "open"](path, flags, mode, dir_fd=dir_fd)

    def open_file(
        file: Any, mode: str = "r", buffering: int = -1, encoding: Any = None, errors: Any = None, newline: Any = None,
        closefd: bool = True, opener: Any = None,
    ) -> Any:  # fmt: skip
        writes = set(mode) & set("wax+")
        if not writes or isinstance(file, int) or not Path(os.fsdecode(file)).absolute().is_relative_to(disk.folder):
            return own_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        if set(mode) & set("wax"):
            disk.write("create", file)
        raw = _File(disk, file, mode, opener)
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

    try:
        builtins.open = io.open = open_file
        os.open = opened
        for kind, name in _COUNTED.items():
            setattr(os, name, counted(kind, kept[os, name]))
        yield disk
    finally:
        for (module, name), own in kept.items():
            setattr(module, name, own)


class _File(io.FileIO):
    """A file whose writes are counted when they leave the buffer."""

    def __init__(self, disk: Disk, file: Any, mode: str, opener: Any) -> None:
        super().__init__(file, mode.replace("b", "").replace("t", ""), opener=opener)
        self._disk, self._path, self._bypassed = disk, file, opener is None and "b" in mode and "+" not in mode

    def write(self, content: Any) -> int:
        self._disk.write("write", self._path)
        return super().write(content)

    def fileno(self) -> int:
        """Keeps libraries from writing past this file, which they do with new binary ones if told its number."""
        if self._bypassed:
            raise io.UnsupportedOperation("fileno")
        return super().fileno()


_COUNTED = {"folder": "mkdir", "rename": "rename", "replace": "replace", "flush": "fsync"}
_WAYS: list[tuple[Any, str]] = [(builtins, "open"), (io, "open"), (os, "open"), *((os, n) for n in _COUNTED.values())]
