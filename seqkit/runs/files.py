"""Opens the files of a run directory as untrusted data.

A run may come from somebody else. Only regular files inside the run are opened, up to a maximum size for each kind of
file: a link that leads out of the run, a pipe, a device, or a file that is too large raises an error before any memory
is allocated.
"""

import json
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from seqkit.errors import DataError, SeqkitError

MAX_MANIFEST_BYTES = 16 << 20
"""Maximum size of `run.json`: twice what 100,000 columns with their fitted parameters need."""

MAX_METRICS_BYTES = 64 << 20
"""Maximum size of other JSON files: six times the confusion matrix of 800 classes."""

BYTES_PER_VALUE = 16
"""A JSON file may contain one value per this many bytes of its maximum size: small values use 100 bytes in memory."""

MAX_TEXT_BYTES = 1 << 30
"""Maximum size of tables and word lists: ten million lines of 100 bytes."""

MAX_ENTRIES = 10_000
"""Maximum number of files and folders in a run; a finished run has about fifteen."""

UNREADABLE = "Make it readable, or copy the run to another disk."
"""Remedy for a file of a run that cannot be read."""

_BLOCK = 1 << 20
_PACKED = {b"\x1f\x8b": "compressed with gzip", b"PAR1": "a Parquet file"}
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def check_directory(directory: Path) -> None:
    """Checks that a run contains only regular files and folders, including those that would only be written.

    The run directory itself may be a link, and so may be files that link to others in the run.

    Raises:
        DataError: The run contains a link that leads out of it, a pipe, a socket, a device, or too many files.
        SeqkitError: A folder cannot be read.
    """
    root, folders, count = directory.resolve(), [directory], 0
    try:
        while folders:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    count += 1
                    if count > MAX_ENTRIES:
                        raise DataError(
                            f"{directory} contains more than {MAX_ENTRIES:,} files. Move other files out of the run."
                        )
                    if entry.is_symlink():
                        if not _is_inside(Path(entry.path), root):
                            raise _outside_link(directory, entry.path)
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(Path(entry.path))
                    elif not entry.is_file(follow_symlinks=False):
                        raise _not_regular(directory, entry.path)
    except OSError as error:
        raise SeqkitError(
            f"{error.filename or directory} cannot be read: {error.strerror or error}. {UNREADABLE}"
        ) from error


def open_file(directory: Path, name: str, max_bytes: int | None = None) -> BinaryIO:
    """Opens a file of a run for reading.

    Args:
        directory: Run directory.
        name: Name of the file; must not come from the run itself.
        max_bytes: Maximum size; None for no limit.

    Raises:
        DataError: The file is missing, leads out of the run, is not a regular file, or is too large.
        SeqkitError: The file cannot be read.
    """
    path = directory / name
    try:
        if not _is_inside(path, directory.resolve()):
            raise _outside_link(directory, path)
        handle = os.open(path, _OPEN)
    except FileNotFoundError as error:
        raise DataError(
            f"The run {directory} is incomplete: it has no {name}. Train it again with --overwrite."
        ) from error
    except OSError as error:
        raise SeqkitError(f"{path} cannot be read: {error.strerror or error}. {UNREADABLE}") from error
    status = os.fstat(handle)
    is_regular = stat.S_ISREG(status.st_mode)
    if not is_regular or (max_bytes is not None and status.st_size > max_bytes):
        os.close(handle)
        raise too_large(path, status.st_size, max_bytes or 0) if is_regular else _not_regular(directory, path)
    return os.fdopen(handle, "rb")


def read_file(directory: Path, name: str, max_bytes: int) -> bytes:
    """Returns the content of a file of a run; see `open_file`."""
    with open_file(directory, name, max_bytes) as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:  # The file has grown since it was opened.
        raise too_large(directory / name, len(content), max_bytes)
    return content


