"""Reads fitted parameters stored as plain arrays, and validates them before use.

The files are untrusted. Declared sizes are checked against each other and against the file before memory is allocated,
no more is decompressed than was declared, and nothing is unpickled.
"""

import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np

from seqkit.errors import DataError

MEMORY_MAP_BYTES = 1 << 26
"""Size from which an .npy file is memory-mapped instead of read."""

MAX_ARRAYS = 10_000
"""Arrays in an archive: a checkpoint has several for each layer."""

MIN_EXPANSION_LIMIT, MAX_EXPANSION_RATIO = 1 << 26, 20
"""Bytes that any archive may expand to; beyond them, multiples of its own size: weights barely compress."""

_BLOCK = 1 << 20
_NUMERIC_KINDS = "biufc"

DAMAGED = (
    *(ValueError, OSError, EOFError, MemoryError, OverflowError, KeyError, SyntaxError, RecursionError),
    *(NotImplementedError, RuntimeError, tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)
"""Exceptions raised by reading a damaged archive or array."""


def stored_array(arrays: Mapping[str, np.ndarray], name: str, kind: type[np.generic], *shape: int | None) -> np.ndarray:
    """Returns a stored array after validating its type, shape and values.

    Args:
        arrays: Arrays by name; an .npz file opened with `allow_pickle=False` also works.
        name: Name of the array.
        kind: Expected scalar type, such as `np.floating`.
        shape: Expected length of each axis; None accepts any.

    Raises:
        DataError: The array is missing, cannot be read, is of another type or shape, or is not finite.
    """
    try:
        array = np.asarray(arrays[name])
    except KeyError as error:
        raise _damaged(name, "it is missing") from error
    except (ValueError, OSError, EOFError, MemoryError, OverflowError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(name, str(error) or type(error).__name__) from error
    if not np.issubdtype(array.dtype, kind):
        raise _damaged(name, f"it has type {array.dtype}, not {kind.__name__}")
    matches = (expected in (None, length) for expected, length in zip(shape, array.shape, strict=False))
    if array.ndim != len(shape) or not all(matches):
        expected = ", ".join("any" if length is None else str(length) for length in shape)
        raise _damaged(name, f"it has shape {array.shape}, not ({expected})")
    if np.issubdtype(kind, np.inexact) and not np.isfinite(array).all():
        raise _damaged(name, "it contains a number that is not finite")
    return array


@contextmanager
def opened_archive(file: BinaryIO, most: int) -> Iterator[zipfile.ZipFile]:
    """Opens an .npz archive after checking how large it expands.

    Args:
        file: The archive.
        most: Maximum size in bytes after decompression.

    Raises:
        ValueError: It would expand to more, or uses a compression method that NumPy does not write.
        zipfile.BadZipFile: It is not a complete ZIP archive.
    """
    size = file.seek(0, 2)
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        expanded = sum(member.file_size for member in members)
        if expanded > min(most, max(MIN_EXPANSION_LIMIT, MAX_EXPANSION_RATIO * size)) or len(members) > MAX_ARRAYS:
            raise ValueError(f"its {size:,} bytes would expand to {expanded:,} in {len(members):,} arrays")
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
            raise ValueError("it uses a compression method that NumPy does not write")
        yield archive


def archived_arrays(archive: zipfile.ZipFile) -> dict[str, np.ndarray]:
    """Returns the arrays of an archive by name; raises one of `DAMAGED` if the archive is damaged."""
    arrays = {}
    for member in archive.infolist():
        if member.filename.endswith(".npy"):
            with archive.open(member) as file:
                arrays[member.filename.removesuffix(".npy")] = _read_array(file, member.file_size)
    return arrays


def read_arrays(file: BinaryIO, most: int) -> dict[str, np.ndarray]:
    """Returns the arrays of an .npz file that may expand to `most` bytes.

    Raises:
        ValueError: It is damaged or expands to more.
    """
    try:
        with opened_archive(file, most) as archive:
            return archived_arrays(archive)
    except DAMAGED as error:
        raise ValueError(str(error) or type(error).__name__) from error


def mapped_array(path: Path) -> np.ndarray:
    """Returns the array of an .npy file, read-only; a large array is memory-mapped.

    Raises:
        ValueError: It is not an array of plain numbers, or its length differs from its header.
    """
    try:
        with path.open("rb") as file:
            shape, fortran, kind = _header(file)
            start, end = file.tell(), file.seek(0, 2)
            _check_length(shape, kind, end - start)
            if end - start >= MEMORY_MAP_BYTES:
                return np.memmap(file, kind, "r", start, shape, "F" if fortran else "C")
            file.seek(0)
            return _read_array(file, end)
    except DAMAGED as error:
        raise ValueError(str(error) or type(error).__name__) from error


def _read_array(file: IO[bytes], size: int) -> np.ndarray:
    """Returns the array of a file of `size` bytes; nothing may follow it."""
    shape, fortran, kind = _header(file)
    _check_length(shape, kind, size - file.tell())
    content = bytearray()
    while block := file.read(_BLOCK):
        content += block
    _check_length(shape, kind, len(content))
    return np.frombuffer(content, kind).reshape(shape, order="F" if fortran else "C")


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise ValueError(f"its format version {version} is unknown")
    shape, fortran, kind = read(file)
    if kind.kind not in _NUMERIC_KINDS or min(shape, default=0) < 0:
        raise ValueError(f"it contains {kind} of shape {shape}, expected plain numbers")
    return shape, fortran, kind


def _check_length(shape: tuple[int, ...], kind: np.dtype, length: int) -> None:
    expected = math.prod(shape) * kind.itemsize
    if expected != length:
        raise ValueError(f"expected {expected:,} bytes of numbers, got {length:,}")


def _damaged(name: str, reason: str) -> DataError:
    return DataError(f"The stored baseline is damaged: '{name}': {reason.removesuffix('.')}. Train the run again.")
