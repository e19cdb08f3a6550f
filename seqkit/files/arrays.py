"""Reads what was fitted and kept as plain arrays; whatever is not as expected is refused before it is used.

The files may be a stranger's. Sizes that an archive or an array tells are compared with each other and with what is
there before memory is taken, never more is unpacked than was told, and nothing is unpickled.
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

MAPPED = 1 << 26
"""Bytes from which on an array of a file of its own stays on disk, read where it is needed."""

MAX_ARRAYS = 10_000
"""Arrays in an archive: a checkpoint has some for each layer."""

UNSUSPICIOUS, RATIO = 1 << 26, 20
"""Bytes that any archive may expand to, and how many times its own size beyond that: weights hardly shrink."""

_BLOCK = 1 << 20
_PLAIN = "biufc"

DAMAGED = (
    *(ValueError, OSError, EOFError, MemoryError, OverflowError, KeyError, SyntaxError, RecursionError),
    *(NotImplementedError, RuntimeError, tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)
"""What reading an archive or an array raises where it is damaged."""


def stored_array(arrays: Mapping[str, np.ndarray], name: str, kind: type[np.generic], *shape: int | None) -> np.ndarray:
    """Returns an array of those that were stored.

    Args:
        arrays: By name; an opened .npz file, without leave to unpickle, is one as well.
        name: Of the array.
        kind: What its numbers are, such as `np.floating`.
        shape: Length of each axis, None where any will do.

    Raises:
        DataError: There is no such array, it cannot be read, or it is of another kind or shape or not finite.
    """
    try:
        array = np.asarray(arrays[name])
    except KeyError as error:
        raise _damaged(name, "it is missing") from error
    except (ValueError, OSError, EOFError, MemoryError, OverflowError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(name, str(error) or type(error).__name__) from error
    if not np.issubdtype(array.dtype, kind):
        raise _damaged(name, f"it is of type {array.dtype}, not {kind.__name__}")
    fits = (length in (None, own) for length, own in zip(shape, array.shape, strict=False))
    if array.ndim != len(shape) or not all(fits):
        expected = ", ".join("any" if length is None else str(length) for length in shape)
        raise _damaged(name, f"it is of shape {array.shape}, not ({expected})")
    if np.issubdtype(kind, np.inexact) and not np.isfinite(array).all():
        raise _damaged(name, "it holds a number that is not finite")
    return array


@contextmanager
def opened_archive(file: BinaryIO, most: int) -> Iterator[zipfile.ZipFile]:
    """Opens an archive of arrays, an .npz file, unless it would expand beyond reason.

    Args:
        file: The archive.
        most: Bytes that it may expand to.

    Raises:
        ValueError: It would expand to more, or holds what is compressed in another way than NumPy does.
        zipfile.BadZipFile: It is no whole archive.
    """
    size = file.seek(0, 2)
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        expanded = sum(member.file_size for member in members)
        if expanded > min(most, max(UNSUSPICIOUS, RATIO * size)) or len(members) > MAX_ARRAYS:
            raise ValueError(f"its {size:,} bytes would expand to {expanded:,} in {len(members):,} arrays")
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
            raise ValueError("it is compressed in another way than NumPy does")
        yield archive


def archived_arrays(archive: zipfile.ZipFile) -> dict[str, np.ndarray]:
    """Returns the arrays of an archive by name; whatever is torn or changed in it raises one of `DAMAGED`."""
    arrays = {}
    for member in archive.infolist():
        if member.filename.endswith(".npy"):
            with archive.open(member) as file:
                arrays[member.filename.removesuffix(".npy")] = _read_array(file, member.file_size)
    return arrays


def read_arrays(file: BinaryIO, most: int) -> dict[str, np.ndarray]:
    """Returns the arrays of an .npz file that may expand to `most` bytes.

    Raises:
        ValueError: It is damaged, or expands to more.
    """
    try:
        with opened_archive(file, most) as archive:
            return archived_arrays(archive)
    except DAMAGED as error:
        raise ValueError(str(error) or type(error).__name__) from error


def mapped_array(path: Path) -> np.ndarray:
    """Returns the array of an .npy file, read-only; a large one stays on disk.

    Raises:
        ValueError: It is no array of plain numbers, or not as long as it says.
    """
    try:
        with path.open("rb") as file:
            shape, fortran, kind = _header(file)
            start, end = file.tell(), file.seek(0, 2)
            _check_length(shape, kind, end - start)
            if end - start >= MAPPED:
                return np.memmap(file, kind, "r", start, shape, "F" if fortran else "C")
            file.seek(0)
            return _read_array(file, end)
    except DAMAGED as error:
        raise ValueError(str(error) or type(error).__name__) from error


def _read_array(file: IO[bytes], size: int) -> np.ndarray:
    """Returns an array of a file of `size` bytes, whose end has to be its own."""
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
        raise ValueError(f"its version is {version}, and is not known")
    shape, fortran, kind = read(file)
    if kind.kind not in _PLAIN or min(shape, default=0) < 0:
        raise ValueError(f"it holds {kind} of shape {shape}, and should hold plain numbers")
    return shape, fortran, kind


def _check_length(shape: tuple[int, ...], kind: np.dtype, found: int) -> None:
    told = math.prod(shape) * kind.itemsize
    if told != found:
        raise ValueError(f"it should hold {told:,} bytes of numbers, and holds {found:,}")


def _damaged(name: str, reason: str) -> DataError:
    return DataError(f"The stored baseline is damaged: '{name}': {reason.removesuffix('.')}. Train the run again.")