def read_text(directory: Path, name: str, max_bytes: int) -> bytes:
    """Returns the content of a text file of a run; see `open_file`.

    Reading stops at the first zero byte: a sparse file of many gigabytes needs no disk space and is read as zeros.

    Raises:
        DataError: As `open_file`; or the file is binary or compressed.
    """
    blocks: list[bytes] = []
    with open_file(directory, name, max_bytes) as file:
        while block := file.read(_BLOCK):
            _check_text(directory / name, block, first=not blocks)
            blocks.append(block)
            if len(blocks) * _BLOCK > max_bytes + _BLOCK:
                raise too_large(directory / name, len(blocks) * _BLOCK, max_bytes)
    return b"".join(blocks)


def text_file(directory: Path, name: str, max_bytes: int = MAX_TEXT_BYTES) -> Path:
    """Returns the path of a text file of a run after checking its content; see `read_text`."""
    with open_file(directory, name, max_bytes) as file:
        first = True
        while block := file.read(_BLOCK):
            _check_text(directory / name, block, first=first)
            first = False
    return directory / name


def read_json(directory: Path, name: str, max_bytes: int) -> Any:
    """Returns the content of a JSON file of a run; see `read_text`.

    Raises:
        DataError: As `read_text`; or the file is not valid JSON, contains too many values, or an unpaired surrogate.
    """
    content = read_text(directory, name, max_bytes)
    check_value_count(directory / name, content, max_bytes // BYTES_PER_VALUE)
    try:
        value = json.loads(content.decode())
        if b"\\ud" in content.lower():
            json.dumps(value, ensure_ascii=False).encode()  # An unpaired surrogate cannot be printed.
    except RecursionError as error:
        raise DataError(f"{directory / name} is damaged: it is nested too deeply. Train the run again.") from error
    except ValueError as error:
        raise DataError(f"{directory / name} is damaged: not valid JSON: {error}. Train the run again.") from error
    return value


def check_value_count(path: Path, content: bytes, max_values: int) -> None:
    """Checks, before parsing, that JSON contains at most `max_values` values; signs within strings count, too."""
    values = sum(content.count(sign) for sign in (b",", b"[", b"{"))
    if values > max_values:
        raise DataError(
            f"{path} is damaged: it contains {values:,} values, expected at most {max_values:,}. Train the run again."
        )


def check_data_path(file: Path, name: str) -> None:
    """Checks that the data named in `run.json` is a file or a folder, if it exists.

    Args:
        file: Path of `run.json`.
        name: Path of the data, or the name of a dataset.

    Raises:
        DataError: `name` is a pipe, a socket or a device, which may never end.
    """
    try:
        mode = os.stat(name).st_mode
    except (OSError, ValueError):
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise DataError(f"{file} names {name!r} as data, which is neither a file nor a folder. Give it with --data.")


def too_large(path: Path, size: int, max_bytes: int) -> DataError:
    """Returns the error for a file that is too large."""
    return DataError(f"{path} is damaged: it has {size:,} bytes, expected at most {max_bytes:,}. Train the run again.")


def _check_text(path: Path, block: bytes, *, first: bool) -> None:
    for magic, what in _PACKED.items() if first else ():
        if block.startswith(magic):
            raise DataError(f"{path} is damaged: it is {what}, expected plain text. Train the run again.")
    if b"\0" in block:
        raise DataError(f"{path} is damaged: it contains a zero byte, expected text. Train the run again.")


def _is_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # circular links
        return False


def _outside_link(directory: Path, path: str | Path) -> DataError:
    return DataError(
        f"{_shown(directory, path)} is a link that leads out of the run, or in a circle, and is not followed. Replace "
        "it with a copy of the file, if you trust it."
    )


def _not_regular(directory: Path, path: str | Path) -> DataError:
    return DataError(
        f"{_shown(directory, path)} is not a regular file but a pipe, a socket, a device or a folder. "
        "Remove it, or train the run again."
    )


def _shown(directory: Path, path: str | Path) -> str:
    """A name is the stranger's as well: what would move a terminal's cursor is written out."""
    name = str(Path(path).relative_to(directory))
    return str(directory / (name if name.isprintable() else repr(name)))
