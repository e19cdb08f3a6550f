"""The files of a run directory, opened as if a stranger had made them.

A run may have come by mail or from the web. So nothing is opened but a regular file that lies in the run, whatever
links say, and no more of it is read than a file of its kind ever holds: a link that leads out, a pipe or device, and an
absurd size are each refused with one message, before memory is taken for them.
"""

import json
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from seqkit.errors import DataError, SeqkitError

MAX_MANIFEST_BYTES = 16 << 20
"""Bytes of `run.json`: a hundred thousand columns, with the numbers that were fitted for each, take a half of it."""

MAX_METRICS_BYTES = 64 << 20
"""Bytes of another file of JSON: the confusions of eight hundred classes, six times over."""

BYTES_TO_A_VALUE = 16
"""One value of JSON to so many bytes of what a file may have: a value of two bytes takes a hundred in memory."""

MAX_TEXT_BYTES = 1 << 30
"""Bytes of a table or list of words: ten million lines of a hundred."""

MAX_ENTRIES = 10_000
"""Files and folders of a run: a finished one has about fifteen."""

UNREADABLE = "Make it readable, or copy the run to another disk."
"""What to do about a file of a run that the system does not let be read."""

_BLOCK = 1 << 20
_PACKED = {b"\x1f\x8b": "compressed with gzip", b"PAR1": "a Parquet file"}
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def check_directory(directory: Path) -> None:
    """Refuses a run in which anything is no regular file or folder of its own: also what would only be written to.

    The run directory may itself be a link, and links from one place of the run to another are no harm.

    Raises:
        DataError: A link leads out of the run, or something is a pipe, a socket or a device.
        SeqkitError: A folder of it cannot be read.
    """
    root, waiting, seen = directory.resolve(), [directory], 0
    try:
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    seen += 1
                    if seen > MAX_ENTRIES:
                        raise DataError(f"{directory} holds more than {MAX_ENTRIES:,} files. Keep a run by itself.")
                    if entry.is_symlink():
                        if not _lies_in(Path(entry.path), root):
                            raise _leads_out(directory, entry.path)
                    elif entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif not entry.is_file(follow_symlinks=False):
                        raise _no_file(directory, entry.path)
    except OSError as error:
        raise SeqkitError(
            f"{error.filename or directory} cannot be read: {error.strerror or error}. {UNREADABLE}"
        ) from error


def open_file(directory: Path, name: str, most: int | None = None) -> BinaryIO:
    """Opens a file of a run for reading.

    Args:
        directory: The run directory.
        name: Of the file, as the code has it, never as the run does.
        most: Bytes that it may have, any number if None.

    Raises:
        DataError: It is not there, leads out of the run, is no regular file, or is too large.
        SeqkitError: It cannot be read.
    """
    path = directory / name
    try:
        if not _lies_in(path, directory.resolve()):
            raise _leads_out(directory, path)
        handle = os.open(path, _OPEN)
    except FileNotFoundError as error:
        raise DataError(
            f"The run {directory} is incomplete: it has no {name}. Train it again with --overwrite."
        ) from error
    except OSError as error:
        raise SeqkitError(f"{path} cannot be read: {error.strerror or error}. {UNREADABLE}") from error
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or (most is not None and found.st_size > most):
        os.close(handle)
        raise too_large(path, found.st_size, most or 0) if stat.S_ISREG(found.st_mode) else _no_file(directory, path)
    return os.fdopen(handle, "rb")


def read_file(directory: Path, name: str, most: int) -> bytes:
    """Returns what stands in a file of a run that may have `most` bytes; see `open_file`."""
    with open_file(directory, name, most) as file:
        content = file.read(most + 1)
    if len(content) > most:  # It has grown since.
        raise too_large(directory / name, len(content), most)
    return content


