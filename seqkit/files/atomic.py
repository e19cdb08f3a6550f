"""Files that are whole or not there: written aside, flushed to disk and renamed.

Whatever stands under its own name is complete; what stood there before stays until then.
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
    """Yields a temporary path beside `path`; what is written there takes its place once it is safely on disk.

    Raises:
        UnwritableError: The file cannot be written; whatever stood at `path` still does.
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
            f"{path} cannot be written: {path.parent} is no directory. Name another place."
        ) from error
    except OSError as error:
        raise UnwritableError(f"{path} cannot be written: {error.strerror or error}. {_remedy(error)}") from error


def _remedy(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "Make room on that disk."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "Make it writable, or name another place."
    return "Look after that disk, or name another place."


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all; what goes to a device or a pipe is simply written."""
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(content)
        return
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: Path, content: Any) -> None:
    """Writes JSON whole or not at all; NaN and infinities become null, as JSON has neither."""
    write_bytes(path, (json.dumps(finite(content), indent=2, ensure_ascii=False) + "\n").encode())


def finite(content: Any) -> Any:
    """Returns nested lists and dictionaries with None for NaN and infinities, which JSON has not."""
    if isinstance(content, dict):
        return {key: finite(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [finite(value) for value in content]
    if isinstance(content, float) and content - content != 0:
        return None
    return content


def _sync_directory(path: Path) -> None:
    """Makes a rename durable, where the system lets a directory be opened."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
