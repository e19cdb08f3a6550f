"""Atomic file writes: write to a temporary file, flush it to disk, then rename it.

A file under its final name is always complete; a previous version remains until the rename.
"""

import errno
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from seqkit.errors import UnwritableError


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yields a temporary path next to `path`, and renames it to `path` once its content is on disk.

    Raises:
        UnwritableError: The file cannot be written; `path` is unchanged.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o644)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_directory(path.parent)
    except (FileExistsError, NotADirectoryError) as error:
        raise UnwritableError(
            f"{path} cannot be written: {path.parent} is not a directory. Choose another path."
        ) from error
    except OSError as error:
        raise UnwritableError(f"{path} cannot be written: {error.strerror or error}. {_remedy(error)}") from error


def _remedy(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "Free some disk space."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "Make it writable, or choose another path."
    return "Check that disk, or choose another path."


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file atomically; devices and pipes are written directly."""
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(content)
        return
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: Path, content: Any) -> None:
    """Writes a JSON file atomically; NaN and infinities become null."""
    write_bytes(path, (json.dumps(finite(content), indent=2, ensure_ascii=False) + "\n").encode())


def finite(content: Any) -> Any:
    """Returns nested lists and dictionaries with NaN and infinities replaced by None, since JSON has neither."""
    if isinstance(content, dict):
        return {key: finite(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [finite(value) for value in content]
    if isinstance(content, float) and content - content != 0:
        return None
    return content


def _sync_directory(path: Path) -> None:
    """Makes a rename durable on systems that can open a directory."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