def read_text(directory: Path, name: str, most: int) -> bytes:
    """Returns what stands in a text file of a run, up to the first byte that no text holds; see `open_file`.

    A file with a hole of many gigabytes takes no room on a disk, and a hole is read as zeros: so it ends there.

    Raises:
        DataError: Or it is binary or compressed.
    """
    blocks: list[bytes] = []
    with open_file(directory, name, most) as file:
        while block := file.read(_BLOCK):
            _check_text(directory / name, block, first=not blocks)
            blocks.append(block)
            if len(blocks) * _BLOCK > most + _BLOCK:
                raise too_large(directory / name, len(blocks) * _BLOCK, most)
    return b"".join(blocks)


def text_file(directory: Path, name: str, most: int = MAX_TEXT_BYTES) -> Path:
    """Returns the path of a text file of a run, once it has been read through; see `read_text`."""
    with open_file(directory, name, most) as file:
        first = True
        while block := file.read(_BLOCK):
            _check_text(directory / name, block, first=first)
            first = False
    return directory / name


def read_json(directory: Path, name: str, most: int) -> Any:
    """Returns what a file of JSON of a run says; see `read_text`.

    Raises:
        DataError: Or it is no JSON, holds more values than a file of this size should, or a half of a character.
    """
    content = read_text(directory, name, most)
    check_values(directory / name, content, most // BYTES_TO_A_VALUE)
    try:
        found = json.loads(content.decode())
        if b"\\ud" in content.lower():
            json.dumps(found, ensure_ascii=False).encode()  # Half a surrogate pair could not be printed.
    except RecursionError as error:
        raise DataError(f"{directory / name} is damaged: it is nested too deeply. Train the run again.") from error
    except ValueError as error:
        reason = f"it is not whole JSON: {error}"
        raise DataError(f"{directory / name} is damaged, {reason}. Train the run again.") from error
    return found


def check_values(path: Path, content: bytes, most: int) -> None:
    """Refuses JSON, before it is read, that may hold more values than `most`: what stands in texts counts as well."""
    values = sum(content.count(sign) for sign in (b",", b"[", b"{"))
    if values > most:
        raise DataError(f"{path} is damaged: it holds {values:,} values, more than any of ours. Train the run again.")


def check_named(file: Path, name: str) -> None:
    """Refuses what `run.json` names as data if it is there and neither a file nor a folder, as no data of ours is.

    Args:
        file: The `run.json`.
        name: What it names: a path, or else a dataset.

    Raises:
        DataError: It is a pipe, a socket or a device, which might never end.
    """
    try:
        mode = os.stat(name).st_mode
    except (OSError, ValueError):
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise DataError(f"{file} names {name!r} as data, which is neither a file nor a folder. Give it with --data.")


def too_large(path: Path, size: int, most: int) -> DataError:
    """Says that a file has more bytes than any of ours."""
    return DataError(
        f"{path} is damaged: it has {size:,} bytes, and none of ours has more than {most:,}. Train the run again."
    )


def _check_text(path: Path, block: bytes, *, first: bool) -> None:
    for magic, what in _PACKED.items() if first else ():
        if block.startswith(magic):
            raise DataError(f"{path} is damaged: it is {what}, and should be text. Train the run again.")
    if b"\0" in block:
        raise DataError(f"{path} is damaged: it holds a zero byte, which no text has. Train the run again.")


def _lies_in(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a circle of links
        return False


def _leads_out(directory: Path, path: str | Path) -> DataError:
    return DataError(
        f"{_shown(directory, path)} is a link that leads out of the run, or in a circle, and is not followed. Put the "
        "file itself there, if you know where it leads."
    )


def _no_file(directory: Path, path: str | Path) -> DataError:
    return DataError(
        f"{_shown(directory, path)} is no file to be read: it is a pipe, a socket, a device or a folder. "
        "Remove it, or train the run again."
    )


def _shown(directory: Path, path: str | Path) -> str:
    """A name is the stranger's as well: what would move a terminal's cursor is written out."""
    name = str(Path(path).relative_to(directory))
    return str(directory / (name if name.isprintable() else repr(name)))
