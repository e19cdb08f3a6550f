"""Downloaded archives on disk: opens a single member, and verifies that a gzip file is complete."""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from seqkit.errors import DataError

_BLOCK = 1 << 16

DAMAGED = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)
"""Exceptions raised by reading a damaged archive."""


def verify_gzip(archive: Path) -> None:
    """Reads a gzip file to its end, which verifies its length and checksum; other files are not checked.

    Raises:
        DataError: It is damaged or truncated.
    """
    with archive.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return
    try:
        with gzip.open(archive) as unzipped:
            while unzipped.read(_BLOCK):
                pass
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"{archive} is damaged: {error}.") from error


@contextmanager
def open_member(archive: Path, name: str) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Opens the only regular file called `name` in any folder of the archive; a single .gz file is its own member.

    Raises:
        DataError: There is no such file or more than one, or it is not an archive.
    """
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            entries = [e for e in zipped.infolist() if not e.is_dir() and not stat.S_ISLNK(e.external_attr >> 16)]
            index = _index_of([e.filename for e in entries], name, archive)
            with zipped.open(entries[index]) as file:
                yield file
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as tarred:
            members = [m for m in tarred.getmembers() if m.isreg()]
            extracted = tarred.extractfile(members[_index_of([m.name for m in members], name, archive)])
            assert extracted is not None  # a regular file
            with extracted:
                yield extracted
    elif is_archive(archive):
        with gzip.open(archive) as unzipped:
            yield unzipped
    else:
        raise DataError(f"{archive} is not an archive. Delete it to download it again.")


def _index_of(names: list[str], name: str, archive: Path) -> int:
    """Returns the index of the only path whose file name is `name`."""
    matches = [i for i, n in enumerate(names) if PurePosixPath(n.replace("\\", "/")).name == name]
    if len(matches) != 1:
        raise DataError(
            f"{archive} contains {len(matches) or 'no'} files called {name}; it contains: {', '.join(names[:10])}."
        )
    return matches[0]


def is_archive(path: Path) -> bool:
    """Whether a file is a gzip, ZIP or TAR archive."""
    with path.open("rb") as file:
        gzipped = file.read(2) == b"\x1f\x8b"
    return gzipped or zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
